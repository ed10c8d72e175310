/** Payments at Stripe: one PaymentIntent for an order, found again by its id or by the order's. */
import type { Stripe } from 'stripe';
import type { Intent, StripeFailure } from './payment.ts';
import type { Budget, StripeCaller, StripeOutcome } from './stripe-call.ts';

/** What a PaymentIntent is made of. A repeat with the same key must be equal to the byte, so it is all stored. */
export interface IntentTerms {
  readonly orderId: string;
  readonly amountMinor: number;
  /** ISO 4217, capitals. */
  readonly currency: string;
  readonly stripeCustomerId: string;
  readonly stripePaymentMethodId: string;
}

export interface StripePayments {
  /** Authorizes; a decline is a refusal with the intent in it. */
  authorize(terms: IntentTerms, key: string, budget: Budget): Promise<StripeOutcome<Intent>>;
  retrieve(intentId: string, budget: Budget): Promise<StripeOutcome<Intent>>;
  /** The order's intent, looked for among those of its customer made since `since`; null when there is none. */
  find(
    terms: Pick<IntentTerms, 'orderId' | 'stripeCustomerId'>,
    since: Date,
    budget: Budget,
  ): Promise<StripeOutcome<{ readonly intent: Intent | null }>>;
  /** Captures `amountMinor` and lets the rest go. */
  capture(intentId: string, amountMinor: number, key: string, budget: Budget): Promise<StripeOutcome<Intent>>;
  cancel(intentId: string, key: string, budget: Budget): Promise<StripeOutcome<Intent>>;
}

const pageSize = 100;
/** Clocks differ. */
const clockSkewSeconds = 300;

export function createStripePayments(caller: StripeCaller): StripePayments {
  const { sdk } = caller;

  const intentCall = async (
    name: string,
    budget: Budget,
    make: (options: { readonly timeout: number }) => Promise<Stripe.PaymentIntent>,
  ): Promise<StripeOutcome<Intent>> => {
    const outcome = await caller.call(name, budget, make);
    if (outcome.kind !== 'ok') return outcome;
    const intent = readIntent(outcome.value);
    return intent === null ? { kind: 'unknown', replayed: false } : { ...outcome, value: intent };
  };

  return {
    authorize: (terms, key, budget) =>
      intentCall('paymentIntents.create', budget, (options) =>
        sdk.paymentIntents.create(
          {
            amount: terms.amountMinor,
            currency: terms.currency.toLowerCase(),
            customer: terms.stripeCustomerId,
            payment_method: terms.stripePaymentMethodId,
            allowed_payment_method_types: ['card'],
            capture_method: 'manual',
            confirm: true,
            // The buyer is there: 3-D Secure is done by the app's Stripe SDK, so there is no address to return to.
            use_stripe_sdk: true,
            metadata: { order_id: terms.orderId },
            // The seller's share is found again among the transfers of this group.
            transfer_group: terms.orderId,
          },
          { ...options, idempotencyKey: key },
        ),
      ),

    retrieve: (intentId, budget) =>
      intentCall('paymentIntents.retrieve', budget, (options) => sdk.paymentIntents.retrieve(intentId, {}, options)),

    async find({ orderId, stripeCustomerId }, since, budget) {
      let startingAfter: string | undefined;
      for (;;) {
        const outcome = await caller.call('paymentIntents.list', budget, (options) =>
          sdk.paymentIntents.list(
            {
              customer: stripeCustomerId,
              created: { gte: Math.floor(since.getTime() / 1000) - clockSkewSeconds },
              limit: pageSize,
              ...(startingAfter === undefined ? {} : { starting_after: startingAfter }),
            },
            options,
          ),
        );
        if (outcome.kind !== 'ok') return outcome;
        const { data, has_more: hasMore } = outcome.value;
        if (!Array.isArray(data)) return { kind: 'unknown', replayed: false };
        const found = data.find((intent) => intent.metadata?.['order_id'] === orderId);
        if (found !== undefined) {
          const intent = readIntent(found);
          return intent === null ? { kind: 'unknown', replayed: false } : { kind: 'ok', value: { intent }, replayed: false };
        }
        startingAfter = data.at(-1)?.id;
        if (!hasMore || startingAfter === undefined) return { kind: 'ok', value: { intent: null }, replayed: false };
      }
    },

    capture: (intentId, amountMinor, key, budget) =>
      intentCall('paymentIntents.capture', budget, (options) =>
        sdk.paymentIntents.capture(intentId, { amount_to_capture: amountMinor }, { ...options, idempotencyKey: key }),
      ),

    cancel: (intentId, key, budget) =>
      intentCall('paymentIntents.cancel', budget, (options) =>
        sdk.paymentIntents.cancel(intentId, {}, { ...options, idempotencyKey: key }),
      ),
  };
}

const statuses: ReadonlySet<string> = new Set<Intent['status']>([
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'processing',
  'requires_capture',
  'succeeded',
  'canceled',
]);

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
export const isAmount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
/** The id of a thing that Stripe names or shows. */
export const referenceId = (value: unknown): string | null => textOrNull(isObject(value) ? value['id'] : value);
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** An intent as Stripe sent it; null for anything else, since money must not follow from a wrong shape. */
export function readIntent(value: unknown): Intent | null {
  if (!isObject(value)) return null;
  const { id, status, amount, amount_received: received, client_secret: clientSecret, last_payment_error: lastError } = value;
  if (typeof id !== 'string' || !id.startsWith('pi_') || typeof status !== 'string' || !statuses.has(status)) return null;
  const chargeId = referenceId(value['latest_charge']);
  if (!isAmount(amount) || !isAmount(received) || received > amount) return null;
  if (status === 'succeeded' && (received === 0 || chargeId === null)) return null;
  const failure: StripeFailure | null = isObject(lastError)
    ? { code: textOrNull(lastError['code']), declineCode: textOrNull(lastError['decline_code']) }
    : null;
  return {
    id,
    status: status as Intent['status'],
    amountMinor: amount,
    receivedMinor: received,
    chargeId,
    clientSecret: textOrNull(clientSecret),
    failure,
  };
}
