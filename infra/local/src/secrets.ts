/**
 * Development secrets of a local stack, generated once and kept in a file that only its owner can
 * read. A deployment gets its own from elsewhere.
 */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { readJsonFile, writeJsonFile } from './state.ts';

export type Secrets = {
  /** The secret of this name, made at the first call. */
  readonly get: (name: string, make?: () => string) => string;
};

export function openSecrets(root: string): Secrets {
  const file = path.join(root, 'secrets.json');
  const values = (readJsonFile(file) as Record<string, string> | undefined) ?? {};
  return {
    get: (name, make = password) => {
      const known = values[name];
      if (known !== undefined) return known;
      const value = make();
      values[name] = value;
      writeJsonFile(file, values);
      return value;
    },
  };
}

/** The two halves that open the payment vault's key file, in place of the custodians of a deployment. */
export function custodianHalves(secrets: Secrets): readonly [string, string] {
  return [secrets.get('vault-custodian-half-1', key), secrets.get('vault-custodian-half-2', key)];
}

/** 192 bits; letters and digits only, so that it needs no escaping in a URL or a configuration file. */
export function password(): string {
  return randomBytes(24).toString('hex');
}

/** 32 bytes in base64. */
export function key(): string {
  return randomBytes(32).toString('base64');
}
