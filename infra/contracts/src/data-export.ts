/**
 * What a buyer gets as a copy of everything that payment-vault holds about them (`Viewer.dataExport`). Addresses are in
 * clear; keys, secrets and the provider's internal references are not in it. Fields may be added, none changes its meaning.
 */
import { Type, type Static } from 'typebox';
import {
  AccountId,
  AddressId,
  Country,
  Instant,
  Money,
  OrderId,
  PaymentId,
  PaymentMethodId,
  RefundId,
  SellerId,
  idOf,
} from './json-types.ts';

const nullable = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) => Type.Union([schema, Type.Null()]);

const PostalAddress = Type.Object({
  name: Type.String(),
  line1: Type.String(),
  line2: nullable(Type.String()),
  city: Type.String(),
  region: Type.String(),
  postalCode: Type.String(),
  country: Country,
  /** E.164. */
  phone: nullable(Type.String()),
});

export const DataExport = Type.Object({
  /** Of this schema. */
  version: Type.Literal(1),
  generatedAt: Instant,
  buyerId: AccountId,
  /** Stored cards, as Stripe told us of them. */
  cards: Type.Array(
    Type.Object({
      id: PaymentMethodId,
      brand: Type.String(),
      last4: Type.String(),
      expMonth: Type.Integer(),
      expYear: Type.Integer(),
      /** Stripe's mark of the card number, by which the same card is known again. */
      fingerprint: nullable(Type.String()),
      label: nullable(Type.String()),
      /** False: kept for one purchase only. */
      saved: Type.Boolean(),
      status: Type.String(),
      isDefault: Type.Boolean(),
      createdAt: Instant,
    }),
  ),
  /** Cards that were being stored in the last days. */
  cardSetups: Type.Array(Type.Object({ setupIntentId: nullable(Type.String()), createdAt: Instant })),
  /** The account at the payment provider that your cards belong to; without name and e-mail address. */
  paymentProviderAccount: nullable(
    Type.Object({ provider: Type.Literal('Stripe'), customerId: nullable(Type.String()), createdAt: Instant }),
  ),
  addresses: Type.Array(
    Type.Object({
      id: AddressId,
      address: PostalAddress,
      label: nullable(Type.String()),
      /** False: kept for one purchase only. */
      saved: Type.Boolean(),
      isDefault: Type.Boolean(),
      createdAt: Instant,
    }),
  ),
  /** Copies that orders keep, and until when their sellers may read them; null before the order is charged. */
  orderAddresses: Type.Array(
    Type.Object({
      orderId: OrderId,
      address: PostalAddress,
      sellerId: nullable(SellerId),
      readableUntil: nullable(Instant),
      createdAt: Instant,
    }),
  ),
  payments: Type.Array(
    Type.Object({
      paymentId: PaymentId,
      orderId: OrderId,
      sellerId: SellerId,
      paymentMethodId: PaymentMethodId,
      addressId: AddressId,
      amount: Money,
      capturedMinor: nullable(Type.Integer()),
      status: Type.String(),
      declineReason: nullable(Type.String()),
      createdAt: Instant,
      authorizedAt: nullable(Instant),
      capturedAt: nullable(Instant),
      endedAt: nullable(Instant),
      refunds: Type.Array(
        Type.Object({
          refundId: RefundId,
          amountMinor: Type.Integer(),
          reason: nullable(Type.String()),
          status: Type.String(),
          createdAt: Instant,
          refundedAt: nullable(Instant),
        }),
      ),
      disputes: Type.Array(
        Type.Object({
          amountMinor: Type.Integer(),
          reason: Type.String(),
          status: Type.String(),
          openedAt: Instant,
          closedAt: nullable(Instant),
        }),
      ),
    }),
  ),
  /** What was agreed to when something was saved. */
  consents: Type.Array(
    Type.Object({
      purpose: Type.String(),
      /** The card or the address. */
      subjectId: Type.String(),
      country: Country,
      textVersion: Type.String(),
      givenAt: Instant,
      withdrawnAt: nullable(Instant),
    }),
  ),
  permissions: Type.Array(
    Type.Object({
      id: idOf('prm'),
      sellerId: SellerId,
      fields: Type.Array(Type.String()),
      purpose: Type.String(),
      expiresAt: Instant,
      revokedAt: nullable(Instant),
      createdAt: Instant,
    }),
  ),
  /** Every decision, the newest first; the newest of a seller and channel counts. */
  marketingDecisions: Type.Array(
    Type.Object({
      id: idOf('mkd'),
      sellerId: SellerId,
      channel: Type.String(),
      granted: Type.Boolean(),
      textVersion: nullable(Type.String()),
      country: nullable(Country),
      decidedAt: Instant,
    }),
  ),
  /** Each time a seller was shown something. */
  disclosures: Type.Array(
    Type.Object({
      id: idOf('dsc'),
      sellerId: SellerId,
      purpose: Type.String(),
      orderId: nullable(OrderId),
      permissionId: nullable(idOf('prm')),
      fields: Type.Array(Type.String()),
      disclosedAt: Instant,
    }),
  ),
  deletions: Type.Array(
    Type.Object({
      id: idOf('del'),
      scope: Type.String(),
      subjectId: nullable(Type.String()),
      requestedAt: Instant,
      completedAt: nullable(Instant),
      deleted: Type.Record(Type.String(), Type.Integer()),
      kept: Type.Array(Type.Object({ what: Type.String(), count: Type.Integer(), ground: Type.String(), until: Instant })),
    }),
  ),
  /** Requests of the last 72 hours that must not have their effect twice: their kind, not their contents. */
  requests: Type.Array(Type.Object({ operation: Type.String(), createdAt: Instant })),
});
export type DataExport = Static<typeof DataExport>;
