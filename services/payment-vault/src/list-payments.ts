/** What the vault has of orders, for the reconciler; of some of them also what Stripe shows now. */
import {
  maxReread,
  type ListPaymentsRequest,
  type ListPaymentsResponse,
  type PaymentRecord,
  type ProviderRecord,
} from '@vitrine/contracts/reconciliation-http';
import type { Deps } from './deps.ts';
import { rereadPayment } from './reread-payment.ts';
import type { RecordedPayment } from './store/payment-records.ts';
import { budgetOf } from './stripe-call.ts';

type ListDeps = Pick<Deps, 'paymentRecords' | 'stripePayments' | 'stripeRefunds' | 'wakeSettling' | 'logger'>;

/** All calls of Stripe for one request together; a payment that it did not suffice for is answered as unknown. */
const stripeBudgetMs = 8_000;
const stripeConcurrency = 4;

const toRecord = ({ orderId, status, payment }: RecordedPayment, atProvider: ProviderRecord | null): PaymentRecord => ({
  orderId,
  status,
  amount: payment === null ? null : { amountMinor: payment.amountMinor, currency: payment.currency },
  capturedMinor: payment?.capturedMinor ?? 0,
  refundedMinor: payment?.refundedMinor ?? 0,
  refundReservedMinor: payment?.refundReservedMinor ?? 0,
  atProvider,
});

/** Payments of these orders, and of those in a range of ids. One that differs at Stripe is given to the settle loop. */
export async function listPayments(
  deps: ListDeps,
  { orderIds = [], range, reread = [] }: ListPaymentsRequest,
): Promise<ListPaymentsResponse> {
  const named = orderIds.length === 0 ? [] : await deps.paymentRecords.find(orderIds);
  const listed = range === undefined ? [] : await deps.paymentRecords.list(range.after, range.upTo, range.limit + 1);
  const more = range !== undefined && listed.length > range.limit;
  const ranged = more ? listed.slice(0, -1) : listed;
  const known = new Set(ranged.map(({ orderId }) => orderId));
  const recorded = [...ranged, ...named.filter(({ orderId }) => !known.has(orderId))];
  const shown = await rereadSome(deps, recorded, new Set(reread));
  return { payments: recorded.map((record) => toRecord(record, shown.get(record.orderId) ?? null)), more };
}

async function rereadSome(
  deps: ListDeps,
  recorded: readonly RecordedPayment[],
  wanted: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ProviderRecord>> {
  const waiting = recorded
    .flatMap(({ orderId, payment }) => (payment !== null && wanted.has(orderId) ? [payment] : []))
    .slice(0, maxReread);
  const shown = new Map<string, ProviderRecord>();
  if (waiting.length === 0) return shown;
  const budget = budgetOf(stripeBudgetMs);
  await Promise.all(
    Array.from({ length: stripeConcurrency }, async () => {
      for (let payment = waiting.pop(); payment !== undefined; payment = waiting.pop()) {
        shown.set(payment.orderId, await rereadPayment(deps, payment, budget));
      }
    }),
  );
  const differing = [...shown].filter(([, { verdict }]) => verdict === 'DIFFERS').map(([orderId]) => orderId);
  if (differing.length > 0) {
    deps.logger.warn({ orderIds: differing }, 'Stripe shows another state than the record; settling');
    await deps.paymentRecords.hasten(differing);
    deps.wakeSettling();
  }
  return shown;
}
