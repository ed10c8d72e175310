import { randomBytes } from 'node:crypto';
import { CreateKeyCommand, DisableKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createPool, type Pool } from '@vitrine/runtime/database';
import { newId } from '@vitrine/runtime/ids';
import { createLogger } from '@vitrine/runtime/telemetry';
import { keyServerTimeoutMs, startMoto, startOpenbao, type KeyServer } from '../../../tests/support/key-servers.ts';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/stack.ts';
import { createBuyerKeys } from '../src/buyer-keys.ts';
import { combineKeyServices, KeyServiceUnavailableError, type KeyService } from '../src/key-service.ts';
import { createKmsKeyService } from '../src/kms-key-service.ts';
import { createOpenbaoKeyService } from '../src/openbao-key-service.ts';
import { continueRotation, startRotation } from '../src/rotate-master-key.ts';
import { createKeyStore } from '../src/store/keys.ts';

const place = { ownerId: 'usr_a', version: 1 };

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase('payment-vault');
  pool = createPool({ url: database.keysUrl, size: 6, name: 'test', logger: createLogger({ name: 'test', level: 'silent' }) });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** What each of them promises. */
async function keepsItsPromise(service: KeyService): Promise<void> {
  const dataKey = randomBytes(32);
  const wrapped = await service.wrap(dataKey, place);
  expect(wrapped.masterKeyId).toBe(await service.currentMasterKeyId());
  expect(service.owns(wrapped.masterKeyId)).toBe(true);
  expect(wrapped.wrapped.includes(dataKey)).toBe(false);
  expect((await service.wrap(dataKey, place)).wrapped.equals(wrapped.wrapped)).toBe(false);
  expect(await service.unwrap(wrapped, place)).toEqual(dataKey);
  const refusals = [
    service.unwrap(wrapped, { ...place, ownerId: 'usr_b' }),
    service.unwrap(wrapped, { ...place, version: 2 }),
    service.unwrap({ ...wrapped, wrapped: Buffer.concat([wrapped.wrapped.subarray(0, -4), Buffer.from('AAAA')]) }, place),
  ];
  for (const refusal of await Promise.allSettled(refusals)) {
    const reason: unknown = refusal.status === 'rejected' ? refusal.reason : undefined;
    expect(reason).toMatchObject({ name: 'KeyServiceError' });
    expect(String(reason)).not.toContain(dataKey.toString('base64'));
  }
}

async function makeBuyers(keyService: KeyService): Promise<Map<string, Buffer>> {
  await pool.query('truncate keys.data_keys, keys.master_keys');
  const keys = createBuyerKeys({ store: createKeyStore(pool), keyService });
  const made = new Map<string, Buffer>();
  for (let count = 0; count < 5; count += 1) {
    const owner = newId('usr');
    made.set(owner, (await keys.current(owner)).key.export());
  }
  keys.close();
  return made;
}

async function expectReadable(made: ReadonlyMap<string, Buffer>, keyService: KeyService): Promise<void> {
  const keys = createBuyerKeys({ store: createKeyStore(pool), keyService });
  for (const [owner, bytes] of made) expect((await keys.find(owner, 1))?.export()).toEqual(bytes);
  keys.close();
}

describe('OpenBao', () => {
  let server: KeyServer & { readonly token: string };
  beforeAll(async () => {
    server = await startOpenbao();
  }, keyServerTimeoutMs);
  afterAll(() => server.stop());
  const connect = (key: string, token = server.token) => createOpenbaoKeyService({ url: server.url, token, mount: 'transit', key });

  test('opens a data key for its owner and version only', async () => {
    const service = connect('promises');
    await keepsItsPromise(service);
    await service.close();
  });

  test('opens nothing any more that was wrapped before a rotation', async () => {
    const service = connect('rotated');
    const made = await makeBuyers(service);
    const keyStore = createKeyStore(pool);
    const [owner = ''] = made.keys();
    const copied = await keyStore.find(owner, 1);
    if (copied === null) throw new Error('there is no key');
    expect(await startRotation({ keyStore, keyService: service })).toMatchObject({ made: true, masterKeyId: 'openbao:transit/rotated:v2' });
    expect(await service.unwrap(copied, { ownerId: owner, version: 1 })).toEqual(made.get(owner));
    expect(await continueRotation({ keyStore, keyService: service }, { after: null, limit: 100 })).toMatchObject({
      rewrapped: 5,
      remaining: 0,
      retired: ['openbao:transit/rotated:v1'],
      unfinished: false,
    });
    await expectReadable(made, service);
    await expect(service.unwrap(copied, { ownerId: owner, version: 1 })).rejects.toThrow('OpenBao answered 400');
    await service.close();
  });

  test('is not used with a key that would bind nothing', async () => {
    await fetch(`${server.url}/v1/transit/keys/plain`, {
      method: 'POST',
      headers: { 'x-vault-token': server.token },
      body: JSON.stringify({ type: 'aes256-gcm96' }),
    });
    const service = connect('plain');
    await expect(service.wrap(randomBytes(32), place)).rejects.toThrow('derived');
    await service.close();
  });

  test('that refuses, or is away, says so without the key or the token', async () => {
    const refused = connect('promises', 'a-wrong-token');
    const error: unknown = await refused.wrap(randomBytes(32), place).catch((caught: unknown) => caught);
    if (!(error instanceof Error)) throw new Error('a wrong token was taken');
    expect(error.message).toContain('OpenBao answered 403');
    expect(error.message).not.toContain('a-wrong-token');
    await refused.close();
    const away = createOpenbaoKeyService({ url: 'http://127.0.0.1:9', token: 'x', mount: 'transit', key: 'k' });
    await expect(away.wrap(randomBytes(32), place)).rejects.toBeInstanceOf(KeyServiceUnavailableError);
    await away.close();
  });
});

describe('AWS KMS', () => {
  let server: KeyServer;
  let client: KMSClient;
  const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  const before = Object.keys(credentials).map((name) => [name, process.env[name]] as const);
  beforeAll(async () => {
    Object.assign(process.env, credentials);
    server = await startMoto();
    client = new KMSClient({ region: 'us-east-1', endpoint: server.url });
  }, keyServerTimeoutMs);
  afterAll(async () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    client.destroy();
    await server.stop();
  });
  const makeKey = async (): Promise<string> => (await client.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId ?? '';
  const connect = (keyId: string) => createKmsKeyService({ keyId, region: 'us-east-1', endpoint: server.url });

  test('opens a data key for its owner and version only', async () => {
    const service = connect(await makeKey());
    await keepsItsPromise(service);
    await service.close();
  });

  test('keeps every key readable while they move to another key of KMS, and the first is free then', async () => {
    const [firstId, secondId] = [await makeKey(), await makeKey()];
    const first = connect(firstId);
    const made = await makeBuyers(first);
    // The configuration names the other key now; what the first wrapped is still asked of the first.
    const second = connect(secondId);
    await expectReadable(made, second);
    const keyStore = createKeyStore(pool);
    expect(await startRotation({ keyStore, keyService: second })).toEqual({ masterKeyId: `aws-kms:${secondId}`, made: false });
    expect(await continueRotation({ keyStore, keyService: second }, { after: null, limit: 100 })).toMatchObject({
      rewrapped: 5,
      retired: [`aws-kms:${firstId}`],
      unfinished: false,
    });
    await client.send(new DisableKeyCommand({ KeyId: firstId }));
    await expectReadable(made, second);
    await first.close();
    await second.close();
  });

  test('that is away is told from one that refuses', async () => {
    const away = createKmsKeyService({ keyId: 'k', region: 'us-east-1', endpoint: 'http://127.0.0.1:9' });
    await expect(away.wrap(randomBytes(32), place)).rejects.toBeInstanceOf(KeyServiceUnavailableError);
    await away.close();
    const unknown = connect('00000000-0000-4000-8000-000000000000');
    await expect(unknown.wrap(randomBytes(32), place)).rejects.toMatchObject({ name: 'KeyServiceError' });
    await unknown.close();
  });

  test('takes over what another key service wrapped', async () => {
    const openbao = await startOpenbao();
    const earlier = createOpenbaoKeyService({ url: openbao.url, token: openbao.token, mount: 'transit', key: 'earlier' });
    const made = await makeBuyers(earlier);
    const later = connect(await makeKey());
    const keyStore = createKeyStore(pool);
    const both = combineKeyServices(later, [earlier]);
    await startRotation({ keyStore, keyService: both });
    expect(await continueRotation({ keyStore, keyService: both }, { after: null, limit: 100 })).toMatchObject({ rewrapped: 5, failed: 0 });
    await openbao.stop();
    await expectReadable(made, later);
    await both.close();
  }, 60_000);
});
