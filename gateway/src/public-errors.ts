/**
 * What may leave the gateway about a failure: a code of the closed list, a text that names no address and no type of
 * ours, and the request's id. Everything else becomes INTERNAL, and the log has the rest.
 */
import { errorCodes, type ErrorCode } from '@vitrine/runtime/errors';

/** An error as clients see it. */
export interface PublicFault {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: {
    readonly code: ErrorCode;
    readonly requestId: string;
    /** The service that could not answer, where that is the reason. */
    readonly service?: string;
  };
}

export const internalMessage = 'Something went wrong on our side. Try again; if it persists, report the request id.';

/** Codes that a subgraph may say to a client, with its own text: those messages are written for people. */
const spokenBySubgraphs: ReadonlySet<string> = new Set<ErrorCode>(['BAD_USER_INPUT', 'FORBIDDEN', 'NOT_FOUND', 'UNAVAILABLE', 'TIMEOUT']);

/** An error that the execution of an operation met, before it is decided what of it may be shown. */
export interface ExecutionFault {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** A fault with one of our codes. */
export function publicFault(code: ErrorCode, message: string, requestId: string): PublicFault {
  return { message, extensions: { code, requestId } };
}

/** The public face of an error that the execution of an operation met. */
export function maskExecutionFault(error: ExecutionFault, requestId: string): PublicFault {
  const code = error.extensions?.['code'];
  const service = error.extensions?.['serviceName'];
  const known = typeof code === 'string' && spokenBySubgraphs.has(code) && code in errorCodes;
  const path = error.path?.every((step) => step !== '@') === true ? error.path : undefined;
  if (!known) return { message: internalMessage, path, extensions: { code: 'INTERNAL', requestId } };
  const away = code === 'UNAVAILABLE' || code === 'TIMEOUT';
  return {
    message: error.message,
    path,
    extensions: { code: code as ErrorCode, requestId, ...(away && typeof service === 'string' ? { service } : {}) },
  };
}
