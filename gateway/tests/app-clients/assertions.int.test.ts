/** What buys or changes something needs an assertion of the attested app for this very request, over HTTP and with a real counter. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { encodeCbor, makeAssertion, makeSoftwareKey, type AssertionRequest, type SoftwareKey } from '@vitrine/local/official-app-keys';
import { androidRegistration, register, registeredApp } from './app-attestations.ts';
import { iosAppId, startAppServer, type Answer, type AppCaller, type AppServer } from './app-server.ts';
import { officialPackage } from '../support/android-attestations.ts';

let server: AppServer;
let app: AppCaller;
let attested: SoftwareKey;
let instanceId: string;
let counter: number;

beforeAll(async () => {
  server = await startAppServer();
});
beforeEach(async () => {
  ({ app, attested, instanceId } = await registeredApp(server));
  counter = 0;
});
afterAll(() => server?.close());

const path = '/graphql/buyer';
const body = '{"operationName":"Buy"}';

interface Change {
  readonly key?: SoftwareKey;
  readonly assertion?: Partial<AssertionRequest>;
  readonly sent?: { readonly body?: string; readonly path?: string; readonly method?: string; readonly header?: string };
}

/** A change with an assertion; the counter rises by one each time unless told. */
const change = ({ key = attested, assertion = {}, sent = {} }: Change = {}): Promise<Answer> => {
  const proof = app.proof(sent.method ?? 'POST', sent.path ?? path);
  counter += 1;
  const made = makeAssertion(key, { method: 'POST', path, body, proof, counter, appId: iosAppId, ...assertion });
  return app.call(sent.method ?? 'POST', sent.path ?? path, {
    body: sent.body ?? body,
    headers: {
      dpop: proof,
      'content-type': 'application/octet-stream',
      'x-changes': 'yes',
      'x-vitrine-assertion': sent.header ?? made,
    },
  });
};

describe('an assertion', () => {
  test('is accepted with each higher counter, also when some are left out', async () => {
    expect((await change()).status).toBe(200);
    expect((await change()).status).toBe(200);
    counter = 40;
    expect((await change()).status).toBe(200);
  });

  test('of an Android phone has the same form', async () => {
    const phone = await server.app();
    const key = makeSoftwareKey();
    expect((await register(phone, await androidRegistration(server, phone, key))).status).toBe(201);
    const proof = phone.proof('POST', path);
    const assertion = makeAssertion(key, { method: 'POST', path, body, proof, counter: 1, appId: officialPackage });
    const answer = await phone.call('POST', path, {
      body,
      headers: {
        dpop: proof,
        'content-type': 'application/octet-stream',
        'x-changes': 'yes',
        'x-vitrine-app': 'android/5.2.0',
        'x-vitrine-assertion': assertion,
      },
    });
    expect(answer.status).toBe(200);
  });

  test('is asked for where there is none', async () => {
    const answer = await app.call('POST', path, { body, headers: { 'content-type': 'application/octet-stream', 'x-changes': 'yes' } });
    expect(answer).toMatchObject({ status: 403, code: 'ASSERTION_REQUIRED' });
  });

  const refusals: readonly (readonly [string, string, () => Promise<Answer>])[] = [
    ['of another key', 'signature', () => change({ key: makeSoftwareKey() })],
    ['of the DPoP key', 'signature', () => change({ key: app.key })],
    ['for another method', 'signature', () => change({ assertion: { method: 'GET' } })],
    ['for another path', 'signature', () => change({ assertion: { path: '/graphql/ops' } })],
    ['for the path with another query', 'signature', () => change({ sent: { path: `${path}?amount=1` } })],
    ['for another body', 'signature', () => change({ sent: { body: '{"operationName":"Buy","variables":{"quantity":9}}' } })],
    ['for another proof', 'signature', () => change({ assertion: { proof: app.proof('POST', path) } })],
    ['of another app', 'app', () => change({ assertion: { appId: 'A1B2C3D4E5.example.fake' } })],
    ['with the counter of its attestation', 'counter', () => change({ assertion: { counter: 0 } })],
    ['that is empty CBOR', 'malformed', () => change({ sent: { header: Buffer.alloc(60).toString('base64url') } })],
    ['that is no base64url', 'malformed', () => change({ sent: { header: '!'.repeat(80) } })],
    ['that is too long', 'malformed', () => change({ sent: { header: 'A'.repeat(1_025) } })],
    [
      'without a signature',
      'malformed',
      () =>
        change({ sent: { header: encodeCbor({ authenticatorData: Buffer.alloc(37), padding: 'x'.repeat(20) }).toString('base64url') } }),
    ],
    [
      'whose data is too short',
      'malformed',
      () =>
        change({
          sent: { header: encodeCbor({ signature: Buffer.alloc(70), authenticatorData: Buffer.alloc(36) }).toString('base64url') },
        }),
    ],
    [
      'whose parts are texts',
      'malformed',
      () =>
        change({ sent: { header: encodeCbor({ signature: 'x'.repeat(70), authenticatorData: 'y'.repeat(37) }).toString('base64url') } }),
    ],
  ];
  test.each(refusals)('%s is refused (%s)', async (_name, reason, make) => {
    expect(await make()).toMatchObject({
      status: 403,
      code: 'ASSERTION_REFUSED',
      body: { errors: [{ extensions: { reason } }] },
    });
    const { rows } = await server.pool.query('select counter from app_instances where instance_id = $1', [instanceId]);
    expect(rows).toEqual([{ counter: 0 }]);
  });

  test('whose counter was used, or was passed, is refused', async () => {
    counter = 9;
    expect((await change()).status).toBe(200);
    for (const used of [10, 9, 1]) {
      counter = used - 1;
      expect(await change()).toMatchObject({
        status: 403,
        code: 'ASSERTION_REFUSED',
        body: { errors: [{ extensions: { reason: 'counter' } }] },
      });
    }
  });

  test('of an instance that was revoked a moment ago is refused, while reading may still go on', async () => {
    expect((await change()).status).toBe(200);
    await server.pool.query('update app_instances set revoked_at = now() where instance_id = $1', [instanceId]);
    expect(await change()).toMatchObject({ status: 403, code: 'ASSERTION_REFUSED' });
  });
});

test('of twenty assertions with the same counter at the same time one is accepted, each time', async () => {
  await change();
  for (let round = 1; round <= 20; round += 1) {
    const answers = await Promise.all(Array.from({ length: 20 }, () => change({ assertion: { counter: 100 + round } })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'ASSERTION_REFUSED')).toHaveLength(19);
  }
});
