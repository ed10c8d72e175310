/**
 * The Stripe SDK's HTTP over kept-alive undici connections: one attempt a call with a deadline for the whole of it, and
 * errors that say whether the request can have reached Stripe. The SDK would send a request whose connection broke once
 * more by itself; what is sent again is decided by the use cases.
 */
import { Stripe } from 'stripe';
import { Pool } from 'undici';

/** A call without an answer. */
export class StripeTransportError extends Error {
  override readonly name = 'StripeTransportError';
  /** Whether the request may have reached Stripe. */
  readonly maybeSent: boolean;
  constructor(maybeSent: boolean, cause: unknown) {
    super(maybeSent ? 'Stripe did not answer' : 'Stripe could not be reached', { cause });
    this.maybeSent = maybeSent;
  }
}

/** Failures to connect: nothing was sent. */
const unsentCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const wasUnsent = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && unsentCodes.has(error.code);

class Response extends Stripe.HttpClientResponse {
  readonly #status: number;
  readonly #text: string;
  constructor(status: number, headers: Record<string, string>, text: string) {
    super(status, headers);
    this.#status = status;
    this.#text = text;
  }
  /** What the SDK hangs on results as `lastResponse`: no body. */
  override getRawResponse(): { readonly statusCode: number; readonly headers: unknown } {
    return { statusCode: this.#status, headers: this.getHeaders() };
  }
  override async toJSON(): Promise<unknown> {
    return JSON.parse(this.#text);
  }
}

export interface StripeHttpClient extends Stripe.HttpClient {
  close(): Promise<void>;
}

/** @param origin `http(s)://host:port` of Stripe's API; every call goes there. */
export function createStripeHttpClient(origin: string): StripeHttpClient {
  const pool = new Pool(origin, { connections: 64, keepAliveTimeout: 20_000, connectTimeout: 3_000 });
  return new (class extends Stripe.HttpClient implements StripeHttpClient {
    override getClientName(): string {
      return 'undici';
    }

    override async makeRequest(
      ...[, , path, method, headers, body, , timeoutMs]: Parameters<Stripe.HttpClient['makeRequest']>
    ): Promise<Response> {
      try {
        const response = await pool.request({
          path,
          method: method === 'POST' || method === 'DELETE' ? method : 'GET',
          headers: Object.entries(headers).flatMap(([name, value]) => (value === undefined || value === null ? [] : [name, String(value)])),
          body: method === 'POST' ? body : null,
          signal: AbortSignal.timeout(timeoutMs),
        });
        const text = await response.body.text();
        return new Response(
          response.statusCode,
          Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
          text,
        );
      } catch (error) {
        throw new StripeTransportError(!wasUnsent(error), error);
      }
    }

    async close(): Promise<void> {
      await pool.close();
    }
  })();
}
