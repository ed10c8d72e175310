/** `ops reconcile`: shows how orders, payments, stock and events compare, has them compared now, and closes cases. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  closeReasons,
  reconciliationClosuresPath,
  reconciliationPassesPath,
  reconciliationStatusPath,
  type CloseCaseRequest,
  type CloseCaseResponse,
  type CloseReason,
  type ReconciliationCase,
  type ReconciliationPassRequest,
  type ReconciliationPassResponse,
  type ReconciliationStatusRequest,
  type ReconciliationStatusResponse,
} from '@vitrine/contracts/reconciliation-http';
import { findRunningStack, type StackState } from '@vitrine/local/stack';
import { createInternalClient, parseIdentityKeys, type IdentityKeys, type InternalClient } from '@vitrine/runtime/identity';
import { isId } from '@vitrine/runtime/ids';
import { CommandError, OpenCasesError, StackNotRunningError, UsageError, type Command, type Terminal } from './command.ts';

const usage = `npm run ops -- reconcile [--once] [--order <id>] [--all] [--timeout <seconds>] [--json]
npm run ops -- reconcile --close <case> --reason <reason> [--json]

  (nothing)            Shows the last pass of the reconciler and the cases that are not over.
  --once               Compares everything now, waits until what is found is repaired or a case, and shows that.
  --order <id>         Of one order, ord_…: compares it now, with Stripe, and shows its cases.
  --all                Shows cases that are over, too.
  --timeout <seconds>  How long --once and --order wait; 120 unless given.
  --close <case>       Closes a case, cas_…, by hand.
  --reason <reason>    ${closeReasons.join(', ')}. A case that is seen again opens again; an accepted one only
                       when it changes.
  --json               Print one JSON object instead of sentences.

Exit code 0 when no case is open, 3 when some are, 1 when it could not be found out, 2 for wrong arguments.
Works on the stack that \`npm start\` runs, or on the one that CHECKOUT_URL and IDENTITY_KEYS (with the ops>checkout
key) name together. What the kinds of cases mean is in services/checkout/README.md.`;

const timeoutMs = 60_000;
const pollMs = 250;
/** Each look at one order asks Stripe. */
const orderPollMs = 1_000;
const listed = 200;

/** Where the local stack of this checkout can be reached, when it is running. */
type FindStack = () => Pick<StackState, 'serviceUrls' | 'opsIdentityKeys'> | undefined;

/** @throws UsageError for an environment that names only a part, or has no key for checkout */
function connect(env: Terminal['env'], findStack: FindStack): InternalClient {
  const [baseUrl, identityKeys] = [env['CHECKOUT_URL'] || undefined, env['IDENTITY_KEYS'] || undefined];
  if ((baseUrl === undefined) !== (identityKeys === undefined))
    throw new UsageError('The environment names a part of a system only: CHECKOUT_URL and IDENTITY_KEYS must be set together.');
  if (baseUrl !== undefined && identityKeys !== undefined) return clientFor(baseUrl, identityKeys);
  const stack = findStack();
  if (stack === undefined)
    throw new StackNotRunningError('No stack is running: start one with `npm start`, or set CHECKOUT_URL, IDENTITY_KEYS.');
  return clientFor(stack.serviceUrls.checkout, stack.opsIdentityKeys);
}

function clientFor(baseUrl: string, identityKeys: string): InternalClient {
  let keys: IdentityKeys;
  try {
    keys = parseIdentityKeys(identityKeys);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  if (!keys.has('ops>checkout')) throw new UsageError('IDENTITY_KEYS has no key for ops>checkout.');
  return createInternalClient({ keys, from: 'ops', to: 'checkout', baseUrl });
}

interface Arguments {
  readonly once: boolean;
  readonly orderId: string | undefined;
  readonly all: boolean;
  readonly json: boolean;
  readonly waitMs: number;
  readonly close: CloseCaseRequest | undefined;
}

const isCloseReason = (text: string | undefined): text is CloseReason => closeReasons.some((reason) => reason === text);

/** @throws UsageError */
function parseArguments(args: readonly string[]): Arguments {
  const { once, order, all, json, timeout, close, reason } = parseOptions(args);
  if (order !== undefined && !isId('ord', order)) throw new UsageError(`--order ${order} is not an order id: ord_ and a UUIDv7.`);
  const seconds = Number(timeout);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 3_600) throw new UsageError('--timeout has to be 1 to 3600.');
  const rest = { once, orderId: order, all, json, waitMs: seconds * 1_000 };
  if (close === undefined) {
    if (reason !== undefined) throw new UsageError('--reason goes with --close.');
    return { ...rest, close: undefined };
  }
  if (!isId('cas', close)) throw new UsageError(`--close ${close} is not a case: cas_ and a UUIDv7.`);
  if (!isCloseReason(reason)) throw new UsageError(`--reason has to be one of ${closeReasons.join(', ')}.`);
  if (once || order !== undefined || all) throw new UsageError('--close goes with --reason and --json only.');
  return { ...rest, close: { caseId: close, reason } };
}

function parseOptions(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        once: { type: 'boolean', default: false },
        order: { type: 'string' },
        all: { type: 'boolean', default: false },
        timeout: { type: 'string', default: '120' },
        close: { type: 'string' },
        reason: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')) throw new UsageError(error.message);
    throw error;
  }
}

async function run(args: readonly string[], terminal: Terminal, findStack: FindStack): Promise<void> {
  const wanted = parseArguments(args);
  const client = connect(terminal.env, findStack);
  const post = <Response>(path: string, body: object): Promise<Response> =>
    client.post<Response>(path, body, { requestId: randomUUID(), timeoutMs });
  try {
    if (wanted.close === undefined) await show(post, wanted, terminal);
    else await closeCase(post, wanted.close, wanted.json, terminal);
  } finally {
    await client.close();
  }
}

type Post = <Response>(path: string, body: object) => Promise<Response>;

async function closeCase(post: Post, request: CloseCaseRequest, json: boolean, terminal: Terminal): Promise<void> {
  const { status } = await post<CloseCaseResponse>(reconciliationClosuresPath, request);
  if (status === 'not_found') throw new CommandError(`There is no case ${request.caseId}.`);
  if (json) terminal.out(JSON.stringify({ ...request, status }));
  else terminal.out(status === 'closed' ? `${request.caseId} is closed.` : `${request.caseId} was closed before.`);
}

async function show(post: Post, wanted: Arguments, terminal: Terminal): Promise<void> {
  const { orderId, all } = wanted;
  const ofOrder = orderId === undefined ? {} : { orderId };
  const ask = (): Promise<ReconciliationStatusResponse> =>
    post(reconciliationStatusPath, { ...ofOrder, all, limit: listed } satisfies ReconciliationStatusRequest);
  let status: ReconciliationStatusResponse;
  if (wanted.once || orderId !== undefined) status = await compareNow(post, ask, wanted, terminal.signal);
  else status = await ask();
  const openCases = orderId === undefined ? status.openCases : status.cases.filter(({ state }) => state === 'open').length;
  if (wanted.json) terminal.out(JSON.stringify({ ...status, ...ofOrder, openCases }));
  else terminal.out(describe(status, openCases, orderId));
  if (openCases > 0) throw new OpenCasesError(openCases === 1 ? 'A case is open.' : `${openCases} cases are open.`);
}

/** Has everything, or one order, compared, and waits until nothing that was found is undecided. */
async function compareNow(
  post: Post,
  ask: () => Promise<ReconciliationStatusResponse>,
  { orderId, waitMs }: Arguments,
  signal: AbortSignal,
): Promise<ReconciliationStatusResponse> {
  const request: ReconciliationPassRequest = orderId === undefined ? {} : { orderId };
  const { requestedAt } = await post<ReconciliationPassResponse>(reconciliationPassesPath, request);
  const deadline = performance.now() + waitMs;
  for (;;) {
    const status = await ask();
    const isSwept = orderId !== undefined || (status.sweepEndedAt !== null && status.sweepEndedAt >= requestedAt);
    if (isSwept && (await isDecided(post, status, orderId))) return status;
    if (performance.now() > deadline) {
      throw new CommandError(
        `Not everything was compared and decided within ${waitMs / 1_000} s: ${status.unsettled} divergences are being looked at. --timeout gives it longer.`,
      );
    }
    await pause(orderId === undefined ? pollMs : orderPollMs, undefined, { signal });
  }
}

/** Whether each divergence is repaired or a case: of one order, or of all. */
async function isDecided(post: Post, status: ReconciliationStatusResponse, orderId: string | undefined): Promise<boolean> {
  if (orderId === undefined) return status.unsettled === 0;
  if (status.cases.some(({ state }) => state === 'repairing')) return false;
  const { found } = await post<ReconciliationPassResponse>(reconciliationPassesPath, { orderId });
  return found.every((kind) => status.cases.some((known) => known.kind === kind));
}

function describe(status: ReconciliationStatusResponse, openCases: number, orderId: string | undefined): string {
  const { lastPass, totals, unsettled, enabled } = status;
  const lines = [
    lastPass === null
      ? 'No pass yet.'
      : `Last pass ${lastPass.endedAt}: ${lastPass.compared} compared, ${lastPass.eventsChecked} events looked for, ${lastPass.reread} read again at Stripe, ${lastPass.repairs} repairs, ${lastPass.opened} cases opened.`,
    `Since the beginning: ${totals.compared} compared, ${totals.repairs} repairs, ${totals.opened} cases opened. Last sweep over everything: ${status.sweepEndedAt ?? 'none yet'}.`,
    `${openCases} open${orderId === undefined ? '' : ` of ${orderId}`}, ${unsettled} being looked at or repaired.`,
    ...(enabled ? [] : ['The reconciler of this process is off.']),
    ...status.cases.map(describeCase),
  ];
  return lines.join('\n');
}

const describeCase = ({ caseId, kind, orderId, state, detail, repairAttempts, firstSeenAt, closeReason }: ReconciliationCase): string =>
  [
    `${caseId}  ${state.padEnd(9)}  ${kind}  ${orderId ?? 'no order'}  since ${firstSeenAt}`,
    ...(repairAttempts === 0 ? [] : [`${repairAttempts} ${repairAttempts === 1 ? 'repair' : 'repairs'} tried`]),
    ...(closeReason === null ? [] : [closeReason]),
    Object.entries(detail)
      .map(([name, value]) => `${name}=${String(value)}`)
      .join(' '),
  ].join('  ');

export const createReconcileCommand = (findStack: FindStack): Command => ({
  summary: 'Compares orders, payments, stock and events; lists what differs.',
  usage,
  run: async (args, terminal) => run(args, terminal, findStack),
});

export const reconcileCommand = createReconcileCommand(findRunningStack);
