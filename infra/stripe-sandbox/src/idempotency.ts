/**
 * Idempotency keys as Stripe documents them, per account: the first request's status and body are kept for 24 hours and replayed;
 * another endpoint or other parameters are refused; a key whose request is still running is refused until it ends.
 */

const RETENTION_MS = 24 * 60 * 60 * 1000;

export interface StoredAnswer {
  key: string;
  /** Method and path. */
  endpoint: string;
  /** Keyed hash of the parameters, which may hold card data. */
  parameters: string;
  status: number;
  body: string;
  requestId: string;
  /** Milliseconds since 1970. */
  storedAt: number;
}

type Claim =
  | { kind: 'first' }
  | { kind: 'replay'; answer: StoredAnswer }
  | { kind: 'in_use' }
  | { kind: 'reused'; difference: 'endpoint' | 'parameters' };

export class IdempotencyKeys {
  readonly #answers = new Map<string, { account: string; answer: StoredAnswer }>();
  readonly #running = new Set<string>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Claims the key for a request. After `first`, the caller must `release` it when the request has ended. */
  claim(account: string, request: Pick<StoredAnswer, 'key' | 'endpoint' | 'parameters'>): Claim {
    const scope = `${account}/${request.key}`;
    if (this.#running.has(scope)) return { kind: 'in_use' };
    const answer = this.#answers.get(scope)?.answer;
    if (answer !== undefined && this.#now().getTime() - answer.storedAt < RETENTION_MS) {
      if (answer.endpoint !== request.endpoint) return { kind: 'reused', difference: 'endpoint' };
      if (answer.parameters !== request.parameters) return { kind: 'reused', difference: 'parameters' };
      return { kind: 'replay', answer };
    }
    this.#running.add(scope);
    return { kind: 'first' };
  }

  release(account: string, key: string): void {
    this.#running.delete(`${account}/${key}`);
  }

  /** The answers whose time is not over, oldest first. */
  kept(): { account: string; answer: StoredAnswer }[] {
    const now = this.#now().getTime();
    return [...this.#answers.values()].filter(({ answer }) => now - answer.storedAt < RETENTION_MS);
  }

  /** Keeps an answer; the oldest ones go when their time is over. */
  restore(account: string, answer: StoredAnswer): void {
    const scope = `${account}/${answer.key}`;
    this.#answers.delete(scope);
    this.#answers.set(scope, { account, answer });
    for (const [oldest, { answer: first }] of this.#answers) {
      if (answer.storedAt - first.storedAt < RETENTION_MS) break;
      this.#answers.delete(oldest);
    }
  }
}
