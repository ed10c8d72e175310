import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from '@jest/globals';

test.each([
  { STRIPE_SECRET_KEY: 'sk_live_doNotPrintThis', STRIPE_PUBLISHABLE_KEY: 'pk_test_x' },
  { STRIPE_SECRET_KEY: 'rk_live_doNotPrintThis', STRIPE_PUBLISHABLE_KEY: 'pk_test_x' },
  { STRIPE_SECRET_KEY: 'sk_test_x', STRIPE_PUBLISHABLE_KEY: 'pk_live_doNotPrintThis' },
])('no test is run while a live key is set, and it is not repeated: %j', (keys) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(import.meta.dirname, 'run.ts'), 'no-such-test'], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...keys },
    encoding: 'utf8',
  });
  expect({ status, last: stdout.trim() }).toEqual({ status: 1, last: '0 passed, 1 failed' });
  expect(stderr).toMatch(/must be test keys.*Set the keys of a Stripe test account, or unset them/);
  expect(stderr).not.toContain('doNotPrint');
});
