/**
 * Who is calling whom. Every call between processes carries an identity signed with a key that only the two of them
 * have: the gateway passes on the person it has authenticated, a service speaks for itself or for that person. A
 * process without the key of a pair cannot be taken for its first half, so timeline, for example, cannot reach the
 * vault at all.
 */
import { createHmac, createSecretKey, timingSafeEqual, type Hmac, type KeyObject } from 'node:crypto';
import { Pool, type Dispatcher } from 'undici';
import { batchPath, createAnswerReader, maxCallsInBatch, type BatchedCall } from './call-batches.ts';
import { RetryableError } from './errors.ts';

/** The person, or the service itself, on whose behalf a call is made. */
export type Actor =
  | {
      readonly role: 'buyer';
      readonly accountId: string;
      /** ISO 3166-1 alpha-2; null when not known. */
      readonly country: string | null;
      /** The app instance that the access token is bound to, or names; absent when it does neither. */
      readonly deviceId?: string;
    }
  | {
      readonly role: 'seller';
      /** The person in the dashboard, or who made the API client. */
      readonly accountId: string;
      readonly sellerId: string;
      /** The API client (`apc_…`) that calls; absent when a person does. */
      readonly clientId?: string;
      /** What that client may do; absent for a person, who may do all that a seller may. */
      readonly scopes?: readonly string[];
    }
  | { readonly role: 'operator'; readonly accountId: string; readonly staffRoles: readonly StaffRole[] }
  | { readonly role: 'service' };

/** What the network's staff may be; a person may be several. */
export const staffRoles = ['support', 'operations', 'markets', 'security'] as const;
export type StaffRole = (typeof staffRoles)[number];

/** A verified identity. */
export interface Identity {
  /** The process that called: `gateway`, `checkout`, … */
  readonly from: string;
  readonly actor: Actor;
  /** Correlates everything that one request of a client sets off. */
  readonly requestId: string;
}

/** Header that carries a signed identity. The gateway drops it from what clients send. */
export const identityHeader = 'x-vitrine-identity';

/** Long enough for clocks that differ a little, short enough that a captured header is soon worthless. */
const lifetimeMs = 30_000;
const clockSkewMs = 5_000;

interface Key {
  readonly keyId: string;
  /** A key object: a buffer would be made one anew for each call, at five times the cost of the signature. */
  readonly secret: KeyObject;
}

/** Keys by `from>to`; the first of a pair signs, all verify, so that keys can be changed one process at a time. */
export type IdentityKeys = ReadonlyMap<string, readonly Key[]>;

/**
 * Parses `IDENTITY_KEYS`: `from>to:keyId:base64` entries separated by commas or line ends.
 * @throws Error that names the entry's pair, never its key.
 */
export function parseIdentityKeys(text: string): IdentityKeys {
  const keys = new Map<string, Key[]>();
  for (const entry of text.trim().split(/[\s,]+/)) {
    const [pair = '', keyId = '', encoded = ''] = entry.split(':');
    const secret = Buffer.from(encoded, 'base64');
    if (!/^[a-z-]+>[a-z-]+$/.test(pair) || !/^[A-Za-z0-9_-]+$/.test(keyId))
      throw new Error('IDENTITY_KEYS: an entry is not of the form from>to:keyId:base64');
    if (secret.length < 32) throw new Error(`IDENTITY_KEYS: the key ${keyId} of ${pair} has fewer than 32 bytes`);
    const known = keys.get(pair);
    if (known?.some((other) => other.keyId === keyId) === true) throw new Error(`IDENTITY_KEYS: ${pair} has two keys called ${keyId}`);
    const key = { keyId, secret: createSecretKey(secret) };
    if (known === undefined) keys.set(pair, [key]);
    else known.push(key);
  }
  return keys;
}

const mac = (secret: KeyObject, signed: string): Hmac => createHmac('sha256', secret).update(signed);

const actorTexts = new WeakMap<Actor, string>();

/** An actor as JSON; written once for each object, which is never changed. */
export function actorText(actor: Actor): string {
  let text = actorTexts.get(actor);
  if (text === undefined) {
    text = JSON.stringify(actor);
    actorTexts.set(actor, text);
  }
  return text;
}

/**
 * Signs an identity for one call from `from` to `to`.
 * @throws Error when there is no key for the pair: the caller may not call that service at all.
 */
export function signIdentity(
  keys: IdentityKeys,
  call: { readonly from: string; readonly to: string; readonly actor: Actor; readonly requestId: string },
  nowMs = Date.now(),
): string {
  const key = keys.get(`${call.from}>${call.to}`)?.[0];
  if (key === undefined) throw new Error(`${call.from} has no key to call ${call.to}`);
  const { from, to, requestId } = call;
  const claims = `{"from":${JSON.stringify(from)},"to":${JSON.stringify(to)},"actor":${actorText(call.actor)},"rid":${JSON.stringify(requestId)},"exp":${nowMs + lifetimeMs}}`;
  const payload = Buffer.from(claims).toString('base64url');
  const signed = `v1.${key.keyId}.${payload}`;
  return `${signed}.${mac(key.secret, signed).digest('base64url')}`;
}

/** Verifies the identity of a call to `to`. Null for anything that was not signed for it, or too long ago. */
export function verifyIdentity(keys: IdentityKeys, to: string, header: string | undefined, nowMs = Date.now()): Identity | null {
  if (header === undefined || header.length > 4_096) return null;
  const [version, keyId, payload, signature, ...rest] = header.split('.');
  if (version !== 'v1' || keyId === undefined || payload === undefined || signature === undefined || rest.length > 0) return null;
  let claims: { from?: unknown; to?: unknown; actor?: unknown; rid?: unknown; exp?: unknown };
  try {
    claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  } catch {
    return null;
  }
  if (typeof claims.from !== 'string' || claims.to !== to || typeof claims.rid !== 'string' || typeof claims.exp !== 'number') return null;
  const key = keys.get(`${claims.from}>${to}`)?.find((candidate) => candidate.keyId === keyId);
  if (key === undefined) return null;
  const expected = mac(key.secret, `v1.${keyId}.${payload}`).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  if (claims.exp < nowMs - clockSkewMs || claims.exp > nowMs + lifetimeMs + clockSkewMs) return null;
  // Only the holder of the pair's key can have written this, so its shape is trusted.
  return { from: claims.from, actor: claims.actor as Actor, requestId: claims.rid };
}

interface CallContext {
  readonly requestId: string;
  readonly timeoutMs: number;
}

/** Calls one service's internal HTTP API. */
export interface InternalClient {
  /**
   * POSTs JSON and answers the parsed JSON of a 200.
   * @throws RetryableError when the outcome is unknown or the service is away (no connection, timeout, 5xx).
   * @throws Error for any other status: the two sides disagree about the contract.
   */
  post<Response>(path: string, body: unknown, context: CallContext): Promise<Response>;
  /**
   * As `post`, for routes that many callers use at once (`registerBatchedRoute` on the other side): calls that are made
   * in the same turn of the event loop are one request. Each has its own answer or error; one that is slow holds up no
   * other.
   */
  postMany<Response>(path: string, body: unknown, context: CallContext): Promise<Response>;
  close(): Promise<void>;
}

interface WaitingCall extends BatchedCall {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (cause: unknown) => void;
}

interface Gathering {
  readonly path: string;
  readonly timeoutMs: number;
  readonly calls: WaitingCall[];
}

/** A client for the calls of `from` to `to`, over kept-alive connections. */
export function createInternalClient(options: {
  readonly keys: IdentityKeys;
  readonly from: string;
  readonly to: string;
  readonly baseUrl: string;
}): InternalClient {
  const { keys, from, to } = options;
  const pool = new Pool(new URL(options.baseUrl).origin, { connections: 64, keepAliveTimeout: 30_000, connectTimeout: 2_000 });
  const gatherings = new Map<string, Gathering>();

  const failure = (status: number, path: string): Error =>
    status >= 500 ? new RetryableError(`${to} answered ${status}: ${path}`) : new Error(`${to} answered ${status}: ${path}`);

  /** Sends one request. `onEnd` is called once: with what went wrong, if anything did. */
  const send = (
    path: string,
    body: unknown,
    { requestId, timeoutMs }: CallContext,
    handle: {
      readonly onStart?: (controller: Dispatcher.DispatchController) => void;
      readonly onStatus: (status: number) => void;
      readonly onPiece: (piece: Buffer) => void;
      readonly onEnd: (error?: Error) => void;
    },
  ): void => {
    pool.dispatch(
      {
        path,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          [identityHeader]: signIdentity(keys, { from, to, actor: { role: 'service' }, requestId }),
        },
        body: JSON.stringify(body),
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      },
      {
        onRequestStart: (controller) => handle.onStart?.(controller),
        onResponseStart: (_controller, status) => handle.onStatus(status),
        onResponseData: (_controller, piece) => handle.onPiece(piece),
        onResponseEnd: () => handle.onEnd(),
        onResponseError: (_controller, error) => handle.onEnd(error),
      },
    );
  };

  const post = async (path: string, body: unknown, context: CallContext): Promise<unknown> => {
    const pieces: Buffer[] = [];
    const status = await new Promise<number>((resolve, reject) => {
      let received = 0;
      send(path, body, context, {
        onStatus: (given) => {
          received = given;
        },
        onPiece: (piece) => pieces.push(piece),
        onEnd: (error) => {
          if (error === undefined) resolve(received);
          else reject(new RetryableError(`${to} could not be asked: ${path}`, { cause: error }));
        },
      });
    });
    if (status !== 200) throw failure(status, path);
    const [first, ...further] = pieces;
    return JSON.parse((first === undefined || further.length > 0 ? Buffer.concat(pieces) : first).toString());
  };

  const postBatch = ({ path, timeoutMs, calls }: Gathering): void => {
    const open = new Map(calls.entries());
    let status = 0;
    let request: Dispatcher.DispatchController | undefined;
    const fail = (error: Error): void => {
      clearTimeout(timer);
      for (const { reject } of open.values()) reject(error);
      open.clear();
    };
    // The time that undici gives begins anew with each answer that comes.
    const timer = setTimeout(() => {
      const error = new RetryableError(`${to} did not answer in ${timeoutMs} ms: ${path}`);
      fail(error);
      request?.abort(error);
    }, timeoutMs);
    const read = createAnswerReader((index, answered, body) => {
      const call = open.get(index);
      open.delete(index);
      if (answered === 200) call?.resolve(body);
      else call?.reject(failure(answered, path));
    });
    send(
      batchPath(path),
      calls.map(({ requestId, body }): BatchedCall => ({ requestId, body })),
      { requestId: calls[0]?.requestId ?? '', timeoutMs },
      {
        onStart: (controller) => {
          request = controller;
        },
        onStatus: (given) => {
          status = given;
        },
        onPiece: (piece) => {
          if (status !== 200) return;
          try {
            read(piece);
          } catch (error) {
            fail(new RetryableError(`${to} answered what cannot be read: ${path}`, { cause: error }));
          }
        },
        onEnd: (error) => {
          if (open.size === 0) clearTimeout(timer);
          else if (error === undefined && status !== 200) fail(failure(status, path));
          else fail(new RetryableError(`${to} could not be asked: ${path}`, { cause: error }));
        },
      },
    );
  };

  const dispatchGathered = (key: string): void => {
    const gathered = gatherings.get(key);
    gatherings.delete(key);
    if (gathered === undefined) return;
    const { path, timeoutMs, calls } = gathered;
    const [call, ...further] = calls;
    if (call !== undefined && further.length === 0)
      post(path, call.body, { requestId: call.requestId, timeoutMs }).then(call.resolve, call.reject);
    else postBatch(gathered);
  };

  return {
    post: async <Response>(path: string, body: unknown, context: CallContext) => (await post(path, body, context)) as Response,
    postMany: <Response>(path: string, body: unknown, { requestId, timeoutMs }: CallContext) =>
      new Promise<Response>((resolve, reject) => {
        const key = `${timeoutMs} ${path}`;
        let gathering = gatherings.get(key);
        if (gathering === undefined) {
          gathering = { path, timeoutMs, calls: [] };
          gatherings.set(key, gathering);
          const { calls } = gathering;
          setImmediate(() => {
            if (gatherings.get(key)?.calls === calls) dispatchGathered(key);
          });
        }
        gathering.calls.push({ requestId, body, resolve: (answer) => resolve(answer as Response), reject });
        if (gathering.calls.length === maxCallsInBatch) dispatchGathered(key);
      }),
    close: () => pool.close(),
  };
}
