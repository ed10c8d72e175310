/**
 * Challenges that attestations are made for. A challenge says itself until when it is good and is signed, so none is stored before it
 * is used; that it is used once is known to all gateway processes.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { GatewayKeys, Subkey } from '../gateway-keys.ts';
import { createSingleUse } from './single-use.ts';

export interface Challenge {
  /** base64url, 75 characters. */
  readonly challenge: string;
  /** In ms since 1970. */
  readonly expiresAtMs: number;
}

export type ChallengeUse =
  | { readonly kind: 'first' }
  /** The same user uses it again, as an app does that got no answer. */
  | { readonly kind: 'again' }
  /** It is none of ours, has expired, or somebody else has used it. */
  | { readonly kind: 'invalid' }
  | { readonly kind: 'unavailable' };

export interface Challenges {
  issue(): Challenge;
  /** @param user what tells one use from another; nothing secret */
  use(challenge: string, user: string): Promise<ChallengeUse>;
}

const lifetimeMs = 5 * 60_000;
const bodyBytes = 24;
const signatureBytes = 32;

export function createChallenges(keys: GatewayKeys, redis: Pick<Redis, 'set'>, now: () => number = Date.now): Challenges {
  const subkeys = () => keys.subkeys('attestation-challenge');
  const used = createSingleUse(redis, 'challenge');
  const sign = (body: Buffer, { secret }: Subkey): Buffer => createHmac('sha256', secret).update(body).digest();

  return {
    issue() {
      const expiresAtMs = now() + lifetimeMs;
      const body = randomBytes(bodyBytes);
      body.writeBigUInt64BE(BigInt(expiresAtMs));
      return { challenge: Buffer.concat([body, sign(body, subkeys()[0])]).toString('base64url'), expiresAtMs };
    },
    async use(challenge, user) {
      const bytes = Buffer.from(challenge, 'base64url');
      // A challenge has one spelling, or it could be used once in each.
      if (bytes.length !== bodyBytes + signatureBytes || bytes.toString('base64url') !== challenge) return { kind: 'invalid' };
      const [body, signature] = [bytes.subarray(0, bodyBytes), bytes.subarray(bodyBytes)];
      if (!subkeys().some((key) => timingSafeEqual(sign(body, key), signature))) return { kind: 'invalid' };
      const leftMs = Number(body.readBigUInt64BE()) - now();
      if (leftMs <= 0) return { kind: 'invalid' };
      const claim = await used.claim(body.subarray(8).toString('hex'), leftMs + 10_000, user);
      if (claim.kind !== 'taken') return claim;
      return claim.holder === user ? { kind: 'again' } : { kind: 'invalid' };
    },
  };
}
