/** One run: a buyer stores a card and an address, buys, and deletes some of it, while others attack and processes die. */
import type { OrderRun } from './order-run.ts';
import { createOrderRun } from './order-run.ts';
import { choicesOf } from './choices.ts';
import type { RunPlan } from './run-plan.ts';
import type { Testimony } from './told.ts';
import { askAgain, type VaultCallers } from './vault-callers.ts';

/** Personal on purpose: none of it may be in a log. */
export const addressInput = {
  name: 'Ada Quillfeather',
  line1: '77 Quillfeather Row',
  city: 'San Francisco',
  region: 'CA',
  postalCode: '94103',
  country: 'US',
  phone: '+14155550177',
};

const mutations = {
  startCardSetup: `mutation ($input: StartCardSetupInput!) { result: startCardSetup(input: $input) { __typename
    ... on StartCardSetupSuccess { setupIntentId clientSecret } } }`,
  finishCardSetup: `mutation ($input: FinishCardSetupInput!) { result: finishCardSetup(input: $input) { __typename
    ... on FinishCardSetupSuccess { paymentMethod { id } } ... on CardSetupIncompleteError { status } } }`,
  addAddress: `mutation ($input: AddAddressInput!) { result: addAddress(input: $input) { __typename ... on AddAddressSuccess { address { id } } } }`,
  deletePaymentMethod: `mutation ($input: DeletePaymentMethodInput!) { result: deletePaymentMethod(input: $input) { __typename } }`,
  deleteAddress: `mutation ($input: DeleteAddressInput!) { result: deleteAddress(input: $input) { __typename } }`,
} as const;

const undecided: ReadonlySet<unknown> = new Set(['PaymentProviderUnavailableError', 'IdempotencyKeyInFlightError', undefined]);
const setupMs = 60_000;

interface StoredCard {
  readonly paymentMethodId: string;
  readonly stripePaymentMethodId: string;
}

/** Runs it to its end. @returns its orders, to be finished later */
export async function runBuyer(callers: VaultCallers, testimony: Testimony, plan: RunPlan, sellerId: string): Promise<readonly OrderRun[]> {
  const { run, buyerId, orders } = plan;
  // Without it card and address are for this purchase alone.
  const consent = plan.saves ? { saveConsent: { textVersion: 'save-us-1' } } : {};
  const actor = { role: 'buyer', accountId: buyerId, country: 'US' } as const;
  const mutate = async (name: keyof typeof mutations, input: object): Promise<Readonly<Record<string, unknown>> | null> =>
    askAgain(async () => {
      const result = await callers.mutate(actor, mutations[name], input);
      return undecided.has(result?.['__typename']) ? null : result;
    }, setupMs);

  for (const kind of plan.attacks) {
    const eventId = `evt_attack${choicesOf(buyerId, kind).key()}`;
    const { status } = await callers.attack(kind, eventId, orders[0]?.orderId ?? '');
    testimony.attacks.push({ run, eventId, status });
  }

  const storeCard = async (): Promise<StoredCard | null> => {
    const setup = await mutate('startCardSetup', { idempotencyKey: plan.setupKey });
    if (setup?.['__typename'] !== 'StartCardSetupSuccess') return odd('startCardSetup', setup);
    const setupIntentId = String(setup['setupIntentId']);
    const stripePaymentMethodId = await giveCard(callers, plan.card, setupIntentId, String(setup['clientSecret']));
    if (stripePaymentMethodId === null) return null;
    const finished = await mutate('finishCardSetup', { idempotencyKey: plan.finishKey, setupIntentId, ...consent });
    if (finished?.['__typename'] !== 'FinishCardSetupSuccess') return odd('finishCardSetup', finished);
    return { paymentMethodId: (finished['paymentMethod'] as { readonly id: string }).id, stripePaymentMethodId };
  };
  const odd = (what: string, result: Readonly<Record<string, unknown>> | null): null => {
    testimony.oddAnswers.push({ run, what: `${what}: ${JSON.stringify(result).slice(0, 200)}` });
    return null;
  };
  const card = await storeCard();
  if (card === null) return [];
  const added = await mutate('addAddress', { idempotencyKey: plan.addressKey, ...addressInput, ...consent });
  if (added?.['__typename'] !== 'AddAddressSuccess') {
    odd('addAddress', added);
    return [];
  }
  const addressId = (added['address'] as { readonly id: string }).id;

  const [cardKey, addressKey] = plan.deleteKeys;
  const deleteAt = async (moment: RunPlan['deleteCard']): Promise<void> => {
    if (plan.deleteCard === moment) {
      const deleted = await mutate('deletePaymentMethod', { idempotencyKey: cardKey, paymentMethodId: card.paymentMethodId });
      if (deleted === null) odd('deletePaymentMethod', deleted);
      else if (deleted['__typename'] === 'DeletePaymentMethodSuccess')
        testimony.deletedCards.push({ run, stripePaymentMethodId: card.stripePaymentMethodId });
    }
    if (plan.deleteAddress === moment && (await mutate('deleteAddress', { idempotencyKey: addressKey, addressId })) === null)
      odd('deleteAddress', null);
  };
  const buyer = { buyerId, sellerId, paymentMethodId: card.paymentMethodId, addressId };
  const orderRuns = orders.map((order) => createOrderRun(callers, testimony, run, buyer, order));
  await deleteAt('before');
  await Promise.all([...orderRuns.map((order) => order.drive()), deleteAt('during')]);
  await deleteAt('after');
  return orderRuns;
}

/** Gives the card to Stripe as the app does, and answers the bank. @returns null when Stripe or the bank refuse it */
async function giveCard(callers: VaultCallers, number: string, setupIntentId: string, clientSecret: string): Promise<string | null> {
  const given = await askAgain(async () => {
    const shown = await callers.stripe(`/v1/setup_intents/${setupIntentId}?client_secret=${encodeURIComponent(clientSecret)}`);
    const { status, payment_method: paymentMethod, next_action: action } = shown.body;
    if (status === 'succeeded' && typeof paymentMethod === 'string') return paymentMethod;
    if (status === 'requires_action') {
      const page = (action as { readonly use_stripe_sdk?: { readonly stripe_js?: string } } | null)?.use_stripe_sdk?.stripe_js;
      if (page !== undefined) await callers.answerPage(page, 'complete');
      return null;
    }
    if (status !== 'requires_payment_method') return null;
    const confirmed = await callers.stripe(`/v1/setup_intents/${setupIntentId}/confirm`, {
      client_secret: clientSecret,
      'payment_method_data[type]': 'card',
      'payment_method_data[card][number]': number,
      'payment_method_data[card][exp_month]': '12',
      'payment_method_data[card][exp_year]': '2034',
      'payment_method_data[card][cvc]': '123',
    });
    const error = confirmed.body['error'] as { readonly type?: string } | undefined;
    return error?.type === 'card_error' ? 'refused' : null;
  }, setupMs);
  return given === 'refused' ? null : given;
}
