/**
 * Checks DPoP proofs (RFC 9449, section 4.3): that whoever sends an access token has the key that it is bound to, and made this proof
 * for this request. What is cheap is checked first; a signature costs 100 µs and is checked only for the key of the token.
 */
import { hash, verify, type KeyObject } from 'node:crypto';
import type { Redis } from 'ioredis';
import { unreachable } from '@vitrine/runtime/errors';
import { createBoundedCache } from '../bounded-cache.ts';
import type { DpopNonces } from './dpop-nonces.ts';
import { readProofKey } from './proof-keys.ts';
import { createReplayGuard } from './replay-guard.ts';
import { isSameTarget } from './request-target.ts';

/** What is wrong with a proof. */
export type DpopFault =
  | 'several'
  | 'malformed'
  | 'type'
  | 'algorithm'
  | 'key'
  | 'other_key'
  | 'signature'
  | 'method'
  | 'target'
  | 'time'
  | 'token'
  | 'jti'
  | 'repeated';

export type DpopCheck =
  | {
      readonly kind: 'accepted';
      /** The one proof that was sent. */
      readonly proof: string;
      /** `local`: Redis is away, and only this process knows that the proof is used; nothing may be changed on the strength of it. */
      readonly replayGuard: 'shared' | 'local';
      /** To be told to the client, whose own will soon be over; null while it is good. */
      readonly nextNonce: string | null;
    }
  | { readonly kind: 'missing' }
  /** Without a nonce, or with one that is over. */
  | { readonly kind: 'nonce_needed'; readonly nonce: string }
  | { readonly kind: 'invalid'; readonly fault: DpopFault }
  /** It cannot be told whether the proof was used before. */
  | { readonly kind: 'unavailable' };

export interface DpopRequest {
  /** As Node gives the header: several are an array, or joined by commas. */
  readonly proofHeader: string | string[] | undefined;
  readonly method: string;
  /** Path of the request, with or without a query. */
  readonly url: string;
  readonly accessToken: string;
  /** `cnf.jkt` of the token. */
  readonly boundKey: string;
}

export interface DpopVerifier {
  check(request: DpopRequest): Promise<DpopCheck>;
  /** Headers of proofs that are remembered. */
  readonly size: number;
}

/** A proof has about 600 characters. */
const maxProofLength = 4_096;
const rememberedKeys = 50_000;
/** A header with its key has about 230 characters; longer ones are read anew each time. */
const maxRememberedHeader = 512;
/** Clocks of phones are off; what is recent is told by the nonce. */
const maxClockDifferenceSeconds = 300;

const proofShape = /^([\w-]+)\.([\w-]+)\.([\w-]{86})$/;
const jtiShape = /^[\x21-\x7e]{8,128}$/;

interface KnownHeader {
  readonly thumbprint: string;
  readonly key: KeyObject;
}

export function createDpopVerifier(options: {
  /** Origin under which clients reach the gateway; the header `Host` is whatever a client or a proxy writes. */
  readonly publicOrigin: string;
  readonly nonces: DpopNonces;
  readonly redis: Pick<Redis, 'set'>;
  readonly now?: () => number;
}): DpopVerifier {
  const { publicOrigin, nonces, redis, now = Date.now } = options;
  const replays = createReplayGuard(redis);
  /** By the first part of a good proof, which an app writes alike each time: neither read nor imported again. */
  const headers = createBoundedCache<KnownHeader>(rememberedKeys);

  const invalid = (fault: DpopFault): DpopCheck => ({ kind: 'invalid', fault });

  /** What the proof's header says; the key is not imported unless it is the token's. */
  const readHeader = (part: string, boundKey: string): KnownHeader | DpopFault => {
    const known = headers.get(part);
    if (known !== undefined) return known.thumbprint === boundKey ? known : 'other_key';
    const header = readJson(part);
    if (header === null) return 'malformed';
    if (header['typ'] !== 'dpop+jwt') return 'type';
    if (header['alg'] !== 'ES256') return 'algorithm';
    // No extension is understood, and a critical one must be (RFC 7515, section 4.1.11).
    if ('crit' in header) return 'malformed';
    const proofKey = readProofKey(header['jwk']);
    if (proofKey === null) return 'key';
    if (proofKey.thumbprint !== boundKey) return 'other_key';
    const key = proofKey.import();
    if (key === null) return 'key';
    return { thumbprint: boundKey, key };
  };

  const remember = (part: string, header: KnownHeader): void => {
    if (part.length > maxRememberedHeader || headers.get(part) !== undefined) return;
    // A copy: a part that was cut out of the proof keeps all of it in memory.
    headers.set(Buffer.from(part).toString(), header);
  };

  return {
    async check({ proofHeader, method, url, accessToken, boundKey }) {
      if (proofHeader === undefined || proofHeader.length === 0) return { kind: 'missing' };
      if (typeof proofHeader !== 'string' || proofHeader.includes(',')) return invalid('several');
      const [, head, body, signature] = (proofHeader.length <= maxProofLength && proofShape.exec(proofHeader)) || [];
      if (head === undefined || body === undefined || signature === undefined) return invalid('malformed');
      const header = readHeader(head, boundKey);
      if (typeof header === 'string') return invalid(header);

      const claims = readJson(body);
      if (claims === null) return invalid('malformed');
      const { htm, htu, iat, jti, ath, nonce } = claims;
      if (htm !== method) return invalid('method');
      if (typeof htu !== 'string' || !isSameTarget(htu, publicOrigin, url)) return invalid('target');
      if (typeof jti !== 'string' || !jtiShape.test(jti)) return invalid('jti');
      const nowMs = now();
      if (typeof iat !== 'number' || !(Math.abs(nowMs / 1_000 - iat) <= maxClockDifferenceSeconds)) return invalid('time');
      if (ath !== hash('sha256', accessToken, 'base64url')) return invalid('token');
      const accepted = typeof nonce === 'string' ? nonces.find(nonce) : null;
      if (accepted === null) return { kind: 'nonce_needed', nonce: nonces.current() };
      const isSigned = verify(
        'sha256',
        Buffer.from(`${head}.${body}`),
        { key: header.key, dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      );
      if (!isSigned) return invalid('signature');
      remember(head, header);

      // Last: only a proof that is good is worth remembering.
      const replay = await replays.check(`${boundKey}:${jti}`, accepted, nowMs);
      switch (replay.kind) {
        case 'first':
          return {
            kind: 'accepted',
            proof: proofHeader,
            replayGuard: replay.replayGuard,
            nextNonce: accepted.isOld ? nonces.current() : null,
          };
        case 'repeated':
          return invalid('repeated');
        case 'unavailable':
          return { kind: 'unavailable' };
        default:
          return unreachable(replay);
      }
    },
    get size() {
      return headers.size;
    },
  };
}

/** The JSON object of a part of a JWT; null when it is none. */
function readJson(part: string): Readonly<Record<string, unknown>> | null {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(part, 'base64url').toString());
  } catch {
    // Written by a client: that it is not JSON is the answer.
    return null;
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : null;
}
