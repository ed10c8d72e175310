import { expect, test } from '@jest/globals';
import { createCircuitBreaker } from '../src/circuit-breaker.ts';

function breakerAt() {
  const clock = { nowMs: 0 };
  return { clock, breaker: createCircuitBreaker({ failureThreshold: 3, pauseMs: 1_000, nowMs: () => clock.nowMs }) };
}

test('failures with a success between them do not open the breaker', () => {
  const { breaker } = breakerAt();
  for (let round = 0; round < 5; round += 1) {
    expect([breaker.failed(), breaker.failed(), breaker.succeeded()]).toEqual([false, false, false]);
  }
  expect(breaker.allows()).toBe(true);
});

test('the third failure in a row opens the breaker, and says so once', () => {
  const { breaker } = breakerAt();
  expect([breaker.failed(), breaker.failed(), breaker.failed(), breaker.failed()]).toEqual([false, false, true, false]);
  expect(breaker.allows()).toBe(false);
});

test('after the pause one caller tries, and the others wait for what comes of it', () => {
  const { breaker, clock } = breakerAt();
  for (let failure = 0; failure < 3; failure += 1) breaker.failed();
  clock.nowMs = 999;
  expect(breaker.allows()).toBe(false);
  clock.nowMs = 1_000;
  expect([breaker.allows(), breaker.allows(), breaker.allows()]).toEqual([true, false, false]);

  breaker.failed();
  clock.nowMs = 1_500;
  expect(breaker.allows()).toBe(false);
  clock.nowMs = 2_000;
  expect(breaker.allows()).toBe(true);
  expect(breaker.succeeded()).toBe(true);
  expect([breaker.allows(), breaker.allows()]).toEqual([true, true]);
});

test('a try that never ends does not keep the breaker open for ever', () => {
  const { breaker, clock } = breakerAt();
  for (let failure = 0; failure < 3; failure += 1) breaker.failed();
  clock.nowMs = 1_000;
  expect(breaker.allows()).toBe(true);
  clock.nowMs = 2_000;
  expect(breaker.allows()).toBe(true);
});
