import { beforeEach, expect, test } from '@jest/globals';
import type { ApiClientState } from '@vitrine/contracts/api-clients-http';
import type { Lookup } from '../../src/partner-clients/client-directory.ts';
import { createClientStates, type ClientStates } from '../../src/partner-clients/client-states.ts';

const state: ApiClientState = {
  clientId: 'apc_1',
  sellerId: 'sel_1',
  accountId: 'usr_1',
  scopes: ['orders:read'],
  ipAllowList: ['203.0.113.0/24'],
  keys: [
    { keyId: 'apk_forever', expiresAt: null, publicKey: null },
    { keyId: 'apk_ending', expiresAt: '2026-11-23T08:30:00.000Z', publicKey: null },
  ],
};
const found = (client: ApiClientState | null): Lookup => ({ kind: 'found', client });

let nowMs: number;
let asked: number;
let answer: () => Promise<Lookup>;
let clients: ClientStates;
beforeEach(() => {
  nowMs = Date.parse('2026-11-23T08:00:00.000Z');
  asked = 0;
  answer = async () => found(state);
  const find = () => {
    asked += 1;
    return answer();
  };
  clients = createClientStates({ find }, () => nowMs);
});
const look = async (sinceMs = 0) => clients.find('apc_1', 'request', sinceMs);

test('a client is asked for once, however many ask', async () => {
  const checks = await Promise.all(Array.from({ length: 20 }, () => look()));
  expect(checks.every((check) => check.kind === 'known' && check.client !== null)).toBe(true);
  expect(asked).toBe(1);
});

test('a revoked client is gone ten seconds later at most', async () => {
  await look();
  answer = async () => found(null);
  nowMs += 10_000;
  expect(await look()).toEqual({ kind: 'known', client: null });
  expect(asked).toBe(2);
});

test('what was under way while a client was revoked counts from when it was asked', async () => {
  answer = async () => {
    nowMs += 9_000;
    return found(state);
  };
  await look();
  answer = async () => found(null);
  nowMs += 1_000;
  expect(await look()).toEqual({ kind: 'known', client: null });
});

test('a token is newer than what is known of its client: that is asked for again', async () => {
  await look();
  nowMs += 100;
  answer = async () => found(null);
  expect(await look(nowMs)).toEqual({ kind: 'known', client: null });
  expect(await look(nowMs)).toEqual({ kind: 'known', client: null });
  expect(asked).toBe(2);
});

test('what was asked for before a token was given is not taken for it, also when its answer comes later', async () => {
  let give: (lookup: Lookup) => void = () => undefined;
  answer = () =>
    new Promise((resolve) => {
      give = resolve;
    });
  const before = look();
  nowMs += 100;
  const after = look(nowMs);
  answer = async () => found(state);
  give(found(null));
  expect(await before).toEqual({ kind: 'known', client: null });
  expect(await after).toMatchObject({ client: { clientId: 'apc_1' } });
});

test('a token from a process whose clock is ahead is no reason to ask for ever', async () => {
  expect(await look(nowMs + 5_000)).toMatchObject({ client: { clientId: 'apc_1' } });
  expect(asked).toBe(1);
});

test('of a client that was not asked about since its token was given nothing is told while nobody answers', async () => {
  await look();
  nowMs += 100;
  answer = async () => ({ kind: 'unavailable' });
  expect(await look(nowMs)).toEqual({ kind: 'unavailable' });
});

test('from five seconds on it is asked for while requests go on with what is known', async () => {
  await look();
  nowMs += 5_000;
  answer = async () => found(null);
  expect(await look()).toMatchObject({ kind: 'known', client: { clientId: 'apc_1' } });
  await new Promise((resolve) => setImmediate(resolve));
  expect(await look()).toEqual({ kind: 'known', client: null });
  expect(asked).toBe(2);
});

test('while nobody answers, what is known goes on for a minute and no longer', async () => {
  await look();
  answer = async () => ({ kind: 'unavailable' });
  nowMs += 59_999;
  expect(await look()).toMatchObject({ kind: 'known', client: { clientId: 'apc_1' } });
  nowMs += 1;
  expect(await look()).toEqual({ kind: 'unavailable' });
  answer = async () => found(state);
  expect(await look()).toMatchObject({ kind: 'known', client: { clientId: 'apc_1' } });
});

test('of a client that is not known nothing is told while nobody answers', async () => {
  answer = async () => ({ kind: 'unavailable' });
  expect(await look()).toEqual({ kind: 'unavailable' });
});

test('a fault of ours is one, and not an answer about the client', async () => {
  answer = async () => {
    throw new Error('seller-eligibility answered 400');
  };
  await expect(look()).rejects.toThrow('answered 400');
  answer = async () => found(state);
  expect(await look()).toMatchObject({ kind: 'known' });
});

test('a key is live until its end, and one that is not listed never is', async () => {
  const check = await look();
  const client = check.kind === 'known' ? check.client : null;
  const endsAt = Date.parse('2026-11-23T08:30:00.000Z');
  expect(client?.isLiveKey('apk_ending', endsAt - 1)).toBe(true);
  expect(client?.isLiveKey('apk_ending', endsAt)).toBe(false);
  expect(client?.isLiveKey('apk_forever', endsAt)).toBe(true);
  expect(client?.isLiveKey('apk_other', nowMs)).toBe(false);
  expect(client?.mayCallFrom('203.0.113.9')).toBe(true);
  expect(client?.mayCallFrom('192.0.2.1')).toBe(false);
});
