import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { isFree, loopback, openPorts, PortInUseError } from '@vitrine/local/ports';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'vitrine-ports-'));
});
afterEach(() => rmSync(root, { recursive: true }));

async function occupying<T>(port: number, action: () => Promise<T>): Promise<T> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, loopback, resolve));
  try {
    return await action();
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

test('a part gets the same port at the next start', async () => {
  const first = await openPorts(root).take('kafka');
  expect(await openPorts(root).take('kafka')).toBe(first);
});

test('a part whose port was taken in the meantime gets another one, and keeps that', async () => {
  const first = await openPorts(root).take('kafka');
  const second = await occupying(first, () => openPorts(root).take('kafka'));
  expect(second).not.toBe(first);
  expect(await openPorts(root).take('kafka')).toBe(second);
});

test('parts that ask at the same time get different ports', async () => {
  const ports = openPorts(root);
  const names = Array.from({ length: 50 }, (_, index) => `part-${index}`);
  const taken = await Promise.all(names.map((name) => ports.take(name)));
  expect(new Set(taken).size).toBe(names.length);
});

test('a wanted port is taken, or refused when it is in use', async () => {
  const wanted = await openPorts(root).take('gateway');
  expect(await openPorts(root).take('other', wanted)).toBe(wanted);
  await occupying(wanted, async () => {
    expect(await isFree(wanted)).toBe(false);
    await expect(openPorts(root).take('gateway', wanted)).rejects.toThrow(PortInUseError);
  });
});
