/** The seller that a person acts for. Its row is locked, so that what its people do at the same time is done one after the other. */
import type { Transaction } from '@vitrine/runtime/database';
import type { NotAllowed } from './accept-invitation.ts';
import type { Seller } from './seller.ts';
import { lockSeller } from './store/sellers.ts';
import type { Caller } from './use-case.ts';

/** A person of a seller, as the token says; the seller's row has the last word. */
export interface Person extends Caller {
  readonly sellerId: string;
}

/** Reads and locks the seller of a person; null when the account is not its. */
export async function lockOwnSeller(transaction: Transaction, person: Person): Promise<Seller | null> {
  const seller = await lockSeller(transaction, person.sellerId);
  return seller?.accountId === person.accountId ? seller : null;
}

export const noSeller: NotAllowed = { kind: 'not_allowed', message: 'This account has no seller.' };
