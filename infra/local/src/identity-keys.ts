/** Keeps the signing keys on disk, so that a token stays valid across restarts of the provider. */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import type { JWKS } from 'oidc-provider';

/** RSA, because the gateway checks a signature far more often than the provider makes one, and RSA is the cheapest to check. */
const algorithm = 'RS256';

const fileName = 'signing-keys.json';

/**
 * The private signing keys of a folder, as a JWK set; made and written (mode 0600) when the folder has none.
 * @throws Error when the file is there but is not a JWK set: it is never replaced, because that would end every token issued.
 */
export async function loadSigningKeys(dataDir: string): Promise<JWKS> {
  const path = join(dataDir, fileName);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text !== undefined) return parseKeys(path, text);

  const keys = await generateKeys();
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  // Written aside and moved, so that a crash leaves no half of a key.
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(keys)}\n`, { mode: 0o600, flag: 'wx' });
  await rename(draft, path);
  return keys;
}

async function generateKeys(): Promise<JWKS> {
  const { privateKey } = await generateKeyPair(algorithm, { modulusLength: 2048, extractable: true });
  const jwk = await exportJWK(privateKey);
  return { keys: [{ ...jwk, kid: await calculateJwkThumbprint(jwk), alg: algorithm, use: 'sig' }] };
}

function parseKeys(path: string, text: string): JWKS {
  const value: unknown = JSON.parse(text);
  if (typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys)) {
    return { keys: value.keys };
  }
  throw new Error(`${path} is not a JWK set; delete it to make new keys (tokens issued so far become invalid)`);
}
