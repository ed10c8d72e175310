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
import type { FaultKind, Faults } from './faults.ts';
import { canonicalForm, parseForm, type FormTree } from './form-encoding.ts';
import { readParameters } from './parameters.ts';
import { publishableView } from './publishable-view.ts';
import type { StoredAnswer } from './idempotency.ts';
import type { Store, Transaction } from './store.ts';

/** The version that the pinned SDK sends; the sandbox speaks no other. */
export const API_VERSION = '2026-10-28.endive';

export interface Machinery {
  store: Store;
  faults: Faults;
  now: () => Date;
  /** Overrides the address that browsers are sent to. */
  publicUrl: string | undefined;
}

interface Reply {
  status: number;
  body: string;
  headers: Record<string, string>;
}

/** What goes back: an answer, or nothing because the connection is cut. */
type Outcome = { kind: 'answer'; reply: Reply } | { kind: 'cut' };

const ANSWER_FAULTS: Partial<Record<FaultKind, (key: string) => ApiError>> = {
  '429': () => rateLimited(),
  '409': (key) => keyInUse(key),
  '500_before': () => internalError(),
};

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

function parametersOf(request: FastifyRequest): FormTree {
  const query = request.url.indexOf('?');
  const text = request.method === 'POST' ? ((request.body as string | undefined) ?? '') : query === -1 ? '' : request.url.slice(query + 1);
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
function effect(endpoint: Endpoint, request: FastifyRequest, machinery: Machinery, caller: Caller, tree: FormTree): { tx: Transaction; answer: Answer } {
  const params = readParameters(endpoint.params, tree);
  const tx = machinery.store.begin(caller.account);
  try {
    const answer = endpoint.run({
      caller,
      path: request.params as Record<string, string>,
      params,
      tx,
      now: machinery.now(),
      origin: machinery.publicUrl ?? `${request.protocol}://${request.host}`,
      secret: machinery.store.secret,
    });
    const paths = params['expand'] as string[] | undefined;
    const body = expand(answer.body, paths, tx);
    return { tx, answer: { status: answer.status, body: caller.kind === 'publishable' ? (publishableView(body) as object) : body } };
  } catch (cause) {
    if (!(cause instanceof ApiError)) throw cause;
    const body = { error: cause.body };
    return {
      tx: machinery.store.begin(caller.account),
      answer: { status: cause.status, body: caller.kind === 'publishable' ? (publishableView(body) as object) : body },
    };
  }
}

async function execute(
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
  machinery: Machinery,
  caller: Caller,
  tree: FormTree,
  claimed: Pick<StoredAnswer, 'key' | 'endpoint' | 'parameters'> | undefined,
  fault: { fault: FaultKind; delayMs: number } | undefined,
): Promise<Outcome> {
  const { store, faults } = machinery;
  if (fault?.fault === 'hang') {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    await faults.wait(gone.signal);
    return { kind: 'cut' };
  }
  if (fault !== undefined && fault.delayMs > 0) await faults.wait(AbortSignal.timeout(fault.delayMs));
  const made = effect(endpoint, request, machinery, caller, tree);
  const answer = fault?.fault === '500_after' ? { status: 500, body: { error: internalError().body } } : made.answer;
  const body = JSON.stringify(answer.body, null, 2);
  const stored: StoredAnswer | undefined =
    claimed === undefined ? undefined : { ...claimed, status: answer.status, body, requestId: request.id, storedAt: machinery.now().getTime() };
  await store.commit(made.tx, stored);
  if (fault?.fault === 'lose_response') return { kind: 'cut' };
  return { kind: 'answer', reply: { status: answer.status, body, headers: answer.status === 500 ? { 'Stripe-Should-Retry': 'false' } : {} } };
}

async function handle(endpoint: Endpoint, request: FastifyRequest, reply: FastifyReply, machinery: Machinery): Promise<Outcome> {
  const { store, faults } = machinery;
  const caller = authenticate(request.headers.authorization);
  if (caller.kind === 'publishable' && !endpoint.publishable) throw secretKeyRequired();
  checkHeaders(request, caller);
  const key = idempotencyKeyOf(request);
  const fault = faults.take(request.method, pathOf(request));
  if (fault?.fault === 'reset') return { kind: 'cut' };
  const failure = fault === undefined ? undefined : ANSWER_FAULTS[fault.fault];
  if (fault !== undefined && failure !== undefined) {
    if (fault.delayMs > 0) await faults.wait(AbortSignal.timeout(fault.delayMs));
    return { kind: 'answer', reply: errorReply(failure(key ?? 'none'), fault.fault === '429' ? {} : { 'Stripe-Should-Retry': 'true' }) };
  }
  const tree = parametersOf(request);
  readParameters(endpoint.params, tree);
  if (key === undefined) return execute(endpoint, request, reply, machinery, caller, tree, undefined, fault);
  const claimed = {
    key,
    endpoint: `${request.method} ${pathOf(request)}`,
    parameters: createHmac('sha256', store.secret).update(canonicalForm(tree)).digest('hex'),
  };
  const claim = store.idempotency.claim(caller.account, claimed);
  switch (claim.kind) {
    case 'in_use':
      return { kind: 'answer', reply: errorReply(keyInUse(key), { 'Stripe-Should-Retry': 'true' }) };
    case 'reused':
      return { kind: 'answer', reply: errorReply(keyReused(key, claim.difference)) };
    case 'replay': {
      const headers = { 'Idempotent-Replayed': 'true', 'Original-Request': claim.answer.requestId };
      await store.settled();
      return { kind: 'answer', reply: { status: claim.answer.status, body: claim.answer.body, headers } };
    }
    case 'first':
      try {
        return await execute(endpoint, request, reply, machinery, caller, tree, claimed, fault);
      } finally {
        store.idempotency.release(caller.account, key);
      }
  }
}

/** Answers one call. Anything but a refusal is a bug: it is answered with 500 and reported to `onBug`. */
export async function answerCall(
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
  machinery: Machinery,
  onBug: (cause: unknown) => void,
): Promise<FastifyReply> {
  const outcome = await handle(endpoint, request, reply, machinery).catch((cause: unknown): Outcome => {
    if (cause instanceof ApiError) return { kind: 'answer', reply: errorReply(cause) };
    onBug(cause);
    return { kind: 'answer', reply: errorReply(internalError()) };
  });
  if (outcome.kind === 'cut') {
    reply.hijack();
    request.raw.socket.destroy();
    return reply;
  }
  const key = request.headers['idempotency-key'];
  if (typeof key === 'string' && request.method === 'POST') reply.header('Idempotency-Key', key);
  return reply.code(outcome.reply.status).headers(outcome.reply.headers).type('application/json').send(outcome.reply.body);
}
