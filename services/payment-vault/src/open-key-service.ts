/** The key service that the configuration names, opened with the custodians' halves where it takes them. */
import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '@vitrine/runtime/config';
import type { Config } from './config.ts';
import { createFileKeyService } from './file-key-service.ts';
import { combineKeyServices, type KeyService } from './key-service.ts';
import { createKmsKeyService } from './kms-key-service.ts';
import { createOpenbaoKeyService } from './openbao-key-service.ts';
import { createSealedFile, halfBytes, hasSealedFile, openSealedFile } from './sealed-file.ts';

export type HalfNumber = 1 | 2;
/** The custodians' halves as far as they are known. */
export type Halves = Readonly<Record<HalfNumber, Buffer | null>>;

type KeyConfig = Pick<Config, Extract<keyof Config, `VAULT_${string}`> | 'NODE_ENV'>;

const usesFile = ({ VAULT_KEY_SERVICE, VAULT_PREVIOUS_KEY_SERVICE }: KeyConfig): boolean =>
  VAULT_KEY_SERVICE === 'sealed-file' || VAULT_PREVIOUS_KEY_SERVICE === 'sealed-file';

/** Reads a half as a custodian writes it down. Null for anything else. */
export function parseHalf(text: string): Buffer | null {
  const bytes = Buffer.from(text.trim(), 'base64');
  return bytes.length === halfBytes && bytes.toString('base64') === text.trim() ? bytes : null;
}

/**
 * The halves that the environment gives; a file that is not there is a half that is not given.
 * @throws ConfigurationError for a file that holds no half
 */
export async function readHalves(config: KeyConfig): Promise<Halves> {
  const read = async (given: Buffer | undefined, file: string | undefined, name: string): Promise<Buffer | null> => {
    if (given !== undefined) return given;
    if (file === undefined) return null;
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw new ConfigurationError(`The file that ${name} names cannot be read.`);
    }
    const half = parseHalf(text);
    if (half === null) throw new ConfigurationError(`The file that ${name} names does not hold 32 bytes in base64.`);
    return half;
  };
  return {
    1: await read(config.VAULT_CUSTODIAN_HALF_1, config.VAULT_CUSTODIAN_HALF_1_FILE, 'VAULT_CUSTODIAN_HALF_1_FILE'),
    2: await read(config.VAULT_CUSTODIAN_HALF_2, config.VAULT_CUSTODIAN_HALF_2_FILE, 'VAULT_CUSTODIAN_HALF_2_FILE'),
  };
}

/** The halves without which this configuration opens nothing; none for a key service that takes no halves. */
export const missingHalves = (config: KeyConfig, halves: Halves): HalfNumber[] =>
  usesFile(config) ? ([1, 2] as const).filter((number) => halves[number] === null) : [];

/**
 * Whether these halves are the key file's, as far as that can be told before the file is made.
 * @throws WrongHalvesError
 * @throws ConfigurationError when the two are the same
 */
export async function checkHalves(config: KeyConfig, halves: Halves): Promise<void> {
  const { 1: one, 2: two } = halves;
  if (!usesFile(config) || config.VAULT_KEY_FILE === undefined || one === null || two === null) return;
  if (one.equals(two)) throw new ConfigurationError('The two custodian halves are the same. They have to be made apart from each other.');
  if (await hasSealedFile(config.VAULT_KEY_FILE)) await openSealedFile(config.VAULT_KEY_FILE, one, two);
}

/**
 * @param hasWrappedKeys whether anything would be lost with the master keys
 * @throws WrongHalvesError when the halves do not open the key file
 * @throws ConfigurationError when there is no key file and none may be made
 */
export async function openKeyService(config: KeyConfig, halves: Halves, hasWrappedKeys: () => Promise<boolean>): Promise<KeyService> {
  const open = async (service: Config['VAULT_KEY_SERVICE']): Promise<KeyService> => {
    switch (service) {
      case 'sealed-file':
        return openFile(config, halves, hasWrappedKeys);
      case 'aws-kms':
        return createKmsKeyService({
          keyId: config.VAULT_KMS_KEY_ID ?? '',
          region: config.VAULT_KMS_REGION,
          endpoint: config.VAULT_KMS_ENDPOINT,
        });
      case 'openbao':
        return createOpenbaoKeyService({
          url: config.VAULT_OPENBAO_URL ?? '',
          token: config.VAULT_OPENBAO_TOKEN ?? '',
          mount: config.VAULT_OPENBAO_MOUNT,
          key: config.VAULT_OPENBAO_KEY,
        });
      default:
        return service satisfies never;
    }
  };
  const { VAULT_KEY_SERVICE: current, VAULT_PREVIOUS_KEY_SERVICE: previous } = config;
  return combineKeyServices(await open(current), previous === undefined || previous === current ? [] : [await open(previous)]);
}

async function openFile(config: KeyConfig, halves: Halves, hasWrappedKeys: () => Promise<boolean>): Promise<KeyService> {
  const { VAULT_KEY_FILE: file } = config;
  const { 1: one, 2: two } = halves;
  if (file === undefined || one === null || two === null) throw new Error('the key file is opened with both halves only');
  await checkHalves(config, halves);
  if (!(await hasSealedFile(file))) {
    if (await hasWrappedKeys())
      throw new ConfigurationError(
        'There is no key file where VAULT_KEY_FILE says, and the database holds data keys that only its master keys open. Put the file back; a new one would open nothing.',
      );
    if (config.NODE_ENV === 'production')
      throw new ConfigurationError(
        'There is no key file where VAULT_KEY_FILE says. Make one with `node services/payment-vault/src/create-key-file.ts`; in production the vault never makes it by itself.',
      );
    await createSealedFile(file, one, two);
  }
  return createFileKeyService(await openSealedFile(file, one, two));
}
