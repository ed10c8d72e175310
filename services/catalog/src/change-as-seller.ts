/**
 * The frame of every change that a seller makes: the caller is an active seller, an idempotency key is carried out once,
 * and one seller's changes follow one another. Only a change that was made is remembered under its key: a refusal
 * changed nothing, and the same key may be tried again.
 */
import type { Transaction } from '@vitrine/runtime/database';
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import type { Identity } from '@vitrine/runtime/identity';
import type { Dependencies } from './dependencies.ts';
import type { FieldFault } from './product.ts';
import { changeRefusal } from './seller.ts';
import { lockSeller } from './store/sellers.ts';

/** A change that was not made. */
export type Refusal =
  | { readonly kind: 'not_allowed'; readonly message: string }
  | { readonly kind: 'not_found'; readonly id: string; readonly message: string }
  | ({ readonly kind: 'invalid_input' } & FieldFault)
  | { readonly kind: 'sku_taken'; readonly productId: string };

const refusalKinds: Readonly<Record<Refusal['kind'], true>> = { not_allowed: true, not_found: true, invalid_input: true, sku_taken: true };

export interface SellerChange {
  /** The mutation's name. */
  readonly operation: string;
  readonly input: { readonly idempotencyKey: string };
}

export const invalidInput = (path: readonly string[], message: string) => ({ kind: 'invalid_input', path, message }) as const;

/** Carries out `change` in a transaction in which the seller is known to be active. */
export async function changeAsSeller<Outcome extends { readonly kind: string }>(
  deps: Dependencies,
  identity: Identity,
  { operation, input }: SellerChange,
  change: (transaction: Transaction, sellerId: string) => Promise<Outcome>,
): Promise<Outcome | Extract<Refusal, { kind: 'not_allowed' }> | IdempotencyRefusal> {
  const { actor } = identity;
  if (actor.role !== 'seller') return { kind: 'not_allowed', message: 'Only a seller may change products.' };
  const { sellerId } = actor;
  const outcome = await runIdempotent<Outcome | Extract<Refusal, { kind: 'not_allowed' }>>(
    deps.pool,
    { actorId: actor.accountId, operation, idempotencyKey: input.idempotencyKey, input: { sellerId, ...input } },
    async (transaction) => {
      const message = changeRefusal(await lockSeller(transaction, sellerId));
      return message === null ? change(transaction, sellerId) : { kind: 'not_allowed', message };
    },
    (result) => !(result.kind in refusalKinds),
  );
  deps.wakeRelay();
  return outcome;
}
