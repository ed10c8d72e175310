/**
 * Clients of a gateway, each sending its next request when the last is answered, over connections that are kept. An answer counts only
 * when it is a 200 without errors and as long as it was at the first look, when its data was compared.
 */
import { createHash } from 'node:crypto';
import { Pool, type Dispatcher } from 'undici';

export type PreparedRequest = {
  /** Which of the operation's sets of variables. */
  readonly index: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** What a client sends next; undefined when it has nothing left. */
export type Traffic = { readonly next: (client: number) => PreparedRequest | undefined };

export type Load = {
  /** In milliseconds, of the answers that count. */
  readonly answerMs: readonly number[];
  /** How often each other answer came. */
  readonly failures: Readonly<Record<string, number>>;
  /** From the first request to the last answer. */
  readonly seconds: number;
};

export type LoadLimits = { readonly seconds: number; readonly requests?: number };

/** What answers must be: their length by set of variables. */
export type Expected = { readonly lengths: ReadonlyMap<number, number> };

type Answer = { readonly status: number; readonly body: Buffer };

const timeoutMs = 10_000;
/** Nothing is compiled yet, and the stand-in works its answers out: more would wait until a gateway gives up. */
const lookingAtOnce = 4;

/** The least that undici needs to collect an answer. */
class Collector implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (cause: Error) => void;
  readonly #parts: Buffer[] = [];
  #status = 0;

  constructor(resolve: (answer: Answer) => void, reject: (cause: Error) => void) {
    this.#resolve = resolve;
    this.#reject = reject;
  }

  onRequestStart(): void {
    // Nothing is cancelled.
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  onResponseData(_controller: Dispatcher.DispatchController, part: Buffer): void {
    this.#parts.push(part);
  }

  onResponseEnd(): void {
    const [only = Buffer.alloc(0)] = this.#parts;
    this.#resolve({ status: this.#status, body: this.#parts.length === 1 ? only : Buffer.concat(this.#parts) });
  }

  onResponseError(_controller: Dispatcher.DispatchController, cause: Error): void {
    this.#reject(cause);
  }
}

export type LoadGenerator = {
  /** Sends all that there is, and takes the answers for right. @returns what answers must be from now on, and digests of their data */
  readonly look: (traffic: Traffic) => Promise<{ readonly expected: Expected; readonly digests: ReadonlyMap<number, string> }>;
  /** Ends after so many seconds, or when so many requests were sent. */
  readonly run: (traffic: Traffic, expected: Expected, limits: LoadLimits, signal: AbortSignal) => Promise<Load>;
  readonly close: () => Promise<void>;
};

/** @param url of the GraphQL endpoint @param clients that send at the same time */
export function createLoadGenerator(url: string, clients: number): LoadGenerator {
  const { origin, pathname: path } = new URL(url);
  const pool = new Pool(origin, { connections: clients, pipelining: 1, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  const send = ({ headers, body }: PreparedRequest): Promise<Answer> =>
    new Promise((resolve, reject) => {
      pool.dispatch({ path, method: 'POST', headers, body }, new Collector(resolve, reject));
    });

  return {
    async look(traffic) {
      const lengths = new Map<number, number>();
      const digests = new Map<number, string>();
      const waiting = Array.from({ length: clients }, (_, number) => number).values();
      const oneAfterTheOther = async (number: number): Promise<void> => {
        for (let request = traffic.next(number); request !== undefined; request = traffic.next(number)) {
          const { status, body } = await send(request);
          const text = body.toString();
          if (status !== 200) throw new Error(`answered with HTTP ${status}: ${text.slice(0, 500)}`);
          const { data, errors } = JSON.parse(text) as { readonly data?: unknown; readonly errors?: unknown };
          if (errors !== undefined || data === undefined || data === null)
            throw new Error(`answered with errors: ${JSON.stringify(errors ?? text).slice(0, 500)}`);
          lengths.set(request.index, body.length);
          digests.set(request.index, digestOf(data));
        }
      };
      const worker = async (): Promise<void> => {
        for (const number of waiting) await oneAfterTheOther(number);
      };
      await Promise.all(Array.from({ length: lookingAtOnce }, worker));
      return { expected: { lengths }, digests };
    },
    async run(traffic, { lengths }, { seconds, requests = Number.POSITIVE_INFINITY }, signal) {
      const answerMs: number[] = [];
      const failures: Record<string, number> = {};
      const fail = (what: string): void => {
        failures[what] = (failures[what] ?? 0) + 1;
      };
      const startedAt = performance.now();
      const until = startedAt + seconds * 1_000;
      let left = requests;
      const client = async (_: unknown, number: number): Promise<void> => {
        while (left > 0 && performance.now() < until && !signal.aborted) {
          left -= 1;
          const request = traffic.next(number);
          if (request === undefined) return;
          const sentAt = performance.now();
          try {
            const { status, body } = await send(request);
            if (status !== 200) fail(`HTTP ${status}`);
            else if (body.length !== lengths.get(request.index)) fail('another answer');
            else answerMs.push(performance.now() - sentAt);
          } catch (error) {
            fail(error instanceof Error ? error.name : 'no answer');
          }
        }
      };
      await Promise.all(Array.from({ length: clients }, client));
      signal.throwIfAborted();
      return { answerMs, failures, seconds: (performance.now() - startedAt) / 1_000 };
    },
    close: () => pool.close(),
  };
}

/** The same for equal data, whatever the order of its fields. */
export const digestOf = (data: unknown): string =>
  createHash('sha256')
    .update(
      JSON.stringify(data, (_key, value: unknown) =>
        typeof value === 'object' && value !== null && !Array.isArray(value)
          ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
          : value,
      ),
    )
    .digest('base64');
