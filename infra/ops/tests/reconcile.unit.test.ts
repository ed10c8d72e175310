import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  reconciliationClosuresPath,
  reconciliationPassesPath,
  reconciliationStatusPath,
  type ReconciliationCase,
  type ReconciliationStatusResponse,
} from '@vitrine/contracts/reconciliation-http';
import { identityHeader, parseIdentityKeys, verifyIdentity } from '@vitrine/runtime/identity';
import { newId } from '@vitrine/runtime/ids';
import { CommandError, OpenCasesError, StackNotRunningError, UsageError, type Terminal } from '../src/command.ts';
import { createReconcileCommand } from '../src/reconcile.ts';

const identityKeys = `ops>checkout:k:${randomBytes(32).toString('base64')}`;
const quiet: ReconciliationStatusResponse = {
  enabled: true,
  lastPass: { endedAt: '2026-11-23T12:00:00.000Z', compared: 4, eventsChecked: 8, reread: 1, repairs: 0, opened: 0 },
  totals: { compared: 40, repairs: 2, opened: 1 },
  sweepEndedAt: '2026-11-23T11:00:00.000Z',
  sweepRequestedAt: null,
  unsettled: 0,
  openCases: 0,
  cases: [],
};
const orderId = newId('ord');
const openCase: ReconciliationCase = {
  caseId: newId('cas'),
  kind: 'charge_without_order',
  orderId,
  state: 'open',
  detail: { payment: 'captured', capturedMinor: 2_430 },
  repairAttempts: 0,
  firstSeenAt: '2026-11-23T11:59:00.000Z',
  lastSeenAt: '2026-11-23T12:00:00.000Z',
  closedBy: null,
  closeReason: null,
};

let server: Server;
let asked: { readonly path: string; readonly body: unknown }[];
let answers: Record<string, (body: unknown) => object>;
let printed: string[];

beforeEach(async () => {
  asked = [];
  printed = [];
  answers = { [reconciliationStatusPath]: () => quiet };
  server = createServer((request, response) => {
    void (async () => {
      const identity = verifyIdentity(parseIdentityKeys(identityKeys), 'checkout', request.headers[identityHeader]?.toString());
      const body = await json(request);
      asked.push({ path: request.url ?? '', body });
      response.statusCode = identity?.from === 'ops' ? 200 : 403;
      response.end(JSON.stringify(answers[request.url ?? '']?.(body) ?? {}));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const { run, usage } = createReconcileCommand(() => undefined);
const terminal = (env?: Terminal['env']): Terminal => ({
  env: env ?? { CHECKOUT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, IDENTITY_KEYS: identityKeys },
  out: (text) => printed.push(text),
  err: () => {},
  interactive: false,
  signal: new AbortController().signal,
});

describe('what is shown', () => {
  test('the last pass, when nothing is open', async () => {
    await run([], terminal());
    expect(printed.join('\n')).toContain('Last pass 2026-11-23T12:00:00.000Z: 4 compared, 8 events looked for');
    expect(asked).toEqual([{ path: reconciliationStatusPath, body: { all: false, limit: 200 } }]);
  });

  test('open cases, and that the command does not end well then', async () => {
    answers[reconciliationStatusPath] = () => ({ ...quiet, openCases: 1, cases: [openCase] });
    await expect(run([], terminal())).rejects.toBeInstanceOf(OpenCasesError);
    expect(printed.join('\n')).toContain(`${openCase.caseId}  open       charge_without_order  ${orderId}`);
    expect(printed.join('\n')).toContain('capturedMinor=2430');
    expect(usage).toContain('3 when some are');
  });

  test('one JSON object', async () => {
    await run(['--json'], terminal());
    expect(printed.map((line) => JSON.parse(line) as unknown)).toEqual([quiet]);
  });
});

describe('what is compared now', () => {
  test('everything: until the sweep is over and nothing is undecided', async () => {
    const requestedAt = '2026-11-23T12:00:01.000Z';
    const states = [
      quiet,
      { ...quiet, sweepEndedAt: '2026-11-23T12:00:02.000Z', unsettled: 1 },
      { ...quiet, sweepEndedAt: '2026-11-23T12:00:02.000Z' },
    ];
    answers[reconciliationPassesPath] = () => ({ requestedAt, found: [] });
    answers[reconciliationStatusPath] = () => (states.length > 1 ? states.shift() : states[0]) ?? {};
    await run(['--once', '--json'], terminal());
    expect(asked.map(({ path }) => path)).toEqual([reconciliationPassesPath, ...Array<string>(3).fill(reconciliationStatusPath)]);
    expect(JSON.parse(printed[0] ?? '')).toMatchObject({ sweepEndedAt: '2026-11-23T12:00:02.000Z', unsettled: 0 });
  });

  test('one order: until what it has is repaired or a case', async () => {
    const found = [[], ['charge_without_order']];
    const cases = [[], [openCase]];
    answers[reconciliationPassesPath] = () => ({ requestedAt: '2026-11-23T12:00:01.000Z', found: found.at(-1) ?? [] });
    answers[reconciliationStatusPath] = () => ({ ...quiet, openCases: 7, cases: (cases.length > 1 ? cases.shift() : cases[0]) ?? [] });
    await expect(run(['--order', orderId, '--json'], terminal())).rejects.toThrow('A case is open.');
    expect(asked[0]).toEqual({ path: reconciliationPassesPath, body: { orderId } });
    expect(JSON.parse(printed[0] ?? '')).toMatchObject({ orderId, openCases: 1 });
  });

  test('what does not come to an end in time is said so', async () => {
    answers[reconciliationPassesPath] = () => ({ requestedAt: '2026-11-23T13:00:00.000Z', found: [] });
    await expect(run(['--once', '--timeout', '1'], terminal())).rejects.toThrow('within 1 s');
    expect(printed).toEqual([]);
  });
});

describe('a case is closed by hand', () => {
  test('with a reason', async () => {
    answers[reconciliationClosuresPath] = () => ({ status: 'closed' });
    await run(['--close', openCase.caseId, '--reason', 'FIXED_BY_HAND'], terminal());
    expect(asked).toEqual([{ path: reconciliationClosuresPath, body: { caseId: openCase.caseId, reason: 'FIXED_BY_HAND' } }]);
    expect(printed).toEqual([`${openCase.caseId} is closed.`]);
  });

  test('unless there is none', async () => {
    answers[reconciliationClosuresPath] = () => ({ status: 'not_found' });
    await expect(run(['--close', openCase.caseId, '--reason', 'ACCEPTED'], terminal())).rejects.toBeInstanceOf(CommandError);
  });
});

describe('the command is refused', () => {
  test.each([
    [['--order', 'nonsense'], 'is not an order id'],
    [['--order', newId('cas')], 'is not an order id'],
    [['--close', 'nonsense', '--reason', 'ACCEPTED'], 'is not a case'],
    [['--close', openCase.caseId], '--reason has to be one of FIXED_BY_HAND'],
    [['--close', openCase.caseId, '--reason', 'whatever'], '--reason has to be one of'],
    [['--close', openCase.caseId, '--reason', 'ACCEPTED', '--once'], '--close goes with'],
    [['--reason', 'ACCEPTED'], '--reason goes with --close'],
    [['--timeout', 'soon'], '--timeout has to be'],
    [['--now'], "'--now'"],
  ])('%j', async (args, message) => {
    const refusal = run(args, terminal());
    await expect(refusal).rejects.toBeInstanceOf(UsageError);
    await expect(refusal).rejects.toThrow(message);
    expect(asked).toEqual([]);
  });

  test('without a stack, with half an environment, and without the key', async () => {
    await expect(run([], terminal({}))).rejects.toBeInstanceOf(StackNotRunningError);
    await expect(run([], terminal({ CHECKOUT_URL: 'http://127.0.0.1:9' }))).rejects.toThrow('must be set together');
    const keys = identityKeys.replace('ops>checkout', 'ops>catalog');
    await expect(run([], terminal({ CHECKOUT_URL: 'http://127.0.0.1:9', IDENTITY_KEYS: keys }))).rejects.toThrow('no key for ops>checkout');
  });
});
