/** When a failing subgraph is left alone, and when it is asked again. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { breakerLimits, createCircuitBreaker, type CallPermit, type CircuitBreaker } from '../../src/execution/circuit-breaker.ts';

let nowMs: number;
let states: string[];
let breaker: CircuitBreaker;

beforeEach(() => {
  nowMs = 1_000;
  states = [];
  breaker = createCircuitBreaker({ now: () => nowMs, onChange: (state) => states.push(state) });
});

/** A call that may be made. */
function begin(kind: 'query' | 'mutation' = 'query'): CallPermit {
  const permit = breaker.allow(kind);
  if (permit === null) throw new Error('The call may not be made');
  return permit;
}
const isAllowed = (kind: 'query' | 'mutation' = 'query'): boolean => breaker.allow(kind) !== null;
const fail = (times: number): void => {
  for (let count = 0; count < times; count += 1) breaker.failed(begin());
};

test('failures in a row open it, and one fewer does not', () => {
  fail(breakerLimits.failuresInARow - 1);
  expect(isAllowed()).toBe(true);
  fail(1);
  expect(isAllowed()).toBe(false);
  expect(states).toEqual(['open']);
});

test('a success between them begins the row anew', () => {
  fail(breakerLimits.failuresInARow - 1);
  breaker.succeeded(begin());
  fail(breakerLimits.failuresInARow - 1);
  expect(isAllowed()).toBe(true);
});

test('too large a share of failures opens it, though calls succeed in between', () => {
  for (let count = 0; count < breakerLimits.callsToTell / 2; count += 1) {
    breaker.succeeded(begin());
    fail(1);
  }
  expect(isAllowed()).toBe(false);
});

test('failures of an earlier window do not count', () => {
  for (let count = 0; count < breakerLimits.callsToTell / 2 - 1; count += 1) {
    breaker.succeeded(begin());
    fail(1);
  }
  nowMs += breakerLimits.windowMs + 1;
  breaker.succeeded(begin());
  fail(1);
  expect(isAllowed()).toBe(true);
});

test('slow reads that end together do not open it, until they are too large a share', () => {
  const reads = Array.from({ length: breakerLimits.callsToTell }, () => begin());
  nowMs += 3_000;
  for (const read of reads.slice(0, -1)) breaker.slow(read);
  expect(states).toEqual([]);
  for (const read of reads.slice(-1)) breaker.slow(read);
  expect(states).toEqual(['open']);
});

test('failures of calls that began before the last success are no row', () => {
  const calls = Array.from({ length: breakerLimits.failuresInARow }, () => begin());
  nowMs += 1;
  breaker.succeeded(begin());
  for (const call of calls) breaker.failed(call);
  expect(states).toEqual([]);
});

describe('open', () => {
  let earlier: CallPermit;

  beforeEach(() => {
    earlier = begin();
    fail(breakerLimits.failuresInARow);
  });

  test('it lets nothing through until its time is over, then one read', () => {
    nowMs += breakerLimits.openMs - 1;
    expect([isAllowed('query'), isAllowed('mutation')]).toEqual([false, false]);
    nowMs += 1;
    expect([isAllowed(), isAllowed(), isAllowed()]).toEqual([true, false, false]);
  });

  test('then mutations neither wait for the read that tries it nor keep one from trying', () => {
    nowMs += breakerLimits.openMs;
    expect([isAllowed('mutation'), isAllowed('query'), isAllowed('query'), isAllowed('mutation')]).toEqual([true, true, false, true]);
  });

  test('another read tries it when the first does not come back', () => {
    nowMs += breakerLimits.openMs;
    begin();
    nowMs += breakerLimits.probeMs - 1;
    expect(isAllowed()).toBe(false);
    nowMs += 1;
    expect([isAllowed(), isAllowed()]).toEqual([true, false]);
  });

  test('a success of the call that tries it closes it', () => {
    nowMs += breakerLimits.openMs;
    breaker.succeeded(begin());
    expect([isAllowed(), isAllowed()]).toEqual([true, true]);
    expect(states).toEqual(['open', 'closed']);
  });

  test.each(['failed', 'slow', 'inconclusive'] as const)('%s, the call that tries it keeps it open for as long again', (outcome) => {
    nowMs += breakerLimits.openMs;
    breaker[outcome](begin());
    expect(isAllowed()).toBe(false);
    nowMs += breakerLimits.openMs;
    expect(isAllowed()).toBe(true);
    expect(states).toEqual(['open']);
  });

  test.each(['succeeded', 'failed', 'slow', 'inconclusive'] as const)('%s, a call that was made before changes nothing', (outcome) => {
    breaker[outcome](earlier);
    expect(isAllowed()).toBe(false);
    nowMs += breakerLimits.openMs;
    const probe = begin();
    breaker[outcome](earlier);
    expect([isAllowed('mutation'), isAllowed('query')]).toEqual([true, false]);
    breaker.succeeded(probe);
    for (let count = 0; count < breakerLimits.callsToTell; count += 1) breaker[outcome](earlier);
    expect(states).toEqual(['open', 'closed']);
  });
});
