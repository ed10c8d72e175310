import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { InternalRefusal, registerBatchedRoute, type InternalCall } from '../src/batched-route.ts';
import { PublicError, RetryableError } from '../src/errors.ts';
import { createInternalClient, parseIdentityKeys, type InternalClient } from '../src/identity.ts';
import { createServer } from '../src/server.ts';
import { errorForLog } from '../src/telemetry.ts';
import { until } from '../../../tests/support/until.ts';

const key = () => randomBytes(32).toString('base64');
const keys = parseIdentityKeys(`checkout>catalog:k1:${key()},timeline>catalog:k1:${key()}`);
const logged: Record<string, unknown>[] = [];
const logger = pino(
  { level: 'info', serializers: { err: errorForLog } },
  { write: (line) => logged.push(JSON.parse(line) as Record<string, unknown>) },
);

interface Thing {
  readonly name: string;
}

let server: FastifyInstance;
let client: InternalClient;
let baseUrl: string;
let requests: string[] = [];
let handle: (thing: Thing, call: InternalCall) => Promise<object>;

beforeAll(async () => {
  server = createServer({ name: 'catalog', logger, identityKeys: keys, readiness: {} });
  server.addHook('onRequest', async ({ url }) => {
    requests.push(url);
  });
  registerBatchedRoute<Thing, object>(server, {
    path: '/internal/things',
    body: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
    response: { type: 'object', properties: { answer: { type: 'string' } } },
    callers: ['checkout'],
    handle: async (thing, call) => handle(thing, call),
  });
  baseUrl = await server.listen({ host: '127.0.0.1', port: 0 });
  client = createInternalClient({ keys, from: 'checkout', to: 'catalog', baseUrl });
});
afterAll(async () => {
  await client.close();
  await server.close();
});
beforeEach(() => {
  requests = [];
  logged.length = 0;
  handle = async ({ name }, { identity }) => ({ answer: `${name} of ${identity.requestId}`, secret: 'not in the schema' });
});

const ask = async (name: unknown, requestId = 'req-1', timeoutMs = 20_000) =>
  client.postMany<{ answer: string }>('/internal/things', { name }, { requestId, timeoutMs });

describe('calls that are made at once', () => {
  test('travel as one request, and each gets its own answer, made for its own request', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, async (_, index) => ask(`thing ${index} ü`, `req-${index}`)));
    expect(answers).toEqual(Array.from({ length: 5 }, (_, index) => ({ answer: `thing ${index} ü of req-${index}` })));
    expect(requests).toEqual(['/internal/things/batch']);
  });

  test('are several requests when they are many', async () => {
    const names = Array.from({ length: 150 }, (_, index) => `thing ${index}`);
    const answers = await Promise.all(names.map(async (name) => ask(name)));
    expect(answers.map(({ answer }) => answer)).toEqual(names.map((name) => `${name} of req-1`));
    expect(requests).toHaveLength(3);
  });

  test('is a request as any other when it is one', async () => {
    expect(await ask('alone')).toEqual({ answer: 'alone of req-1' });
    expect(requests).toEqual(['/internal/things']);
  });

  test('fail each by itself: what is wrong with one is no matter of the others', async () => {
    handle = async ({ name }) => {
      if (name === 'refused') return new InternalRefusal(409, 'There is another.');
      if (name === 'forbidden') throw new PublicError('FORBIDDEN', 'Not yours.');
      if (name === 'broken') throw new Error('a bug');
      if (name === 'away') throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
      return { answer: name };
    };
    const outcomes = await Promise.allSettled(
      ['good', 'refused', 'forbidden', 'broken', 'away', 7, 'also good'].map(async (name) => ask(name)),
    );
    expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.answer : String(outcome.reason)))).toEqual([
      'good',
      'Error: catalog answered 409: /internal/things',
      'Error: catalog answered 403: /internal/things',
      'RetryableError: catalog answered 500: /internal/things',
      'RetryableError: catalog answered 503: /internal/things',
      // A number is taken as the text that the schema asks for, as it would be alone.
      '7',
      'also good',
    ]);
    expect(logged.filter(({ msg }) => msg === 'request failed')).toMatchObject([
      { requestId: 'req-1', from: 'checkout', path: '/internal/things', err: { message: 'a bug' } },
      { requestId: 'req-1', from: 'checkout', path: '/internal/things' },
    ]);
  });

  test('that do not fit the schema are refused each by itself', async () => {
    const outcomes = await Promise.allSettled([ask('good'), ask(undefined), ask({ deep: true })]);
    expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'answered' : String(outcome.reason)))).toEqual([
      'answered',
      'Error: catalog answered 400: /internal/things',
      'Error: catalog answered 400: /internal/things',
    ]);
  });

  test('do not wait for each other: a slow one is answered later, in the same request', async () => {
    const slow = Promise.withResolvers<void>();
    handle = async ({ name }) => {
      if (name === 'slow') await slow.promise;
      return { answer: name };
    };
    const answered: string[] = [];
    const all = Promise.all(
      ['slow', 'a', 'b'].map(async (name) => {
        answered.push((await ask(name)).answer);
      }),
    );
    await until('the others are answered', async () => (answered.length === 2 ? true : undefined));
    expect(answered).toEqual(['a', 'b']);
    slow.resolve();
    await all;
    expect(answered).toEqual(['a', 'b', 'slow']);
    expect(requests).toEqual(['/internal/things/batch']);
  });

  test('that are not answered in time have an unknown outcome; those that were have theirs', async () => {
    const never = Promise.withResolvers<void>();
    handle = async ({ name }) => {
      if (name === 'never') await never.promise;
      return { answer: name };
    };
    const [late, intime] = await Promise.allSettled([ask('never', 'req-1', 300), ask('in time', 'req-1', 300)]);
    never.resolve();
    expect(late?.status === 'rejected' && late.reason).toBeInstanceOf(RetryableError);
    expect(intime).toEqual({ status: 'fulfilled', value: { answer: 'in time' } });
  });

  test('of a process that may not call are all refused', async () => {
    const stranger = createInternalClient({ keys, from: 'timeline', to: 'catalog', baseUrl });
    const outcomes = await Promise.allSettled(
      ['a', 'b'].map(async (name) => stranger.postMany('/internal/things', { name }, { requestId: 'req-1', timeoutMs: 5_000 })),
    );
    await stranger.close();
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && String(outcome.reason))).toEqual([
      'Error: catalog answered 403: /internal/things',
      'Error: catalog answered 403: /internal/things',
    ]);
  });

  test('of a service that is away, or ends before it has answered, have an unknown outcome', async () => {
    const shortLived = createServer({ name: 'catalog', logger, identityKeys: keys, readiness: {} });
    const never = Promise.withResolvers<object>();
    let asked = 0;
    registerBatchedRoute<Thing, object>(shortLived, {
      path: '/internal/things',
      body: { type: 'object' },
      response: { type: 'object', properties: { answer: { type: 'string' } } },
      callers: ['checkout'],
      handle: async ({ name }) => {
        asked += 1;
        return name === 'answered' ? { answer: name } : never.promise;
      },
    });
    const url = await shortLived.listen({ host: '127.0.0.1', port: 0 });
    const caller = createInternalClient({ keys, from: 'checkout', to: 'catalog', baseUrl: url });
    const call = async (name: string) => caller.postMany('/internal/things', { name }, { requestId: 'req-1', timeoutMs: 10_000 });
    const outcomes = [call('a'), call('answered'), call('b')];
    const settled = Promise.allSettled(outcomes);
    expect(await outcomes[1]).toEqual({ answer: 'answered' });
    expect(asked).toBe(3);
    shortLived.server.closeAllConnections();
    expect((await settled).map((outcome) => outcome.status === 'rejected' && outcome.reason instanceof RetryableError)).toEqual([
      true,
      false,
      true,
    ]);
    never.resolve({});
    await shortLived.close();
    const away = await Promise.allSettled([call('a'), call('b')]);
    await caller.close();
    expect(away.map((outcome) => outcome.status === 'rejected' && outcome.reason instanceof RetryableError)).toEqual([true, true]);
  });
});

describe('the log of a request', () => {
  test('says which request of whom it was, whatever is called on it', async () => {
    handle = async ({ name }, { log }) => {
      log.info('said');
      log.child({ part: 'inner' }).warn({ name }, 'said inside');
      return { answer: name };
    };
    await client.post('/internal/things', { name: 'a' }, { requestId: 'req-9', timeoutMs: 5_000 });
    expect(logged).toMatchObject([
      { msg: 'said', requestId: 'req-9', from: 'checkout' },
      { msg: 'said inside', requestId: 'req-9', from: 'checkout', part: 'inner' },
    ]);
  });
});
