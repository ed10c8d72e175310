/** Customers and cards at Stripe. Of a buyer Stripe is told an id that means nothing outside Vitrine, and nothing else. */
import type { Stripe } from 'stripe';
import type { CardFacts } from './card.ts';
import type { StripeFailure } from './payment.ts';
import type { Budget, StripeCaller, StripeOutcome } from './stripe-call.ts';

/** A SetupIntent as far as we read it. */
export interface CardSetup {
  /** `seti_…` */
  readonly id: string;
  /** Stripe's status, for example `requires_payment_method`, `requires_action`, `succeeded`. */
  readonly status: string;
  readonly customerId: string | null;
  /** For the app only: never stored, never logged. */
  readonly clientSecret: string | null;
  /** The card of a setup that has succeeded, if it still belongs to the customer. */
  readonly card: CardFacts | null;
  /** Why its last attempt failed; null when none did. */
  readonly failure: StripeFailure | null;
}

export interface StripeCards {
  createCustomer(buyerId: string, key: string, budget: Budget): Promise<StripeOutcome<{ readonly id: string }>>;
  createSetup(customerId: string, key: string, budget: Budget): Promise<StripeOutcome<CardSetup>>;
  retrieveSetup(setupIntentId: string, budget: Budget): Promise<StripeOutcome<CardSetup>>;
  /** Ends a setup that nobody confirmed. May be repeated. */
  cancelSetup(setupIntentId: string, budget: Budget): Promise<StripeOutcome<object>>;
  /** A secret with which Stripe's own sheet in the app shows the buyer the cards whose saving was agreed to. Made anew each time. */
  createCustomerSession(customerId: string, budget: Budget): Promise<StripeOutcome<{ readonly client_secret: string }>>;
  /** Lets Stripe's own sheet show a card to its buyer again. May be repeated. */
  allowRedisplay(stripePaymentMethodId: string, budget: Budget): Promise<StripeOutcome<object>>;
  /** Deletes a customer and whatever belongs to it. A repeat is refused with `resource_missing`. */
  deleteCustomer(customerId: string, budget: Budget): Promise<StripeOutcome<object>>;
  detach(stripePaymentMethodId: string, key: string, budget: Budget): Promise<StripeOutcome<object>>;
  /** Whether the payment method belongs to a customer; false when Stripe does not know it. */
  isAttached(stripePaymentMethodId: string, budget: Budget): Promise<StripeOutcome<{ readonly attached: boolean }>>;
}

/** An answer that does not show the effect says nothing of it. */
const notShown = { kind: 'unknown', replayed: false } as const;

export function createStripeCards(caller: StripeCaller): StripeCards {
  const { sdk } = caller;

  const setupCall = async (
    name: string,
    budget: Budget,
    make: (options: { readonly timeout: number }) => Promise<Stripe.SetupIntent>,
  ): Promise<StripeOutcome<CardSetup>> => {
    const outcome = await caller.call(name, budget, make);
    if (outcome.kind !== 'ok') return outcome;
    const setup = readSetup(outcome.value);
    return setup === null ? { kind: 'unknown', replayed: false } : { ...outcome, value: setup };
  };

  return {
    async createCustomer(buyerId, key, budget) {
      const outcome = await caller.call('customers.create', budget, (options) =>
        sdk.customers.create({ metadata: { buyer_id: buyerId } }, { ...options, idempotencyKey: key }),
      );
      return outcome.kind === 'ok' && typeof outcome.value.id !== 'string' ? { kind: 'unknown', replayed: false } : outcome;
    },

    createSetup: (customerId, key, budget) =>
      setupCall('setupIntents.create', budget, (options) =>
        sdk.setupIntents.create(
          { customer: customerId, usage: 'off_session', allowed_payment_method_types: ['card'] },
          { ...options, idempotencyKey: key },
        ),
      ),

    retrieveSetup: (setupIntentId, budget) =>
      setupCall('setupIntents.retrieve', budget, (options) =>
        sdk.setupIntents.retrieve(setupIntentId, { expand: ['payment_method'] }, options),
      ),

    cancelSetup: (setupIntentId, budget) =>
      caller.call('setupIntents.cancel', budget, (options) =>
        sdk.setupIntents.cancel(setupIntentId, { cancellation_reason: 'abandoned' }, options),
      ),

    async createCustomerSession(customerId, budget) {
      const outcome = await caller.call('customerSessions.create', budget, (options) =>
        sdk.customerSessions.create({ customer: customerId, components: sheetComponents }, options),
      );
      return outcome.kind === 'ok' && typeof outcome.value.client_secret !== 'string' ? { kind: 'unknown', replayed: false } : outcome;
    },

    allowRedisplay: (stripePaymentMethodId, budget) =>
      caller.call('paymentMethods.update', budget, (options) =>
        sdk.paymentMethods.update(stripePaymentMethodId, { allow_redisplay: 'always' }, options),
      ),

    async deleteCustomer(customerId, budget) {
      const outcome = await caller.call('customers.del', budget, (options) => sdk.customers.del(customerId, {}, options));
      return outcome.kind === 'ok' && !outcome.value.deleted ? notShown : outcome;
    },

    async detach(stripePaymentMethodId, key, budget) {
      const outcome = await caller.call('paymentMethods.detach', budget, (options) =>
        sdk.paymentMethods.detach(stripePaymentMethodId, {}, { ...options, idempotencyKey: key }),
      );
      return outcome.kind === 'ok' && outcome.value.customer !== null ? notShown : outcome;
    },

    async isAttached(stripePaymentMethodId, budget) {
      const outcome = await caller.call('paymentMethods.retrieve', budget, (options) =>
        sdk.paymentMethods.retrieve(stripePaymentMethodId, {}, options),
      );
      if (outcome.kind === 'refused' && outcome.refusal.code === 'resource_missing')
        return { kind: 'ok', value: { attached: false }, replayed: false };
      if (outcome.kind !== 'ok') return outcome;
      return { ...outcome, value: { attached: outcome.value.customer !== null } };
    },
  };
}

/**
 * Stripe's sheets in the app may show saved cards; saving and removing are not theirs, because they go with a recorded
 * consent here (https://docs.stripe.com/api/customer_sessions/create).
 */
const sheetComponents: Stripe.CustomerSessionCreateParams.Components = {
  mobile_payment_element: {
    enabled: true,
    features: {
      payment_method_redisplay: 'enabled',
      payment_method_allow_redisplay_filters: ['always'],
      payment_method_save: 'disabled',
      payment_method_remove: 'disabled',
    },
  },
  customer_sheet: {
    enabled: true,
    features: { payment_method_allow_redisplay_filters: ['always'], payment_method_remove: 'disabled' },
  },
};

function readSetup(intent: Stripe.SetupIntent): CardSetup | null {
  if (typeof intent.id !== 'string' || typeof intent.status !== 'string') return null;
  const { customer, payment_method: method, last_setup_error: error } = intent;
  const customerId = idOf(customer);
  return {
    id: intent.id,
    status: intent.status,
    customerId,
    clientSecret: intent.client_secret ?? null,
    card: method === null || typeof method === 'string' || idOf(method.customer) !== customerId ? null : readCard(method),
    failure: error === null || error === undefined ? null : { code: error.code ?? null, declineCode: error.decline_code ?? null },
  };
}

const idOf = (reference: string | { readonly id: string } | null): string | null =>
  typeof reference === 'string' ? reference : (reference?.id ?? null);

/** A payment method's card; null for another kind, or a shape that we cannot read. */
export function readCard({ id, card }: Stripe.PaymentMethod): CardFacts | null {
  if (card === undefined || typeof card.last4 !== 'string' || !Number.isInteger(card.exp_month) || !Number.isInteger(card.exp_year))
    return null;
  return {
    stripePaymentMethodId: id,
    brand: card.brand,
    last4: card.last4,
    expMonth: card.exp_month,
    expYear: card.exp_year,
    fingerprint: card.fingerprint ?? null,
  };
}
