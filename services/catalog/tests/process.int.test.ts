import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { createEmptyDatabase, kafkaBrokers } from '../../../tests/support/stack.ts';

const entry = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const key = (pair: string): string => `${pair}:test:${randomBytes(32).toString('base64')}`;

test('the process migrates an empty database, gets ready, and ends in order on SIGTERM', async () => {
  const database = await createEmptyDatabase();
  const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', entry], {
    env: {
      PORT: '0',
      NODE_ENV: 'test',
      IDENTITY_KEYS: [key('gateway>catalog'), key('checkout>catalog'), key('catalog>checkout')].join(','),
      DATABASE_URL: database.url,
      KAFKA_BROKERS: kafkaBrokers().join(','),
      CHECKOUT_URL: 'http://127.0.0.1:9',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  try {
    let baseUrl: string | undefined;
    for await (const line of createInterface({ input: child.stdout })) {
      baseUrl = /Server listening at (http:[^"]+)/.exec(line)?.[1];
      if (baseUrl !== undefined) break;
    }
    // Unread lines would keep the pipe, and with it this process, open.
    child.stdout.resume();
    for (;;) {
      const response = await fetch(`${baseUrl}/readyz`);
      if (response.status === 200) {
        expect(await response.json()).toEqual({ status: 'ready', checks: { database: true, consumer: true } });
        break;
      }
      await response.body?.cancel();
    }
    expect((await fetch(`${baseUrl}/graphql`, { method: 'POST' })).status).toBe(401);
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
    await ended;
    await database.drop();
  }
});

test('a wrong environment is named, variable by variable, and nothing starts', async () => {
  const child = spawn(process.execPath, [entry], { env: { PORT: '0', CHECKOUT_URL: 'checkout' }, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  let text = '';
  for await (const chunk of child.stderr) text += String(chunk);
  expect(await ended).toEqual([1, null]);
  for (const name of ['IDENTITY_KEYS', 'DATABASE_URL', 'KAFKA_BROKERS', 'CHECKOUT_URL']) expect(text).toContain(`- ${name}: `);
});
