/**
 * Idempotent mutations: the first call with a key stores its result in the transaction of its effect; a repeat with the
 * same input gets that result, with another input a refusal. Keys belong to one actor and operation and are kept 72 h.
 */
import { createHash } from 'node:crypto';
import { withTransaction, type Pool, type Queryable, type Transaction } from './database.ts';

/** What becomes of a call that is not simply carried out. */
export type IdempotencyRefusal =
  | { readonly kind: 'idempotency_key_invalid'; readonly message: string }
  | { readonly kind: 'idempotency_key_reused'; readonly idempotencyKey: string; readonly message: string }
  | { readonly kind: 'idempotency_key_in_flight'; readonly retryAfterMs: number; readonly message: string };

export interface IdempotentCall {
  /** Whose key it is: an account id. */
  readonly actorId: string;
  /** The mutation's name. */
  readonly operation: string;
  readonly idempotencyKey: string;
  /** The whole input: a repeat must be equal to it. */
  readonly input: unknown;
}

const keyShape = /^[\x21-\x7e]{16,128}$/;

export const invalidKey: IdempotencyRefusal = {
  kind: 'idempotency_key_invalid',
  message: 'idempotencyKey must have 16 to 128 visible ASCII characters; a UUID does.',
};

/** Whether a client's key can be taken. */
export const isIdempotencyKey = (key: string): boolean => keyShape.test(key);

export const keyReused = (idempotencyKey: string): IdempotencyRefusal => ({
  kind: 'idempotency_key_reused',
  idempotencyKey,
  message: 'This idempotency key was used with another input. Take a new key for a new intent.',
});

export const keyInFlight = (retryAfterMs = 500): IdempotencyRefusal => ({
  kind: 'idempotency_key_in_flight',
  retryAfterMs,
  message: 'A call with this idempotency key is still running. Ask again with the same key and input.',
});

/** Hash of an input with its keys sorted, so that the order in which a client writes them does not matter. */
export function hashInput(input: unknown): Buffer {
  const canonical = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(canonical);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, field]) => field !== undefined)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, field]) => [name, canonical(field)]),
    );
  };
  return createHash('sha256')
    .update(JSON.stringify(canonical(input)))
    .digest();
}

/**
 * Carries out `effect` once for a key. Its result is stored as JSON: return plain data, no dates. A result for which
 * `shouldStore` says no (nothing was changed, and the same call may go well later) rolls the effect back and leaves
 * the key free. An effect that calls another system has to be safe to repeat by itself: do the call before, outside.
 */
export async function runIdempotent<Result>(
  pool: Pool,
  call: IdempotentCall,
  effect: (transaction: Transaction) => Promise<Result>,
  shouldStore: (result: Result) => boolean = () => true,
): Promise<Result | IdempotencyRefusal> {
  if (!isIdempotencyKey(call.idempotencyKey)) return invalidKey;
  const inputHash = hashInput(call.input);
  const unstored = new (class extends Error {
    result: Result | undefined;
  })('not stored');
  try {
    return await withTransaction(pool, async (transaction) => {
      if (!(await lockKey(transaction, call))) {
        // A call that is over may let go of its lock only now.
        return (await findStoredResult<Result>(transaction, call, inputHash)) ?? keyInFlight();
      }
      // A statement of its own: the one that takes the lock sees the table as it was before the other call ended.
      const stored = await findStoredResult<Result>(transaction, call, inputHash);
      if (stored !== undefined) return stored;
      const result = await effect(transaction);
      if (!shouldStore(result)) {
        unstored.result = result;
        throw unstored;
      }
      await transaction.query({
        name: 'idempotency-store',
        text: 'insert into idempotency_keys (actor_id, operation, key, input_hash, result) values ($1, $2, $3, $4, $5)',
        values: [call.actorId, call.operation, call.idempotencyKey, inputHash, JSON.stringify(result)],
      });
      return result;
    });
  } catch (error) {
    if (error === unstored) return unstored.result as Result;
    throw error;
  }
}

interface StoredRow<Result> {
  readonly input_hash: Buffer;
  readonly result: Result;
}

const answerOf = <Result>(
  { input_hash, result }: StoredRow<Result>,
  call: IdempotentCall,
  inputHash: Buffer,
): Result | IdempotencyRefusal => (input_hash.equals(inputHash) ? result : keyReused(call.idempotencyKey));

/** Takes the key for this transaction, unless another has it. */
async function lockKey(transaction: Transaction, { actorId, operation, idempotencyKey }: IdempotentCall): Promise<boolean> {
  const { rows } = await transaction.query<{ readonly locked: boolean }>({
    name: 'idempotency-lock',
    text: `select pg_try_advisory_xact_lock(hashtextextended($1 || ' ' || $2 || ' ' || $3, 0)) as locked`,
    values: [actorId, operation, idempotencyKey],
  });
  return rows[0]?.locked === true;
}

/** The stored result of a call, a refusal for another input, or undefined when the key is new. */
export async function findStoredResult<Result>(
  queryable: Queryable,
  call: IdempotentCall,
  inputHash = hashInput(call.input),
): Promise<Result | IdempotencyRefusal | undefined> {
  const { rows } = await queryable.query<StoredRow<Result>>({
    name: 'idempotency-find',
    text: 'select input_hash, result from idempotency_keys where actor_id = $1 and operation = $2 and key = $3',
    values: [call.actorId, call.operation, call.idempotencyKey],
  });
  return rows[0] === undefined ? undefined : answerOf(rows[0], call, inputHash);
}
