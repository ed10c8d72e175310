/**
 * Turns the `Authorization` header into who is calling. A token opens exactly the graph that its audience names, and
 * only for an account with that graph's role. Nothing of a token is ever echoed or logged.
 */
import { hash } from 'node:crypto';
import { jwtVerify, type JWTPayload } from 'jose';
import { unreachable } from '@vitrine/runtime/errors';
import { staffRoles, type Actor, type StaffRole } from '@vitrine/runtime/identity';
import { isId } from '@vitrine/runtime/ids';
import { createBoundedCache } from './bounded-cache.ts';
import type { Graph } from './graphs.ts';
import { KeySetUnavailableError, type KeySet } from './key-set.ts';

export type TokenCheck =
  | {
      readonly kind: 'accepted';
      readonly actor: Actor;
      /** In ms since 1970. */
      readonly expiresAt: number;
      readonly token: string;
      /** Thumbprint of the key that the token is bound to (RFC 9449, section 6): worth nothing without its proof. Null: a bearer token. */
      readonly boundKey: string | null;
    }
  /** None was sent. */
  | { readonly kind: 'missing' }
  /** A bound one that was sent as a bearer token: RFC 9449, section 7.1. */
  | { readonly kind: 'unproven' }
  | { readonly kind: 'expired' }
  /** Anything else that is wrong with it; which, is not for the sender. */
  | { readonly kind: 'invalid' }
  /** A good token of an account that may not use this graph. */
  | { readonly kind: 'forbidden' }
  /** A good token of an API client, sent from an address that is not on its list. */
  | { readonly kind: 'ip_not_allowed' }
  /** What decides about it cannot be asked: the identity provider's keys, or who API clients are. */
  | { readonly kind: 'unavailable' };

/** Whom a token came from; a request of Fastify has both. */
export interface TokenSender {
  /** The client's address. */
  readonly ip: string;
  /** Of the request. */
  readonly id: string;
}

export interface TokenVerifier {
  check(graph: Graph, authorization: string | undefined, sender: TokenSender): Promise<TokenCheck>;
}

/** Only asymmetric ones: with HS256 the public key would be the secret. */
const algorithms = ['RS256', 'ES256'];
const clockSkewSeconds = 5;
const maxTokenLength = 8_192;
/** No token is good for longer than this, whatever its `exp`. */
const maxAgeSeconds = 86_400;
/** A signature costs 150 µs or more to check, a hash 2 µs. */
const rememberedMs = 60_000;
const rememberedTokens = 10_000;

const schemes = /^(?:Bearer|DPoP)(?: |$)/i;
const credentials = /^(Bearer|DPoP) +([\w.~+/-]+=*)$/i;

interface Remembered {
  readonly actor: Actor;
  readonly boundKey: string | null;
  readonly untilMs: number;
  readonly expiresAt: number;
}

export function createTokenVerifier(options: {
  readonly issuer: string;
  readonly keySet: KeySet;
  readonly now?: () => number;
}): TokenVerifier {
  const { issuer, keySet, now = Date.now } = options;
  const remembered = createBoundedCache<Remembered>(rememberedTokens);

  return {
    async check(graph, authorization) {
      if (authorization === undefined || !schemes.test(authorization)) return { kind: 'missing' };
      const [, scheme, token] = credentials.exec(authorization) ?? [];
      if (scheme === undefined || token === undefined || token.length > maxTokenLength) return { kind: 'invalid' };
      const isProven = scheme.toLowerCase() === 'dpop';
      const accepted = ({ actor, boundKey, expiresAt }: Remembered): TokenCheck => {
        if (boundKey !== null && !isProven) return { kind: 'unproven' };
        // Nothing proves that its sender may have it: that it is called a bound one makes it none.
        if (boundKey === null && isProven) return { kind: 'invalid' };
        return { kind: 'accepted', actor, expiresAt, token, boundKey };
      };
      const key = `${graph.name}:${hash('sha256', token, 'base64')}`;
      const known = remembered.get(key);
      if (known !== undefined && now() < known.untilMs) return accepted(known);
      if (known !== undefined) remembered.delete(key);

      let claims: JWTPayload;
      try {
        const verified = await jwtVerify(token, keySet.keyOf, {
          issuer,
          audience: graph.audience,
          algorithms,
          typ: 'at+jwt',
          clockTolerance: clockSkewSeconds,
          maxTokenAge: maxAgeSeconds,
          requiredClaims: ['sub', 'exp', 'iat', 'aud'],
          currentDate: new Date(now()),
        });
        claims = verified.payload;
      } catch (error) {
        if (error instanceof KeySetUnavailableError) return { kind: 'unavailable' };
        return {
          kind: typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_JWT_EXPIRED' ? 'expired' : 'invalid',
        };
      }
      // A token for several audiences could be passed on by each of them to the others.
      if (claims.aud !== graph.audience && !(Array.isArray(claims.aud) && claims.aud.length === 1)) return { kind: 'invalid' };
      const boundKey = boundKeyOf(claims);
      if (boundKey === undefined) return { kind: 'invalid' };
      const checked = actorOf(graph, claims, boundKey);
      if (checked.kind !== 'accepted') return checked;
      const { actor } = checked;
      const expiresAt = (claims.exp ?? 0) * 1_000;
      const verified = { actor, boundKey, untilMs: Math.min(expiresAt, now() + rememberedMs), expiresAt };
      remembered.set(key, verified);
      return accepted(verified);
    },
  };
}

function actorOf(
  graph: Graph,
  claims: JWTPayload,
  boundKey: string | null,
): { readonly kind: 'accepted'; readonly actor: Actor } | { readonly kind: 'invalid' | 'forbidden' } {
  const accountId = claims.sub;
  if (typeof accountId !== 'string' || !isId('usr', accountId)) return { kind: 'invalid' };
  const roles: unknown = claims['roles'];
  if (!Array.isArray(roles) || !roles.includes(graph.role)) return { kind: 'forbidden' };
  switch (graph.role) {
    case 'buyer': {
      const country: unknown = claims['country'];
      return {
        kind: 'accepted',
        actor: {
          role: 'buyer',
          accountId,
          country: typeof country === 'string' && /^[A-Z]{2}$/.test(country) ? country : null,
          ...deviceOf(claims, boundKey),
        },
      };
    }
    case 'seller': {
      const sellerId: unknown = claims['seller_id'];
      if (typeof sellerId !== 'string' || !isId('sel', sellerId)) return { kind: 'forbidden' };
      return { kind: 'accepted', actor: { role: 'seller', accountId, sellerId } };
    }
    case 'operator': {
      const given = staffRolesOf(claims);
      return given.length === 0 ? { kind: 'forbidden' } : { kind: 'accepted', actor: { role: 'operator', accountId, staffRoles: given } };
    }
    default:
      return unreachable(graph.role);
  }
}

/**
 * `cnf.jkt` (RFC 9449, section 6.1); null without a confirmation, undefined for one that cannot be checked here: such a token is not a
 * bearer token for that.
 */
function boundKeyOf(claims: JWTPayload): string | null | undefined {
  const confirmation: unknown = claims['cnf'];
  if (confirmation === undefined) return null;
  if (typeof confirmation !== 'object' || confirmation === null || Object.keys(confirmation).length !== 1) return undefined;
  const bound: unknown = 'jkt' in confirmation ? confirmation.jkt : undefined;
  return typeof bound === 'string' && /^[\w-]{43}$/.test(bound) ? bound : undefined;
}

/** The key that the token is bound to, else the device that the identity provider names. */
function deviceOf(claims: JWTPayload, boundKey: string | null): { readonly deviceId?: string } {
  const device: unknown = boundKey ?? claims['device_id'];
  return typeof device === 'string' && /^[\w.:-]{8,128}$/.test(device) ? { deviceId: device } : {};
}

/** The roles of the claim `staff_roles` that there are; any other is nothing here. */
function staffRolesOf(claims: JWTPayload): readonly StaffRole[] {
  const given: unknown = claims['staff_roles'];
  return Array.isArray(given) ? staffRoles.filter((role) => given.includes(role)) : [];
}
