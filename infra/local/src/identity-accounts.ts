/** The accounts that the local identity provider knows: fixed ids, so that the seed, the demo and the tests mean the same people. */
import { staffRoles, type StaffRole } from '@vitrine/runtime/identity';
import type { Role } from './identity-graphs.ts';

export type SeededAccount = {
  /** Subject of every token of this account: `usr_` and a UUID. */
  readonly id: `usr_${string}`;
  readonly handle: `@${string}`;
  readonly displayName: string;
  readonly roles: readonly Role[];
  /** The account's country, ISO 3166-1 alpha-2: decides the market. */
  readonly country: string;
  /** The shop that the account acts for: present exactly when it has the role `seller`. */
  readonly sellerId?: `sel_${string}`;
  /** What the account may do for the network: present exactly when it has the role `operator`. */
  readonly staffRoles?: readonly StaffRole[];
};

/** Every seeded account, in the order in which the sign-in page lists them. */
export const seededAccounts = [
  {
    id: 'usr_01900000-0000-7000-8000-000000000001',
    handle: '@ada',
    displayName: 'Ada',
    roles: ['buyer'],
    country: 'US',
  },
  {
    id: 'usr_01900000-0000-7000-8000-000000000002',
    handle: '@grace',
    displayName: 'Grace',
    roles: ['buyer'],
    country: 'US',
  },
  {
    id: 'usr_01900000-0000-7000-8000-000000000003',
    handle: '@linus',
    displayName: 'Linus',
    roles: ['buyer'],
    country: 'US',
  },
  {
    id: 'usr_01900000-0000-7000-8000-000000000004',
    handle: '@marie',
    displayName: 'Marie',
    roles: ['buyer'],
    country: 'FR',
  },
  {
    // She sells nothing here: the network has not invited her, so she is a buyer like any other.
    id: 'usr_01900000-0000-7000-8000-000000000005',
    handle: '@ursula',
    displayName: 'Uninvited Ursula',
    roles: ['buyer'],
    country: 'US',
  },
  {
    id: 'usr_01900000-0000-7000-8000-000000000011',
    handle: '@paperandpine',
    displayName: 'Paper & Pine',
    roles: ['seller'],
    country: 'US',
    sellerId: 'sel_01900000-0000-7000-8000-000000000101',
  },
  {
    id: 'usr_01900000-0000-7000-8000-000000000012',
    handle: '@northwind',
    displayName: 'Northwind Coffee',
    roles: ['seller'],
    country: 'US',
    sellerId: 'sel_01900000-0000-7000-8000-000000000102',
  },
  {
    id: 'usr_01900000-0000-7000-8000-000000000021',
    handle: '@olga',
    displayName: 'Olga',
    roles: ['operator'],
    country: 'US',
    staffRoles,
  },
  {
    id: 'usr_01900000-0000-7000-8000-000000000022',
    handle: '@sue',
    displayName: 'Sue',
    roles: ['operator'],
    country: 'US',
    staffRoles: ['support'],
  },
  {
    id: 'usr_01900000-0000-7000-8000-000000000023',
    handle: '@otto',
    displayName: 'Otto',
    roles: ['operator'],
    country: 'US',
    staffRoles: ['operations'],
  },
  {
    id: 'usr_01900000-0000-7000-8000-000000000024',
    handle: '@mira',
    displayName: 'Mira',
    roles: ['operator'],
    country: 'US',
    staffRoles: ['markets'],
  },
  {
    id: 'usr_01900000-0000-7000-8000-000000000025',
    handle: '@sven',
    displayName: 'Sven',
    roles: ['operator'],
    country: 'US',
    staffRoles: ['security'],
  },
] as const satisfies readonly SeededAccount[];

/** A handle that is certain to exist. */
export type SeededHandle = (typeof seededAccounts)[number]['handle'];

const byHandle = new Map<string, SeededAccount>(seededAccounts.map((account) => [account.handle, account]));
const byId = new Map<string, SeededAccount>(seededAccounts.map((account) => [account.id, account]));

/** The seeded account with this handle; for handles known when the code is written. */
export function seededAccount(handle: SeededHandle): SeededAccount {
  const account = byHandle.get(handle);
  if (account === undefined) throw new Error(`no seeded account has the handle ${handle}`);
  return account;
}

/** How many buyers there are beside those who have a name. */
const numberedBuyers = 10_000;

/**
 * A buyer of a crowd, for measurements: nobody introduces it or lists it.
 * @param number from 0 to 9,999
 */
export function numberedBuyer(number: number): SeededAccount {
  if (!Number.isInteger(number) || number < 0 || number >= numberedBuyers) throw new Error(`there is no buyer with the number ${number}`);
  const digits = String(number).padStart(4, '0');
  return {
    id: `usr_01900000-0000-7000-8000-00000001${digits}`,
    handle: `@buyer-${digits}`,
    displayName: `Buyer ${digits}`,
    roles: ['buyer'],
    country: 'US',
  };
}

/** The account with this handle (`@ada`) or id (`usr_…`), numbered buyers included, or undefined; for input from outside. */
export function findSeededAccount(handleOrId: string): SeededAccount | undefined {
  const named = byHandle.get(handleOrId) ?? byId.get(handleOrId);
  if (named !== undefined) return named;
  const digits = /^(?:@buyer-|usr_01900000-0000-7000-8000-00000001)(\d{4})$/.exec(handleOrId)?.[1];
  return digits === undefined ? undefined : numberedBuyer(Number(digits));
}

/** The seeded accounts that have every one of these roles. */
export function seededAccountsWithRoles(roles: readonly Role[]): SeededAccount[] {
  return [...byId.values()].filter((account) => roles.every((role) => account.roles.includes(role)));
}
