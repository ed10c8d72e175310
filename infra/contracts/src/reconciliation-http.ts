/**
 * The internal HTTP API of the reconciler: what checkout asks payment-vault and catalog to compare their records with the
 * orders, and what operators ask checkout. Ids, states and amounts only.
 */
import { Type, type Static } from 'typebox';
import { Instant, Money, OrderId, ProductId } from './json-types.ts';

/** Orders in one request at most, by id and in a range each. */
export const maxListed = 500;
/** Payments that are read again at Stripe in one request at most. */
export const maxReread = 20;

/** Records of orders by id, and those in a range of ids, which is one of time: order ids are UUIDv7. */
const Selection = {
  orderIds: Type.Optional(Type.Array(OrderId, { maxItems: maxListed })),
  /** The first `limit` after `after`, up to and with `upTo`, in the order of their ids. */
  range: Type.Optional(Type.Object({ after: OrderId, upTo: OrderId, limit: Type.Integer({ minimum: 1, maximum: maxListed }) })),
};

const AmountMinor = Type.Integer({ minimum: 0, maximum: 2_147_483_647 });

/** `POST /internal/payments/list` of payment-vault. Nothing is changed, but that a payment that differs at Stripe is settled soon. */
export const listPaymentsPath = '/internal/payments/list';
export const ListPaymentsRequest = Type.Object({
  ...Selection,
  /** Of those that are listed: which are compared with what Stripe shows now. */
  reread: Type.Optional(Type.Array(OrderId, { maxItems: maxReread })),
});
export type ListPaymentsRequest = Static<typeof ListPaymentsRequest>;

/** What the payment provider, Stripe, shows of a payment that was read again. */
export const ProviderRecord = Type.Object({
  /** `UNKNOWN`: Stripe could not say. `DIFFERS`: more than what is on its way. */
  verdict: Type.Union([Type.Literal('SAME'), Type.Literal('DIFFERS'), Type.Literal('UNKNOWN')]),
  state: Type.Union([
    Type.Literal('none'),
    Type.Literal('authorized'),
    Type.Literal('requires_action'),
    Type.Literal('captured'),
    Type.Literal('canceled'),
    Type.Literal('failed'),
    Type.Literal('pending'),
    Type.Literal('unknown'),
  ]),
  capturedMinor: AmountMinor,
  /** What went back to the card or is on its way to it; null when it was not asked. */
  refundedMinor: Type.Union([AmountMinor, Type.Null()]),
});
export type ProviderRecord = Static<typeof ProviderRecord>;

export const PaymentRecord = Type.Object({
  orderId: OrderId,
  /** `voided` without an amount: the order was voided before it had a payment. */
  status: Type.Union([
    Type.Literal('started'),
    Type.Literal('requires_action'),
    Type.Literal('authorized'),
    Type.Literal('captured'),
    Type.Literal('declined'),
    Type.Literal('voided'),
  ]),
  amount: Type.Union([Money, Type.Null()]),
  /** What was captured, in minor units; 0 before that. */
  capturedMinor: AmountMinor,
  /** What went back to the card. */
  refundedMinor: AmountMinor,
  /** Refunds that are made or may still be. */
  refundReservedMinor: AmountMinor,
  /** Null when it was not read again. */
  atProvider: Type.Union([ProviderRecord, Type.Null()]),
});
export type PaymentRecord = Static<typeof PaymentRecord>;

export const ListPaymentsResponse = Type.Object({
  payments: Type.Array(PaymentRecord),
  /** Whether the range holds more than its limit. */
  more: Type.Boolean(),
});
export type ListPaymentsResponse = Static<typeof ListPaymentsResponse>;

/** `POST /internal/reservations/list` of catalog. Nothing is changed. */
export const listReservationsPath = '/internal/reservations/list';
export const ListReservationsRequest = Type.Object(Selection);
export type ListReservationsRequest = Static<typeof ListReservationsRequest>;

export const ReservationRecord = Type.Object({
  orderId: OrderId,
  status: Type.Union([Type.Literal('held'), Type.Literal('sold'), Type.Literal('released'), Type.Literal('returned')]),
  /** Null when the order was released before it had reserved anything. */
  productId: Type.Union([ProductId, Type.Null()]),
  quantity: Type.Integer({ minimum: 0 }),
  /** Whether the stock ledger has the moves that led to this status, for these pieces. */
  ledgerAgrees: Type.Boolean(),
});
export type ReservationRecord = Static<typeof ReservationRecord>;

export const ListReservationsResponse = Type.Object({ reservations: Type.Array(ReservationRecord), more: Type.Boolean() });
export type ListReservationsResponse = Static<typeof ListReservationsResponse>;

/** `POST /internal/reservations/settle` of catalog: held stock of these orders is settled now, as if its time were up. */
export const settleReservationsPath = '/internal/reservations/settle';
export const SettleReservationsRequest = Type.Object({ orderIds: Type.Array(OrderId, { maxItems: maxListed }) });
export type SettleReservationsRequest = Static<typeof SettleReservationsRequest>;

export const SettleReservationsResponse = Type.Object({ due: Type.Integer({ minimum: 0 }) });
export type SettleReservationsResponse = Static<typeof SettleReservationsResponse>;

/** What an operator says of a case that is closed by hand. */
export const CloseReason = Type.Union([
  Type.Literal('FIXED_BY_HAND'),
  Type.Literal('FALSE_ALARM'),
  /** It stays as it is: the case opens again only when it changes. */
  Type.Literal('ACCEPTED'),
]);
export type CloseReason = Static<typeof CloseReason>;
export const closeReasons = CloseReason.anyOf.map((literal) => literal.const);

export const CaseId = Type.String({ pattern: '^cas_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' });

/** A divergence: what differs of which order, and what became of it. */
export const ReconciliationCase = Type.Object({
  caseId: CaseId,
  kind: Type.String(),
  /** Null for one that is of no single order. */
  orderId: Type.Union([OrderId, Type.Null()]),
  /** `repairing`: by rule. `open`: somebody has to look at it. `repaired`: the rule has worked. */
  state: Type.Union([Type.Literal('repairing'), Type.Literal('open'), Type.Literal('repaired'), Type.Literal('closed')]),
  /** States and amounts, as they were found last. */
  detail: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])),
  repairAttempts: Type.Integer({ minimum: 0 }),
  firstSeenAt: Instant,
  lastSeenAt: Instant,
  /** `reconciler`, when it went away by itself, or `operator`. */
  closedBy: Type.Union([Type.String(), Type.Null()]),
  closeReason: Type.Union([CloseReason, Type.Literal('WENT_AWAY'), Type.Null()]),
});
export type ReconciliationCase = Static<typeof ReconciliationCase>;

/** What one pass came to. */
export const ReconciliationPass = Type.Object({
  endedAt: Instant,
  /** Orders, purchases and records of the other services that were compared. */
  compared: Type.Integer({ minimum: 0 }),
  /** Events of the orders that were looked for in the topic. */
  eventsChecked: Type.Integer({ minimum: 0 }),
  /** Payments that were read again at Stripe. */
  reread: Type.Integer({ minimum: 0 }),
  /** Repairs that were tried. */
  repairs: Type.Integer({ minimum: 0 }),
  /** Cases that were opened for a person. */
  opened: Type.Integer({ minimum: 0 }),
});
export type ReconciliationPass = Static<typeof ReconciliationPass>;

/** `POST /internal/reconciliation/status` of checkout. */
export const reconciliationStatusPath = '/internal/reconciliation/status';
export const ReconciliationStatusRequest = Type.Object({
  orderId: Type.Optional(OrderId),
  /** Cases that are over, too. */
  all: Type.Optional(Type.Boolean()),
  limit: Type.Integer({ minimum: 1, maximum: 500 }),
});
export type ReconciliationStatusRequest = Static<typeof ReconciliationStatusRequest>;

export const ReconciliationStatusResponse = Type.Object({
  /** Whether this process is configured to reconcile. */
  enabled: Type.Boolean(),
  lastPass: Type.Union([ReconciliationPass, Type.Null()]),
  /** Since the database was made. */
  totals: Type.Object({ compared: Type.Integer(), repairs: Type.Integer(), opened: Type.Integer() }),
  /** When the last sweep over everything ended, and when one was last asked for. */
  sweepEndedAt: Type.Union([Instant, Type.Null()]),
  sweepRequestedAt: Type.Union([Instant, Type.Null()]),
  /** Divergences that were seen and are not yet a case, or are being repaired. */
  unsettled: Type.Integer({ minimum: 0 }),
  openCases: Type.Integer({ minimum: 0 }),
  /** The newest first. */
  cases: Type.Array(ReconciliationCase),
});
export type ReconciliationStatusResponse = Static<typeof ReconciliationStatusResponse>;

/** `POST /internal/reconciliation/passes` of checkout: compares one order now, or asks for a sweep over everything. */
export const reconciliationPassesPath = '/internal/reconciliation/passes';
export const ReconciliationPassRequest = Type.Object({ orderId: Type.Optional(OrderId) });
export type ReconciliationPassRequest = Static<typeof ReconciliationPassRequest>;

export const ReconciliationPassResponse = Type.Object({
  requestedAt: Instant,
  /** Kinds of the divergences of the order as it is now; empty for a sweep. */
  found: Type.Array(Type.String()),
});
export type ReconciliationPassResponse = Static<typeof ReconciliationPassResponse>;

/** `POST /internal/reconciliation/closures` of checkout. */
export const reconciliationClosuresPath = '/internal/reconciliation/closures';
export const CloseCaseRequest = Type.Object({ caseId: CaseId, reason: CloseReason });
export type CloseCaseRequest = Static<typeof CloseCaseRequest>;

export const CloseCaseResponse = Type.Object({
  status: Type.Union([Type.Literal('closed'), Type.Literal('not_found'), Type.Literal('closed_before')]),
});
export type CloseCaseResponse = Static<typeof CloseCaseResponse>;
