/** What the HTTP server bears of a connection before there is a request to look at: for `Fastify({ ...serverLimits })`. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { errorCodes } from '@vitrine/runtime/errors';

/** A client that sends its headers a byte at a time is ended after this. */
const headersTimeoutMs = 5_000;
/** A whole request, body included: a feed of 2 MiB needs 100 kB/s. Event streams are answers, and have no such end. */
const requestTimeoutMs = 20_000;
/** Load balancers keep connections for 60 s; who ends one first may lose a request on it. */
const keepAliveTimeoutMs = 72_000;
/** Clients connect anew from time to time, so that a process that was added gets its share. */
const maxRequestsPerSocket = 10_000;
/** Together; with an access token of 8 KiB, a proof of 1 KiB and an assertion of 1 KiB there is room for as much again. */
const maxHeaderBytes = 24 * 1024;

/** @see https://nodejs.org/api/http.html#event-clienterror */
function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, message } = faultOf(error.code);
  const body = JSON.stringify({ errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function faultOf(code: string | undefined): { readonly status: number; readonly message: string } {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, message: 'The request did not arrive in time.' };
    case 'HPE_HEADER_OVERFLOW':
      return { status: 431, message: `The headers of the request are larger than ${maxHeaderBytes} bytes together.` };
    default:
      return { status: errorCodes.BAD_USER_INPUT, message: 'This is not a request of HTTP/1.1.' };
  }
}

export const serverLimits = {
  requestTimeout: requestTimeoutMs,
  keepAliveTimeout: keepAliveTimeoutMs,
  maxRequestsPerSocket,
  http: {
    headersTimeout: headersTimeoutMs,
    connectionsCheckingInterval: 1_000,
    maxHeaderSize: maxHeaderBytes,
    // Lenient parsers are how requests are smuggled past a proxy that reads them otherwise.
    insecureHTTPParser: false,
    requireHostHeader: true,
  },
  clientErrorHandler: answerClientError,
};
