/**
 * Places orders so that a tap buys once: the idempotency key and what was bought are kept in this tab until there is an
 * answer, and sent again unchanged after a lost one, also when the page was loaded again in between.
 */
import { isUnanswered, mutate } from './graph.js';

/** Results after which the same key has to be used again. */
const isOpen = (result) => isUnanswered(result) || result.__typename === 'PaymentActionRequired';

/** What a purchase is of and for how much: the sheet it was seen on may be another one after the page was loaded again. */
const termsOf = ({ idempotencyKey: _key, quoteId: _quote, ...terms }) => JSON.stringify(terms);

export function createPurchases(graph) {
  const nameOf = (productId) => `vitrine.purchase.${productId}`;
  const pendingOf = (productId, accountId) => {
    const pending = JSON.parse(sessionStorage.getItem(nameOf(productId)) ?? 'null');
    // Another person's unfinished purchase is not this one's to finish.
    return pending?.accountId === accountId ? pending.input : null;
  };

  const send = async (accountId, input) => {
    sessionStorage.setItem(nameOf(input.productId), JSON.stringify({ accountId, input }));
    const result = await mutate(graph, 'place-order', input);
    if (!isOpen(result)) sessionStorage.removeItem(nameOf(input.productId));
    return result;
  };

  return {
    /**
     * Buys; where an earlier purchase of the same product by the same person has no answer yet, that one is finished first.
     * @returns a member of PlaceOrderResult
     * @throws GraphError when it is not known whether it was bought: call again
     */
    async buy(accountId, wanted) {
      const pending = pendingOf(wanted.productId, accountId);
      if (pending !== null) {
        const result = await send(accountId, pending);
        if (isOpen(result) || result.__typename === 'PlaceOrderSuccess' || termsOf(pending) === termsOf(wanted)) return result;
      }
      return send(accountId, { ...wanted, idempotencyKey: crypto.randomUUID() });
    },
  };
}
