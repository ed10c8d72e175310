/** What a buyer lets sellers do: permissions, what is read by them, and advertising. GraphQL to use cases and back. */
import { isId } from '@vitrine/runtime/ids';
import { parsePage, toConnection } from '@vitrine/runtime/page';
import { consentOutdated, notFound, refused, stillDeleting, tooManyStored } from './answers.ts';
import { askedFields } from './asked-fields.ts';
import { countryOf, findBuyerId, findSeller, requireBuyerId } from './context.ts';
import type { MarketingConsent as MarketingConsentFields, Permission as PermissionFields, Resolvers } from './generated/schema.ts';
import { grantPermission } from './grant-permission.ts';
import { permissionStatus, type Permission } from './permission.ts';
import { readSharedDetails } from './read-shared-details.ts';
import { revokePermission } from './revoke-permission.ts';
import { setMarketingConsent } from './set-marketing-consent.ts';
import type { MarketingDecision } from './store/marketing.ts';

export const permissionResolvers = {
  Mutation: {
    grantPermission: async (_parent, { input }, { deps, identity }) => {
      const { idempotencyKey, sellerId, fields, purpose, expiresAt } = input;
      const result = await grantPermission(deps, {
        buyerId: requireBuyerId(identity),
        idempotencyKey,
        sellerId,
        fields,
        purpose,
        expiresAt,
      });
      switch (result.kind) {
        case 'permission':
          return { __typename: 'GrantPermissionSuccess', permission: toPermission(result.permission, deps.now()) };
        case 'too_many_stored':
          return {
            ...tooManyStored(result, 'permissions'),
            message: `You have ${result.limit} permissions, as many as can be. Revoke one first.`,
          };
        case 'deletion_running':
          return stillDeleting(result);
        default:
          return refused(result);
      }
    },

    revokePermission: async (_parent, { input }, { deps, identity }) => {
      const { idempotencyKey, permissionId } = input;
      const result = await revokePermission(deps, { buyerId: requireBuyerId(identity), idempotencyKey, permissionId });
      switch (result.kind) {
        case 'permission':
          return { __typename: 'RevokePermissionSuccess', permission: toPermission(result.permission, deps.now()) };
        case 'not_found':
          return notFound(result, 'There is no such permission.');
        default:
          return refused(result);
      }
    },

    setMarketingConsent: async (_parent, { input }, { deps, identity }) => {
      const { idempotencyKey, sellerId, channel, granted, textVersion } = input;
      const buyerId = requireBuyerId(identity);
      const result = await setMarketingConsent(deps, {
        buyerId,
        country: countryOf(identity),
        idempotencyKey,
        sellerId,
        channel,
        granted,
        textVersion: textVersion ?? null,
      });
      switch (result.kind) {
        case 'decision':
          return { __typename: 'SetMarketingConsentSuccess', consent: toConsent(result.decision) };
        case 'consent_outdated':
          return consentOutdated(result);
        case 'deletion_running':
          return stillDeleting(result);
        default:
          return refused(result);
      }
    },
  },

  Viewer: {
    permissions: async ({ id }, { first, after }, { deps, identity }) => {
      if (findBuyerId(identity) !== id) return null;
      const page = parsePage({ first: first ?? 20, after }, 'prm');
      const found = await deps.permissions.list(id, { limit: page.first + 1, afterId: page.afterId });
      const now = deps.now();
      return toConnection(
        found.map((permission) => toPermission(permission, now)),
        page,
        (permission) => permission.id,
      );
    },

    marketingConsents: async ({ id }, { first, after }, { deps, identity }) => {
      if (findBuyerId(identity) !== id) return null;
      const page = parsePage({ first: first ?? 20, after }, 'mkd');
      const found = await deps.marketing.list(id, { limit: page.first + 1, afterId: page.afterId });
      return toConnection(found.map(toConsent), page, (consent) => consent.id);
    },
  },

  Seller: {
    sharedDetails: async ({ id }, { first, after }, { deps, identity }, info) => {
      const seller = findSeller(identity);
      if (seller === null || seller.sellerId !== id || !isId('sel', id)) return null;
      const page = parsePage({ first: first ?? 20, after }, 'prm');
      const leaves = askedFields(info).flatMap((leaf) => (leaf.startsWith(contactPrefix) ? [leaf.slice(contactPrefix.length)] : []));
      const { contacts, hasMore } = await readSharedDetails(deps, seller, leaves, page);
      const nodes = contacts.map((contact) => ({ ...contact, expiresAt: contact.expiresAt.toISOString() }));
      const { edges, pageInfo } = toConnection(nodes, page, (contact) => contact.id);
      return { edges, pageInfo: { ...pageInfo, hasNextPage: hasMore } };
    },
  },
} satisfies Resolvers;

const contactPrefix = 'edges.node.';

const toPermission = (permission: Permission, now: Date): PermissionFields => ({
  id: permission.id,
  sellerId: permission.sellerId,
  fields: [...permission.fields],
  purpose: permission.purpose,
  status: permissionStatus(permission, now),
  expiresAt: permission.expiresAt.toISOString(),
  revokedAt: permission.revokedAt?.toISOString() ?? null,
  createdAt: permission.createdAt.toISOString(),
});

const toConsent = (decision: MarketingDecision): MarketingConsentFields => ({
  ...decision,
  decidedAt: decision.decidedAt.toISOString(),
});
