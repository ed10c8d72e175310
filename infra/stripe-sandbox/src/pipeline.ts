/**
 * How a call of Stripe's API becomes an answer: key, faults, parameters, idempotency key, effect, journal, answer, in this order.
 * Refusals before the effect starts are not remembered under the idempotency key; everything after it is, with the effect itself,
 * in one journal line that is on the disk before the answer leaves.
 */
import { createHmac } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { authenticate, secretKeyRequired, type Caller } from './api-keys.ts';
import type { Answer, Endpoint } from './endpoint.ts';
import { ApiError, internalError, invalidRequest, keyInUse, keyReused, rateLimited } from './errors.ts';
import { expand } from './expand.ts';
import { identityOfCall } from './fault-identity.ts';
import type { CallFault } from './fault-requests.ts';
import type { Faults } from './faults.ts';
import type { Latency } from './latency.ts';
import { canonicalForm, parseForm, type FormTree } from './form-encoding.ts';
import { readParameters, type Shape, type Values } from './parameters.ts';
import { publishableView } from './publishable-view.ts';
import type { StoredAnswer } from './idempotency.ts';
import type { Store, Transaction } from './store.ts';
import { API_VERSION } from './version.ts';

export interface Machinery {
  store: Store;
  faults: Faults;
  latency: Latency;
  now: () => Date;
  /** Overrides the address that browsers are sent to. */
  publicUrl: string | undefined;
}

interface Reply {
  status: number;
  body: string;
  headers: Record<string, string>;
}

/** What goes back: an answer, or nothing because the connection is closed or reset. */
type Outcome = { kind: 'answer'; reply: Reply } | { kind: 'close' } | { kind: 'reset' };

/** One call as far as it has been understood. */
interface Incoming {
  endpoint: Endpoint;
  request: FastifyRequest;
  machinery: Machinery;
  caller: Caller;
  params: Values<Shape>;
  /** Aborts when the client has gone. */
  gone: AbortSignal;
  fault: { fault: CallFault; delayMs: number; committed: boolean } | undefined;
}

type ClaimedKey = Pick<StoredAnswer, 'key' | 'endpoint' | 'parameters'>;

const ANSWER_FAULTS: Partial<Record<CallFault, (key: string) => ApiError>> = {
  '429': () => rateLimited(),
  '409': (key) => keyInUse(key),
  '500_before': () => internalError(),
};

/** JSON that answers nothing that can be asked, as a broken proxy might. */
export const WRONG_SHAPE_BODY = JSON.stringify({ ok: true, items: [null] });
const WRONG_SHAPE: Outcome = { kind: 'answer', reply: { status: 200, body: WRONG_SHAPE_BODY, headers: {} } };

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

function checkHeaders(request: FastifyRequest, caller: Caller): void {
  const version = request.headers['stripe-version'];
  if (version !== undefined && version !== API_VERSION) {
    throw invalidRequest(`Invalid Stripe API version: ${String(version).slice(0, 60)}. This sandbox speaks ${API_VERSION}.`);
  }
  const account = request.headers['stripe-account'];
  if (account !== undefined && account !== caller.account) {
    throw new ApiError(403, {
      type: 'invalid_request_error',
      code: 'account_invalid',
      message: `The provided key does not have access to account '${String(account).slice(0, 60)}' (or that account does not exist). Application access may have been revoked.`,
    });
  }
}

function formOf(request: FastifyRequest): FormTree {
  const query = request.url.indexOf('?');
  const text = request.method === 'POST' ? (request.body ?? '') : query === -1 ? '' : request.url.slice(query + 1);
  if (typeof text !== 'string') throw invalidRequest('Invalid request: the body must be form encoded (application/x-www-form-urlencoded).');
  const form = parseForm(text);
  if (!form.ok) throw invalidRequest(form.message);
  return form.tree;
}

function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  // Keys on GET and DELETE have no effect: these are idempotent by themselves.
  if (request.method !== 'POST' || key === undefined || Array.isArray(key) || key === '') return undefined;
  if (key.length > 255) throw invalidRequest('The Idempotency-Key header can be at most 255 characters long.');
  return key;
}

function errorReply(error: ApiError, headers: Record<string, string> = {}): Reply {
  return { status: error.status, body: JSON.stringify({ error: error.body }, null, 2), headers };
}

/** Runs the effect; a refusal leaves nothing written. */
function effect({ endpoint, request, machinery, caller, params }: Incoming): { tx: Transaction; answer: Answer } {
  const { store, now, publicUrl } = machinery;
  const visible = (body: object): object => (caller.kind === 'publishable' ? publishableView(body) : body);
  const cause = { id: request.id, idempotency_key: idempotencyKeyOf(request) ?? null };
  const tx = store.begin(caller.account, cause);
  try {
    const { status, body } = endpoint.run({
      caller,
      path: request.params as Record<string, string>,
      params,
      tx,
      now: now(),
      origin: publicUrl ?? `${request.protocol}://${request.host}`,
      secret: store.secret,
    });
    return { tx, answer: { status, body: visible(expand(body, params['expand'] as string[] | undefined, tx)) } };
  } catch (cause) {
    if (!(cause instanceof ApiError)) throw cause;
    return { tx: store.begin(caller.account), answer: { status: cause.status, body: visible({ error: cause.body }) } };
  }
}

async function execute(incoming: Incoming, claimed: ClaimedKey | undefined): Promise<Outcome> {
  const { request, machinery, gone, fault } = incoming;
  if (fault?.fault === 'hang') {
    await machinery.faults.wait(gone);
    return { kind: 'close' };
  }
  // The effect comes after the delay even when the client has given up by then, as it can at Stripe.
  const delay = async (): Promise<void> => {
    if (fault !== undefined && fault.delayMs > 0) await machinery.faults.wait(AbortSignal.timeout(fault.delayMs));
  };
  if (fault?.fault !== 'delay_after') await delay();
  const made = effect(incoming);
  const answer = fault?.fault === '500_after' ? { status: 500, body: { error: internalError().body } } : made.answer;
  const body = JSON.stringify(answer.body, null, 2);
  const stored =
    claimed === undefined
      ? undefined
      : { ...claimed, status: answer.status, body, requestId: request.id, storedAt: machinery.now().getTime() };
  await machinery.store.commit(made.tx, stored);
  if (fault?.fault === 'delay_after') await delay();
  if (fault?.fault === 'lose_response') return { kind: 'close' };
  if (fault?.fault === 'wrong_shape') return WRONG_SHAPE;
  return {
    kind: 'answer',
    reply: { status: answer.status, body, headers: answer.status === 500 ? { 'Stripe-Should-Retry': 'false' } : {} },
  };
}

/** Executes once for each idempotency key, and replays what was answered then. */
async function executeOnce(incoming: Incoming, claimed: ClaimedKey): Promise<Outcome> {
  const { store } = incoming.machinery;
  const { account } = incoming.caller;
  const claim = store.idempotency.claim(account, claimed);
  if (claim.kind === 'in_use') return { kind: 'answer', reply: errorReply(keyInUse(claimed.key), { 'Stripe-Should-Retry': 'true' }) };
  if (claim.kind === 'reused') return { kind: 'answer', reply: errorReply(keyReused(claimed.key, claim.difference)) };
  if (claim.kind === 'replay') {
    await store.settled();
    const { status, body, requestId } = claim.answer;
    return { kind: 'answer', reply: { status, body, headers: { 'Idempotent-Replayed': 'true', 'Original-Request': requestId } } };
  }
  try {
    return await execute(incoming, claimed);
  } finally {
    store.idempotency.release(account, claimed.key);
  }
}

async function handle(endpoint: Endpoint, request: FastifyRequest, machinery: Machinery, gone: AbortSignal): Promise<Outcome> {
  const caller = authenticate(request.headers.authorization);
  if (caller.kind === 'publishable' && !endpoint.publishable) throw secretKeyRequired();
  checkHeaders(request, caller);
  const key = idempotencyKeyOf(request);
  const path = pathOf(request);
  const identity = identityOfCall(machinery.store.begin(caller.account), request.method, path, key);
  const fault = machinery.faults.take({ method: request.method, path, identity });
  if (fault?.fault === 'reset') return { kind: 'reset' };
  if (fault?.fault === 'wrong_shape' && !fault.committed) return WRONG_SHAPE;
  const failure = fault === undefined ? undefined : ANSWER_FAULTS[fault.fault];
  if (fault !== undefined && failure !== undefined) {
    if (fault.delayMs > 0) await machinery.faults.wait(AbortSignal.timeout(fault.delayMs));
    return { kind: 'answer', reply: errorReply(failure(key ?? 'none'), fault.fault === '429' ? {} : { 'Stripe-Should-Retry': 'true' }) };
  }
  const form = formOf(request);
  const incoming: Incoming = { endpoint, request, machinery, caller, params: readParameters(endpoint.params, form), gone, fault };
  if (key === undefined) return execute(incoming, undefined);
  return executeOnce(incoming, {
    key,
    // A publishable key sees less, so it never gets an answer that was made for a secret key.
    endpoint: `${caller.kind} ${request.method} ${pathOf(request)}`,
    parameters: createHmac('sha256', machinery.store.secret).update(canonicalForm(form)).digest('hex'),
  });
}

/** Answers one call. Anything but a refusal is a bug: it is answered with 500 and reported to `onBug`. */
export async function answerCall(
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
  machinery: Machinery,
  onBug: (cause: unknown) => void,
): Promise<FastifyReply> {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  await machinery.latency.pass();
  const outcome = await handle(endpoint, request, machinery, gone.signal).catch((cause: unknown): Outcome => {
    if (cause instanceof ApiError) return { kind: 'answer', reply: errorReply(cause) };
    onBug(cause);
    return { kind: 'answer', reply: errorReply(internalError()) };
  });
  if (outcome.kind !== 'answer') {
    reply.hijack();
    if (outcome.kind === 'reset') request.raw.socket.resetAndDestroy();
    else request.raw.socket.destroy();
    return reply;
  }
  const key = request.headers['idempotency-key'];
  if (typeof key === 'string' && request.method === 'POST') reply.header('Idempotency-Key', key);
  return reply.code(outcome.reply.status).headers(outcome.reply.headers).type('application/json').send(outcome.reply.body);
}
