/** checkout's internal HTTP API, for catalog. */
import { Type, type Static } from 'typebox';
import { OrderId } from './json-types.ts';

/** `POST /internal/stock-claims`: whether the stock held for an order is still wanted, asked when its time is up. */
export const StockClaimRequest = Type.Object({ orderId: OrderId });
export type StockClaimRequest = Static<typeof StockClaimRequest>;

export const StockClaimResponse = Type.Object({
  /** `placed`: it is sold. `pending`: hold it, the purchase is under way. `none`: let it go, the purchase is over. */
  claim: Type.Union([Type.Literal('placed'), Type.Literal('pending'), Type.Literal('none')]),
});
export type StockClaimResponse = Static<typeof StockClaimResponse>;
