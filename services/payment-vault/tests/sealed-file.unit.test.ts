import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createFileKeyService } from '../src/file-key-service.ts';
import { createSealedFile, openSealedFile, WrongHalvesError } from '../src/sealed-file.ts';
import { createTestKeyFile, type TestKeyFile } from './test-keys.ts';

let folder: string;
let made: TestKeyFile;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'vault-keys-'));
  made = await createTestKeyFile(folder);
});
afterEach(() => rm(folder, { recursive: true }));

const open = () => openSealedFile(made.file, made.halves[0], made.halves[1]);
const place = { ownerId: 'usr_a', version: 1 };

describe('the key file', () => {
  test('opens with both halves, and with nothing less', async () => {
    const [one, two] = made.halves;
    expect(Object.keys((await (await open()).read()).keys)).toHaveLength(1);
    const changed = Buffer.from(two);
    changed.writeUInt8(changed.readUInt8(31) ^ 1, 31);
    const wrong: [Buffer, Buffer][] = [
      [one, changed],
      [one, Buffer.alloc(32)],
      [Buffer.alloc(32), two],
      [two, one],
      [one, one],
    ];
    for (const [first, second] of wrong) await expect(openSealedFile(made.file, first, second)).rejects.toBeInstanceOf(WrongHalvesError);
  });

  test('says nothing about keys or halves when it does not open', async () => {
    const { keys, current } = await (await open()).read();
    const error: unknown = await openSealedFile(made.file, made.halves[0], randomBytes(32)).catch((caught: unknown) => caught);
    if (!(error instanceof Error)) throw new Error('a wrong half opened it');
    const said = `${error.stack ?? ''} ${JSON.stringify(error)}`;
    for (const secret of [...made.halves, keys[current] ?? Buffer.of()]) expect(said).not.toContain(secret.toString('base64'));
  });

  test('holds no key in clear, and is for its owner only', async () => {
    const { keys } = await (await open()).read();
    const text = await readFile(made.file, 'utf8');
    for (const bytes of Object.values(keys)) {
      expect(text).not.toContain(bytes.toString('base64'));
      expect(text).not.toContain(bytes.toString('hex'));
    }
    expect((await stat(made.file)).mode & 0o777).toBe(0o600);
  });

  test.each(['format', 'version', 'salt', 'nonce', 'sealed'])('does not open after its %s was changed', async (field) => {
    const envelope = JSON.parse(await readFile(made.file, 'utf8')) as Record<string, string>;
    const other = field === 'version' ? 2 : randomBytes(Buffer.from(envelope[field] ?? '', 'base64').length).toString('base64');
    await writeFile(made.file, JSON.stringify({ ...envelope, [field]: other }));
    await expect(open()).rejects.toThrow(/key file/);
  });

  test('is made once: whoever comes second leaves it as it is', async () => {
    const before = await readFile(made.file, 'utf8');
    expect(await createSealedFile(made.file, randomBytes(32), randomBytes(32))).toBe(false);
    expect(await readFile(made.file, 'utf8')).toBe(before);
    expect(await readdir(folder)).toEqual(['vault-keys.json']);
    const same = randomBytes(32);
    await expect(createSealedFile(path.join(folder, 'other'), same, same)).rejects.toThrow('the same');
  });
});

describe('the key service over the file', () => {
  test('unwraps for the same owner and version only, and nothing that was changed', async () => {
    const service = createFileKeyService(await open());
    const dataKey = randomBytes(32);
    const wrapped = await service.wrap(dataKey, place);
    expect(await service.unwrap(wrapped, place)).toEqual(dataKey);
    await expect(service.unwrap(wrapped, { ...place, ownerId: 'usr_b' })).rejects.toThrow();
    await expect(service.unwrap(wrapped, { ...place, version: 2 })).rejects.toThrow();
    for (let index = 0; index < wrapped.wrapped.length; index += 1) {
      const changed = Buffer.from(wrapped.wrapped);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      await expect(service.unwrap({ ...wrapped, wrapped: changed }, place)).rejects.toThrow();
    }
    expect(wrapped.wrapped.includes(dataKey)).toBe(false);
  });

  test('knows at once what another process changed', async () => {
    const [one, other] = [createFileKeyService(await open()), createFileKeyService(await open())];
    const before = await one.wrap(randomBytes(32), place);
    const masterKeyId = await other.makeMasterKey();
    expect(await one.currentMasterKeyId()).toBe(masterKeyId);
    await other.destroyMasterKeys([before.masterKeyId]);
    await expect(one.unwrap(before, place)).rejects.toThrow(`no master key ${before.masterKeyId}`);
  });

  test('never destroys the master key that wraps what is new', async () => {
    const service = createFileKeyService(await open());
    const wrapped = await service.wrap(randomBytes(32), place);
    await service.destroyMasterKeys([wrapped.masterKeyId, 'file-unknown']);
    await expect(service.unwrap(wrapped, place)).resolves.toHaveLength(32);
  });

  test('unwraps what a master key from before there was a file has wrapped', async () => {
    const earlier = randomBytes(32);
    await rm(made.file);
    made = await createTestKeyFile(folder, earlier);
    const dataKey = randomBytes(32);
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', earlier, nonce).setAAD(Buffer.from('payment-vault|buyer_keys|usr_a|1'));
    const wrapped = Buffer.concat([nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
    const masterKeyId = `local-${createHash('sha256').update('payment-vault master key id').update(earlier).digest('hex').slice(0, 16)}`;
    const service = createFileKeyService(await open());
    expect(service.owns(masterKeyId)).toBe(true);
    expect(await service.unwrap({ wrapped, masterKeyId }, place)).toEqual(dataKey);
    expect(await service.currentMasterKeyId()).not.toBe(masterKeyId);
  });
});
