/** What a seller reads of an order, and what can be said about it. */
import { formatDateTime, formatMoney } from './format.js';

const shipped = { PARTIALLY_SHIPPED: 'Ship the rest', SHIPPED: 'On its way', DELIVERED: 'Delivered' };

/** An order can be known to be cancelled to one service a moment before the other. */
export const isCancelled = ({ status, cancelReason }) => status === 'CANCELLED' || cancelReason !== null;

/** What is to be done with an order, for its head. */
export function sellerOrderLabel(order) {
  if (isCancelled(order)) return 'Cancelled: do not ship';
  if (order.payment === 'REFUNDED') return 'Refunded';
  return shipped[order.fulfilment] ?? 'Ship it';
}

const cancelReasons = {
  CAPTURE_FAILED: 'The card could not be charged.',
  CANCELLED_BY_BUYER: 'The buyer cancelled it.',
  CANCELLED_BY_SELLER: 'You cancelled it.',
  EXPIRED: 'It was not shipped in time.',
};

const returns = {
  REQUESTED: 'The buyer asks to send it back.',
  APPROVED: 'The buyer sends it back.',
  REFUSED: 'You did not take it back.',
  RECEIVED: 'It came back; the refund is being made.',
  REFUNDED: 'It came back and is refunded.',
};

const disputes = {
  OPEN: 'The card holder asks the bank for the money back.',
  WON: 'The bank has decided: the charge stands.',
  LOST: 'The bank has taken the money back.',
};

/** What became of an order, a sentence each. */
export function sellerOrderSentences({ cancelReason, shipBy, payment, refunded, total, ...order }) {
  return [
    cancelReasons[cancelReason],
    shipBy === null ? null : `To be shipped by ${formatDateTime(shipBy)}; it is cancelled and refunded otherwise.`,
    payment === 'PARTIALLY_REFUNDED' || payment === 'REFUNDED'
      ? `${formatMoney(refunded)} of ${formatMoney(total)} went back to the buyer.`
      : null,
    returns[order.returns],
    disputes[order.dispute],
  ].filter(Boolean);
}

/** Who carries a parcel. */
export const carriers = { USPS: 'USPS', UPS: 'UPS', FEDEX: 'FedEx', DHL: 'DHL', ONTRAC: 'OnTrac', OTHER: 'Another carrier' };

/** Why a seller cancels. */
export const sellerCancelReasons = {
  OUT_OF_STOCK: 'There is none left',
  DAMAGED: 'It is damaged',
  CANNOT_SHIP_THERE: 'The address cannot be shipped to',
  PRICING_ERROR: 'The price was wrong',
  ASKED_BY_BUYER: 'The buyer asked for it',
  SUSPECTED_FRAUD: 'Something is wrong with the purchase',
  OTHER: 'Another reason',
};

/** Why a seller gives money back. */
export const refundReasons = {
  REQUESTED_BY_BUYER: 'The buyer asked for it',
  NOT_DELIVERED: 'It did not arrive',
  RETURNED: 'The goods came back',
  DUPLICATE: 'It was bought twice',
  CANCELLED_BY_SELLER: 'It cannot be delivered',
};

/** What an API client may be allowed to do. */
export const apiScopes = {
  'orders:read': 'see orders, without where they go',
  'orders:write': 'ship and cancel orders, report on parcels',
  'refunds:write': 'refund orders and decide on returns',
  'addresses:read': 'see where to ship an order; the buyer sees each look',
  'contacts:read': 'see what buyers permit you to see; the buyer sees each look',
  'products:read': 'see products and their stock',
  'products:write': 'create, change and import products, set stock',
  'payouts:read': 'see what the shop is paid',
  'posts:write': 'write and delete posts',
};
