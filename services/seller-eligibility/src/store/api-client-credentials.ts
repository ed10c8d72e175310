/** What the gateway needs to know of API clients to check their proofs and calls, and what it tells of their use. */
import type { ApiScope } from '@vitrine/contracts/api-scopes';
import type { Queryable } from '@vitrine/runtime/database';
import type { PublicJwk } from '../public-key.ts';

export interface Credential {
  readonly keyId: string;
  /** Null for a key that the client signs with. */
  readonly secretHash: Buffer | null;
  /** Null for a secret. */
  readonly publicKey: PublicJwk | null;
  readonly expiresAt: Date | null;
}

export interface ClientCredentials {
  readonly clientId: string;
  readonly sellerId: string;
  /** Who made the client. */
  readonly accountId: string;
  readonly scopes: readonly ApiScope[];
  readonly ipAllowList: readonly string[];
  /** With which the client can prove itself now. */
  readonly keys: readonly Credential[];
}

interface CredentialRow {
  readonly client_id: string;
  readonly seller_id: string;
  readonly created_by: string;
  readonly scopes: readonly ApiScope[];
  readonly ip_allow_list: readonly string[];
  readonly key_id: string | null;
  readonly secret_hash: Buffer | null;
  readonly public_key: PublicJwk | null;
  readonly expires_at: Date | null;
}

/** A client with its live keys; null when there is none, or it is revoked. */
export async function findCredentials(queryable: Queryable, clientId: string): Promise<ClientCredentials | null> {
  const { rows } = await queryable.query<CredentialRow>({
    name: 'api-client-credentials',
    text: `select client.client_id, client.seller_id, client.created_by, client.scopes, client.ip_allow_list::text[] as ip_allow_list,
                  key.key_id, key.secret_hash, key.public_key, key.expires_at
             from api_clients client
             left join api_client_keys key
               on key.client_id = client.client_id and key.revoked_at is null and (key.expires_at is null or key.expires_at > now())
            where client.client_id = $1 and client.revoked_at is null`,
    values: [clientId],
  });
  const [client] = rows;
  if (client === undefined) return null;
  return {
    clientId,
    sellerId: client.seller_id,
    accountId: client.created_by,
    scopes: client.scopes,
    ipAllowList: client.ip_allow_list,
    keys: rows.flatMap(({ key_id, secret_hash, public_key, expires_at }) =>
      key_id === null ? [] : [{ keyId: key_id, secretHash: secret_hash, publicKey: public_key, expiresAt: expires_at }],
    ),
  };
}

export interface KeyUse {
  readonly keyId: string;
  readonly usedAt: Date;
  /** CIDR range. */
  readonly network: string;
}

/** Notes the newest use of each key, to the minute; one that is older than what is noted changes nothing. */
export async function noteKeyUses(queryable: Queryable, uses: readonly KeyUse[]): Promise<void> {
  // Sorted, so that two gateways lock the rows they share in the same order.
  const sorted = uses.toSorted((a, b) => (a.keyId < b.keyId ? -1 : 1));
  await queryable.query({
    name: 'api-client-keys-used',
    text: `with noted as (
             select distinct on (key_id) key_id, date_trunc('minute', used_at) as used_at, network
               from unnest($1::text[], $2::timestamptz[], $3::cidr[]) as given (key_id, used_at, network)
              order by key_id, used_at desc
           ), held as (
             select key.key_id, noted.used_at, noted.network from api_client_keys key join noted on noted.key_id = key.key_id
              where key.last_used_at is null or key.last_used_at < noted.used_at
              order by key.key_id for update of key
           )
           update api_client_keys set last_used_at = held.used_at, last_used_network = held.network
             from held where api_client_keys.key_id = held.key_id`,
    values: [sorted.map(({ keyId }) => keyId), sorted.map(({ usedAt }) => usedAt), sorted.map(({ network }) => network)],
  });
}
