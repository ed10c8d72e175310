/** Holds what is true against what must be, and against what callers were told. Nothing is read here, so that it can be shown to fail. */
import { unreachable } from '@vitrine/runtime/errors';
import type { EventRow, Facts, LedgerOrder, PaymentRow } from './facts.ts';
import type { Testimony, Told } from './told.ts';

export interface Violation {
  readonly invariant: string;
  /** Null when it is of no run alone. */
  readonly run: number | null;
  readonly detail: string;
}

const nothing: LedgerOrder = {
  payment_intents: [],
  authorized: 0,
  captured: 0,
  refunded: 0,
  voided: 0,
  open: 0,
  transferred: 0,
  reversed: 0,
  disputed: 0,
  counts: { authorized: 0, captured: 0, refunded: 0 },
};

export function judge(facts: Facts, testimony: Testimony): Violation[] {
  const violations: Violation[] = [];
  const runOf = (orderId: string | null): number | null => testimony.orders.get(orderId ?? '')?.run ?? null;
  const payments = new Map(facts.payments.map((payment) => [payment.order_id, payment]));
  const events = Map.groupBy(facts.events, ({ key }) => key);
  const refundsOf = Map.groupBy(facts.stripeRefunds, ({ refundId }) => refundId);

  for (const orderId of new Set([...Object.keys(facts.ledger), ...payments.keys()])) {
    const money = facts.ledger[orderId] ?? nothing;
    const payment = payments.get(orderId);
    const must = (invariant: string, holds: boolean, detail: string): void => {
      if (!holds) violations.push({ invariant, run: runOf(orderId), detail: `${orderId}: ${detail}` });
    };
    if (payment === undefined) {
      must('ledger-and-vault-agree', false, 'Stripe has money of an order that the vault does not know');
      continue;
    }
    judgeMoney(must, money, payment);
    const order = testimony.orders.get(orderId);
    must(
      'every-authorization-ends',
      money.open === 0 || order?.mayStay === true,
      `${money.open} is authorized and open (${payment.status})`,
    );
    if (order !== undefined && facts.activeSellers.has(order.sellerId)) {
      const { amountMinor, sellerShareMinor } = order.plan;
      const kept = Math.max(0, money.captured - money.refunded - money.disputed);
      const due = Number((BigInt(sellerShareMinor) * BigInt(kept)) / BigInt(amountMinor));
      const paid = money.transferred - money.reversed;
      must('seller-gets-the-share', paid === due, `the seller has ${paid} of ${due}`);
    }
    judgeEvents(must, events.get(orderId) ?? [], payment, facts);
  }
  for (const [refundId, made] of refundsOf) {
    if (refundId === null || made.length < 2) continue;
    violations.push({
      invariant: 'refunded-once',
      run: runOf(made[0]?.orderId ?? null),
      detail: `${refundId} was made ${made.length} times`,
    });
  }
  for (const told of testimony.told) {
    const money = facts.ledger[told.orderId] ?? nothing;
    if (
      !isTrue(
        told,
        money,
        (refundsOf.get('refundId' in told ? told.refundId : '') ?? []).map(({ status, amountMinor }) => ({ status, amountMinor })),
      )
    )
      violations.push({
        invariant: 'told-the-truth',
        run: told.run,
        detail: `${told.orderId}: was told ${JSON.stringify(told)}; authorized ${money.authorized}, captured ${money.captured}, voided ${money.voided}, refunded ${money.refunded}`,
      });
  }
  for (const eventId of facts.inbox)
    if (!facts.stripeEvents.has(eventId))
      violations.push({ invariant: 'only-stripe-is-heard', run: null, detail: `${eventId} is in the inbox and was never made` });
  for (const { run, eventId, status } of testimony.attacks)
    if (status !== null && status < 500 && status !== 400)
      violations.push({ invariant: 'only-stripe-is-heard', run, detail: `${eventId} was answered ${status}` });
  for (const { run, stripePaymentMethodId } of facts.stillAttached)
    violations.push({ invariant: 'deleted-cards-are-gone', run, detail: `${stripePaymentMethodId} is attached` });
  for (const { run, what } of testimony.oddAnswers) violations.push({ invariant: 'callers-get-answers', run, detail: what });
  return violations;
}

type Must = (invariant: string, holds: boolean, detail: string) => void;

function judgeMoney(must: Must, money: LedgerOrder, payment: PaymentRow): void {
  const { status } = payment;
  must('one-intent', money.payment_intents.length <= 1, `${money.payment_intents.length} intents`);
  must('authorized-once', money.counts.authorized <= 1, `authorized ${money.counts.authorized} times`);
  must(
    'captured-once',
    money.counts.captured <= 1 && money.captured <= money.authorized,
    `captured ${money.counts.captured} times, ${money.captured}`,
  );
  must(
    'refunds-within-capture',
    money.refunded >= 0 && money.refunded <= money.captured,
    `refunded ${money.refunded} of ${money.captured}`,
  );
  const agree = (what: string, vault: number, stripe: number): void =>
    must('ledger-and-vault-agree', vault === stripe, `${what} (${status}): the vault says ${vault}, Stripe ${stripe}`);
  agree('captured', payment.captured_minor ?? 0, money.captured);
  agree('refunded', payment.refunded_minor, money.refunded);
  agree('open', status === 'authorized' ? (payment.amount_minor ?? 0) : 0, money.open);
  agree('transferred', payment.transferred_minor ?? 0, money.transferred);
  agree('reversed', payment.reversed_minor ?? 0, money.reversed);
  must(
    'refund-room-is-given-back',
    payment.refund_reserved_minor === payment.refunded_minor,
    `${payment.refund_reserved_minor} reserved, ${payment.refunded_minor} refunded`,
  );
  if (status === 'declined' || status === 'voided')
    must('addresses-go-with-the-order', !payment.has_address, `${status} and its address is still there`);
}

const ends: Readonly<Record<string, string>> = {
  'payment.captured': 'captured',
  'payment.voided': 'voided',
  'payment.declined': 'declined',
};

function judgeEvents(must: Must, events: readonly EventRow[], payment: PaymentRow, facts: Facts): void {
  must(
    'events-have-no-gap',
    events.every(({ sequence }, index) => sequence === index + 1) && events.length === payment.sequence,
    `sequences ${events.map(({ sequence }) => sequence).join(',')}, the payment is at ${payment.sequence}`,
  );
  const ended = events.flatMap(({ type }) => ends[type] ?? []);
  const isOver = payment.payment_id !== null && ['captured', 'voided', 'declined'].includes(payment.status);
  must(
    'events-tell-the-end-once',
    ended.join() === (isOver ? payment.status : ''),
    `ends ${ended.join()}, the payment is ${payment.status}`,
  );
  for (const { refund_id: refundId, status } of facts.refunds.filter(({ order_id: orderId }) => orderId === payment.order_id)) {
    const told = events.filter((event) => event.refund_id === refundId).map(({ type }) => type);
    const wanted = { refunded: ['payment.refunded'], failed: ['payment.refund_failed'], refused: ['payment.refund_failed'] }[status];
    const matches =
      wanted !== undefined &&
      (told.join() === wanted.join() || (status === 'failed' && told.join() === 'payment.refunded,payment.refund_failed'));
    must('events-tell-of-refunds', matches, `${refundId} is ${status}, told ${told.join()}`);
  }
}

/** Whether what a caller was told holds; a refund can fail after it was made, and says so by an event. */
function isTrue(told: Told, money: LedgerOrder, refunds: readonly { readonly status: string; readonly amountMinor: number }[]): boolean {
  switch (told.said) {
    case 'authorized':
      return money.counts.authorized === 1;
    case 'captured':
      return money.captured === told.amountMinor;
    case 'already_captured':
      return money.captured > 0;
    case 'declined':
    case 'voided':
    case 'let_go':
    case 'missing_details':
      return money.captured === 0 && money.open === 0;
    case 'refunded':
      return (
        refunds.length === 1 &&
        refunds.every(({ status, amountMinor }) => amountMinor === told.amountMinor && ['succeeded', 'failed'].includes(status))
      );
    case 'refund_failed':
      return refunds.length === 1 && refunds.every(({ status }) => status === 'failed' || status === 'canceled');
    case 'not_refundable':
      return refunds.length === 0;
    default:
      return unreachable(told);
  }
}
