import path from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';

type Polling = { readonly pollWhileShown: (action: () => Promise<void>, pauseMs: number) => () => void };

const script = path.resolve(import.meta.dirname, '../pages/scripts/polling.js');
const { pollWhileShown } = (await import(script)) as Polling;
const pauseMs = 1_000;

class Page extends EventTarget {
  hidden = false;
  show(isShown: boolean): void {
    this.hidden = !isShown;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

let page: Page;
beforeEach(() => {
  jest.useFakeTimers();
  page = new Page();
  Object.assign(globalThis, { document: page });
});
afterEach(() => {
  jest.useRealTimers();
  Reflect.deleteProperty(globalThis, 'document');
});

test('a page that is shown polls at once and after each pause', async () => {
  const action = jest.fn(async () => {});
  pollWhileShown(action, pauseMs);
  expect(action).toHaveBeenCalledTimes(1);
  await jest.advanceTimersByTimeAsync(2 * pauseMs);
  expect(action).toHaveBeenCalledTimes(3);
});

test('a hidden page does not poll, and polls at once when it is shown again', async () => {
  const action = jest.fn(async () => {});
  pollWhileShown(action, pauseMs);
  await jest.advanceTimersByTimeAsync(0);
  page.show(false);
  await jest.advanceTimersByTimeAsync(10 * pauseMs);
  expect(action).toHaveBeenCalledTimes(1);
  page.show(true);
  expect(action).toHaveBeenCalledTimes(2);
  await jest.advanceTimersByTimeAsync(pauseMs);
  expect(action).toHaveBeenCalledTimes(3);
});

test('a page that opens hidden polls when it is shown', () => {
  const action = jest.fn(async () => {});
  page.hidden = true;
  pollWhileShown(action, pauseMs);
  expect(action).not.toHaveBeenCalled();
  page.show(true);
  expect(action).toHaveBeenCalledTimes(1);
});

test('a page that is hidden and shown during a poll does not poll twice at a time', async () => {
  const ended = Promise.withResolvers<void>();
  const action = jest.fn(() => ended.promise);
  pollWhileShown(action, pauseMs);
  page.show(false);
  page.show(true);
  expect(action).toHaveBeenCalledTimes(1);
  ended.resolve();
  await jest.advanceTimersByTimeAsync(pauseMs);
  expect(action).toHaveBeenCalledTimes(2);
});

test('once stopped it never polls again, not even when the page is shown', async () => {
  const action = jest.fn(async () => {});
  const stop = pollWhileShown(action, pauseMs);
  await jest.advanceTimersByTimeAsync(0);
  stop();
  page.show(false);
  page.show(true);
  await jest.advanceTimersByTimeAsync(10 * pauseMs);
  expect(action).toHaveBeenCalledTimes(1);
});
