/** How the pages' requests go to the gateway, against a gateway of this file's making: what is sent, how often, in which order. */
import { hash, type webcrypto } from 'node:crypto';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { decode } from 'cbor-x';
import { decodeJwt } from 'jose';

type KeyPair = webcrypto.CryptoKeyPair;
interface Keys {
  readonly isRegistered?: boolean;
  readonly proof: KeyPair;
  readonly attested: KeyPair;
}
interface Answer {
  readonly status: number;
  readonly body: { readonly data?: unknown; readonly errors?: readonly { readonly message: string }[] };
  readonly code: string | undefined;
}
type Post = (path: string, content: object) => Promise<Answer>;
interface Client {
  readonly postJson: (path: string, content: object, options?: { readonly isAsserted?: boolean }) => Promise<Answer>;
  readonly revoke: () => Promise<void>;
}
interface GatewayClient {
  readonly createGatewayClient: (parts: object) => Client;
}
interface Dpop {
  readonly newKeyPair: () => Promise<KeyPair>;
  readonly describeKey: (keyPair: KeyPair) => Promise<{ readonly thumbprint: string; readonly keyId: string }>;
}
interface Graph {
  readonly run: (name: string, variables?: object) => Promise<{ readonly data: unknown }>;
}
interface GraphScript {
  readonly createGraph: (graph: string, connection: object, on: object) => Graph;
  readonly mutate: (graph: Graph, name: string, input: object) => Promise<{ readonly __typename: string }>;
}

const load = async <Script>(name: string): Promise<Script> =>
  (await import(path.resolve(import.meta.dirname, `../pages/scripts/${name}.js`))) as Script;
const { newKeyPair, describeKey } = await load<Dpop>('dpop');
const { createGatewayClient } = await load<GatewayClient>('gateway-client');
const { createRegistration } = await load<{ readonly createRegistration: (parts: object) => (post: Post) => Promise<void> }>(
  'app-instance',
);
const { createGraph, mutate } = await load<GraphScript>('graph');

const publicOrigin = 'https://vitrine.example';
const app = { id: 'A1B2C3D4E5.example.app', platform: 'ios', version: '1.0.0', attester: 'https://identity.example/attestations' };
const kept: Keys = { proof: await newKeyPair(), attested: await newKeyPair(), isRegistered: true };
const { thumbprint } = await describeKey(kept.proof);

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}
let sent: Sent[];
let counter: number;
let nonce: string | null;
let keys: Keys | null;
let current: { readonly accessToken: string; readonly thumbprint?: string } | null;
beforeEach(() => {
  sent = [];
  counter = 0;
  nonce = null;
  keys = kept;
  current = { accessToken: 'token', thumbprint };
});

const keyStore = {
  read: async () => keys,
  ensure: async () => kept,
  nextCounter: async () => (counter += 1),
  markRegistered: async () => void (keys = kept),
};
const json = (status: number, body: object, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
const refusal = (status: number, code: string, headers?: Record<string, string>, extensions: object = {}): Response =>
  json(status, { errors: [{ message: `refused: ${code}`, extensions: { code, ...extensions } }] }, headers);
const done = (headers?: Record<string, string>): Response => json(200, { data: { done: true } }, headers);

/** A gateway that answers in turn, or by what is asked. */
const answering = (answer: Response[] | ((request: Sent) => Response | Promise<Response>)) => async (url: string, init: RequestInit) => {
  const request = {
    method: init.method ?? 'GET',
    path: url,
    headers: init.headers as Sent['headers'],
    body: init.body as string | undefined,
  };
  sent.push(request);
  const given = Array.isArray(answer) ? answer.shift() : await answer(request);
  if (given === undefined) throw new Error('one request too many');
  return given;
};

/** One action of a name at a time, as the browser's locks do it. */
function locks() {
  const last = new Map<string, Promise<unknown>>();
  return (name: string, action: () => Promise<unknown>) => {
    const turn = (last.get(name) ?? Promise.resolve()).then(action);
    last.set(
      name,
      turn.catch(() => undefined),
    );
    return turn;
  };
}

function client(fetch: ReturnType<typeof answering>, parts: object = {}): Client {
  return createGatewayClient({
    session: { current: () => current },
    keys: keyStore,
    nonces: { get: () => nonce, set: (value: string) => (nonce = value) },
    publicOrigin,
    app,
    register: async () => undefined,
    exclusively: locks(),
    fetch,
    ...parts,
  });
}

const proofOf = ({ headers }: Sent) => decodeJwt(headers['dpop'] ?? '');
const counterOf = ({ headers }: Sent): number =>
  (decode(Buffer.from(headers['x-vitrine-assertion'] ?? '', 'base64url')) as { authenticatorData: Buffer }).authenticatorData.readUInt32BE(
    33,
  );

describe('a request with a bound token', () => {
  test('has the token as DPoP, a proof for this very request, and the app', async () => {
    await client(answering([done()])).postJson('/graphql/buyer', { a: 1 });
    expect(sent[0]).toMatchObject({ method: 'POST', path: '/graphql/buyer', body: '{"a":1}' });
    expect(sent[0]?.headers).toMatchObject({ authorization: 'DPoP token', 'x-vitrine-app': 'ios/1.0.0' });
    expect(sent[0]?.headers).not.toHaveProperty('x-vitrine-assertion');
    expect(proofOf(sent[0] as Sent)).toMatchObject({
      htm: 'POST',
      htu: 'https://vitrine.example/graphql/buyer',
      ath: hash('sha256', 'token', 'base64url'),
    });
  });

  test('is repeated once with the nonce that is asked for, with another proof', async () => {
    const asks = () => refusal(401, 'USE_DPOP_NONCE', { 'dpop-nonce': 'n1' });
    expect(await client(answering([asks(), done()])).postJson('/graphql/buyer', {})).toMatchObject({ status: 200 });
    expect(sent.map((each) => proofOf(each)['nonce'])).toEqual([undefined, 'n1']);
    expect(new Set(sent.map((each) => proofOf(each).jti)).size).toBe(2);
    expect(await client(answering([asks(), asks()])).postJson('/graphql/buyer', {})).toMatchObject({ code: 'USE_DPOP_NONCE' });
  });

  test('uses the nonce of the answer before', async () => {
    const gateway = client(answering([done({ 'dpop-nonce': 'n1' }), done({ 'dpop-nonce': 'n2' }), done(), done()]));
    for (let count = 0; count < 4; count += 1) await gateway.postJson('/graphql/buyer', {});
    expect(sent.map((each) => proofOf(each)['nonce'])).toEqual([undefined, 'n1', 'n2', 'n2']);
  });

  test('is repeated with the time of the gateway when the clock of the device is off', async () => {
    const ahead = Date.now() + 3_600_000;
    const refuses = refusal(401, 'INVALID_DPOP_PROOF', { date: new Date(ahead).toUTCString() });
    await client(answering([refuses, done({ date: new Date().toUTCString() })])).postJson('/graphql/buyer', {});
    expect(Math.abs((proofOf(sent[1] as Sent).iat ?? 0) - ahead / 1_000)).toBeLessThan(10);
  });

  test('is not sent when the key of the token is gone or another one', async () => {
    const gateway = client(answering([]));
    keys = null;
    expect(await gateway.postJson('/graphql/buyer', {})).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    keys = { proof: await newKeyPair(), attested: kept.attested };
    expect(await gateway.postJson('/graphql/buyer', {})).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(sent).toEqual([]);
  });
});

test('a token that is bound to no key is sent as Bearer, with nothing else', async () => {
  current = { accessToken: 'token' };
  await client(answering([done()])).postJson('/graphql/buyer', {}, { isAsserted: true });
  expect(sent[0]?.headers).toEqual({ authorization: 'Bearer token', accept: 'application/json', 'content-type': 'application/json' });
});

test('a graph that takes other clients than apps is told of no app, and gets no assertion', async () => {
  const gateway = client(answering([done()]), { app: null });
  await gateway.postJson('/graphql/partner', {}, { isAsserted: true });
  await gateway.revoke();
  expect(Object.keys(sent[0]?.headers ?? {}).toSorted()).toEqual(['accept', 'authorization', 'content-type', 'dpop']);
  expect(sent).toHaveLength(1);
});

describe('assertions', () => {
  test('have rising numbers, also when a request is repeated', async () => {
    const gateway = client(
      answering([refusal(401, 'USE_DPOP_NONCE', { 'dpop-nonce': 'n' }), done(), refusal(403, 'ASSERTION_REFUSED'), done()]),
    );
    await gateway.postJson('/graphql/buyer', {}, { isAsserted: true });
    await gateway.postJson('/graphql/buyer', {}, { isAsserted: true });
    expect(sent.map(counterOf)).toEqual([1, 2, 3, 4]);
  });

  test('arrive in their order: the next is sent when the one before is answered', async () => {
    let underWay = 0;
    let most = 0;
    const slow = async () => {
      most = Math.max(most, (underWay += 1));
      await new Promise((resolve) => setTimeout(resolve, 5));
      underWay -= 1;
      return done();
    };
    // Two tabs: two clients of one key store and one browser's locks.
    const exclusively = locks();
    const one = client(answering(slow), { exclusively });
    const other = client(answering(slow), { exclusively });
    await Promise.all([one, other, one, other].map((tab) => tab.postJson('/graphql/buyer', {}, { isAsserted: true })));
    expect([most, sent.map(counterOf)]).toEqual([1, [1, 2, 3, 4]]);
  });
});

describe('an instance that the gateway does not know', () => {
  const needsAttestation = () => refusal(403, 'ATTESTATION_REQUIRED');

  test('is registered once, however many requests find out, and they are repeated', async () => {
    const register = jest.fn(async () => undefined);
    const all = Promise.withResolvers<void>();
    const knowsLater = async () => {
      const isFirst = sent.length <= 3;
      if (sent.length === 3) all.resolve();
      await all.promise;
      return isFirst ? needsAttestation() : done();
    };
    const gateway = client(answering(knowsLater), { register });
    const answers = await Promise.all([1, 2, 3].map(() => gateway.postJson('/graphql/buyer', {})));
    expect([answers.map(({ status }) => status), register.mock.calls.length, sent.length]).toEqual([[200, 200, 200], 1, 6]);
  });

  test('with new keys is registered before it asks for anything else', async () => {
    keys = { ...kept, isRegistered: false };
    const gateway = answering(({ path: where }) => (where === '/app/challenges' ? json(201, { challenge: 'c1' }) : done()));
    const register = createRegistration({ keys: keyStore, app, fetch: async () => json(200, { attestation: 'AAAA' }) });
    const buyer = client(gateway, { register });
    await buyer.postJson('/graphql/buyer', {}, { isAsserted: true });
    await buyer.postJson('/graphql/buyer', {});
    expect(sent.map(({ path: where }) => where)).toEqual(['/app/challenges', '/app/instances', '/graphql/buyer', '/graphql/buyer']);
  });

  test('has its key attested for the challenge and the key of its proofs', async () => {
    const attested: unknown[] = [];
    const attester = async (url: string, init: RequestInit) => {
      attested.push([url, JSON.parse(init.body as string)]);
      return json(200, { attestation: 'AAAA' });
    };
    const gateway = answering(({ path: where }) => {
      if (where === '/app/challenges') return json(201, { challenge: 'c1', expiresAt: '2026-01-01T00:00:00Z' });
      if (where === '/app/instances') return json(201, { instanceId: 'api_1', environment: 'development' });
      return sent.some(({ path: other }) => other === '/app/instances') ? done() : needsAttestation();
    });
    const register = createRegistration({ keys: keyStore, app, fetch: attester });
    expect(await client(gateway, { register }).postJson('/graphql/buyer', {})).toMatchObject({ status: 200 });
    expect(sent.map(({ path: where }) => where)).toEqual(['/graphql/buyer', '/app/challenges', '/app/instances', '/graphql/buyer']);
    const { keyId } = await describeKey(kept.attested);
    expect(JSON.parse(sent[2]?.body ?? '')).toEqual({ platform: 'ios', keyId, attestation: 'AAAA', challenge: 'c1', version: '1.0.0' });
    expect(attested).toEqual([
      [app.attester, { publicKeyJwk: expect.anything(), clientDataHash: hash('sha256', `c1.${thumbprint}`, 'base64url') }],
    ]);
    for (const request of sent) expect(proofOf(request)).toMatchObject({ htu: publicOrigin + request.path });
  });

  test('that cannot be registered says so, and nothing waits for itself', async () => {
    const register = createRegistration({ keys: keyStore, app, fetch: async () => json(200, {}) });
    await expect(client(answering(needsAttestation), { register }).postJson('/graphql/buyer', {})).rejects.toMatchObject({
      code: 'ATTESTATION_REQUIRED',
    });
    expect(sent.map(({ path: where }) => where)).toEqual(['/graphql/buyer', '/app/challenges']);
  });

  test('is not tried where nobody attests: the app is needed', async () => {
    const register = createRegistration({ keys: keyStore, app: { ...app, attester: null } });
    await expect(client(answering([needsAttestation()]), { register }).postJson('/graphql/buyer', {})).rejects.toMatchObject({
      code: 'ATTESTATION_REQUIRED',
      message: expect.stringMatching(/Vitrine app/),
    });
  });

  test('has nothing to revoke, and is not registered for that', async () => {
    await client(answering([needsAttestation()])).revoke();
    expect(sent.map(({ method, path: where }) => [method, where])).toEqual([['DELETE', '/app/instances/current']]);
  });
});

describe('an operation', () => {
  const texts: Readonly<Record<string, string>> = {
    '/operations/buyer/read.graphql': '# Says mutation, and is none.\nquery Read {\n  viewer {\n    id\n  }\n}\n',
    '/operations/buyer/write.graphql': '# Writes.\nmutation Write($input: I!) {\n  write(input: $input) {\n    __typename\n  }\n}\n',
  };
  const written = (typename: string): Answer => ({ status: 200, body: { data: { write: { __typename: typename } } }, code: undefined });
  const refused = (code: string, status: number, extensions: object = {}) => ({
    status,
    code,
    headers: new Headers(),
    body: { errors: [{ message: 'words of the gateway', extensions: { code, ...extensions } }] },
  });
  let posted: [path: string, content: object, options: { readonly isAsserted?: boolean }][];
  let answers: object[];
  const on = { signedOut: jest.fn(), unusable: jest.fn() };
  const session = { end: jest.fn() };
  const postJson = async (...request: (typeof posted)[number]): Promise<object> => {
    posted.push(request);
    const answer = answers.shift();
    if (answer === undefined) throw new Error('one request too many');
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const graph = createGraph('buyer', { session, client: { postJson } }, on);
  const realFetch = globalThis.fetch;

  beforeEach(() => {
    posted = [];
    answers = [];
    jest.clearAllMocks();
    globalThis.fetch = (async (url: string) => new Response(texts[url], { status: url in texts ? 200 : 404 })) as typeof fetch;
  });
  afterEach(() => {
    globalThis.fetch = realFetch;
    jest.useRealTimers();
  });

  test('is sent by its id, never as text, and asserted when it changes something', async () => {
    answers = [{ ...written('X'), body: { data: { viewer: { id: 'usr_1' } } } }, written('WriteSuccess')];
    await graph.run('read', { first: 1 });
    await graph.run('write');
    const content = (file: string, variables: object) => ({
      variables,
      extensions: { persistedQuery: { version: 1, sha256Hash: hash('sha256', texts[`/operations/buyer/${file}.graphql`] ?? '') } },
    });
    expect(posted.map(([where, sentContent, { isAsserted }]) => [where, sentContent, isAsserted])).toEqual([
      ['/graphql/buyer', content('read', { first: 1 }), false],
      ['/graphql/buyer', content('write', {}), true],
    ]);
  });

  test.each([
    ['PERSISTED_QUERY_NOT_IN_LIST', 400, {}, /out of date. Load it again/],
    ['UPGRADE_REQUIRED', 426, { minimumVersion: '2.0.0', storeUrl: 'https://store.example' }, /2\.0\.0 or later/],
  ])('that is refused with %s says what to do, and the page is told', async (code, status, extensions, words) => {
    answers = [refused(code, status, extensions)];
    await expect(graph.run('read')).rejects.toMatchObject({ code, message: expect.stringMatching(words) });
    expect(on.unusable).toHaveBeenCalledWith(expect.objectContaining({ code }));
  });

  test('that is refused for the sign-in ends it', async () => {
    answers = [refused('UNAUTHENTICATED', 401)];
    await expect(graph.run('read')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect([session.end.mock.calls.length, on.signedOut.mock.calls.length]).toEqual([1, 1]);
  });

  test('that was asked for too often is not sent again before its time, and others are', async () => {
    jest.useFakeTimers();
    answers = [refused('RATE_LIMITED', 429, { retryAfterSeconds: 30 }), written('WriteSuccess'), written('ReadAgain')];
    await expect(graph.run('read')).rejects.toMatchObject({ code: 'RATE_LIMITED', message: expect.stringMatching(/in 30 seconds/) });
    await jest.advanceTimersByTimeAsync(29_000);
    await expect(graph.run('read')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(await graph.run('write')).toBeDefined();
    expect(posted).toHaveLength(2);
    await jest.advanceTimersByTimeAsync(1_001);
    expect(await graph.run('read')).toBeDefined();
  });

  test('with a key is sent again with it after a short wait, and not after a long one', async () => {
    jest.useFakeTimers();
    answers = [refused('RATE_LIMITED', 429, { retryAfterSeconds: 2 }), new TypeError('lost'), written('WriteSuccess')];
    const result = mutate(graph, 'write', { a: 1 });
    await jest.advanceTimersByTimeAsync(10_000);
    expect(await result).toEqual({ __typename: 'WriteSuccess' });
    expect(new Set(posted.map(([, content]) => JSON.stringify(content))).size).toBe(1);
    answers = [refused('RATE_LIMITED', 429, { retryAfterSeconds: 60 })];
    await expect(mutate(graph, 'write', {})).rejects.toMatchObject({ code: 'RATE_LIMITED', message: expect.stringMatching(/in 1 minute/) });
  });
});
