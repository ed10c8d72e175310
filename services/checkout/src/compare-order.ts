/**
 * Compares what the services say of one order: facts in, divergences out, nothing is called. What is under way is not a
 * divergence; what is found has to be found again after a while before anything follows from it.
 */
import { sameMoney } from '@vitrine/runtime/money';
import type { Finding, FindingKind, OrderFacts, PlacedOrderFacts, ReconcilerSettings, Repair, Detail } from './reconciliation.ts';

export type Patience = Pick<ReconcilerSettings, 'patienceMs' | 'purchasePatienceMs' | 'refundsCharges'>;

export interface Comparison {
  readonly findings: readonly Finding[];
  /** The purchase is not over, or a step after it is not taken yet and not late: it is looked at again. */
  readonly isUnderWay: boolean;
}

const finding = (kind: FindingKind, repair: Repair | null, detail: Detail = {}): Finding => ({ kind, repair, detail });
const none: readonly Finding[] = [];
const late = (since: Date | null, patienceMs: number, now: Date): boolean => since !== null && now.getTime() - since.getTime() > patienceMs;

export function compareOrder(facts: OrderFacts, patience: Patience, now: Date): Comparison {
  const { purchase, order } = facts;
  if (purchase !== null && !purchase.isFinished) {
    const isStuck = late(purchase.createdAt, patience.purchasePatienceMs, now);
    return { findings: isStuck ? [finding('purchase_unfinished', 'wake_purchase')] : none, isUnderWay: true };
  }
  const stripe = compareStripe(facts);
  if (order === null) return { findings: [...withoutOrder(facts, patience), ...stripe], isUnderWay: false };
  const history = compareHistory(facts, order);
  const compareSteps = (given: Patience): readonly Finding[] => [
    ...comparePayment(facts, order, given, now),
    ...compareStock(facts, order, given, now),
  ];
  const steps = compareSteps(patience);
  const isUnderWay = compareSteps({ ...patience, patienceMs: 0 }).length > steps.length;
  return { findings: [...history, ...steps, ...stripe], isUnderWay };
}

/** A purchase that failed, or an id that checkout does not know: nobody may pay for it, and nothing may be held for it. */
function withoutOrder({ purchase, payment, reservation }: OrderFacts, { refundsCharges }: Patience): Finding[] {
  const detail: Detail = {
    outcome: purchase?.outcome ?? null,
    payment: payment?.status ?? null,
    capturedMinor: payment?.capturedMinor ?? 0,
    stock: reservation?.status ?? null,
  };
  // The purchase says that there is an order: what belongs to it is not to be undone.
  if (purchase?.outcome === 'placed') return [finding('order_missing', null, detail)];
  const found: Finding[] = [];
  if (payment?.status === 'started' || payment?.status === 'requires_action' || payment?.status === 'authorized') {
    found.push(finding('authorization_without_order', 'void_payment', detail));
  }
  if (payment?.status === 'captured' && payment.capturedMinor > payment.refundReservedMinor) {
    found.push(finding('charge_without_order', purchase !== null && refundsCharges ? 'refund_charge' : null, detail));
  }
  if (reservation?.status === 'held') found.push(finding('stock_without_order', 'release_stock', detail));
  if (reservation?.status === 'sold') found.push(finding('sale_without_order', null, detail));
  return found;
}

function compareHistory({ purchase }: OrderFacts, { sequence, history }: PlacedOrderFacts): Finding[] {
  const found: Finding[] = [];
  const { count, first, last } = history;
  if (count > 0 && (last !== sequence || count !== last - first + 1)) {
    found.push(finding('history_gap', null, { sequence, events: count, last }));
  }
  if (purchase !== null && purchase.outcome !== 'placed') found.push(finding('outcome_differs', null, { outcome: purchase.outcome }));
  return found;
}

function comparePayment({ payment }: OrderFacts, order: PlacedOrderFacts, { patienceMs }: Patience, now: Date): Finding[] {
  const { status, total } = order;
  const detail: Detail = { status, orderPayment: order.payment, payment: payment?.status ?? null };
  if (payment === null)
    return status === 'cancelled' && order.payment !== 'captured' ? [] : [finding('order_without_payment', null, detail)];
  const found: Finding[] = [];
  const { amount, capturedMinor, refundedMinor } = payment;
  const amounts: Detail = { ...detail, totalMinor: total.amountMinor, amountMinor: amount?.amountMinor ?? null, capturedMinor };
  if (amount !== null && !sameMoney(amount, total)) found.push(finding('amount_differs', null, amounts));
  switch (status) {
    case 'placed':
      if (late(order.captureAt, patienceMs, now)) found.push(finding('capture_overdue', 'wake_capture', detail));
      break;
    case 'confirmed':
      if (payment.status === 'authorized') found.push(finding('capture_missing', 'capture_payment', detail));
      else if (payment.status !== 'captured') found.push(finding('confirmed_without_charge', null, detail));
      else if (capturedMinor !== total.amountMinor) found.push(finding('amount_differs', null, amounts));
      break;
    case 'cancelled':
      found.push(...compareCancelled(payment, order, patienceMs, now, detail));
      break;
  }
  if (payment.status === 'captured' && order.payment === 'captured' && refundedMinor !== order.refundedMinor) {
    found.push(finding('refund_differs', null, { orderRefundedMinor: order.refundedMinor, refundedMinor }));
  }
  return found;
}

function compareCancelled(
  payment: NonNullable<OrderFacts['payment']>,
  order: PlacedOrderFacts,
  patienceMs: number,
  now: Date,
  detail: Detail,
): Finding[] {
  if (!late(order.cancelledAt, patienceMs, now)) return [];
  const kept = { ...detail, capturedMinor: payment.capturedMinor, refundedMinor: payment.refundedMinor };
  if (order.payment === 'captured') {
    return payment.refundedMinor < payment.capturedMinor ? [finding('cancelled_not_refunded', null, kept)] : [];
  }
  if (payment.status === 'captured') {
    return payment.refundedMinor < payment.capturedMinor ? [finding('cancelled_but_charged', null, kept)] : [];
  }
  if (order.payment === 'voiding') return [finding('void_overdue', 'wake_void', detail)];
  return payment.status === 'voided' || payment.status === 'declined' ? [] : [finding('cancelled_but_authorized', 'void_payment', detail)];
}

function compareStock({ reservation }: OrderFacts, order: PlacedOrderFacts, { patienceMs }: Patience, now: Date): Finding[] {
  const detail: Detail = { status: order.status, stock: reservation?.status ?? null };
  const found: Finding[] = [];
  if (reservation !== null && !reservation.ledgerAgrees) found.push(finding('stock_ledger_differs', null, detail));
  if (order.status === 'cancelled') {
    if (!late(order.cancelledAt, patienceMs, now)) return found;
    if (reservation?.status === 'held') found.push(finding('stock_of_cancelled_order', 'release_stock', detail));
    if (reservation?.status === 'sold') found.push(finding('stock_of_cancelled_order', 'republish', detail));
    return found;
  }
  if (!late(order.placedAt, patienceMs, now)) return found;
  switch (reservation?.status) {
    case 'sold':
      break;
    case 'held':
      found.push(finding('stock_not_sold', 'settle_stock', detail));
      break;
    case 'returned':
      if (order.returns === 'none') found.push(finding('stock_returned_early', null, detail));
      break;
    case 'released':
    case undefined:
      found.push(finding('stock_not_sold', 'republish', detail));
      return found;
  }
  if (reservation !== null && (reservation.quantity !== order.quantity || reservation.productId !== order.productId)) {
    found.push(finding('quantity_differs', null, { ordered: order.quantity, reserved: reservation.quantity }));
  }
  return found;
}

function compareStripe({ payment }: OrderFacts): Finding[] {
  const shown = payment?.atProvider;
  if (shown?.verdict !== 'DIFFERS') return [];
  const { state, capturedMinor, refundedMinor } = shown;
  return [
    finding('stripe_differs', 'wait_for_vault', {
      payment: payment?.status ?? null,
      atStripe: state,
      capturedAtStripeMinor: capturedMinor,
      refundedAtStripeMinor: refundedMinor,
    }),
  ];
}
