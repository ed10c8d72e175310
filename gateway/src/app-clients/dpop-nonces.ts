/**
 * Nonces of DPoP proofs (RFC 9449, section 8). A nonce is the HMAC of the number of a time window, so every gateway process knows
 * those of the others and none is stored; each is good for its own window and the next one.
 */
import { createHmac, type KeyObject } from 'node:crypto';
import type { GatewayKeys, Subkey } from '../gateway-keys.ts';

export interface DpopNonces {
  /** The nonce to be used from now on. */
  current(): string;
  /** What a nonce is worth now; null when it is none or is over. */
  find(nonce: string): AcceptedNonce | null;
}

export interface AcceptedNonce {
  /** The time window that it was made in. */
  readonly window: number;
  /** When it stops being accepted, in ms since 1970. */
  readonly untilMs: number;
  /** In the last half of its life: the client is to be told the current one. */
  readonly isOld: boolean;
}

export const nonceWindowMs = 60_000;

export function createDpopNonces(keys: GatewayKeys, now: () => number = Date.now): DpopNonces {
  const nonceOf = (secret: KeyObject, window: number): string =>
    createHmac('sha256', secret).update(String(window)).digest().subarray(0, 16).toString('base64url');

  let known:
    | {
        readonly window: number;
        readonly subkeys: readonly Subkey[];
        readonly current: string;
        readonly accepted: ReadonlyMap<string, number>;
      }
    | undefined;
  /** Made once in a window, so that a request costs a lookup. */
  const nonces = (): NonNullable<typeof known> => {
    const window = Math.floor(now() / nonceWindowMs);
    const subkeys = keys.subkeys('dpop-nonce');
    if (known?.window !== window || known.subkeys !== subkeys) {
      const accepted = new Map([window - 1, window].flatMap((each) => subkeys.map(({ secret }) => [nonceOf(secret, each), each] as const)));
      known = { window, subkeys, current: nonceOf(subkeys[0].secret, window), accepted };
    }
    return known;
  };

  return {
    current: () => nonces().current,
    find(nonce) {
      const { window, accepted } = nonces();
      const made = accepted.get(nonce);
      return made === undefined ? null : { window: made, untilMs: (made + 2) * nonceWindowMs, isOld: made < window };
    },
  };
}
