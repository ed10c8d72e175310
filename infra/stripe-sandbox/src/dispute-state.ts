/**
 * How a dispute begins, is answered and ends, and the money that a card network takes and gives back. An inquiry takes no money and
 * can become a chargeback. What the evidence says decides the end at once, as in Stripe's test mode.
 */
import type { Stripe } from 'stripe';
import { recordBalanceChange } from './balance-transactions.ts';
import { NO_EVIDENCE } from './dispute-evidence.ts';
import { newId } from './ids.ts';
import { idOf } from './records.ts';
import type { Transaction } from './store.ts';

const DAY_SECONDS = 24 * 60 * 60;

/** Card networks leave about three weeks, of which Stripe keeps some days for itself. */
const RESPONSE_DAYS = 9;

/** Stripe's fee for a dispute in the United States, in minor units; it is not given back. */
const FEE = 1500;

export type DisputeCause = 'fraudulent' | 'product_not_received' | 'inquiry';

const CAUSES = {
  fraudulent: { reason: 'fraudulent', code: '10.4' },
  product_not_received: { reason: 'product_not_received', code: '13.1' },
  inquiry: { reason: 'general', code: '10' },
} as const satisfies Record<DisputeCause, object>;

export function isInquiry(dispute: Stripe.Dispute): boolean {
  return dispute.status.startsWith('warning_');
}

/** The end of the day by which an answer has to be there, in seconds since 1970. */
function dueBy(now: number): number {
  return (Math.floor(now / DAY_SECONDS) + RESPONSE_DAYS + 1) * DAY_SECONDS - 1;
}

function withdraw(tx: Transaction, dispute: Stripe.Dispute, now: number): Stripe.Dispute {
  const charge = idOf(dispute.charge) ?? '';
  const change = recordBalanceChange(tx, {
    kind: 'dispute',
    source: dispute.id,
    amount: -dispute.amount,
    currency: dispute.currency,
    now,
    description: `Chargeback withdrawal for ${charge}`,
    fee: { amount: FEE, description: 'Dispute fee' },
  });
  const paymentIntent = idOf(dispute.payment_intent);
  if (paymentIntent !== null) tx.move({ kind: 'dispute', paymentIntent, amount: dispute.amount, at: now });
  return { ...dispute, balance_transactions: [...dispute.balance_transactions, change], is_charge_refundable: false };
}

function reinstate(tx: Transaction, dispute: Stripe.Dispute, now: number): Stripe.Dispute {
  const change = recordBalanceChange(tx, {
    kind: 'dispute_reversal',
    source: dispute.id,
    amount: dispute.amount,
    currency: dispute.currency,
    now,
    description: `Chargeback reversal for ${idOf(dispute.charge)}`,
  });
  const paymentIntent = idOf(dispute.payment_intent);
  if (paymentIntent !== null) tx.move({ kind: 'reinstate', paymentIntent, amount: dispute.amount, at: now });
  return { ...dispute, balance_transactions: [...dispute.balance_transactions, change], is_charge_refundable: true };
}

/** Writes the dispute that a card holder opens about a captured charge. `now` in seconds. */
export function openDispute(tx: Transaction, charge: Stripe.Charge, cause: DisputeCause, now: number): void {
  const { reason, code } = CAUSES[cause];
  const inquiry = cause === 'inquiry';
  const brand = charge.payment_method_details?.card?.brand ?? 'visa';
  const opened: Stripe.Dispute = {
    id: newId('du'),
    object: 'dispute',
    amount: charge.amount_captured,
    balance_transactions: [],
    charge: charge.id,
    created: now,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: { ...NO_EVIDENCE, customer_email_address: charge.billing_details.email, customer_name: charge.billing_details.name },
    evidence_details: {
      due_by: dueBy(now),
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: inquiry,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    payment_method_details: {
      card: { brand, case_type: inquiry ? 'inquiry' : 'chargeback', network: brand, network_reason_code: code },
      type: 'card',
    },
    reason,
    status: inquiry ? 'warning_needs_response' : 'needs_response',
  };
  const dispute = inquiry ? opened : withdraw(tx, opened, now);
  tx.put('dispute', dispute.id, { object: dispute });
}

/** The dispute lost, or the inquiry over. */
export function concede(dispute: Stripe.Dispute): Stripe.Dispute {
  return { ...dispute, status: isInquiry(dispute) ? 'warning_closed' : 'lost' };
}

/** The inquiry about a charge whose money has gone back. */
export function closeInquiries(tx: Transaction, charge: string): void {
  for (const { object: dispute } of tx.list('dispute', charge)) {
    if (dispute.status === 'warning_needs_response' || dispute.status === 'warning_under_review') {
      tx.put('dispute', dispute.id, { object: concede(dispute) });
    }
  }
}

function escalate(tx: Transaction, dispute: Stripe.Dispute, now: number): Stripe.Dispute {
  const { code, reason } = CAUSES.fraudulent;
  const card = dispute.payment_method_details?.card;
  return withdraw(
    tx,
    {
      ...dispute,
      reason,
      status: 'needs_response',
      evidence_details: { ...dispute.evidence_details, due_by: dueBy(now), has_evidence: false, submission_count: 0 },
      ...(card === undefined
        ? {}
        : { payment_method_details: { type: 'card', card: { ...card, case_type: 'chargeback', network_reason_code: code } } }),
    },
    now,
  );
}

/** The dispute once its evidence was sent; three texts that Stripe documents decide it at once. */
export function submitted(tx: Transaction, dispute: Stripe.Dispute, now: number): Stripe.Dispute {
  const inquiry = isInquiry(dispute);
  const sent: Stripe.Dispute = {
    ...dispute,
    status: inquiry ? 'warning_under_review' : 'under_review',
    evidence_details: {
      ...dispute.evidence_details,
      has_evidence: true,
      submission_count: dispute.evidence_details.submission_count + 1,
      submission_method: 'manual',
    },
  };
  switch (dispute.evidence.uncategorized_text) {
    case 'winning_evidence':
      return inquiry ? concede(sent) : reinstate(tx, { ...sent, status: 'won' }, now);
    case 'losing_evidence':
      return concede(sent);
    case 'escalate_inquiry_evidence':
      return inquiry ? escalate(tx, sent, now) : sent;
    default:
      return sent;
  }
}
