/**
 * The id of a buy sheet: what it was for, and until when it holds. It is not signed, since nothing is granted by it: the
 * total is computed anew at the purchase. It keeps an app from buying by a sheet that lay open for too long.
 */
import { createHash } from 'node:crypto';

/** How long a sheet holds. */
export const quoteLifetimeMs = 15 * 60_000;

export interface QuotedTerms {
  readonly buyerId: string;
  readonly productId: string;
  readonly quantity: number;
}

const digest = ({ buyerId, productId, quantity }: QuotedTerms): string =>
  createHash('sha256').update(`${buyerId} ${productId} ${quantity}`).digest('base64url').slice(0, 16);

/** `quo_<expiry in seconds, base 36>_<digest of the terms>` */
export const newQuoteId = (terms: QuotedTerms, expiresAt: Date): string =>
  `quo_${Math.floor(expiresAt.getTime() / 1_000).toString(36)}_${digest(terms)}`;

/** Whether a sheet was for these terms and still holds. */
export function readQuoteId(quoteId: string, terms: QuotedTerms, now: Date): boolean {
  const [, expiry, terms64] = /^quo_([0-9a-z]{1,9})_([\w-]{16})$/.exec(quoteId) ?? [];
  return expiry !== undefined && terms64 === digest(terms) && Number.parseInt(expiry, 36) * 1_000 >= now.getTime();
}
