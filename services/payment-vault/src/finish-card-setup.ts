/** Stores the card of a SetupIntent that has succeeded. The same card twice is one: the newer payment method replaces the older. */
import { findStoredResult, invalidKey, isIdempotencyKey, runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { newId } from '@vitrine/runtime/ids';
import type { Transaction } from '@vitrine/runtime/database';
import { invalidInput, type InvalidInput } from './address.ts';
import { isExpired, maxCards, type Card, type CardFacts } from './card.ts';
import type { Deps } from './deps.ts';
import { providerUnavailable, type NotFound, type ProviderUnavailable } from './refusals.ts';
import { findCardOf, insertCard, listCards, lockBuyer, makeCardDefault, queueDetachment, replaceCard } from './store/cards.ts';
import { budgetOf } from './stripe-call.ts';

export type FinishCardSetupResult =
  | { readonly kind: 'card'; readonly card: Card }
  | { readonly kind: 'setup_incomplete'; readonly status: string }
  | { readonly kind: 'card_expired' }
  | NotFound
  | ProviderUnavailable
  | InvalidInput
  | IdempotencyRefusal;

type Stored = { readonly kind: 'stored'; readonly paymentMethodId: string } | NotFound | InvalidInput;

const budgetMs = 12_000;
const setupIntentShape = /^seti_[A-Za-z0-9_]{1,200}$/;

export async function finishCardSetup(
  deps: Deps,
  call: { readonly buyerId: string; readonly idempotencyKey: string; readonly setupIntentId: string; readonly makeDefault: boolean },
): Promise<FinishCardSetupResult> {
  const { buyerId, idempotencyKey, setupIntentId, makeDefault } = call;
  const idempotentCall = { actorId: buyerId, operation: 'finishCardSetup', idempotencyKey, input: { setupIntentId, makeDefault } };
  if (!isIdempotencyKey(idempotencyKey)) return invalidKey;
  if (!setupIntentShape.test(setupIntentId))
    return invalidInput('setupIntentId', 'This is not the id of a card setup. Give the one that startCardSetup returned.');
  const stored = await findStoredResult<Stored>(deps.pool, idempotentCall);
  if (stored !== undefined) return answer(deps, buyerId, setupIntentId, stored);

  const notFound: NotFound = { kind: 'not_found', id: setupIntentId };
  const customerId = await deps.cards.findCustomer(buyerId);
  if (customerId === null) return notFound;
  const retrieved = await deps.stripeCards.retrieveSetup(setupIntentId, budgetOf(budgetMs));
  if (retrieved.kind === 'refused') return notFound;
  if (retrieved.kind !== 'ok') return providerUnavailable;
  const setup = retrieved.value;
  if (setup.customerId !== customerId) return notFound;
  if (setup.status !== 'succeeded') return { kind: 'setup_incomplete', status: setup.status };
  const { card } = setup;
  if (card === null) return notFound;
  if (isExpired(card, deps.now())) return { kind: 'card_expired' };

  const kept = await runIdempotent<Stored>(
    deps.pool,
    idempotentCall,
    (transaction) => keepCard(transaction, buyerId, setupIntentId, card, makeDefault),
    (result) => result.kind === 'stored',
  );
  return answer(deps, buyerId, setupIntentId, kept);
}

async function keepCard(
  transaction: Transaction,
  buyerId: string,
  setupIntentId: string,
  card: CardFacts,
  makeDefault: boolean,
): Promise<Stored> {
  await lockBuyer(transaction, buyerId, 'cards');
  const cards = await listCards(transaction, buyerId);
  const known = await findCardOf(transaction, buyerId, card.stripePaymentMethodId);
  // The card of this setup is on its way out: storing it again would keep a card that Stripe has let go.
  if (known?.deleting === true) return { kind: 'not_found', id: setupIntentId };
  const same = cards.find(
    (other) =>
      other.stripePaymentMethodId === card.stripePaymentMethodId || (card.fingerprint !== null && other.fingerprint === card.fingerprint),
  );
  if (same === undefined && cards.length >= maxCards)
    return invalidInput('setupIntentId', `You have ${maxCards} cards. Delete one, then call finishCardSetup again.`);
  const paymentMethodId = same?.id ?? newId('pmt');
  if (same === undefined) await insertCard(transaction, buyerId, paymentMethodId, card);
  else if (same.stripePaymentMethodId !== card.stripePaymentMethodId) {
    await replaceCard(transaction, same.id, card);
    await queueDetachment(transaction, same.stripePaymentMethodId);
  }
  if (makeDefault || cards.length === 0) await makeCardDefault(transaction, buyerId, paymentMethodId);
  return { kind: 'stored', paymentMethodId };
}

async function answer(
  deps: Deps,
  buyerId: string,
  setupIntentId: string,
  result: Stored | IdempotencyRefusal,
): Promise<FinishCardSetupResult> {
  if (result.kind !== 'stored') return result;
  const [card] = await deps.cards.findMany(buyerId, [result.paymentMethodId]);
  // Stored once by this key, and deleted since.
  return card === undefined ? { kind: 'not_found', id: setupIntentId } : { kind: 'card', card };
}
