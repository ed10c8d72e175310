/**
 * One database and one role for each service and for the gateway: a role owns its database and cannot connect to another. The wrapped keys of
 * payment-vault have a schema and a role of their own beside its data.
 */
import pg from 'pg';
import { databaseOwners } from './service-names.ts';
import type { ProcessName } from './service-names.ts';

/** The database of a process, and the role that owns it: `payment_vault` for payment-vault. */
export function databaseName(owner: ProcessName): string {
  return owner.replaceAll('-', '_');
}

/** The variable that replaces a process's local database: `DATABASE_URL_PAYMENT_VAULT`. */
export function databaseVariable(owner: ProcessName): string {
  return `DATABASE_URL_${databaseName(owner).toUpperCase()}`;
}

/** The variable with a role's password, where the databases are made by `prepare-stores.ts`. */
export function databasePasswordVariable(owner: ProcessName): string {
  return `DATABASE_PASSWORD_${databaseName(owner).toUpperCase()}`;
}

/**
 * Makes what is missing of the roles and databases, and sets the roles' passwords.
 * @param adminUrl of a superuser
 * @returns a URL for each process that keeps one
 */
export async function createServiceDatabases(
  adminUrl: string,
  passwordOf: (owner: ProcessName) => string,
): Promise<Record<ProcessName, string>> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query('REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC');
    const { rows } = await client.query<{ name: string }>('SELECT datname AS name FROM pg_database');
    const existing = new Set(rows.map((row) => row.name));
    const urls: [ProcessName, string][] = [];
    for (const owner of databaseOwners) {
      const name = databaseName(owner);
      const password = passwordOf(owner);
      await createRole(client, name, password);
      if (!existing.has(name)) await client.query(`CREATE DATABASE ${name} OWNER ${name}`);
      await client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
      urls.push([owner, databaseUrl(adminUrl, name, password)]);
    }
    return Object.fromEntries(urls) as Record<ProcessName, string>;
  } finally {
    await client.end();
  }
}

/** The role that alone has rights on the wrapped keys of payment-vault's database. */
export const keysRole = 'payment_vault_keys';

/** The variable that replaces the address of the keys, where that of the database is replaced. */
export const keysDatabaseVariable = 'DATABASE_URL_PAYMENT_VAULT_KEYS';

/** The vault's database is replaced without its keys, or the other way round. */
export class GivenDatabaseError extends Error {
  override readonly name = 'GivenDatabaseError';
  constructor() {
    super(
      `${databaseVariable('payment-vault')} and ${keysDatabaseVariable} have to be set together: the same database, with the role of the data and with that of the keys.`,
    );
  }
}

/** The variable with that role's password, where the databases are made by `prepare-stores.ts`. */
export const keysPasswordVariable = 'DATABASE_PASSWORD_PAYMENT_VAULT_KEYS';

/**
 * Makes what is missing of the role and the schema `keys` in payment-vault's database, and sets the role's password.
 * @param adminUrl of a superuser
 * @returns the database's URL with that role
 */
export async function createKeysSchema(adminUrl: string, password: string): Promise<string> {
  const database = databaseName('payment-vault');
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await createRole(client, keysRole, password);
  } finally {
    await client.end();
  }
  await openKeysSchema(adminUrl, database);
  const url = new URL(databaseUrl(adminUrl, keysRole, password));
  url.pathname = `/${database}`;
  return url.href;
}

/** Gives the keys' role its schema in one database, and nothing else there. @param adminUrl of a superuser */
export async function openKeysSchema(adminUrl: string, database: string): Promise<void> {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(`GRANT CONNECT ON DATABASE ${database} TO ${keysRole}`);
    await client.query(`CREATE SCHEMA IF NOT EXISTS keys AUTHORIZATION ${keysRole}`);
    await client.query('REVOKE ALL ON SCHEMA public FROM PUBLIC');
  } finally {
    await client.end();
  }
}

function databaseUrl(adminUrl: string, name: string, password: string): string {
  const url = new URL(adminUrl);
  url.username = name;
  url.password = password;
  url.pathname = `/${name}`;
  return url.href;
}

async function createRole(client: pg.Client, name: string, password: string): Promise<void> {
  const found = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
  const verb = found.rowCount === 0 ? 'CREATE' : 'ALTER';
  await client.query(`${verb} ROLE ${name} LOGIN PASSWORD ${client.escapeLiteral(password)}`);
}
