/** What the vault has of orders, for the reconciler; of some of them also what Stripe shows now. */
import type { ListPaymentsRequest, ListPaymentsResponse, PaymentRecord, ProviderRecord } from '@vitrine/contracts/reconciliation-http';
import type { Deps } from './deps.ts';
import { rereadPayment } from './reread-payment.ts';
import type { RecordedPayment } from './store/payment-records.ts';
import { budgetOf } from './stripe-call.ts';

type ListDeps = Pick<Deps, 'paymentRecords' | 'stripePayments' | 'stripeRefunds' | 'wakeSettling' | 'logger'>;

/** All calls of Stripe for one request together; a payment that it did not suffice for is answered as unknown. */
const stripeBudgetMs = 8_000;
const stripeConcurrency = 4;

const toRecord = ({ amountMinor, currency, ...rest }: RecordedPayment, atProvider: ProviderRecord | null): PaymentRecord => ({
  ...rest,
  amount: amountMinor === null || currency === null ? null : { amountMinor, currency },
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
  const wanted = new Set(reread);
  const shown = await rereadSome(
    deps,
    recorded.map(({ orderId }) => orderId).filter((orderId) => wanted.has(orderId)),
  );
  return { payments: recorded.map((record) => toRecord(record, shown.get(record.orderId) ?? null)), more };
}

async function rereadSome(deps: ListDeps, orderIds: readonly string[]): Promise<ReadonlyMap<string, ProviderRecord>> {
  const shown = new Map<string, ProviderRecord>();
  if (orderIds.length === 0) return shown;
  const waiting = await deps.paymentRecords.findWhole(orderIds);
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
