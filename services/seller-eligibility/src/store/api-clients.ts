/** API clients of sellers and their keys in PostgreSQL. */
import type { ApiScope } from '@vitrine/contracts/api-scopes';
import type { Queryable, Transaction } from '@vitrine/runtime/database';
import type { ApiClient, ApiKey, ClientSettings } from '../api-client.ts';
import type { PublicJwk } from '../public-key.ts';

interface ClientRow {
  readonly client_id: string;
  readonly seller_id: string;
  readonly name: string;
  readonly scopes: readonly ApiScope[];
  readonly ip_allow_list: readonly string[];
  readonly created_by: string;
  readonly created_at: Date;
  readonly revoked_at: Date | null;
}

interface KeyRow {
  readonly key_id: string;
  readonly client_id: string;
  readonly is_secret: boolean;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly last_used_at: Date | null;
  readonly last_used_network: string | null;
}

const clientColumns = 'client_id, seller_id, name, scopes, ip_allow_list::text[] as ip_allow_list, created_by, created_at, revoked_at';
const keyColumns =
  'key_id, client_id, secret_hash is not null as is_secret, created_at, expires_at, revoked_at, last_used_at, last_used_network::text as last_used_network';
/** A key with which a client could prove itself now. */
const isLiveKey = '(revoked_at is null and (expires_at is null or expires_at > now()))';
/** Whoever looks for the reason why a program fails finds its key among the others for some time. */
const isListedKey = `(revoked_at is null and (expires_at is null or expires_at > now() - interval '30 days'))`;

const toClient = (row: ClientRow): ApiClient => ({
  clientId: row.client_id,
  sellerId: row.seller_id,
  name: row.name,
  scopes: row.scopes,
  ipAllowList: row.ip_allow_list,
  createdBy: row.created_by,
  createdAt: row.created_at,
  revokedAt: row.revoked_at,
});

const toKey = (row: KeyRow): ApiKey => ({
  keyId: row.key_id,
  clientId: row.client_id,
  kind: row.is_secret ? 'secret' : 'public_key',
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  revokedAt: row.revoked_at,
  lastUsedAt: row.last_used_at,
  lastUsedNetwork: row.last_used_network,
});

/** A seller's clients that are not revoked, oldest first. */
export async function listClients(queryable: Queryable, sellerId: string): Promise<readonly ApiClient[]> {
  const { rows } = await queryable.query<ClientRow>({
    name: 'api-clients-list',
    text: `select ${clientColumns} from api_clients where seller_id = $1 and revoked_at is null order by created_at, client_id`,
    values: [sellerId],
  });
  return rows.map(toClient);
}

/** A client of this seller, revoked or not. */
export async function findClient(queryable: Queryable, clientId: string, sellerId: string): Promise<ApiClient | null> {
  const { rows } = await queryable.query<ClientRow>(`select ${clientColumns} from api_clients where client_id = $1 and seller_id = $2`, [
    clientId,
    sellerId,
  ]);
  return rows[0] === undefined ? null : toClient(rows[0]);
}

/** The keys to show of these clients, oldest first, in one statement: those in use, and those that expired lately. */
export async function listKeys(queryable: Queryable, clientIds: readonly string[]): Promise<readonly ApiKey[]> {
  const { rows } = await queryable.query<KeyRow>({
    name: 'api-client-keys-list',
    text: `select ${keyColumns} from api_client_keys where client_id = any($1) and ${isListedKey} order by created_at, key_id`,
    values: [clientIds],
  });
  return rows.map(toKey);
}

/** A key of this client, revoked or not. */
export async function findKey(queryable: Queryable, keyId: string, clientId: string): Promise<ApiKey | null> {
  const { rows } = await queryable.query<KeyRow>(`select ${keyColumns} from api_client_keys where key_id = $1 and client_id = $2`, [
    keyId,
    clientId,
  ]);
  return rows[0] === undefined ? null : toKey(rows[0]);
}

export async function countClients(transaction: Transaction, sellerId: string): Promise<number> {
  const { rows } = await transaction.query<{ readonly count: number }>(
    'select count(*)::int as count from api_clients where seller_id = $1 and revoked_at is null',
    [sellerId],
  );
  return rows[0]?.count ?? 0;
}

/** Keys with which the client could prove itself now. */
export async function countKeys(transaction: Transaction, clientId: string): Promise<number> {
  const { rows } = await transaction.query<{ readonly count: number }>(
    `select count(*)::int as count from api_client_keys where client_id = $1 and ${isLiveKey}`,
    [clientId],
  );
  return rows[0]?.count ?? 0;
}

export async function insertClient(
  transaction: Transaction,
  client: ClientSettings & Pick<ApiClient, 'clientId' | 'sellerId' | 'createdBy'>,
): Promise<void> {
  await transaction.query(
    `insert into api_clients (client_id, seller_id, name, scopes, ip_allow_list, created_by) values ($1, $2, $3, $4, $5::cidr[], $6)`,
    [client.clientId, client.sellerId, client.name, client.scopes, client.ipAllowList, client.createdBy],
  );
}

export interface NewApiKey {
  readonly keyId: string;
  readonly clientId: string;
  /** What checks the client's proofs: the digest of a secret, or a public key. */
  readonly proof:
    | { readonly kind: 'secret'; readonly hash: Buffer }
    | {
        readonly kind: 'public_key';
        readonly jwk: PublicJwk;
      };
  readonly expiresAt: Date | null;
  readonly createdBy: string;
}

export async function insertKey(transaction: Transaction, { keyId, clientId, proof, expiresAt, createdBy }: NewApiKey): Promise<void> {
  await transaction.query(
    `insert into api_client_keys (key_id, client_id, secret_hash, public_key, expires_at, created_by) values ($1, $2, $3, $4, $5, $6)`,
    [
      keyId,
      clientId,
      proof.kind === 'secret' ? proof.hash : null,
      proof.kind === 'public_key' ? JSON.stringify(proof.jwk) : null,
      expiresAt,
      createdBy,
    ],
  );
}

export async function updateClient(transaction: Transaction, clientId: string, settings: ClientSettings, updatedBy: string): Promise<void> {
  await transaction.query(
    `update api_clients set name = $2, scopes = $3, ip_allow_list = $4::cidr[], updated_by = $5, updated_at = now() where client_id = $1`,
    [clientId, settings.name, settings.scopes, settings.ipAllowList, updatedBy],
  );
}

/** Ends a client for good. One that has ended keeps the moment and the person of its end. */
export async function endClient(transaction: Transaction, clientId: string, revokedBy: string): Promise<void> {
  await transaction.query('update api_clients set revoked_by = $2, revoked_at = now() where client_id = $1 and revoked_at is null', [
    clientId,
    revokedBy,
  ]);
}

/** Ends a key for good. One that has ended keeps the moment and the person of its end. */
export async function endKey(transaction: Transaction, keyId: string, revokedBy: string): Promise<void> {
  await transaction.query('update api_client_keys set revoked_by = $2, revoked_at = now() where key_id = $1 and revoked_at is null', [
    keyId,
    revokedBy,
  ]);
}
