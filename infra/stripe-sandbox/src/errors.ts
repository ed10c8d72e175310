/**
 * Every refusal in Stripe's shape: HTTP status, `type`, `code`, `param`, `decline_code`, `message`.
 * `ApiError` is the one exception of the request path: the pipeline turns it into an answer and nothing is written.
 */
import type { Stripe } from 'stripe';

type ErrorType = 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';

export interface ErrorBody {
  type: ErrorType;
  message: string;
  code?: string;
  decline_code?: string;
  param?: string;
  doc_url?: string;
  charge?: string;
  payment_intent?: Stripe.PaymentIntent;
  setup_intent?: Stripe.SetupIntent;
  payment_method?: Stripe.PaymentMethod;
}

export class ApiError extends Error {
  readonly status: number;
  readonly body: ErrorBody;

  constructor(status: number, body: ErrorBody) {
    super(body.message);
    this.name = 'ApiError';
    this.status = status;
    this.body = withDocUrl(body);
  }
}

/** Adds the address of Stripe's page on the error code. */
export function withDocUrl(body: ErrorBody): ErrorBody {
  if (body.code === undefined) return body;
  return { ...body, doc_url: `https://docs.stripe.com/error-codes/${body.code.replaceAll('_', '-')}` };
}

export function invalidRequest(message: string, details: { code?: string; param?: string } = {}): ApiError {
  return new ApiError(400, { type: 'invalid_request_error', message, ...details });
}

/** A missing object: 404 where the path names it, 400 where a parameter does. */
export function noSuch(noun: string, id: string, where: { param: string; inPath?: boolean }): ApiError {
  return new ApiError(where.inPath === true ? 404 : 400, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${noun}: '${id}'`,
    param: where.param,
  });
}

export function unknownParameters(names: string[]): ApiError {
  const list = names.join(', ');
  return invalidRequest(`Received unknown parameter${names.length === 1 ? '' : 's'}: ${list}`, {
    code: 'parameter_unknown',
    param: names[0],
  });
}

export function missingParameter(param: string): ApiError {
  return invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
}

export function intentState(
  code: 'payment_intent_unexpected_state' | 'setup_intent_unexpected_state',
  message: string,
  intent: { payment_intent?: Stripe.PaymentIntent; setup_intent?: Stripe.SetupIntent },
): ApiError {
  return new ApiError(400, { type: 'invalid_request_error', code, message, ...intent });
}

export function rateLimited(): ApiError {
  return new ApiError(429, {
    type: 'invalid_request_error',
    code: 'rate_limit',
    message: 'Request rate limit exceeded. Learn more about rate limits here https://docs.stripe.com/rate-limits.',
  });
}

export function internalError(): ApiError {
  return new ApiError(500, {
    type: 'api_error',
    message: 'An unknown error occurred; if this persists, contact us at https://support.stripe.com/.',
  });
}

export function keyInUse(key: string): ApiError {
  return new ApiError(409, {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
  });
}

export function keyReused(key: string, difference: 'endpoint' | 'parameters'): ApiError {
  const rule = difference === 'endpoint' ? 'for the same endpoint' : 'with the same parameters';
  return new ApiError(400, {
    type: 'idempotency_error',
    message: `Keys for idempotent requests can only be used ${rule} they were first used ${difference === 'endpoint' ? 'for' : 'with'}. Try using a key other than '${key}' if you meant to execute a different request.`,
  });
}
