/** What an endpoint is: a method and path, its parameters, who may call it, and a synchronous effect on a transaction. */
import type { Caller } from './api-keys.ts';
import { secretKeyRequired } from './api-keys.ts';
import { invalidRequest } from './errors.ts';
import { list, text, type Shape, type Values } from './parameters.ts';
import type { Transaction } from './store.ts';

export interface Answer {
  status: number;
  body: object;
}

export interface Call<S extends Shape> {
  caller: Caller;
  /** The ids in the path, by their names. */
  path: Record<string, string>;
  params: Values<S>;
  tx: Transaction;
  now: Date;
  /** `http://host:port` under which a browser reaches the sandbox. */
  origin: string;
  /** Keys the fingerprints of cards. */
  secret: Buffer;
}

export interface Endpoint<S extends Shape = Shape> {
  method: 'GET' | 'POST' | 'DELETE';
  /** In the router's syntax: `/v1/payment_intents/:id/confirm`. */
  path: string;
  params: S;
  /** True where a publishable key may call; the effect itself checks the client secret. */
  publishable: boolean;
  run: (call: Call<S>) => Answer;
}

const COMMON = { expand: list(text(200), 20) };

/** An endpoint with its parameters checked by the compiler; every endpoint takes `expand`. */
export function endpoint<S extends Shape>(
  method: Endpoint['method'],
  path: string,
  params: S,
  run: (call: Call<S & typeof COMMON>) => Answer,
  options: { publishable?: boolean } = {},
): Endpoint {
  const made: Endpoint<S & typeof COMMON> = {
    method,
    path,
    params: { ...params, ...COMMON },
    publishable: options.publishable ?? false,
    run,
  };
  // The pipeline reads the parameters with this endpoint's own shape, so the erased type is sound.
  return made as unknown as Endpoint;
}

export function ok(body: object): Answer {
  return { status: 200, body };
}

/** The id in the path; routes are written so that it is there. */
export function idIn(path: Record<string, string>): string {
  return path['id'] ?? '';
}

/**
 * A publishable key acts on one intent only, and only with that intent's secret. A secret key may leave it out.
 * Throws ApiError 403 without a secret and 400 for a wrong one.
 */
export function checkClientSecret(caller: Caller, given: string | undefined, intent: { client_secret: string | null }, noun: string): void {
  if (given === undefined) {
    if (caller.kind === 'publishable') throw secretKeyRequired();
    return;
  }
  if (given !== intent.client_secret) {
    throw invalidRequest(`The client_secret provided does not match the client_secret associated with the ${noun}.`, {
      code: 'resource_missing',
      param: 'client_secret',
    });
  }
}

/** Refuses parameters that only the owner of the secret key may decide. */
export function secretOnly(caller: Caller, params: Record<string, unknown>, names: string[]): void {
  if (caller.kind === 'secret') return;
  const given = names.find((name) => params[name] !== undefined);
  if (given !== undefined) {
    throw invalidRequest(`The parameter ${given} cannot be passed with a publishable key.`, { code: 'secret_key_required', param: given });
  }
}
