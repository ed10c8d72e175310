/** Logs: JSON lines with request ids. What must never be in a log is cut out here as a second line of defence. */
import { pino, type Logger } from 'pino';

export type { Logger };

const secretFields = [
  'authorization',
  'cookie',
  'password',
  'token',
  'access_token',
  'clientSecret',
  'client_secret',
  'identity',
  'number',
  'cvc',
  'name',
  'line1',
  'line2',
  'city',
  'postalCode',
  'phone',
  'address',
  'shippingAddress',
];

/** A process's logger. Fields that could hold a secret or personal data are replaced, up to two levels deep. */
export function createLogger(options: { readonly name: string; readonly level: string }): Logger {
  return pino({
    name: options.name,
    level: options.level,
    base: { service: options.name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: secretFields.flatMap((field) => [`*.${field}`, `*.*.${field}`]), censor: '[redacted]' },
    serializers: { err: errorForLog, error: errorForLog },
  });
}

interface ErrorLike {
  readonly name?: unknown;
  readonly message: unknown;
  readonly stack?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
}

/** No `instanceof`: errors of Node's own may come from another realm. */
const isErrorLike = (value: unknown): value is ErrorLike => typeof value === 'object' && value !== null && 'message' in value;

/**
 * An error as it may be logged: its kind, message, stack and code. Drivers hang queries, parameters and rows on their
 * errors (`detail` of a PostgreSQL error quotes the row), which may be personal data.
 */
export function errorForLog(error: unknown): Record<string, unknown> {
  if (!isErrorLike(error)) return { type: typeof error, message: String(error) };
  const cause = error.cause === undefined ? undefined : errorForLog(error.cause);
  return { type: error.name, message: error.message, stack: error.stack, code: error.code, cause };
}
