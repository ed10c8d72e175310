/**
 * Carries out erasures, step by step: each step can be repeated, and what a crash or an outage leaves open is done by the
 * loop. The loop also finds what a restored backup brought back of buyers who were erased before, and erases it again.
 */
import { unreachable } from '@vitrine/runtime/errors';
import { newId } from '@vitrine/runtime/ids';
import { startLoop, type Loop } from '@vitrine/runtime/loop';
import { erasureSteps, type ErasureStep } from './deletion.ts';
import type { Deps } from './deps.ts';
import {
  eraseAddresses,
  eraseCards,
  eraseCustomer,
  findCustomerToErase,
  findUnchargedOrders,
  withdrawConsents,
  type ClaimedErasure,
} from './store/deletions.ts';
import type { DestroyedKey } from './store/keys.ts';
import { budgetOf, type Budget } from './stripe-call.ts';
import { deleteUnusedCustomer } from './sweep-unsaved.ts';
import { voidPayment } from './void-payment.ts';

const batchSize = 5;
const intervalMs = 5_000;
const budgetMs = 12_000;
/** How soon it is looked again whether the last payment has ended. */
const openPaymentDelayMs = 5_000;
const restoredIntervalMs = 60 * 60_000;
const restoredBatchSize = 500;

/** For whoever took the erasure. Answers whether it is over. */
export async function eraseBuyer(deps: Deps, erasure: ClaimedErasure, budget: Budget): Promise<boolean> {
  const { id, buyerId, attempts } = erasure;
  for (const step of erasureSteps) {
    if (!erasure.steps.includes(step) && !(await carryOut(deps, erasure, step, budget))) return false;
  }
  await deps.deletions.finish(id, buyerId);
  deps.logger.info({ deletionId: id, attempts }, 'buyer erased');
  return true;
}

async function carryOut(deps: Deps, { id, buyerId }: ClaimedErasure, step: ErasureStep, budget: Budget): Promise<boolean> {
  const { deletions } = deps;
  switch (step) {
    case 'payments':
      // Nobody could ship these. Asked for is enough: the settle loop carries a void out.
      for (const orderId of await findUnchargedOrders(deps.pool, buyerId, id)) await voidPayment(deps, orderId);
      await deletions.finishStep(id, step, async () => ({ deleted: {} }));
      return true;
    case 'cards':
      await deletions.finishStep(id, step, async (transaction) => ({ deleted: { CARDS: await eraseCards(transaction, buyerId, id) } }));
      return true;
    case 'addresses':
      await deletions.finishStep(id, step, async (transaction) => {
        const { addresses, orderAddresses } = await eraseAddresses(transaction, buyerId, id);
        return { deleted: { ADDRESSES: addresses, ORDER_ADDRESSES: orderAddresses } };
      });
      return true;
    case 'consents':
      await deletions.finishStep(id, step, async (transaction) => ({
        deleted: await withdrawConsents(transaction, buyerId, id, () => newId('mkd')),
      }));
      return true;
    case 'key': {
      // A buyer without a key gets one: the mark that it was destroyed outlasts a restored backup of the data.
      const { version: keyVersion } = await deps.keys.current(buyerId);
      await deps.keys.destroy(buyerId);
      await deletions.finishStep(id, step, async () => ({ deleted: { ENCRYPTION_KEY: 1 }, keyVersion }));
      return true;
    }
    case 'customer':
      return eraseAtStripe(deps, id, buyerId, budget);
    default:
      return unreachable(step);
  }
}

/** A payment that is not over may still need the customer. Refunds do not: they go by the payment. */
async function eraseAtStripe(deps: Deps, deletionId: string, buyerId: string, budget: Budget): Promise<boolean> {
  const customer = await findCustomerToErase(deps.pool, buyerId, deletionId);
  if (customer?.isNeeded === true) {
    await deps.deletions.retryIn(deletionId, openPaymentDelayMs);
    return false;
  }
  if (customer !== null) {
    // One whose making was cut off is found by asking for it again with the same key.
    const made =
      customer.stripeCustomerId === null ? await deps.stripeCards.createCustomer(buyerId, customer.stripeKey, budget) : undefined;
    if (made !== undefined && made.kind !== 'ok') return false;
    const customerId = customer.stripeCustomerId ?? made?.value.id;
    if (customerId === undefined) throw new Error('a customer that was made has no id');
    const gone = await deps.stripeCards.deleteCustomer(customerId, budget);
    const wasGone = gone.kind === 'refused' && gone.refusal.code === 'resource_missing';
    if (gone.kind !== 'ok' && !wasGone) return false;
  }
  // One that was of no use before this began.
  for (const unused of await deps.unsaved.listCustomerDeletions(buyerId))
    if (!(await deleteUnusedCustomer(deps, unused, budget))) return false;
  await deps.deletions.finishStep(deletionId, 'customer', async (transaction) => ({
    deleted: { PROVIDER_ACCOUNT: await eraseCustomer(transaction, buyerId, deletionId) },
  }));
  return true;
}

/** Goes on with the erasures that are due, once; answers how many there were. */
export async function eraseBuyers(deps: Deps): Promise<number> {
  const due = await deps.deletions.claimDue(batchSize);
  await Promise.all(
    due.map(async (erasure) => {
      try {
        await eraseBuyer(deps, erasure, budgetOf(budgetMs));
      } catch (error) {
        deps.logger.error({ err: error, deletionId: erasure.id, attempts: erasure.attempts }, 'buyer cannot be erased');
      }
    }),
  );
  return due.length;
}

/** Finds what a restored backup brought back of erased buyers and has it erased again; answers of how many buyers. */
export async function findRestoredBuyers(deps: Pick<Deps, 'deletions' | 'keys' | 'logger'>): Promise<number> {
  let count = 0;
  for (let after: string | null = null; ;) {
    const destroyed: DestroyedKey[] = await deps.keys.listDestroyed({ after, limit: restoredBatchSize });
    const restored = await deps.deletions.findRestored(
      destroyed.map(({ ownerId, version, destroyedAt }) => ({ buyerId: ownerId, keyVersion: version, destroyedAt })),
    );
    for (const erased of restored) await deps.deletions.startRestored(newId('del'), erased);
    count += restored.length;
    const last = destroyed.at(-1);
    if (last === undefined || destroyed.length < restoredBatchSize) break;
    after = last.cursor;
  }
  if (count > 0) deps.logger.warn({ count }, 'data of erased buyers is back, as after a restored backup; it is deleted again');
  return count;
}

export function startErasing(deps: Deps): Loop {
  let restoredAt = -Infinity;
  return startLoop({
    name: 'erase-buyers',
    logger: deps.logger,
    intervalMs,
    run: async () => {
      if (performance.now() - restoredAt > restoredIntervalMs) {
        await findRestoredBuyers(deps);
        restoredAt = performance.now();
      }
      return (await eraseBuyers(deps)) === batchSize;
    },
  });
}
