/**
 * `node services/payment-vault/src/create-key-file.ts`: makes the sealed file of master keys at `VAULT_KEY_FILE` for the two
 * custodians' halves, once. `--import <file>` takes over a master key of 32 bytes in base64 from before there was a key
 * file. An existing file is left as it is.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ConfigurationError, loadConfig } from '@vitrine/runtime/config';
import { variables } from './config.ts';
import { missingHalves, parseHalf, readHalves } from './open-key-service.ts';
import { createSealedFile } from './sealed-file.ts';

const { NODE_ENV, VAULT_KEY_FILE, ...others } = variables;
const keyVariables = {
  NODE_ENV,
  VAULT_KEY_FILE: VAULT_KEY_FILE.unwrap().describe(VAULT_KEY_FILE.description ?? ''),
  ...(Object.fromEntries(Object.entries(others).filter(([name]) => name.startsWith('VAULT_'))) as Omit<
    Pick<typeof variables, Extract<keyof typeof variables, `VAULT_${string}`>>,
    'VAULT_KEY_FILE'
  >),
};

async function main(): Promise<string> {
  const { values } = parseArgs({ options: { import: { type: 'string' } } });
  const config = loadConfig(keyVariables);
  const halves = await readHalves(config);
  const { 1: one, 2: two } = halves;
  if (one === null || two === null)
    throw new ConfigurationError(`The key file takes both custodian halves; missing: ${missingHalves(config, halves).join(' and ')}.`);
  const earlier = values.import === undefined ? undefined : parseHalf(await readFile(values.import, 'utf8'));
  if (earlier === null) throw new ConfigurationError('The file that --import names does not hold 32 bytes in base64.');
  const made = await createSealedFile(config.VAULT_KEY_FILE, one, two, earlier);
  if (!made) throw new ConfigurationError('There is a key file already; it is left as it is.');
  return 'The key file is made. Keep copies of it and of each half in different places: with a half lost, it opens no more.';
}

try {
  process.stdout.write(`${await main()}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
