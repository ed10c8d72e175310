/**
 * Requests that are made to use up the gateway. Each is refused with a 4xx and a code; everybody else goes on being
 * answered meanwhile, and nothing of them is kept.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { paperAndPine } from '../../gateway/tests/support/identity-provider.ts';
import { ids } from '../../gateway/tests/support/subgraphs.ts';
import { startGatewayUnderAttack, type GatewayUnderAttack } from './gateway-under-attack.ts';
import { sendRaw } from './raw-request.ts';
import { resourceAttacks, type ResourceAttack } from './resource-attacks.ts';
import { startSteadyClient, type SteadyClient } from './steady-client.ts';

/** After so long an app gives up; a machine that does much else may need some of it. */
const bearableP99Ms = 15_000;
const bearableGrowthBytes = 24 * 1024 * 1024;
const suiteTimeoutMs = 90_000;
/** As many as `npm run test:attacks` sends take some minutes. */
const longTimeoutMs = 3_600_000;

let gateway: GatewayUnderAttack;
let token: string;
let steadyToken: string;

beforeAll(async () => {
  gateway = await startGatewayUnderAttack();
  token = await gateway.provider.token('partner');
  steadyToken = await gateway.provider.token('partner', { claims: { sub: 'usr_01900000-0000-7000-8000-000000000012' } });
}, suiteTimeoutMs);
afterAll(() => gateway?.close(), suiteTimeoutMs);

const startSteady = (): SteadyClient => {
  let count = 0;
  return startSteadyClient(gateway.origin, () => {
    count += 1;
    return {
      path: '/graphql/partner',
      headers: { authorization: `Bearer ${steadyToken}`, 'x-forwarded-for': '192.0.2.1' },
      body: JSON.stringify({ query: 'query P($id: ID!) { post(id: $id) { id text } }', variables: { id: ids.post((count % 3) + 1) } }),
    };
  });
};

let attackers = 0;
let attackersToken: Promise<string>;
/** Each from another address, and a few from one account, so that it is the attack that is refused and not the number of them. */
async function attack({ body, headers }: Pick<ResourceAttack, 'body' | 'headers'>) {
  if (attackers % 20 === 0) {
    const sub = `usr_01900000-0000-7000-8000-${(0xa_0000 + attackers).toString(16).padStart(12, '0')}`;
    attackersToken = gateway.provider.token('partner', { claims: { sub } });
  }
  attackers += 1;
  const response = await fetch(`${gateway.origin}/graphql/partner`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      authorization: `Bearer ${await attackersToken}`,
      'x-forwarded-for': `198.51.${Math.floor(attackers / 250) % 250}.${attackers % 250}`,
      ...headers,
    },
    body,
    signal: AbortSignal.timeout(15_000),
  });
  const text = await response.text();
  const code = /"code":"(\w+)"/.exec(text)?.[1];
  return { status: response.status, code, text };
}

const expectCalm = async (steady: SteadyClient): Promise<void> => {
  const { requests, failures, p50Ms, p99Ms } = await steady.stop();
  process.stderr.write(`  others meanwhile: ${requests} requests, p50 ${p50Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms\n`);
  expect(failures).toEqual({});
  expect(requests).toBeGreaterThan(0);
  expect(p99Ms).toBeLessThan(bearableP99Ms);
  expect(gateway.exitCode()).toBeNull();
};

type Memory = Awaited<ReturnType<GatewayUnderAttack['memory']>>;
const expectNothingKept = async (before: Memory): Promise<void> => {
  const after = await gateway.memory();
  const [was, is] = [before, after].map(({ heapUsed }) => (heapUsed / 1_048_576).toFixed(1));
  process.stderr.write(`  memory: ${was} MiB before, ${is} MiB after\n`);
  expect(after.heapUsed - before.heapUsed).toBeLessThan(bearableGrowthBytes);
};

describe('one request of each kind', () => {
  test.each(resourceAttacks)('$name: $status $code', async ({ status, code, ...request }) => {
    const calls = Object.values(gateway.subgraphs.calls).reduce((sum, each) => sum + each.length, 0);
    const answer = await attack(request);
    expect([answer.status, answer.code]).toEqual([status, code]);
    expect(answer.text.length).toBeLessThan(4_096);
    // No stack, no path, no name of a package.
    expect(answer.text).not.toMatch(/\bat \S+:\d+|node_modules|\/src\/|prototype pollution/i);
    expect(Object.values(gateway.subgraphs.calls).reduce((sum, each) => sum + each.length, 0)).toBe(calls);
  });
});

test(
  'six of them at a time, again and again: others are answered, and the memory is free again afterwards',
  async () => {
    const rounds = Number(process.env['ATTACK_ROUNDS'] ?? 3);
    const round = async (): Promise<void> => {
      const waiting = [...resourceAttacks];
      const attackInTurn = async (): Promise<void> => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          const { status } = await attack(next);
          expect([next.name, status]).toEqual([next.name, next.status]);
        }
      };
      await Promise.all(Array.from({ length: 6 }, attackInTurn));
    };
    // What is made once and kept, pools and caches, is made now.
    await round();
    await round();
    const before = await gateway.memory();
    const steady = startSteady();
    for (let count = 0; count < rounds; count += 1) await round();
    await expectCalm(steady);
    await expectNothingKept(before);
  },
  longTimeoutMs,
);

test(
  'thousands of different operations that are refused take no memory',
  async () => {
    const count = Number(process.env['ATTACK_OPERATIONS'] ?? 800);
    const wrong = (number: number): ResourceAttack['body'] =>
      JSON.stringify({ query: `query Q${number} { nothing${number} { ${'field '.repeat(40)} } }`, operationName: `Q${number}` });
    const unlisted = (number: number): ResourceAttack['body'] =>
      JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: number.toString(16).padStart(64, '0') } } });
    const send = async (first: number, last: number): Promise<void> => {
      for (let number = first; number < last; number += 16)
        await Promise.all(
          Array.from({ length: 16 }, async (_, index) => {
            const { status } = await attack({ body: index === 0 ? unlisted(number) : wrong(number + index) });
            expect(status).toBe(400);
          }),
        );
    };
    await send(0, 400);
    const before = await gateway.memory();
    const steady = startSteady();
    await send(400, 400 + count);
    await expectCalm(steady);
    await expectNothingKept(before);
  },
  longTimeoutMs,
);

describe('connections', () => {
  const line = 'POST /graphql/partner HTTP/1.1\r\nHost: gateway\r\n';
  const pieceMs = 200;
  async function* slowly(first: string, piece: string, untilMs: number): AsyncGenerator<string> {
    yield first;
    const endMs = performance.now() + untilMs;
    while (performance.now() < endMs) {
      await new Promise((resolve) => setTimeout(resolve, pieceMs));
      yield piece;
    }
  }

  test('10,000 headers are 431', async () => {
    const headers = Array.from({ length: 10_000 }, (_, index) => `X-${index}: 1\r\n`).join('');
    const answer = await sendRaw(gateway.port, [`${line}${headers}\r\n`]);
    expect(answer.statuses).toEqual([431]);
    expect(answer.text).toContain('"code":"BAD_USER_INPUT"');
  });

  test('a header of a megabyte is 431', async () => {
    expect((await sendRaw(gateway.port, [`${line}X-A: ${'a'.repeat(1_048_576)}\r\n\r\n`])).statuses).toEqual([431]);
  });

  test('an address of a megabyte is 431', async () => {
    expect((await sendRaw(gateway.port, [`GET /${'a'.repeat(1_048_576)} HTTP/1.1\r\nHost: gateway\r\n\r\n`])).statuses).toEqual([431]);
  });

  test.each([
    ['no HTTP', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
    ['a request without a host', 'POST /graphql/partner HTTP/1.1\r\nContent-Length: 0\r\n\r\n'],
    ['a header with NUL', `${line}X-A: a\0b\r\n\r\n`],
    ['a length that is no number', `${line}Content-Length: 1e3\r\n\r\n`],
    ['a negative length', `${line}Content-Length: -1\r\n\r\n`],
  ])('%s is 400', async (_name, text) => {
    expect((await sendRaw(gateway.port, [text])).statuses).toEqual([400]);
  });

  test(
    'a hundred clients that send their headers a byte at a time are ended, and nobody waits for them',
    async () => {
      const steady = startSteady();
      const startedMs = performance.now();
      const answers = await Promise.all(Array.from({ length: 100 }, () => sendRaw(gateway.port, slowly(line, 'a', 15_000), 15_000)));
      expect(new Set(answers.map(({ statuses, isEnded }) => `${statuses.join()} ${isEnded}`))).toEqual(new Set(['408 true']));
      expect(performance.now() - startedMs).toBeLessThan(14_000);
      await expectCalm(steady);
    },
    suiteTimeoutMs,
  );

  test(
    'a body that comes a byte at a time is ended',
    async () => {
      const head = `${line}Content-Type: application/json\r\nAuthorization: Bearer ${token}\r\nX-Forwarded-For: 203.0.113.1\r\nContent-Length: 1000\r\n\r\n`;
      const answer = await sendRaw(gateway.port, slowly(head, ' ', 40_000), 40_000);
      expect([answer.statuses, answer.isEnded]).toEqual([[408], true]);
    },
    suiteTimeoutMs,
  );
});

describe('rates', () => {
  const query = JSON.stringify({ query: '{ viewerSeller { id displayName } }' });

  test('an account that asks for too much is told when to come back, and others are not held back', async () => {
    const busy = await gateway.provider.token('partner', { claims: { sub: paperAndPine.accountId.replace(/11$/, '13') } });
    const dear = JSON.stringify({
      query: `{ viewerSeller { ${Array.from({ length: 3 }, (_, index) => `p${index}: products(first: 100) { edges { node { id image { url } price { amountMinor } } } }`).join(' ')} } }`,
    });
    const steady = startSteady();
    const answers = await Promise.all(
      Array.from({ length: 40 }, () =>
        fetch(`${gateway.origin}/graphql/partner`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${busy}`, 'x-forwarded-for': '203.0.113.7' },
          body: dear,
        }),
      ),
    );
    const limited = answers.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThan(10);
    expect(answers.length - limited.length).toBeGreaterThan(1);
    for (const answer of limited) {
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(answer.headers.get('ratelimit')).toMatch(/^"account";r=\d+;t=\d+$/);
      const { errors } = (await answer.json()) as { errors: readonly { extensions: object }[] };
      expect(errors[0]?.extensions).toMatchObject({
        code: 'RATE_LIMITED',
        retryAfterSeconds: Number(answer.headers.get('retry-after')),
      });
    }
    await expectCalm(steady);
  });

  test('an address that tries tokens is slowed down, and others are not', async () => {
    const steady = startSteady();
    const statuses: number[] = [];
    const guess = async (): Promise<void> => {
      const response = await fetch(`${gateway.origin}/graphql/partner`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer guess${statuses.length}`, 'x-forwarded-for': '203.0.113.8' },
        body: query,
      });
      await response.arrayBuffer();
      statuses.push(response.status);
    };
    // Its bucket is empty after a thousand, and what is refilled meanwhile.
    while (statuses.length < 3_000 && !statuses.includes(429)) await Promise.all(Array.from({ length: 10 }, guess));
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    expect(statuses.filter((status) => status === 401).length).toBeGreaterThan(900);
    await expectCalm(steady);
  });
});
