/** What tests of privacy ask a vault for. */
import type { Actor } from '@vitrine/runtime/identity';
import { buyer, key, type Vault } from './vault.ts';

interface Report {
  readonly id: string;
  readonly scope: string;
  readonly subjectId: string | null;
  readonly requestedAt: string;
  readonly completedAt: string | null;
  readonly deleted: readonly { readonly what: string; readonly count: number }[];
  readonly kept: readonly {
    readonly what: string;
    readonly count: number;
    readonly ground: string;
    readonly explanation: string;
    readonly until: string;
  }[];
}

interface Permission {
  readonly id: string;
  readonly status: string;
  readonly fields: readonly string[];
}

interface Consent {
  readonly id: string;
  readonly channel: string;
  readonly granted: boolean;
  readonly textVersion: string | null;
}

/** A result of one of the mutations here. Which fields are there depends on its type. */
export interface Result {
  readonly __typename: string;
  readonly message: string;
  readonly path: readonly string[];
  readonly orderIds: readonly string[];
  readonly currentVersion: string;
  readonly report: Report;
  readonly permission: Permission;
  readonly consent: Consent;
}

interface Connection<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

export interface Contact {
  readonly id: string;
  readonly name?: string | null;
  readonly phone?: string | null;
  readonly deliveryAddress?: { readonly line1: string; readonly city?: string } | null;
}

interface ViewerAnswer {
  readonly deletions: Connection<Report> | null;
  readonly permissions: Connection<Permission> | null;
  readonly marketingConsents: Connection<Consent> | null;
  readonly dataExport: { readonly format: string; readonly json: string } | null;
  readonly disclosures: Connection<{
    readonly sellerId: string;
    readonly purpose: string;
    readonly orderId: string | null;
    readonly permissionId: string | null;
    readonly fields: readonly string[];
  }> | null;
}

const report = 'report { id scope subjectId requestedAt completedAt deleted { what count } kept { what count ground explanation until } }';
const permission = 'permission { id sellerId fields purpose status expiresAt revokedAt createdAt }';
const fields = {
  deleteEverything: `... on DeleteEverythingSuccess { ${report} } ... on OpenOrdersError { orderIds }`,
  deleteAddress: `... on DeleteAddressSuccess { ${report} }`,
  deletePaymentMethod: `... on DeletePaymentMethodSuccess { ${report} }`,
  addAddress: '',
  startCardSetup: '',
  grantPermission: `... on GrantPermissionSuccess { ${permission} }`,
  revokePermission: `... on RevokePermissionSuccess { ${permission} }`,
  setMarketingConsent: `... on SetMarketingConsentSuccess { consent { id sellerId channel granted textVersion decidedAt } } ... on ConsentTextOutdatedError { currentVersion }`,
} as const;

const viewerFields = `deletions { edges { cursor node { id scope subjectId requestedAt completedAt deleted { what count } kept { what count ground explanation until } } } pageInfo { hasNextPage endCursor } }
  permissions { edges { cursor node { id sellerId fields purpose status expiresAt revokedAt createdAt } } pageInfo { hasNextPage endCursor } }
  marketingConsents { edges { cursor node { id sellerId channel granted textVersion decidedAt } } pageInfo { hasNextPage endCursor } }
  disclosures(first: 100) { edges { cursor node { sellerId purpose orderId permissionId fields } } pageInfo { hasNextPage endCursor } }
  dataExport { generatedAt format json }`;

const nameOf = (operation: string): string => `${operation.slice(0, 1).toUpperCase()}${operation.slice(1)}Input!`;

/** Carries out a mutation for a buyer. An idempotency key that is not given is a new one. */
export async function change(vault: Vault, buyerId: string, operation: keyof typeof fields, input: object = {}): Promise<Result> {
  const query = `mutation ($input: ${nameOf(operation)}) { result: ${operation}(input: $input) { __typename ... on UserError { message } ... on InvalidInputError { path } ${fields[operation]} } }`;
  const { data, errors } = await vault.ask(buyer(buyerId), query, { input: { idempotencyKey: key(), ...input } });
  if (errors !== undefined) throw new Error(`${operation}: ${JSON.stringify(errors)}`);
  return (data as unknown as { readonly result: Result }).result;
}

/** What a buyer sees of the own privacy. */
export async function viewerOf(vault: Vault, buyerId: string): Promise<ViewerAnswer> {
  const { data, errors } = await vault.ask(buyer(buyerId), `{ viewer { ${viewerFields} } }`);
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return (data as unknown as { readonly viewer: ViewerAnswer }).viewer;
}

/** What an actor gets by asking for a buyer by id, past `Query.viewer`. */
export async function viewerEntity(vault: Vault, actor: Actor, buyerId: string): Promise<unknown> {
  const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Viewer { ${viewerFields} } } }`;
  const { data } = await vault.ask(actor, query, { representations: [{ __typename: 'Viewer', id: buyerId }] });
  return data._entities[0];
}

/** What an actor reads of a seller's contacts. */
export async function sharedDetails(
  vault: Vault,
  actor: Actor,
  sellerId: string,
  selection = 'id purpose expiresAt name phone deliveryAddress { line1 city }',
  page = '',
  fragments = '',
): Promise<Connection<Contact> | null> {
  const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Seller { sharedDetails${page} {
    edges { cursor node { ${selection} } } pageInfo { hasNextPage endCursor } } } } } ${fragments}`;
  const { data, errors } = await vault.ask(actor, query, { representations: [{ __typename: 'Seller', id: sellerId }] });
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return (data._entities[0] as unknown as { readonly sharedDetails: Connection<Contact> | null } | null)?.sharedDetails ?? null;
}

const dayMs = 86_400_000;
export const inDays = (days: number): string => new Date(Date.now() + days * dayMs).toISOString();
