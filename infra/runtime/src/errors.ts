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
  /** The client sends operations by the ids under which they were published, and this one was not. */
  PERSISTED_QUERY_NOT_IN_LIST: 400,
  /** Only published operations are run here, named by their ids. */
  PERSISTED_QUERY_ID_REQUIRED: 400,
  /** The operation would cost more than one request may. */
  OPERATION_TOO_EXPENSIVE: 400,
  /** Too many requests; `retryAfterSeconds` says when the next one is taken. */
  RATE_LIMITED: 429,
  /** The app's version is no longer served; `minimumVersion` and `storeUrl` say what is. */
  UPGRADE_REQUIRED: 426,
  /** RFC 9449, section 7.1. */
  INVALID_DPOP_PROOF: 401,
  /** RFC 9449, section 9: repeat it with the nonce of the header `DPoP-Nonce`. */
  USE_DPOP_NONCE: 401,
  /** The app's key is not one of an attested app. */
  ATTESTATION_REQUIRED: 403,
  ATTESTATION_REFUSED: 400,
  INVALID_CHALLENGE: 400,
  /** Buying and changing what is saved need an assertion of the attested app. */
  ASSERTION_REQUIRED: 403,
  ASSERTION_REFUSED: 403,
  /** The API client may not call from this address. */
  IP_NOT_ALLOWED: 403,
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
