/** Cards: GraphQL to use cases and back. */
import { isId } from '@vitrine/runtime/ids';
import { consentOutdated, limited, notFound, refused, stillDeleting, tooManyStored, unavailable } from './answers.ts';
import { isExpired, type Card } from './card.ts';
import { countryOf, deviceOf, findBuyerId, requireBuyerId } from './context.ts';
import { deletePaymentMethod } from './delete-payment-method.ts';
import { toReport } from './deletion-resolvers.ts';
import { finishCardSetup } from './finish-card-setup.ts';
import type { CardExpiredError, CardSetupIncompleteError, PaymentMethod, Resolvers } from './generated/schema.ts';
import type { Deps } from './deps.ts';
import { openLabel } from './label.ts';
import { setPaymentMethodLabel } from './set-label.ts';
import { setDefaultPaymentMethod } from './set-default-payment-method.ts';
import { startCardSetup } from './start-card-setup.ts';
import { unlessErasing } from './unless-erasing.ts';

export const cardResolvers = {
  Mutation: {
    startCardSetup: async (_parent, { input }, { deps, identity }) => {
      const result = await unlessErasing(() =>
        startCardSetup(deps, { buyerId: requireBuyerId(identity), deviceId: deviceOf(identity), idempotencyKey: input.idempotencyKey }),
      );
      switch (result.kind) {
        case 'deletion_running':
          return stillDeleting(result);
        case 'started':
          return {
            __typename: 'StartCardSetupSuccess',
            setupIntentId: result.setupIntentId,
            clientSecret: result.clientSecret,
            stripeCustomerId: result.stripeCustomerId,
            customerSessionClientSecret: result.customerSessionClientSecret,
            publishableKey: deps.stripePublishableKey,
            stripeApiBase: deps.stripeApiBase,
          };
        case 'too_many_stored':
          return tooManyStored(result, 'cards');
        case 'limited':
          return limited(result);
        case 'provider_unavailable':
          return unavailable(result, 'Try again with the same key.');
        default:
          return refused(result);
      }
    },

    finishCardSetup: async (_parent, { input }, { deps, identity }) => {
      const result = await unlessErasing(() =>
        finishCardSetup(deps, {
          buyerId: requireBuyerId(identity),
          deviceId: deviceOf(identity),
          idempotencyKey: input.idempotencyKey,
          setupIntentId: input.setupIntentId,
          makeDefault: input.makeDefault ?? true,
          country: countryOf(identity),
          saveConsent: input.saveConsent ?? null,
          label: input.label ?? null,
        }),
      );
      switch (result.kind) {
        case 'deletion_running':
          return stillDeleting(result);
        case 'card':
          return { __typename: 'FinishCardSetupSuccess', paymentMethod: await toPaymentMethod(deps, result.card) };
        case 'consent_outdated':
          return consentOutdated(result);
        case 'too_many_stored':
          return tooManyStored(result, 'cards');
        case 'limited':
          return limited(result);
        case 'setup_incomplete': {
          const error: CardSetupIncompleteError = {
            message: 'Stripe has no confirmed card for this setup. Give the card to Stripe, confirm it if the bank asks, then try again.',
            status: result.status,
            reason: result.reason,
          };
          return { __typename: 'CardSetupIncompleteError', ...error };
        }
        case 'card_expired': {
          const error: CardExpiredError = { message: 'This card has expired. Use another card.' };
          return { __typename: 'CardExpiredError', ...error };
        }
        case 'not_found':
          return notFound(result, 'There is no such card setup.');
        case 'provider_unavailable':
          return unavailable(result, 'Try again with the same key.');
        default:
          return refused(result);
      }
    },

    setPaymentMethodLabel: async (_parent, { input }, { deps, identity }) => {
      const result = await setPaymentMethodLabel(deps, {
        buyerId: requireBuyerId(identity),
        idempotencyKey: input.idempotencyKey,
        paymentMethodId: input.paymentMethodId,
        label: input.label ?? null,
      });
      switch (result.kind) {
        case 'card':
          return { __typename: 'SetPaymentMethodLabelSuccess', paymentMethod: await toPaymentMethod(deps, result.card) };
        case 'not_found':
          return notFound(result, 'There is no such card.');
        default:
          return refused(result);
      }
    },

    setDefaultPaymentMethod: async (_parent, { input }, { deps, identity }) => {
      const result = await setDefaultPaymentMethod(deps, {
        buyerId: requireBuyerId(identity),
        idempotencyKey: input.idempotencyKey,
        paymentMethodId: input.paymentMethodId,
      });
      switch (result.kind) {
        case 'card':
          return { __typename: 'SetDefaultPaymentMethodSuccess', paymentMethod: await toPaymentMethod(deps, result.card) };
        case 'not_found':
          return notFound(result, 'There is no such card.');
        default:
          return refused(result);
      }
    },

    deletePaymentMethod: async (_parent, { input }, { deps, identity }) => {
      const result = await deletePaymentMethod(deps, {
        buyerId: requireBuyerId(identity),
        idempotencyKey: input.idempotencyKey,
        paymentMethodId: input.paymentMethodId,
      });
      switch (result.kind) {
        case 'deleted':
          return {
            __typename: 'DeletePaymentMethodSuccess',
            paymentMethodId: result.paymentMethodId,
            report: toReport(result.deletion),
            defaultPaymentMethod: result.defaultCard === null ? null : await toPaymentMethod(deps, result.defaultCard),
          };
        case 'not_found':
          return notFound(result, 'There is no such card.');
        case 'provider_unavailable':
          return unavailable(
            result,
            'The card cannot be used any more, and is being removed there. Try again with the same key to learn when it is done.',
          );
        default:
          return refused(result);
      }
    },
  },

  Viewer: {
    paymentMethods: async ({ id }, _arguments, { deps, identity }) =>
      findBuyerId(identity) === id ? Promise.all((await deps.cards.list(id)).map((card) => toPaymentMethod(deps, card))) : null,
  },

  PaymentMethod: {
    __resolveReference: async ({ id }, { deps, ownCards }) => {
      const card = isId('pmt', id) ? await ownCards.load(id) : null;
      return card === null ? null : toPaymentMethod(deps, card);
    },
  },
} satisfies Resolvers;

async function toPaymentMethod(deps: Pick<Deps, 'keys' | 'now'>, card: Card): Promise<PaymentMethod> {
  const { id, buyerId, sealedLabel } = card;
  return {
    id,
    brand: card.brand,
    last4: card.last4,
    expMonth: card.expMonth,
    expYear: card.expYear,
    isExpired: isExpired(card, deps.now()),
    isDefault: card.isDefault,
    isSaved: card.isSaved,
    status: card.status === 'withdrawn' ? 'WITHDRAWN' : 'ACTIVE',
    label: await openLabel(deps, { table: 'payment_methods', buyerId, rowId: id }, sealedLabel),
    createdAt: card.createdAt.toISOString(),
  };
}
