/** Building blocks of the contracts: the same ids, amounts and instants everywhere. */
import { Type, type Static } from 'typebox';

/** A prefixed UUIDv7, for example `ord_0190a7f0-…`. */
export const idOf = (prefix: string) =>
  Type.String({ pattern: `^${prefix}_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$` });

export const AccountId = idOf('usr');
export const SellerId = idOf('sel');
export const ProductId = idOf('prd');
export const OrderId = idOf('ord');
export const PostId = idOf('pst');
export const PaymentMethodId = idOf('pmt');
export const AddressId = idOf('adr');
export const PaymentId = idOf('pay');
export const RefundId = idOf('ref');
export const ReturnId = idOf('rtn');
export const DisputeId = idOf('dsp');
export const ShipmentId = idOf('shp');

/** Integer minor units with an ISO 4217 code. */
export const Money = Type.Object({
  amountMinor: Type.Integer({ minimum: 0, maximum: 2_147_483_647 }),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
});
export type Money = Static<typeof Money>;

/** ISO 3166-1 alpha-2. */
export const Country = Type.String({ pattern: '^[A-Z]{2}$' });

/** RFC 3339 in UTC. */
export const Instant = Type.String({ format: 'date-time' });
