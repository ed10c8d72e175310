/**
 * Stores the card of a SetupIntent that has succeeded. The same card saved twice is one: the newer payment method replaces
 * the older. A card of one purchase is an entry of its own, which comes and goes without touching a saved one.
 */
import {
  findStoredResult,
  hashInput,
  invalidKey,
  isIdempotencyKey,
  runIdempotent,
  type IdempotencyRefusal,
} from '@vitrine/runtime/idempotency';
import { newId } from '@vitrine/runtime/ids';
import type { Transaction } from '@vitrine/runtime/database';
import type { BuyerKey } from './buyer-keys.ts';
import { invalidInput, type InvalidInput } from './address.ts';
import { isRefusalOfBank, type CardGiver } from './card-limits.ts';
import { isExpired, maxCards, type Card, type CardFacts } from './card.ts';
import type { Deps } from './deps.ts';
import { checkSaveConsent } from './check-consent.ts';
import type { ConsentOutdated } from './consent.ts';
import { normaliseLabel, sealLabel } from './label.ts';
import { declineReasonOf, type DeclineReason } from './payment.ts';
import { fingerprintInput } from './sealed-address.ts';
import { recordConsent, type CurrentText } from './store/consents.ts';
import { providerUnavailable, type Limited, type NotFound, type ProviderUnavailable, type TooManyStored } from './refusals.ts';
import {
  findCardOf,
  findSavedCard,
  forgetSetup,
  insertCard,
  labelCard,
  listCards,
  lockBuyer,
  makeCardDefault,
  queueDetachment,
  replaceCard,
  saveCard,
} from './store/cards.ts';
import { budgetOf } from './stripe-call.ts';

export type FinishCardSetupResult =
  | { readonly kind: 'card'; readonly card: Card }
  /** `reason`: why the last attempt failed, as far as the buyer may be told; null when none did. */
  | { readonly kind: 'setup_incomplete'; readonly status: string; readonly reason: DeclineReason | null }
  | { readonly kind: 'card_expired' }
  | ConsentOutdated
  | TooManyStored
  | Limited
  | NotFound
  | ProviderUnavailable
  | InvalidInput
  | IdempotencyRefusal;

type Stored = { readonly kind: 'stored'; readonly paymentMethodId: string } | NotFound | TooManyStored;

const budgetMs = 12_000;
const setupIntentShape = /^seti_[A-Za-z0-9_]{1,200}$/;

export async function finishCardSetup(
  deps: Deps,
  call: CardGiver & {
    readonly country: string;
    readonly idempotencyKey: string;
    readonly setupIntentId: string;
    readonly makeDefault: boolean;
    readonly saveConsent: { readonly textVersion: string } | null;
    readonly label: string | null;
  },
): Promise<FinishCardSetupResult> {
  const { buyerId, idempotencyKey, setupIntentId, makeDefault, saveConsent } = call;
  if (!isIdempotencyKey(idempotencyKey)) return invalidKey;
  const labelled = normaliseLabel(call.label);
  if (labelled.kind === 'invalid_input') return labelled;
  const buyerKey = await deps.keys.current(buyerId);
  const idempotentCall = {
    actorId: buyerId,
    operation: 'finishCardSetup',
    idempotencyKey,
    input: { setupIntentId, makeDefault, saveConsent, label: fingerprintInput(buyerKey.key, hashInput({ label: labelled.label })) },
  };
  if (!setupIntentShape.test(setupIntentId))
    return invalidInput('setupIntentId', 'This is not the id of a card setup. Give the one that startCardSetup returned.');
  const stored = await findStoredResult<Stored>(deps.pool, idempotentCall);
  if (stored !== undefined) return answer(deps, buyerId, setupIntentId, stored);

  const consent = await checkSaveConsent(deps, call.country, saveConsent);
  if (consent.kind === 'consent_outdated') return consent;
  const limited = await deps.cardLimits.checkGiver(call);
  if (limited !== null) return limited;
  const notFound: NotFound = { kind: 'not_found', id: setupIntentId };
  const customerId = await deps.cards.findCustomer(buyerId);
  if (customerId === null) return notFound;
  const budget = budgetOf(budgetMs);
  const retrieved = await deps.stripeCards.retrieveSetup(setupIntentId, budget);
  if (retrieved.kind === 'refused') return notFound;
  if (retrieved.kind !== 'ok') return providerUnavailable;
  const setup = retrieved.value;
  if (setup.customerId !== customerId) return notFound;
  if (setup.status !== 'succeeded') {
    if (setup.failure !== null && isRefusalOfBank(declineReasonOf(setup.failure)))
      await deps.cardLimits.noteRefusedCard(call, `${setupIntentId}:refused`);
    return { kind: 'setup_incomplete', status: setup.status, reason: setup.failure === null ? null : declineReasonOf(setup.failure) };
  }
  const { card } = setup;
  if (card === null) return notFound;
  if (isExpired(card, deps.now())) return { kind: 'card_expired' };

  if (consent.text !== null) {
    // Without this Stripe's own sheet in the app does not show it to its buyer again.
    const shown = await deps.stripeCards.allowRedisplay(card.stripePaymentMethodId, budget);
    if (shown.kind !== 'ok' && shown.kind !== 'refused') return providerUnavailable;
  }

  const kept = await runIdempotent<Stored>(
    deps.pool,
    idempotentCall,
    (transaction) =>
      keepCard(transaction, buyerKey, { buyerId, setupIntentId, card, makeDefault, text: consent.text, label: labelled.label }),
    (result) => result.kind === 'stored',
  );
  return answer(deps, buyerId, setupIntentId, kept);
}

interface Kept {
  readonly buyerId: string;
  readonly setupIntentId: string;
  readonly card: CardFacts;
  readonly makeDefault: boolean;
  /** The text that was agreed to; null for a card of one purchase. */
  readonly text: CurrentText | null;
  readonly label: string | null;
}

async function keepCard(
  transaction: Transaction,
  buyerKey: BuyerKey,
  { buyerId, setupIntentId, card, makeDefault, text, label }: Kept,
): Promise<Stored> {
  await lockBuyer(transaction, buyerId, 'cards');
  const cards = await listCards(transaction, buyerId);
  const known = await findCardOf(transaction, buyerId, card.stripePaymentMethodId);
  // The card of this setup is on its way out: storing it again would keep a card that Stripe has let go.
  if (known?.deleting === true) return { kind: 'not_found', id: setupIntentId };
  const wanted = text !== null;
  const saved = wanted ? await findSavedCard(transaction, buyerId, card.fingerprint) : null;
  const paymentMethodId = saved?.id ?? known?.id ?? newId('pmt');
  const isNew = known === null && saved === null;
  const adds = isNew || (wanted && !cards.some(({ id, isSaved }) => id === paymentMethodId && isSaved));
  if (adds && cards.filter(({ isSaved }) => isSaved === wanted).length >= maxCards) return { kind: 'too_many_stored', limit: maxCards };
  if (isNew) await insertCard(transaction, buyerId, paymentMethodId, card, wanted);
  else if (known === null && saved !== null) {
    await replaceCard(transaction, saved.id, card);
    await queueDetachment(transaction, saved.stripePaymentMethodId);
  }
  if (text !== null) {
    await saveCard(transaction, paymentMethodId);
    await recordConsent(transaction, { buyerId, subjectId: paymentMethodId, text });
    if (makeDefault || !cards.some(({ isSaved }) => isSaved)) await makeCardDefault(transaction, buyerId, paymentMethodId);
  }
  if (label !== null) {
    const sealed = sealLabel(buyerKey, { table: 'payment_methods', buyerId, rowId: paymentMethodId }, label);
    await labelCard(transaction, buyerId, paymentMethodId, sealed);
  }
  await forgetSetup(transaction, buyerId, setupIntentId);
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
