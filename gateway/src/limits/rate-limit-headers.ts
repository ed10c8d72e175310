/**
 * `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-10: every limit that a request counts towards,
 * and how much is left of the one that is nearest to its end. Quotas are in units of cost, not in requests.
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
import type { Charge } from './shared-buckets.ts';
import type { Bucket } from './token-bucket.ts';

/** To be set on the answer as they are; empty where there is nothing to say. */
export type RateLimitHeaders = Readonly<Record<string, string>>;

/** The largest integer of structured fields (RFC 9651, section 3.3.1). */
const maxInteger = 999_999_999_999_999;

export interface RateLimitHeaderText {
  /** @param afterMs until the quota of `tightest` is whole again or, for a request that is refused, until it may be repeated */
  of(charges: readonly Charge[], tightest: Charge, left: number, afterMs: number): RateLimitHeaders;
}

export function createRateLimitHeaders(): RateLimitHeaderText {
  /** A bucket belongs to one policy, which says the same in each answer. */
  const items = new WeakMap<Bucket, string>();
  const itemOf = ({ policy, bucket }: Charge): string => {
    let item = items.get(bucket);
    if (item === undefined) {
      item = `"${policy}";q=${Math.min(bucket.quota, maxInteger)};w=${bucket.windowSeconds}`;
      items.set(bucket, item);
    }
    return item;
  };
  return {
    of: (charges, tightest, left, afterMs) => ({
      'ratelimit-policy': charges.map(itemOf).join(', '),
      ratelimit: `"${tightest.policy}";r=${Math.min(left, maxInteger)};t=${Math.ceil(afterMs / 1_000)}`,
    }),
  };
}
