import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import { restIdleConnections } from '../src/kafka-request-queue.ts';

restIdleConnections();

const silent = { debug: () => undefined, warn: () => undefined };

/** A queue that has one request under way at most, and what it has sent. */
function newQueue() {
  const sent: number[] = [];
  const queue = new RequestQueue({ maxInFlightRequests: 1, requestTimeout: 15_000, clientId: 'test', broker: 'test:1', logger: silent });
  const push = (correlationId: number) =>
    queue.push({
      entry: { correlationId, resolve: () => undefined, reject: () => undefined },
      expectResponse: true,
      sendRequest: () => sent.push(correlationId),
    });
  const answer = (correlationId: number) => queue.fulfillRequest({ correlationId, payload: Buffer.alloc(0), size: 0 });
  return { queue, sent, push, answer };
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('a connection without requests that wait has no timer', () => {
  const { sent, push, answer } = newQueue();
  push(1);
  expect(jest.getTimerCount()).toBe(0);
  answer(1);
  expect(jest.getTimerCount()).toBe(0);
  expect(sent).toEqual([1]);
});

test('a request that waits is sent when the one before it is answered, and the timer ends', () => {
  const { sent, push, answer } = newQueue();
  push(1);
  push(2);
  push(3);
  expect(sent).toEqual([1]);
  answer(1);
  expect(sent).toEqual([1, 2]);
  answer(2);
  answer(3);
  jest.advanceTimersByTime(100);
  expect(sent).toEqual([1, 2, 3]);
  expect(jest.getTimerCount()).toBe(0);
});

test('requests that the broker holds back are sent when their time has come', () => {
  const { queue, sent, push } = newQueue();
  queue.maybeThrottle(500);
  push(1);
  jest.advanceTimersByTime(499);
  expect(sent).toEqual([]);
  jest.advanceTimersByTime(20);
  expect(sent).toEqual([1]);
  expect(jest.getTimerCount()).toBe(0);
});
