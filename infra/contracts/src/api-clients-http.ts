/** seller-eligibility's internal HTTP API about sellers' API clients, for the gateway. */
import { Type, type Static } from 'typebox';
import { AccountId, idOf, Instant, SellerId } from './json-types.ts';

const ClientId = idOf('apc');
const KeyId = idOf('apk');
const IpRange = Type.String({ maxLength: 64 });

/** A client that is not revoked, with the keys that it can prove itself with now. */
export const ApiClientState = Type.Object({
  clientId: ClientId,
  sellerId: SellerId,
  /** Who made the client. */
  accountId: AccountId,
  scopes: Type.Array(Type.String()),
  /** CIDR ranges; empty where any address may call. */
  ipAllowList: Type.Array(IpRange),
  keys: Type.Array(
    Type.Object({
      keyId: KeyId,
      expiresAt: Type.Union([Instant, Type.Null()]),
      /** A public JSON Web Key; null for a secret. */
      publicKey: Type.Union([
        Type.Object({
          kty: Type.String(),
          crv: Type.Optional(Type.String()),
          x: Type.Optional(Type.String()),
          y: Type.Optional(Type.String()),
          n: Type.Optional(Type.String()),
          e: Type.Optional(Type.String()),
        }),
        Type.Null(),
      ]),
    }),
  ),
});
export type ApiClientState = Static<typeof ApiClientState>;

/** `POST /internal/api-clients/lookups`: the client as it is now; null when there is none, or it is revoked. */
export const ApiClientLookupRequest = Type.Object({ clientId: ClientId });
export type ApiClientLookupRequest = Static<typeof ApiClientLookupRequest>;

export const ApiClientLookupResponse = Type.Object({ client: Type.Union([ApiClientState, Type.Null()]) });
export type ApiClientLookupResponse = Static<typeof ApiClientLookupResponse>;

/** `POST /internal/api-clients/secret-checks`: whose secret this is. The secret itself stays with the gateway. */
export const SecretCheckRequest = Type.Object({
  clientId: ClientId,
  /** SHA-256 of the secret, base64url. */
  secretHash: Type.String({ pattern: '^[\\w-]{43}$' }),
});
export type SecretCheckRequest = Static<typeof SecretCheckRequest>;

/** `proved`: the client, and the key whose secret it is; null for everything else, whatever the reason. */
export const SecretCheckResponse = Type.Object({
  proved: Type.Union([Type.Object({ keyId: KeyId, client: ApiClientState }), Type.Null()]),
});
export type SecretCheckResponse = Static<typeof SecretCheckResponse>;

/** `POST /internal/api-clients/key-uses`: when and from where keys were last used. */
export const KeyUsesRequest = Type.Object({
  uses: Type.Array(
    Type.Object({
      keyId: KeyId,
      usedAt: Instant,
      /** A network that the address is in, never the address. */
      network: IpRange,
    }),
    { minItems: 1, maxItems: 1_000 },
  ),
});
export type KeyUsesRequest = Static<typeof KeyUsesRequest>;

export const KeyUsesResponse = Type.Object({ noted: Type.Literal(true) });
export type KeyUsesResponse = Static<typeof KeyUsesResponse>;
