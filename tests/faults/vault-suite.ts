/**
 * The fault suite of payment-vault: real processes of the vault and of the Stripe sandbox, random buyers, injected faults and
 * SIGKILLs; afterwards the sandbox's ledger, the vault's tables and what callers were told have to agree.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { openPorts } from '@vitrine/local/ports';
import { parseIdentityKeys } from '@vitrine/runtime/identity';
import { createTestDatabase, kafkaBrokers, startSharedComponents } from '../support/stack.ts';
import { until } from '../support/until.ts';
import { addressInput, runBuyer } from './buyer-run.ts';
import { choicesOf } from './choices.ts';
import { gatherFacts } from './facts.ts';
import { judge, type Violation } from './judge.ts';
import type { OrderRun } from './order-run.ts';
import { passDay, passTimeUntilNothingIsOpen } from './passing-time.ts';
import { createProcess, type ProcessUnderTest } from './process-under-test.ts';
import { cardNumbers, planRun, sellerCount, sellersWithoutAccount } from './run-plan.ts';
import { findInLogs } from './secrets-in-logs.ts';
import { countFaults, endFaults, injectFaults, stripeFaultPlans } from './stripe-faults.ts';
import { newTestimony } from './told.ts';
import { createVaultCallers, type VaultCallers } from './vault-callers.ts';

export interface SuiteOptions {
  readonly runs: readonly number[];
  readonly seed: number;
  /** Runs at a time. */
  readonly concurrency: number;
  /** The vault's main module: another build shows that the suite notices what is broken in it. */
  readonly vaultMain: string;
  readonly write: (line: string) => void;
  /** Ends the suite, and what it has started. */
  readonly signal: AbortSignal;
}

export interface SuiteResult {
  readonly kills: number;
  readonly faults: number;
  readonly orders: number;
  readonly violations: readonly Violation[];
}

const root = path.resolve(import.meta.dirname, '../..');
export const vaultMain = path.join(root, 'services/payment-vault/src/main.ts');
const sandboxMain = path.join(root, 'infra/stripe-sandbox/src/main.ts');
const settleTimeoutMs = 180_000;

export async function runVaultSuite(options: SuiteOptions): Promise<SuiteResult> {
  const { seed, write } = options;
  const shared = await startSharedComponents(write, options.signal);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'vault-faults-'));
  const logs = await mkdtemp(path.join(os.tmpdir(), 'vault-faults-logs-'));
  const processes: ProcessUnderTest[] = [];
  let passed = false;
  try {
    const database = await createTestDatabase('payment-vault');
    const ports = openPorts(folder);
    const secret = (): string => randomBytes(32).toString('base64');
    const keys = ['gateway', 'checkout'].map((from) => `${from}>payment-vault:test:${secret()}`).join(',');
    const secrets = {
      identityKeys: parseIdentityKeys(keys),
      secretKey: 'sk_test_vaultFaultSuite',
      publishableKey: 'pk_test_vaultFaultSuite',
      webhookSecret: `whsec_${randomBytes(24).toString('hex')}`,
    };
    const vaultPorts = [await ports.take('vault-1'), await ports.take('vault-2')];
    const sandbox = createProcess({
      name: 'stripe-sandbox',
      main: sandboxMain,
      port: await ports.take('stripe-sandbox'),
      readyPath: '/_sandbox/health',
      environment: {
        DATA_DIR: path.join(folder, 'stripe'),
        WEBHOOK_URL: `http://127.0.0.1:${vaultPorts[0]}/webhooks/stripe`,
        WEBHOOK_SECRET: secrets.webhookSecret,
      },
      logFile: path.join(logs, 'stripe-sandbox.log'),
    });
    const halves = [secret(), secret()] as const;
    const vaults = vaultPorts.map((port, index) =>
      createProcess({
        name: `payment-vault ${index + 1}`,
        main: options.vaultMain,
        port,
        readyPath: '/readyz',
        environment: {
          NODE_ENV: 'test',
          LOG_LEVEL: 'debug',
          IDENTITY_KEYS: keys,
          DATABASE_URL: database.url,
          KEYS_DATABASE_URL: database.keysUrl,
          KAFKA_BROKERS: kafkaBrokers().join(','),
          STRIPE_SECRET_KEY: secrets.secretKey,
          STRIPE_PUBLISHABLE_KEY: secrets.publishableKey,
          STRIPE_WEBHOOK_SECRETS: secrets.webhookSecret,
          STRIPE_API_BASE: sandbox.origin,
          VAULT_KEY_FILE: path.join(folder, 'master-keys'),
          VAULT_CUSTODIAN_HALF_1: halves[0],
          VAULT_CUSTODIAN_HALF_2: halves[1],
        },
        logFile: path.join(logs, `payment-vault-${index + 1}.log`),
      }),
    );
    processes.push(sandbox, ...vaults);
    await sandbox.start();
    // One after the other: the first makes the tables and the key file.
    for (const vault of vaults) await vault.start();
    const pool = new pg.Pool({ connectionString: database.url, max: 4 });
    const callers = createVaultCallers({ vaults: vaults.map(({ origin }) => origin), stripe: sandbox.origin }, secrets);
    const examine = async (): Promise<SuiteResult> => {
      const sellers = await setUpSellers(callers, pool, seed);
      write(`${vaults.length} vaults and the sandbox run; the load begins`);
      const load = await runLoad(options, callers, sellers, sandbox, vaults);
      write(`the load has ended after ${load.kills} kills and ${load.faults} faults; time passes`);
      const finished = await finishAll(load, pool, vaults, write);
      const facts = await gatherFacts(pool, sandbox.origin, secrets.secretKey, load.testimony.deletedCards);
      const violations = [
        ...judge(facts, load.testimony),
        ...finished,
        ...processes.flatMap((started) =>
          started.deaths() === 0
            ? []
            : [{ invariant: 'processes-live', run: null, detail: `${started.name} ended by itself ${started.deaths()} times` }],
        ),
        ...(await findInLogs(logs, [
          ...cardNumbers,
          '_secret_',
          secrets.secretKey,
          secrets.webhookSecret,
          ...halves,
          addressInput.name,
          addressInput.line1,
          addressInput.phone,
        ])),
      ];
      passed = violations.length === 0;
      return { kills: load.kills, faults: load.faults, orders: load.testimony.orders.size, violations };
    };
    try {
      const ended = new Promise<never>((_resolve, reject) =>
        options.signal.addEventListener('abort', () => reject(options.signal.reason), { once: true }),
      );
      return await Promise.race([ended, examine()]);
    } finally {
      await pool.end();
    }
  } finally {
    for (const started of processes.toReversed()) await started.kill();
    await shared.stop();
    await rm(folder, { recursive: true, force: true });
    if (passed) await rm(logs, { recursive: true, force: true });
    else write(`the logs of the processes are in ${logs}`);
  }
}

/** Sellers by number; all but the last ones can be paid. */
async function setUpSellers(callers: VaultCallers, pool: pg.Pool, seed: number): Promise<readonly string[]> {
  const sellers = Array.from({ length: sellerCount }, (_, index) => choicesOf(seed, 'seller', index).id('sel'));
  const payable = sellers.slice(0, sellerCount - sellersWithoutAccount);
  for (const sellerId of payable) {
    const choices = choicesOf(seed, 'payouts', sellerId);
    const started = await callers.mutate(
      { role: 'seller', accountId: choices.id('usr'), sellerId },
      'mutation ($input: StartPayoutSetupInput!) { result: startPayoutSetup(input: $input) { __typename ... on StartPayoutSetupSuccess { url } } }',
      { idempotencyKey: choices.key() },
    );
    if (typeof started?.['url'] !== 'string' || !(await callers.answerPage(started['url'], 'complete')))
      throw new Error('a seller could not be set up');
  }
  await until(
    'the sellers can be paid',
    async () => {
      await pool.query('update seller_accounts set refresh_at = now() where refresh_at > now()');
      const { rows } = await pool.query<{ count: number }>(`select count(*) from seller_accounts where status = 'active'`);
      return rows[0]?.count === payable.length ? true : undefined;
    },
    60_000,
  );
  return sellers;
}

type Load = Awaited<ReturnType<typeof runLoad>>;

async function runLoad(
  { runs, seed, concurrency, write }: SuiteOptions,
  callers: VaultCallers,
  sellers: readonly string[],
  sandbox: ProcessUnderTest,
  vaults: readonly ProcessUnderTest[],
) {
  const testimony = newTestimony();
  const orderRuns: OrderRun[] = [];
  let faults = 0;
  let kills = 0;
  const inject = (): Promise<void> => injectFaults(sandbox.origin, stripeFaultPlans(seed));
  const noteFaults = async (): Promise<void> => {
    for (const count of Object.values(await countFaults(sandbox.origin))) faults += count;
  };
  // One at a time: a process that is being started cannot be killed for another run.
  let killing: Promise<void> = Promise.resolve();
  const kill = async (target: 'vault' | 'sandbox', which: number): Promise<void> => {
    const victim = target === 'sandbox' ? sandbox : vaults[which % vaults.length];
    if (victim === undefined) return;
    if (target === 'sandbox') await noteFaults();
    await victim.kill();
    kills += 1;
    await victim.start();
    // A sandbox that was killed has forgotten what it was asked to break.
    if (target === 'sandbox') await inject();
  };

  await inject();
  const waiting = [...runs];
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
      const plan = planRun(seed, run);
      const death =
        plan.kill === null
          ? undefined
          : wait(plan.kill.afterMs).then(() => (killing = killing.then(() => kill(plan.kill?.target ?? 'vault', plan.kill?.which ?? 0))));
      orderRuns.push(...(await runBuyer(callers, testimony, plan, sellers[plan.seller] ?? '')));
      await death;
      done += 1;
      if (done % 100 === 0) write(`${done} of ${runs.length} runs`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, runs.length) }, worker));
  await killing;
  await noteFaults();
  await endFaults(sandbox.origin);
  return { testimony, orderRuns, faults, kills };
}

/** Kills every vault once more, has callers ask again for what is not decided, and lets time pass. */
async function finishAll(
  { orderRuns }: Load,
  pool: pg.Pool,
  vaults: readonly ProcessUnderTest[],
  write: SuiteOptions['write'],
): Promise<Violation[]> {
  const endedAt = new Date();
  await Promise.all(vaults.map((vault) => vault.kill()));
  for (const vault of vaults) await vault.start();
  const waiting = [...orderRuns];
  const worker = async (): Promise<void> => {
    for (let order = waiting.shift(); order !== undefined; order = waiting.shift()) await order.finish();
  };
  await Promise.all(Array.from({ length: 12 }, worker));
  write('every caller has asked again');
  await passDay(pool);
  const open = await passTimeUntilNothingIsOpen(pool, endedAt, settleTimeoutMs, write);
  // Refunds that took a while have ended: their callers ask how.
  for (const order of orderRuns) await order.finish();
  return Object.entries(open).map(([what, count]) => ({
    invariant: 'everything-settles',
    run: null,
    detail: `${count} ${what} are still open after ${settleTimeoutMs / 1_000} s`,
  }));
}
