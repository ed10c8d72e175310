/** Sellers: accounts that the network has invited, and the moves between their states. */

export type SellerStatus = 'invited' | 'active' | 'suspended';

export interface Seller {
  readonly sellerId: string;
  /** The account that sells; it has no other seller. */
  readonly accountId: string;
  readonly displayName: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly status: SellerStatus;
  /** Number of the seller's last event. */
  readonly sequence: number;
}

const maxDisplayNameLength = 80;
// Line breaks and control characters would break a card; a lone surrogate is no text at all.
const unprintable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Characters as PostgreSQL counts them: code points. */
export const characterCount = (text: string): number => Array.from(text).length;

/** A display name without surrounding space, or null when it cannot be shown to buyers. */
export function parseDisplayName(text: string): string | null {
  const name = text.trim();
  const length = characterCount(name);
  return length >= 1 && length <= maxDisplayNameLength && !unprintable.test(name) ? name : null;
}

/** What an operator's wish for a status comes to. An invitation is only ended by its acceptance. */
export function decideStatusChange(from: SellerStatus, to: SellerStatus): 'change' | 'unchanged' | 'still_invited' | 'not_settable' {
  if (to === 'invited') return 'not_settable';
  if (from === 'invited') return 'still_invited';
  return from === to ? 'unchanged' : 'change';
}

/** What an acceptance comes to. */
export function decideAcceptance(from: SellerStatus): 'activate' | 'unchanged' | 'suspended' {
  if (from === 'invited') return 'activate';
  return from === 'active' ? 'unchanged' : 'suspended';
}
