/**
 * One call of Stripe's API as a closed set of outcomes, so that every caller says what it does when the outcome is not
 * known. Nothing of a request or an answer is logged but Stripe's own codes and request id.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Stripe } from 'stripe';
import type { Logger } from '@vitrine/runtime/telemetry';
import { createStripeHttpClient, StripeTransportError } from './stripe-http.ts';

/** A refusal that stands: the request was understood and nothing was done, or what was done is in `paymentIntent`. */
export interface StripeRefusal {
  readonly status: number;
  readonly code: string | null;
  readonly declineCode: string | null;
  readonly param: string | null;
  /** The intent that a refused attempt left behind, as Stripe sent it. */
  readonly paymentIntent: unknown;
}

export type StripeOutcome<Value> =
  /** `replayed`: the answer to an earlier call with this key, so the thing may have changed since. */
  | { readonly kind: 'ok'; readonly value: Value; readonly replayed: boolean }
  | { readonly kind: 'refused'; readonly refusal: StripeRefusal }
  /** The key was used with other parameters: an older version of this program sent it. */
  | { readonly kind: 'key_conflict' }
  /** A call with this key is running at Stripe. */
  | { readonly kind: 'in_flight' }
  /** Certainly nothing was done. */
  | { readonly kind: 'not_sent' }
  /** It may have been done. `replayed`: Stripe's answer for this key is its own failure, for ever. */
  | { readonly kind: 'unknown'; readonly replayed: boolean };

/** How long the calls of one request may take together. */
export interface Budget {
  remainingMs(): number;
}

/** A call of Stripe gets this long at most (https://docs.stripe.com/rate-limits does not promise less). */
const callTimeoutMs = 10_000;
/** With less than this left a call is not begun. */
const leastCallMs = 500;
const rateLimitPausesMs = [200, 600, 1_800];

export const budgetOf = (totalMs: number): Budget => {
  const endsAt = performance.now() + totalMs;
  return { remainingMs: () => endsAt - performance.now() };
};

export interface StripeCaller {
  readonly sdk: Stripe;
  /** Makes a call; a rate limit is waited out while the budget lasts. */
  call<Value extends object>(
    name: string,
    budget: Budget,
    make: (options: { readonly timeout: number }) => Promise<Value>,
  ): Promise<StripeOutcome<Value>>;
  close(): Promise<void>;
}

export function createStripeCaller(options: {
  readonly secretKey: string;
  readonly apiBase: string;
  readonly logger: Logger;
}): StripeCaller {
  const base = new URL(options.apiBase);
  const protocol = base.protocol === 'http:' ? 'http' : 'https';
  const httpClient = createStripeHttpClient(base.origin);
  const sdk = new Stripe(options.secretKey, {
    protocol,
    host: base.hostname,
    port: base.port === '' ? (protocol === 'http' ? 80 : 443) : Number(base.port),
    httpClient,
    maxNetworkRetries: 0,
    timeout: callTimeoutMs,
    telemetry: false,
  });

  return {
    sdk,
    async call<Value extends object>(
      name: string,
      budget: Budget,
      make: (options: { readonly timeout: number }) => Promise<Value>,
    ): Promise<StripeOutcome<Value>> {
      for (let attempt = 0; ; attempt += 1) {
        const remainingMs = Math.floor(budget.remainingMs());
        if (remainingMs < leastCallMs) return { kind: 'not_sent' };
        try {
          const value = await make({ timeout: Math.min(callTimeoutMs, remainingMs) });
          return { kind: 'ok', value, replayed: wasReplayed(lastHeaders(value)) };
        } catch (error) {
          const outcome = outcomeOf(error);
          logFailure(options.logger, name, outcome.kind, error);
          const pauseMs = rateLimitPausesMs[attempt];
          if (!(error instanceof Stripe.errors.StripeRateLimitError) || pauseMs === undefined || budget.remainingMs() < pauseMs * 2)
            return outcome;
          await pause(pauseMs * (0.5 + Math.random()));
        }
      }
    },
    close: () => httpClient.close(),
  };
}

/** Stripe's codes and request id, never its message or anything of the request. */
function logFailure(logger: Logger, call: string, outcome: string, error: unknown): void {
  if (!(error instanceof Stripe.errors.StripeError)) return;
  const { type, statusCode: status, code, decline_code: declineCode, param, requestId: stripeRequestId } = error;
  const line = { call, outcome, type, status, code, declineCode, param, stripeRequestId };
  if (status === 401 || (status === 403 && code !== noAccount)) logger.error(line, 'Stripe does not accept the secret key');
  else if (outcome === 'refused') logger.info(line, 'Stripe refused');
  else logger.warn(line, 'Stripe gave no result');
}

const lastHeaders = (value: object): unknown =>
  'lastResponse' in value && typeof value.lastResponse === 'object' && value.lastResponse !== null && 'headers' in value.lastResponse
    ? value.lastResponse.headers
    : undefined;

const wasReplayed = (headers: unknown): boolean =>
  typeof headers === 'object' && headers !== null && 'idempotent-replayed' in headers && headers['idempotent-replayed'] === 'true';

/** Stripe's code, with a 403, for a connected account that is gone or has left the platform; the key is good. */
export const noAccount = 'account_invalid';

/** @throws what is not an error of the SDK: a bug. */
function outcomeOf(error: unknown): Exclude<StripeOutcome<never>, { readonly kind: 'ok' }> {
  if (!(error instanceof Stripe.errors.StripeError)) throw error;
  const { errors } = Stripe;
  if (error instanceof errors.StripeConnectionError) {
    const { detail } = error;
    return detail instanceof StripeTransportError && !detail.maybeSent ? { kind: 'not_sent' } : { kind: 'unknown', replayed: false };
  }
  // Neither a rate limit nor a refused key lets a request begin.
  if (
    error instanceof errors.StripeRateLimitError ||
    error instanceof errors.StripeAuthenticationError ||
    (error instanceof errors.StripePermissionError && error.code !== noAccount)
  )
    return { kind: 'not_sent' };
  if (error.statusCode === 409) return { kind: 'in_flight' };
  if (error instanceof errors.StripeIdempotencyError) return { kind: 'key_conflict' };
  const isRefusal =
    error instanceof errors.StripeCardError ||
    error instanceof errors.StripeInvalidRequestError ||
    error instanceof errors.StripePermissionError;
  if (!isRefusal) return { kind: 'unknown', replayed: wasReplayed(error.headers) };
  return {
    kind: 'refused',
    refusal: {
      status: error.statusCode ?? 0,
      code: error.code ?? null,
      declineCode: error.decline_code ?? null,
      param: error.param ?? null,
      paymentIntent: error.payment_intent ?? null,
    },
  };
}
