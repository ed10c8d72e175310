/**
 * Access tokens of API clients: `vtp1.<key id>.<payload>.<HMAC-SHA-256>`, made and checked by the gateway alone. How they
 * are signed is not a part of them, so there is nothing about it that a sender could choose.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { GatewayKeys, Subkey } from '../gateway-keys.ts';

/** What an API client was given. Everything else about it is looked up when the token is used. */
export interface TokenClaims {
  /** `apc_…` */
  readonly clientId: string;
  /** `apk_…`: with which it was got; it ends with it. */
  readonly keyId: string;
  readonly scopes: readonly string[];
  /** In ms since 1970. */
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

export type ReadToken =
  | { readonly kind: 'good'; readonly claims: TokenClaims }
  | { readonly kind: 'expired' }
  | { readonly kind: 'invalid' };

export interface TokenFormat {
  write(claims: TokenClaims): string;
  read(token: string, nowMs: number): ReadToken;
}

const prefix = 'vtp1.';
const purpose = 'partner-token';

/** Whether a bearer token is one of an API client's, whatever it is worth. */
export const isPartnerToken = (token: string): boolean => token.startsWith(prefix);

const sign = ({ secret }: Subkey, signed: string): Buffer => Buffer.from(createHmac('sha256', secret).update(signed).digest('base64url'));

export function createTokenFormat(keys: GatewayKeys): TokenFormat {
  return {
    write({ clientId, keyId, scopes, issuedAtMs, expiresAtMs }) {
      const payload = { client: clientId, key: keyId, scope: scopes.join(' '), issuedAtMs, expiresAtMs };
      const [current] = keys.subkeys(purpose);
      const signed = `${prefix}${current.keyId}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}`;
      return `${signed}.${sign(current, signed).toString()}`;
    },

    read(token, nowMs) {
      const [version, subkeyId, payload, mac, ...rest] = token.split('.');
      if (`${version}.` !== prefix || subkeyId === undefined || payload === undefined || mac === undefined || rest.length > 0)
        return { kind: 'invalid' };
      const subkey = keys.subkeys(purpose).find(({ keyId }) => keyId === subkeyId);
      if (subkey === undefined) return { kind: 'invalid' };
      // Compared as text: base64url can be written in several ways, and a token has one.
      const expected = sign(subkey, `${prefix}${subkeyId}.${payload}`);
      const given = Buffer.from(mac);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return { kind: 'invalid' };
      // Nobody else can have written this, so its shape is trusted.
      const read = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
        readonly client: string;
        readonly key: string;
        readonly scope: string;
        readonly issuedAtMs: number;
        readonly expiresAtMs: number;
      };
      const { issuedAtMs, expiresAtMs } = read;
      if (expiresAtMs <= nowMs) return { kind: 'expired' };
      return {
        kind: 'good',
        claims: { clientId: read.client, keyId: read.key, scopes: read.scope.split(' '), issuedAtMs, expiresAtMs },
      };
    },
  };
}
