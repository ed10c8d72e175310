/**
 * The two kinds of thrown failure that the loops tell apart, and the closed list of codes that leave a service in
 * `errors[].extensions.code`. Expected failures are not here: they are results.
 */

/** It may work later: the same work is tried again. */
export class RetryableError extends Error {
  override readonly name = 'RetryableError';
}

/** It will never work as it is: it is put aside for a person. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
}

/** Codes that a GraphQL client may meet in `errors[].extensions.code`, with the HTTP status that goes with each. */
export const errorCodes = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  BAD_USER_INPUT: 400,
  /** Something that was sent holds a card number, which goes to Stripe and never to Vitrine. */
  CARD_DATA_NOT_ACCEPTED: 400,
  GRAPHQL_PARSE_FAILED: 400,
  GRAPHQL_VALIDATION_FAILED: 400,
  NOT_FOUND: 404,
  PAYLOAD_TOO_LARGE: 413,
  UNAVAILABLE: 503,
  TIMEOUT: 504,
  INTERNAL: 500,
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** A failure whose message may be shown to the caller as it is. */
export class PublicError extends Error {
  override readonly name = 'PublicError';
  readonly code: ErrorCode;
  /** Read by Fastify and Mercurius. */
  readonly statusCode: number;
  /** Read by graphql-js. */
  readonly extensions: { readonly code: ErrorCode };

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
    this.statusCode = errorCodes[code];
    this.extensions = { code };
  }
}

/** For the `default` of a switch over a closed union. */
export function unreachable(value: never): never {
  throw new Error(`Unhandled case: ${JSON.stringify(value)}`);
}
