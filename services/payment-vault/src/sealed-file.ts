/**
 * The file of master keys: AES-256-GCM under a key that takes two custodians' halves, either of which alone says nothing
 * about it. Replaced in one step and synced, so that a crash leaves the old content or the new one.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

/** Master keys by id; one of them wraps what is new. */
export interface MasterKeys {
  readonly current: string;
  readonly keys: Readonly<Record<string, Buffer>>;
}

/** The halves do not open the file: one is wrong, or the file was changed. */
export class WrongHalvesError extends Error {
  override readonly name = 'WrongHalvesError';
  constructor() {
    super('These halves do not open the key file: one of them is wrong, or the file was changed.');
  }
}

/** The file is not one of ours, or not of a version that is understood. */
export class KeyFileFormatError extends Error {
  override readonly name = 'KeyFileFormatError';
}

export const halfBytes = 32;
const masterKeyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const formatVersion = 1;

interface Envelope {
  readonly format: 'vitrine-master-keys';
  readonly version: number;
  /** Of the derivation; the same for the life of the file, so that the halves are needed once only. */
  readonly salt: string;
  readonly nonce: string;
  readonly sealed: string;
}

/** An opened file. Holds the key of the file, not the halves. */
export interface SealedFile {
  /** The content, read again when the file was replaced. */
  read(): Promise<MasterKeys>;
  /** Replaces the content. Callers agree among themselves on who writes. */
  write(content: MasterKeys): Promise<void>;
}

const header = ({ format, version, salt }: Pick<Envelope, 'format' | 'version' | 'salt'>): Buffer =>
  Buffer.from(`${format}|${version}|${salt}`);

/** Both halves are the input, so that with one of them every key is as likely as with none. */
function deriveKey(half1: Buffer, half2: Buffer, salt: string): KeyObject {
  const input = Buffer.concat([half1, half2]);
  const derived = Buffer.from(
    hkdfSync('sha256', input, Buffer.from(salt, 'base64'), `vitrine payment-vault key file ${formatVersion}`, 32),
  );
  input.fill(0);
  const key = createSecretKey(derived);
  derived.fill(0);
  return key;
}

function seal(key: KeyObject, salt: string, content: MasterKeys): string {
  const start = { format: 'vitrine-master-keys', version: formatVersion, salt } as const;
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(header(start));
  const keys = Object.fromEntries(Object.entries(content.keys).map(([id, bytes]) => [id, bytes.toString('base64')]));
  const plain = Buffer.from(JSON.stringify({ current: content.current, keys }));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  plain.fill(0);
  const envelope: Envelope = { ...start, nonce: nonce.toString('base64'), sealed: sealed.toString('base64') };
  return `${JSON.stringify(envelope, null, 2)}\n`;
}

function parseEnvelope(text: string): Envelope {
  let parsed: Partial<Envelope>;
  try {
    parsed = JSON.parse(text) as Partial<Envelope>;
  } catch {
    throw new KeyFileFormatError('The key file is not JSON.');
  }
  const { format, version, salt, nonce, sealed } = parsed;
  if (format !== 'vitrine-master-keys') throw new KeyFileFormatError('The key file is not a file of master keys.');
  if (version !== formatVersion) throw new KeyFileFormatError(`The key file has the version ${String(version)}, which is not known here.`);
  if (typeof salt !== 'string' || typeof nonce !== 'string' || typeof sealed !== 'string')
    throw new KeyFileFormatError('The key file is not complete.');
  return { format, version, salt, nonce, sealed };
}

function unseal(key: KeyObject, envelope: Envelope): MasterKeys {
  const sealed = Buffer.from(envelope.sealed, 'base64');
  let plain: Buffer;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(envelope.nonce, 'base64'))
      .setAAD(header(envelope))
      .setAuthTag(sealed.subarray(-tagBytes));
    plain = Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]);
  } catch {
    throw new WrongHalvesError();
  }
  // Only a holder of both halves can have written this, so its shape is trusted.
  const { current, keys } = JSON.parse(plain.toString('utf8')) as { current: string; keys: Record<string, string> };
  plain.fill(0);
  return { current, keys: Object.fromEntries(Object.entries(keys).map(([id, text]) => [id, Buffer.from(text, 'base64')])) };
}

/** Writes beside the file, syncs, and lets `place` put it there. */
async function writeBeside(file: string, text: string, place: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await place(temporary);
    // Else the new name may be lost with the power.
    const folder = await open(path.dirname(file), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } finally {
    await rm(temporary, { force: true });
  }
}

export const newMasterKey = (): { readonly id: string; readonly bytes: Buffer } => ({
  id: `file-${randomBytes(8).toString('hex')}`,
  bytes: randomBytes(masterKeyBytes),
});

/** The id of a master key from before there was a key file. */
const earlierMasterKeyId = (bytes: Buffer): string =>
  `local-${createHash('sha256').update('payment-vault master key id').update(bytes).digest('hex').slice(0, 16)}`;

/**
 * Makes a file with a new master key, for these halves. Of several processes that make it at once, one does.
 * @param earlier the master key from before there was a file: it still unwraps, until the first rotation
 * @returns false when there is one already; it is left as it is.
 */
export async function createSealedFile(file: string, half1: Buffer, half2: Buffer, earlier?: Buffer): Promise<boolean> {
  if (half1.length !== halfBytes || half2.length !== halfBytes) throw new Error(`a half is not ${halfBytes} bytes long`);
  if (timingSafeEqual(half1, half2)) throw new Error('the two halves are the same');
  const salt = randomBytes(32).toString('base64');
  const { id, bytes } = newMasterKey();
  const keys = { [id]: bytes, ...(earlier === undefined ? {} : { [earlierMasterKeyId(earlier)]: earlier }) };
  const text = seal(deriveKey(half1, half2, salt), salt, { current: id, keys });
  bytes.fill(0);
  try {
    // A hard link is made with its content or not at all, and fails when the name is taken.
    await writeBeside(file, text, (temporary) => link(temporary, file));
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

export async function hasSealedFile(file: string): Promise<boolean> {
  return (await stat(file).catch(() => null)) !== null;
}

/**
 * Opens the file with both halves.
 * @throws WrongHalvesError
 * @throws KeyFileFormatError
 */
export async function openSealedFile(file: string, half1: Buffer, half2: Buffer): Promise<SealedFile> {
  const first = parseEnvelope(await readFile(file, 'utf8'));
  const key = deriveKey(half1, half2, first.salt);
  let known: { readonly stamp: string; readonly content: MasterKeys } | undefined;
  const stampOf = async (): Promise<string> => {
    const { ino, mtimeNs, size } = await stat(file, { bigint: true });
    return `${ino}|${mtimeNs}|${size}`;
  };
  const sealedFile: SealedFile = {
    async read() {
      const stamp = await stampOf();
      if (known?.stamp === stamp) return known.content;
      // Replaced between the stamp and this, it is read once more the next time.
      const content = unseal(key, parseEnvelope(await readFile(file, 'utf8')));
      known = { stamp, content };
      return content;
    },
    async write(content) {
      await writeBeside(file, seal(key, first.salt, content), (temporary) => rename(temporary, file));
      known = undefined;
    },
  };
  await sealedFile.read();
  return sealedFile;
}
