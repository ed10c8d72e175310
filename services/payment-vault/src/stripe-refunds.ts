/** Refunds at Stripe: made once for a refund id, and found again among those of the intent. */
import type { Stripe } from 'stripe';
import type { RefundReason } from '@vitrine/contracts/payment-vault-http';
import { failureOf, type ChargeAmounts, type StripeRefund } from './refund.ts';
import type { Budget, StripeCaller, StripeOutcome } from './stripe-call.ts';
import { isAmount, isObject } from './stripe-payments.ts';

/** What a refund is made of. A repeat with the same key must be equal to the byte, so it is all stored. */
export interface StripeRefundTerms {
  readonly orderId: string;
  readonly refundId: string;
  readonly stripePaymentIntentId: string;
  readonly amountMinor: number;
  readonly reason: RefundReason;
}

/** All refunds of an intent, with the charge that they are of. */
export interface RefundsOfCharge {
  readonly charge: ChargeAmounts;
  readonly refunds: readonly StripeRefund[];
}

export interface StripeRefunds {
  create(terms: StripeRefundTerms, key: string, budget: Budget): Promise<StripeOutcome<StripeRefund>>;
  list(intentId: string, chargeId: string, budget: Budget): Promise<StripeOutcome<RefundsOfCharge>>;
}

const pageSize = 100;

/** Stripe blocks a card whose charge is refunded as fraudulent; it knows no more than three reasons. */
const stripeReasons: Readonly<Record<RefundReason, 'requested_by_customer' | 'duplicate' | 'fraudulent'>> = {
  REQUESTED_BY_BUYER: 'requested_by_customer',
  DUPLICATE: 'duplicate',
  FRAUD: 'fraudulent',
  CANCELLED_BY_SELLER: 'requested_by_customer',
  NOT_DELIVERED: 'requested_by_customer',
  RETURNED: 'requested_by_customer',
};

export function createStripeRefunds(caller: StripeCaller): StripeRefunds {
  const { sdk } = caller;
  return {
    async create(terms, key, budget) {
      const outcome = await caller.call('refunds.create', budget, (options) =>
        sdk.refunds.create(
          {
            payment_intent: terms.stripePaymentIntentId,
            amount: terms.amountMinor,
            reason: stripeReasons[terms.reason],
            metadata: { order_id: terms.orderId, refund_id: terms.refundId },
          },
          { ...options, idempotencyKey: key },
        ),
      );
      if (outcome.kind !== 'ok') return outcome;
      const refund = readRefund(outcome.value);
      return refund === null ? { kind: 'unknown', replayed: false } : { ...outcome, value: refund };
    },

    async list(intentId, chargeId, budget) {
      // Read before the refunds: they add up to no less than it says, unless one failed in between.
      const charged = await caller.call('charges.retrieve', budget, (options) => sdk.charges.retrieve(chargeId, {}, options));
      if (charged.kind !== 'ok') return charged;
      const charge = readCharge(charged.value);
      if (charge === null) return { kind: 'unknown', replayed: false };
      const refunds: StripeRefund[] = [];
      let startingAfter: string | undefined;
      for (;;) {
        const outcome = await caller.call('refunds.list', budget, (options) =>
          sdk.refunds.list(
            { payment_intent: intentId, limit: pageSize, ...(startingAfter === undefined ? {} : { starting_after: startingAfter }) },
            options,
          ),
        );
        if (outcome.kind !== 'ok') return outcome;
        const { data, has_more: hasMore } = outcome.value;
        if (!Array.isArray(data)) return { kind: 'unknown', replayed: false };
        for (const shown of data) {
          const refund = readRefund(shown);
          if (refund === null) return { kind: 'unknown', replayed: false };
          refunds.push(refund);
        }
        startingAfter = data.at(-1)?.id;
        if (!hasMore || startingAfter === undefined) break;
      }
      return { kind: 'ok', value: { charge, refunds }, replayed: false };
    },
  };
}

const statuses: Readonly<Record<string, StripeRefund['status']>> = {
  pending: 'pending',
  requires_action: 'pending',
  succeeded: 'refunded',
  failed: 'failed',
  canceled: 'failed',
};

/** A refund as Stripe sent it; null for anything else, since money must not follow from a wrong shape. */
export function readRefund(value: unknown): StripeRefund | null {
  if (!isObject(value)) return null;
  const { id, amount, status: shown, failure_reason: failureReason, metadata, destination_details: destination, created } = value;
  if (typeof id !== 'string' || !isAmount(amount) || amount === 0 || typeof shown !== 'string' || typeof created !== 'number') return null;
  const status = Object.hasOwn(statuses, shown) ? statuses[shown] : undefined;
  if (status === undefined) return null;
  const refundId = isObject(metadata) ? metadata['refund_id'] : null;
  const card = isObject(destination) ? destination['card'] : null;
  return {
    id,
    amountMinor: amount,
    status,
    failure:
      status !== 'failed' ? null : shown === 'canceled' ? 'CANCELLED' : failureOf(typeof failureReason === 'string' ? failureReason : null),
    refundId: typeof refundId === 'string' ? refundId : null,
    isReversal: isObject(card) && card['type'] === 'reversal',
    created,
  };
}

function readCharge({ amount, amount_captured: captured, amount_refunded: refunded }: Stripe.Charge): ChargeAmounts | null {
  if (!isAmount(amount) || !isAmount(captured) || !isAmount(refunded) || captured > amount || refunded > amount) return null;
  return { amountMinor: amount, capturedMinor: captured, refundedMinor: refunded };
}
