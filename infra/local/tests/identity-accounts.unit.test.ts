/** The seeded accounts, as data that the seed, the demo and the tests rely on. */
import { expect, test } from '@jest/globals';
import { staffRoles } from '@vitrine/runtime/identity';
import { findSeededAccount, numberedBuyer, seededAccount, seededAccounts } from '../src/identity-accounts.ts';

const uuidV7 = '[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';

test('every id is a prefixed UUIDv7, and no id or handle is given twice', () => {
  const identities = seededAccounts.flatMap((account) => [account.id, account.handle]);
  expect(new Set(identities).size).toBe(identities.length);
  for (const account of seededAccounts) expect(account.id).toMatch(new RegExp(`^usr_${uuidV7}$`));
});

test('exactly the sellers act for a shop, each for its own', () => {
  const shops = seededAccounts.flatMap((account) => ('sellerId' in account ? [account.sellerId] : []));
  expect(new Set(shops).size).toBe(shops.length);
  for (const shop of shops) expect(shop).toMatch(new RegExp(`^sel_${uuidV7}$`));
  for (const account of seededAccounts) {
    expect('sellerId' in account).toBe((account.roles as readonly string[]).includes('seller'));
  }
});

test('exactly the operators have staff roles, and there is one for each role alone', () => {
  const teams = seededAccounts.flatMap((account) => ('staffRoles' in account ? [account.staffRoles.join()] : []));
  expect(teams).toEqual([staffRoles.join(), ...staffRoles]);
  for (const account of seededAccounts) {
    expect('staffRoles' in account).toBe((account.roles as readonly string[]).includes('operator'));
  }
});

test('an account is found by its handle and by its id, and nobody else is', () => {
  const ada = seededAccount('@ada');
  expect(findSeededAccount('@ada')).toBe(ada);
  expect(findSeededAccount(ada.id)).toBe(ada);
  expect(findSeededAccount('ada')).toBeUndefined();
  expect(findSeededAccount('')).toBeUndefined();
});

test('a numbered buyer is found by its handle and by its id, and is none of the named ones', () => {
  const buyer = numberedBuyer(42);
  expect(buyer).toMatchObject({ handle: '@buyer-0042', roles: ['buyer'] });
  expect(buyer.id).toMatch(new RegExp(`^usr_${uuidV7}$`));
  expect(findSeededAccount(buyer.handle)).toEqual(buyer);
  expect(findSeededAccount(buyer.id)).toEqual(buyer);
  expect(seededAccounts.map(({ id }): string => id)).not.toContain(buyer.id);
  expect(findSeededAccount('@buyer-42')).toBeUndefined();
  expect(() => numberedBuyer(10_000)).toThrow('10000');
});
