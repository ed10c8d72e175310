import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createPool, type Pool } from '@vitrine/runtime/database';
import { newId } from '@vitrine/runtime/ids';
import { createLogger } from '@vitrine/runtime/telemetry';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/stack.ts';
import { createBuyerKeys } from '../src/buyer-keys.ts';
import { createFileKeyService } from '../src/file-key-service.ts';
import { combineKeyServices, type KeyService } from '../src/key-service.ts';
import { continueRotation, startRotation, type RotationProgress } from '../src/rotate-master-key.ts';
import { openSealedFile } from '../src/sealed-file.ts';
import { createKeyStore, type KeyStore } from '../src/store/keys.ts';
import { createTestKeyFile, type TestKeyFile } from './test-keys.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
let database: TestDatabase;
let pool: Pool;
let keyStore: KeyStore;
let folder: string;
let made: TestKeyFile;
let keyService: KeyService;

const open = async (): Promise<KeyService> => createFileKeyService(await openSealedFile(made.file, ...made.halves));

beforeAll(async () => {
  database = await createTestDatabase('payment-vault');
  pool = createPool({ url: database.keysUrl, size: 8, name: 'test', logger });
  keyStore = createKeyStore(pool);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  await pool.query('truncate keys.data_keys, keys.master_keys');
  folder = await mkdtemp(path.join(os.tmpdir(), 'vault-rotation-'));
  made = await createTestKeyFile(folder);
  keyService = await open();
});
afterEach(() => rm(folder, { recursive: true }));

/** Reads each owner's key without a memory of it. */
async function readAll(owners: Iterable<string>): Promise<Map<string, Buffer>> {
  const keys = createBuyerKeys({ store: keyStore, keyService: await open() });
  const found = new Map<string, Buffer>();
  for (const owner of owners) found.set(owner, (await keys.find(owner, 1))?.export() ?? Buffer.of());
  keys.close();
  return found;
}

async function makeKeys(count: number): Promise<Map<string, Buffer>> {
  const keys = createBuyerKeys({ store: keyStore, keyService });
  const owners = Array.from({ length: count }, () => newId('usr'));
  const all = await Promise.all(owners.map(async (owner) => [owner, (await keys.current(owner)).key.export()] as const));
  keys.close();
  return new Map(all);
}

async function finish(deps = { keyStore, keyService }, limit = 10): Promise<RotationProgress> {
  let progress: RotationProgress = await continueRotation(deps, { after: null, limit });
  while (progress.next !== null) progress = await continueRotation(deps, { after: progress.next, limit });
  return progress;
}

describe('a rotation of the master key', () => {
  test('wraps every data key anew, and what was wrapped before cannot be opened any more', async () => {
    const before = await makeKeys(25);
    const oldId = await keyService.currentMasterKeyId();
    const [owner = ''] = before.keys();
    const copied = await keyStore.find(owner, 1);
    if (copied === null) throw new Error('there is no key');
    expect(await keyService.unwrap(copied, { ownerId: owner, version: 1 })).toEqual(before.get(owner));

    expect(await startRotation({ keyStore, keyService })).toMatchObject({ made: true });
    expect(await finish()).toMatchObject({ remaining: 0, failed: 0, retired: [oldId], unfinished: false });
    expect(await readAll(before.keys())).toEqual(before);
    await expect((await open()).unwrap(copied, { ownerId: owner, version: 1 })).rejects.toThrow(`no master key ${oldId}`);
  });

  test('that is asked for again before it has ended makes no other master key', async () => {
    await makeKeys(3);
    const started = await startRotation({ keyStore, keyService });
    expect(await startRotation({ keyStore, keyService: await open() })).toEqual({ ...started, made: false });
    await finish();
    expect(await startRotation({ keyStore, keyService })).toMatchObject({ made: true });
  });

  test('loses no key while several processes rotate, read and make keys', async () => {
    const before = await makeKeys(60);
    const late = new Map<string, Buffer>();
    let rotating = true;
    const others = [1, 2].map(async () => {
      const own = await open();
      while (rotating) {
        // A memory of its own each time: everything is read and made anew.
        const keys = createBuyerKeys({ store: keyStore, keyService: own });
        const owner = newId('usr');
        late.set(owner, (await keys.current(owner)).key.export());
        for (const [known, bytes] of [...before].slice(0, 5)) expect((await keys.find(known, 1))?.export()).toEqual(bytes);
        keys.close();
      }
    });
    try {
      for (let round = 0; round < 4; round += 1) {
        const services = await Promise.all([open(), open(), open()]);
        await Promise.all(
          services.map(async (service) => {
            await startRotation({ keyStore, keyService: service });
            await finish({ keyStore, keyService: service }, 7);
          }),
        );
      }
    } finally {
      rotating = false;
      await Promise.all(others);
    }
    const ended = await finish();
    expect(ended).toMatchObject({ remaining: 0, failed: 0 });
    expect(late.size).toBeGreaterThan(3);
    expect(await readAll([...before.keys(), ...late.keys()])).toEqual(new Map([...before, ...late]));
  }, 60_000);

  test('that another one overtakes does not retire the new master key of that one', async () => {
    await makeKeys(3);
    let overtaken = '';
    const slow = {
      ...keyStore,
      findToRewrap: async (...call: Parameters<KeyStore['findToRewrap']>) => {
        // It has read which master key is current; now another process makes one, which wraps nothing yet.
        const found = await keyStore.findToRewrap(...call);
        overtaken = (await startRotation({ keyStore, keyService: await open() })).masterKeyId;
        return found;
      },
    };
    expect(await continueRotation({ keyStore: slow, keyService }, { after: null, limit: 10 })).toMatchObject({
      retired: [],
      unfinished: true,
    });
    expect(await keyService.currentMasterKeyId()).toBe(overtaken);
    expect(await keyStore.findRetired()).toEqual([]);
    const late = await makeKeys(1);
    expect(await readAll(late.keys())).toEqual(late);
  });

  test('leaves a key that does not open as it is, says so, and keeps its master key', async () => {
    await makeKeys(4);
    await pool.query(`update keys.data_keys set wrapped_key = '\\x00' where owner_id = (select min(owner_id) from keys.data_keys)`);
    const oldId = await keyService.currentMasterKeyId();
    await startRotation({ keyStore, keyService });
    expect(await finish()).toMatchObject({ failed: 1, remaining: 1, retired: [], unfinished: true });
    expect(await keyStore.findEarlierMasterKeys(await keyService.currentMasterKeyId())).toEqual([oldId]);
  });

  test('moves the keys from one key service to another', async () => {
    const before = await makeKeys(5);
    const otherFolder = await mkdtemp(path.join(os.tmpdir(), 'vault-rotation-'));
    const otherFile = await createTestKeyFile(otherFolder);
    const file = createFileKeyService(await openSealedFile(otherFile.file, ...otherFile.halves));
    // As if it were of another kind.
    const elsewhere: KeyService = {
      ...file,
      owns: (id) => id.startsWith('other:'),
      currentMasterKeyId: async () => `other:${await file.currentMasterKeyId()}`,
      wrap: async (bytes, place) => {
        const { wrapped, masterKeyId } = await file.wrap(bytes, place);
        return { wrapped, masterKeyId: `other:${masterKeyId}` };
      },
      unwrap: ({ wrapped, masterKeyId }, place) => file.unwrap({ wrapped, masterKeyId: masterKeyId.slice('other:'.length) }, place),
      makeMasterKey: async () => null,
      destroyMasterKeys: async () => {},
    };
    const both = combineKeyServices(elsewhere, [keyService]);
    expect(await startRotation({ keyStore, keyService: both })).toMatchObject({ made: false });
    expect(await finish({ keyStore, keyService: both })).toMatchObject({ remaining: 0, failed: 0, unfinished: false });
    const keys = createBuyerKeys({ store: keyStore, keyService: elsewhere });
    for (const [owner, bytes] of before) expect((await keys.find(owner, 1))?.export()).toEqual(bytes);
    keys.close();
    await rm(otherFolder, { recursive: true });
  });

  test('goes on after SIGKILL at any moment, and ends as if nothing had been (20 times)', async () => {
    const before = await makeKeys(60);
    const killedAfter: number[] = [];
    for (let run = 0; run < 20; run += 1) {
      const oldId = await keyService.currentMasterKeyId();
      const { code, lines } = await runAndKill(run);
      killedAfter.push(lines);
      if (code === 0) continue;
      // Whatever the file and the database hold now, every key can be read.
      expect(await readAll(before.keys())).toEqual(before);
      const resumed = await open();
      await startRotation({ keyStore, keyService: resumed });
      expect(await finish({ keyStore, keyService: resumed })).toMatchObject({ remaining: 0, failed: 0, unfinished: false });
      expect(await readAll(before.keys())).toEqual(before);
      expect(await resumed.currentMasterKeyId()).not.toBe(oldId);
      expect(Object.keys((await (await openSealedFile(made.file, ...made.halves)).read()).keys)).toEqual([
        await resumed.currentMasterKeyId(),
      ]);
    }
    // The kills hit different moments.
    expect(new Set(killedAfter).size).toBeGreaterThan(3);
  }, 180_000);
});

/** Kills a rotating process some time after one of its lines. @returns its exit code, and the lines until then */
async function runAndKill(run: number): Promise<{ readonly code: number | null; readonly lines: number }> {
  const child = spawn(
    process.execPath,
    [
      path.join(import.meta.dirname, 'rotating-process.ts'),
      database.keysUrl,
      made.file,
      made.halves[0].toString('base64'),
      made.halves[1].toString('base64'),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env['PATH'] } },
  );
  let lines = 0;
  let armed = false;
  child.stdout.on('data', (chunk: Buffer) => {
    lines += chunk.toString().split('\n').length - 1;
    if (lines <= run % 8 || armed) return;
    armed = true;
    // Into the middle of what comes next: writing the file, a statement, retiring.
    setTimeout(() => child.kill('SIGKILL'), (run * 7) % 13);
  });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { code, lines };
}
