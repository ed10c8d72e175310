/** Every SQL statement about official apps: their instances, the versions that are served, certificates that are trusted no more. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { withTransaction, type Pool, type Queryable } from '@vitrine/runtime/database';
import { newId } from '@vitrine/runtime/ids';
import type { Platform } from './app-version.ts';
import type { AppEnvironment, AttestedKey } from './attested-key.ts';

/** An installation of an official app that has proven to be one. */
export interface AppInstance {
  /** `ins_…` */
  readonly instanceId: string;
  /** Thumbprint of its DPoP key. */
  readonly jkt: string;
  readonly keyId: string;
  /** The attested key, which signs its assertions. */
  readonly publicKey: KeyObject;
  readonly platform: Platform;
  readonly appId: string;
  readonly environment: AppEnvironment;
}

export interface Registration {
  readonly jkt: string;
  readonly platform: Platform;
  readonly version: string;
  /** `usr_…` */
  readonly accountId: string;
  readonly key: AttestedKey;
}

interface InstanceRow {
  readonly instance_id: string;
  readonly jkt: string;
  readonly key_id: string;
  readonly public_key: Buffer;
  readonly platform: Platform;
  readonly app_id: string;
  readonly environment: AppEnvironment;
  readonly seen_today: boolean;
}

const columns = `instance_id, jkt, key_id, public_key, platform, app_id, environment, last_seen_on >= current_date as seen_today`;

const toInstance = (row: InstanceRow): AppInstance => ({
  instanceId: row.instance_id,
  jkt: row.jkt,
  keyId: row.key_id,
  publicKey: createPublicKey({ key: row.public_key, format: 'der', type: 'spki' }),
  platform: row.platform,
  appId: row.app_id,
  environment: row.environment,
});

/** The live instance of a DPoP key, and notes that it was seen today. */
export async function findLiveInstance(pool: Queryable, jkt: string): Promise<AppInstance | null> {
  const { rows } = await pool.query<InstanceRow>({
    name: 'app-instance-find',
    text: `select ${columns} from app_instances where jkt = $1 and revoked_at is null`,
    values: [jkt],
  });
  const [row] = rows;
  if (row === undefined) return null;
  if (!row.seen_today)
    await pool.query({
      name: 'app-instance-seen',
      text: 'update app_instances set last_seen_on = current_date where instance_id = $1 and last_seen_on < current_date',
      values: [row.instance_id],
    });
  return toInstance(row);
}

/** What became of an attested key that was registered for a DPoP key; the latest row of it. */
export async function findRegistration(
  pool: Queryable,
  jkt: string,
  keyId: string,
): Promise<{ readonly instanceId: string; readonly environment: AppEnvironment; readonly isLive: boolean } | null> {
  const { rows } = await pool.query<{ instance_id: string; environment: AppEnvironment; is_live: boolean }>(
    `select instance_id, environment, revoked_at is null as is_live from app_instances
      where jkt = $1 and key_id = $2 order by instance_id desc limit 1`,
    [jkt, keyId],
  );
  const [row] = rows;
  return row === undefined ? null : { instanceId: row.instance_id, environment: row.environment, isLive: row.is_live };
}

/**
 * Registers an instance. A key that is registered already keeps its id and its counter; another one takes the place of the live
 * instance of the DPoP key.
 * @returns its id
 */
export async function saveInstance(pool: Pool, { jkt, platform, version, accountId, key }: Registration): Promise<string> {
  return withTransaction(pool, async (transaction) => {
    // One registration of a DPoP key after the other: with two at once, both would find nothing to take the place of.
    await transaction.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [jkt]);
    const { rows: live } = await transaction.query<{ instance_id: string }>(
      `update app_instances
          set version = case when key_id = $2 then $3 else version end,
              last_seen_on = current_date,
              revoked_at = case when key_id = $2 then null else now() end
        where jkt = $1 and revoked_at is null
        returning case when key_id = $2 then instance_id end as instance_id`,
      [jkt, key.keyId, version],
    );
    const kept = live[0]?.instance_id ?? null;
    if (kept !== null) return kept;
    const instanceId = newId('ins');
    await transaction.query(
      `insert into app_instances (instance_id, jkt, key_id, public_key, platform, app_id, version, environment, account_id)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        instanceId,
        jkt,
        key.keyId,
        key.publicKey.export({ type: 'spki', format: 'der' }),
        platform,
        key.appId,
        version,
        key.environment,
        accountId,
      ],
    );
    return instanceId;
  });
}

/** @returns whether there was a live one */
export async function revokeInstance(pool: Queryable, jkt: string): Promise<boolean> {
  const { rowCount } = await pool.query('update app_instances set revoked_at = now() where jkt = $1 and revoked_at is null', [jkt]);
  return rowCount === 1;
}

/**
 * Sets the counter, if it rises.
 * @returns false for a counter that was used or passed, or an instance that is revoked
 */
export async function raiseCounter(pool: Queryable, instanceId: string, counter: number): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'app-instance-counter',
    text: 'update app_instances set counter = $2 where instance_id = $1 and counter < $2 and revoked_at is null',
    values: [instanceId, counter],
  });
  return rowCount === 1;
}

/** Whether one of the certificates is trusted no more. */
export async function isAnyRevoked(pool: Queryable, serialNumbers: readonly string[]): Promise<boolean> {
  const { rows } = await pool.query('select 1 from revoked_certificates where serial_number = any($1::text[]) limit 1', [serialNumbers]);
  return rows.length > 0;
}

export interface MinimumVersion {
  readonly platform: Platform;
  readonly minimumVersion: string;
  readonly storeUrl: string;
}

export async function readMinimumVersions(pool: Queryable): Promise<readonly MinimumVersion[]> {
  const { rows } = await pool.query<{ platform: Platform; minimum_version: string; store_url: string }>(
    'select platform, minimum_version, store_url from app_versions',
  );
  return rows.map((row) => ({ platform: row.platform, minimumVersion: row.minimum_version, storeUrl: row.store_url }));
}

export async function saveMinimumVersion(pool: Queryable, { platform, minimumVersion, storeUrl }: MinimumVersion): Promise<void> {
  await pool.query(
    `insert into app_versions (platform, minimum_version, store_url) values ($1, $2, $3)
     on conflict (platform) do update set minimum_version = excluded.minimum_version, store_url = excluded.store_url, updated_at = now()`,
    [platform, minimumVersion, storeUrl],
  );
}

/** Installations that were seen within the last 30 days. */
export interface InstanceCount {
  readonly platform: Platform;
  /** When it was registered last. */
  readonly version: string;
  readonly environment: AppEnvironment;
  readonly instances: number;
}

export async function countInstances(pool: Queryable): Promise<readonly InstanceCount[]> {
  const { rows } = await pool.query<InstanceCount>(
    `select platform, version, environment, count(*) as instances from app_instances
      where revoked_at is null and last_seen_on > current_date - 30
      group by platform, version, environment order by platform, version collate "C", environment`,
  );
  return rows;
}

/** @returns whether it was a live one */
export async function revokeInstanceById(pool: Queryable, instanceId: string): Promise<boolean> {
  const { rowCount } = await pool.query('update app_instances set revoked_at = now() where instance_id = $1 and revoked_at is null', [
    instanceId,
  ]);
  return rowCount === 1;
}

/** Takes the place of all that were revoked before. */
export async function replaceRevokedCertificates(
  pool: Pool,
  certificates: readonly { readonly serialNumber: string; readonly reason: string }[],
): Promise<void> {
  await withTransaction(pool, async (transaction) => {
    await transaction.query('delete from revoked_certificates');
    await transaction.query('insert into revoked_certificates (serial_number, reason) select * from unnest($1::text[], $2::text[])', [
      certificates.map(({ serialNumber }) => serialNumber),
      certificates.map(({ reason }) => reason),
    ]);
  });
}
