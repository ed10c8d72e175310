/** Makes a card the one that one tap pays with. */
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { isId } from '@vitrine/runtime/ids';
import type { Card } from './card.ts';
import type { Deps } from './deps.ts';
import type { NotFound } from './refusals.ts';
import { listCards, lockBuyer, makeCardDefault } from './store/cards.ts';

export type SetDefaultPaymentMethodResult = { readonly kind: 'card'; readonly card: Card } | NotFound | IdempotencyRefusal;

export async function setDefaultPaymentMethod(
  deps: Deps,
  call: { readonly buyerId: string; readonly idempotencyKey: string; readonly paymentMethodId: string },
): Promise<SetDefaultPaymentMethodResult> {
  const { buyerId, idempotencyKey, paymentMethodId } = call;
  const notFound: NotFound = { kind: 'not_found', id: paymentMethodId };
  const result = await runIdempotent<{ readonly kind: 'set' } | NotFound>(
    deps.pool,
    { actorId: buyerId, operation: 'setDefaultPaymentMethod', idempotencyKey, input: { paymentMethodId } },
    async (transaction) => {
      if (!isId('pmt', paymentMethodId)) return notFound;
      await lockBuyer(transaction, buyerId, 'cards');
      const cards = await listCards(transaction, buyerId);
      if (!cards.some(({ id, isSaved }) => id === paymentMethodId && isSaved)) return notFound;
      await makeCardDefault(transaction, buyerId, paymentMethodId);
      return { kind: 'set' };
    },
    ({ kind }) => kind === 'set',
  );
  if (result.kind !== 'set') return result;
  const [card] = await deps.cards.findMany(buyerId, [paymentMethodId]);
  return card === undefined ? notFound : { kind: 'card', card };
}
