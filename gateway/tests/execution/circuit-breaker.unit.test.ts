/** When a failing subgraph is left alone, and when it is asked again. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { breakerLimits, createCircuitBreaker, type CircuitBreaker } from '../../src/execution/circuit-breaker.ts';

let nowMs: number;
let states: string[];
let breaker: CircuitBreaker;

beforeEach(() => {
  nowMs = 1_000;
  states = [];
  breaker = createCircuitBreaker({ now: () => nowMs, onChange: (state) => states.push(state) });
});

const fail = (times: number): void => {
  for (let count = 0; count < times; count += 1) breaker.failed();
};

test('failures in a row open it, and one fewer does not', () => {
  fail(breakerLimits.failuresInARow - 1);
  expect(breaker.allow()).toBe(true);
  fail(1);
  expect(breaker.allow()).toBe(false);
  expect(states).toEqual(['open']);
});

test('a success between them begins the row anew', () => {
  fail(breakerLimits.failuresInARow - 1);
  breaker.succeeded();
  fail(breakerLimits.failuresInARow - 1);
  expect(breaker.allow()).toBe(true);
});

test('too large a share of failures opens it, though calls succeed in between', () => {
  for (let count = 0; count < breakerLimits.callsToTell / 2; count += 1) {
    expect(breaker.allow()).toBe(true);
    breaker.succeeded();
    fail(1);
  }
  expect(breaker.allow()).toBe(false);
});

test('failures of an earlier window do not count', () => {
  for (let count = 0; count < breakerLimits.callsToTell / 2 - 1; count += 1) {
    breaker.succeeded();
    fail(1);
  }
  nowMs += breakerLimits.windowMs + 1;
  breaker.succeeded();
  fail(1);
  expect(breaker.allow()).toBe(true);
});

describe('open', () => {
  beforeEach(() => fail(breakerLimits.failuresInARow));

  test('it lets nothing through until its time is over, then one call', () => {
    nowMs += breakerLimits.openMs - 1;
    expect(breaker.allow()).toBe(false);
    nowMs += 1;
    expect([breaker.allow(), breaker.allow(), breaker.allow()]).toEqual([true, false, false]);
  });

  test('a success of the call that tries it closes it', () => {
    nowMs += breakerLimits.openMs;
    breaker.allow();
    breaker.succeeded();
    expect([breaker.allow(), breaker.allow()]).toEqual([true, true]);
    expect(states).toEqual(['open', 'closed']);
  });

  test.each([
    ['a failure', () => breaker.failed()],
    ['no result', () => breaker.inconclusive()],
  ])('%s of the call that tries it keeps it open for as long again', (_name, report) => {
    nowMs += breakerLimits.openMs;
    breaker.allow();
    report();
    expect(breaker.allow()).toBe(false);
    nowMs += breakerLimits.openMs;
    expect(breaker.allow()).toBe(true);
    expect(states).toEqual(['open']);
  });

  test('a call that was made before changes nothing by its outcome', () => {
    breaker.succeeded();
    expect(breaker.allow()).toBe(false);
    nowMs += breakerLimits.openMs - 1;
    breaker.failed();
    nowMs += 1;
    expect(breaker.allow()).toBe(true);
  });
});
