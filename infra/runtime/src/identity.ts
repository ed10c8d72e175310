/**
 * Who is calling whom. Every call between processes carries an identity signed with a key that only the two of them
 * have: the gateway passes on the person it has authenticated, a service speaks for itself or for that person. A
 * process without the key of a pair cannot be taken for its first half, so timeline, for example, cannot reach the
 * vault at all.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Pool } from 'undici';
import { RetryableError } from './errors.ts';

/** The person, or the service itself, on whose behalf a call is made. */
export type Actor =
  | { readonly role: 'buyer'; readonly accountId: string; /** ISO 3166-1 alpha-2; null when not known. */ readonly country: string | null }
  | { readonly role: 'seller'; readonly accountId: string; readonly sellerId: string }
  | { readonly role: 'operator'; readonly accountId: string }
  | { readonly role: 'service' };

/** A verified identity. */
export interface Identity {
  /** The process that called: `gateway`, `checkout`, … */
  readonly from: string;
  readonly actor: Actor;
  /** Correlates everything that one request of a client sets off. */
  readonly requestId: string;
}

/** Header that carries a signed identity. The gateway drops it from what clients send. */
export const identityHeader = 'x-vitrine-identity';

/** Long enough for clocks that differ a little, short enough that a captured header is soon worthless. */
const lifetimeMs = 30_000;
const clockSkewMs = 5_000;

interface Key {
  readonly keyId: string;
  readonly secret: Buffer;
}

/** Keys by `from>to`; the first of a pair signs, all verify, so that keys can be changed one process at a time. */
export type IdentityKeys = ReadonlyMap<string, readonly Key[]>;

/**
 * Parses `IDENTITY_KEYS`: `from>to:keyId:base64` entries separated by commas.
 * @throws Error that names the entry's pair, never its key.
 */
export function parseIdentityKeys(text: string): IdentityKeys {
  const keys = new Map<string, Key[]>();
  for (const entry of text.split(',')) {
    const [pair = '', keyId = '', encoded = ''] = entry.trim().split(':');
    const secret = Buffer.from(encoded, 'base64');
    if (!/^[a-z-]+>[a-z-]+$/.test(pair) || !/^[A-Za-z0-9_-]+$/.test(keyId))
      throw new Error('IDENTITY_KEYS: an entry is not of the form from>to:keyId:base64');
    if (secret.length < 32) throw new Error(`IDENTITY_KEYS: the key ${keyId} of ${pair} has fewer than 32 bytes`);
    const known = keys.get(pair);
    if (known === undefined) keys.set(pair, [{ keyId, secret }]);
    else known.push({ keyId, secret });
  }
  return keys;
}

const mac = (secret: Buffer, signed: string): Buffer => createHmac('sha256', secret).update(signed).digest();

/**
 * Signs an identity for one call from `from` to `to`.
 * @throws Error when there is no key for the pair: the caller may not call that service at all.
 */
export function signIdentity(
  keys: IdentityKeys,
  call: { readonly from: string; readonly to: string; readonly actor: Actor; readonly requestId: string },
  nowMs = Date.now(),
): string {
  const key = keys.get(`${call.from}>${call.to}`)?.[0];
  if (key === undefined) throw new Error(`${call.from} has no key to call ${call.to}`);
  const payload = Buffer.from(
    JSON.stringify({ from: call.from, to: call.to, actor: call.actor, rid: call.requestId, exp: nowMs + lifetimeMs }),
  ).toString('base64url');
  const signed = `v1.${key.keyId}.${payload}`;
  return `${signed}.${mac(key.secret, signed).toString('base64url')}`;
}

/** Verifies the identity of a call to `to`. Null for anything that was not signed for it, or too long ago. */
export function verifyIdentity(keys: IdentityKeys, to: string, header: string | undefined, nowMs = Date.now()): Identity | null {
  if (header === undefined || header.length > 4_096) return null;
  const [version, keyId, payload, signature, ...rest] = header.split('.');
  if (version !== 'v1' || keyId === undefined || payload === undefined || signature === undefined || rest.length > 0) return null;
  let claims: { from?: unknown; to?: unknown; actor?: unknown; rid?: unknown; exp?: unknown };
  try {
    claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  } catch {
    return null;
  }
  if (typeof claims.from !== 'string' || claims.to !== to || typeof claims.rid !== 'string' || typeof claims.exp !== 'number') return null;
  const key = keys.get(`${claims.from}>${to}`)?.find((candidate) => candidate.keyId === keyId);
  if (key === undefined) return null;
  const expected = mac(key.secret, `v1.${keyId}.${payload}`);
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  if (claims.exp < nowMs - clockSkewMs || claims.exp > nowMs + lifetimeMs + clockSkewMs) return null;
  // Only the holder of the pair's key can have written this, so its shape is trusted.
  return { from: claims.from, actor: claims.actor as Actor, requestId: claims.rid };
}

/** Calls one service's internal HTTP API. */
export interface InternalClient {
  /**
   * POSTs JSON and answers the parsed JSON of a 200.
   * @throws RetryableError when the outcome is unknown or the service is away (no connection, timeout, 5xx).
   * @throws Error for any other status: the two sides disagree about the contract.
   */
  post<Response>(path: string, body: unknown, context: { readonly requestId: string; readonly timeoutMs: number }): Promise<Response>;
  close(): Promise<void>;
}

/** A client for the calls of `from` to `to`, over kept-alive connections. */
export function createInternalClient(options: {
  readonly keys: IdentityKeys;
  readonly from: string;
  readonly to: string;
  readonly baseUrl: string;
}): InternalClient {
  const { keys, from, to } = options;
  const pool = new Pool(new URL(options.baseUrl).origin, { connections: 64, keepAliveTimeout: 30_000, connectTimeout: 2_000 });
  return {
    async post<Response>(
      path: string,
      body: unknown,
      { requestId, timeoutMs }: { readonly requestId: string; readonly timeoutMs: number },
    ): Promise<Response> {
      let status: number;
      let text: string;
      try {
        const response = await pool.request({
          path,
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            [identityHeader]: signIdentity(keys, { from, to, actor: { role: 'service' }, requestId }),
          },
          body: JSON.stringify(body),
          headersTimeout: timeoutMs,
          bodyTimeout: timeoutMs,
        });
        status = response.statusCode;
        text = await response.body.text();
      } catch (error) {
        throw new RetryableError(`${to} could not be asked: ${path}`, { cause: error });
      }
      if (status === 200) return JSON.parse(text) as Response;
      if (status >= 500) throw new RetryableError(`${to} answered ${status}: ${path}`);
      throw new Error(`${to} answered ${status}: ${path}`);
    },
    close: () => pool.close(),
  };
}
