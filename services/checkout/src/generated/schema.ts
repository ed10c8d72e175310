/* Generated from schema.graphql by `npm run generate`; not to be edited. */
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Order as OrderModel } from '../order.ts';
import type { Shipment as ShipmentModel } from '../shipment.ts';
import type { Receipt as ReceiptModel } from '../receipt.ts';
import type { OrderStep as OrderStepModel, PurchaseTrace } from '../store/order-history.ts';
import type { Context } from '../context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** An instant in UTC, RFC 3339 with milliseconds and `Z`, for example `2026-11-23T08:30:00.000Z`. */
  DateTime: { input: string; output: string; }
  _FieldSet: { input: unknown; output: unknown; }
};

/** An amount of money. Never a floating-point number. */
export type Money = {
  readonly __typename?: 'Money';
  /** Integer amount in the currency's minor unit (US cents), 0 to 2147483647. */
  readonly amountMinor: Scalars['Int']['output'];
  /** ISO 4217 code in capitals, for example `USD`. */
  readonly currency: Scalars['String']['output'];
};

/** Where a page of a connection ends (Relay Cursor Connections Specification). */
export type PageInfo = {
  readonly __typename?: 'PageInfo';
  /** Whether a further page follows `endCursor`. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** Opaque cursor of the page's last edge: the next page's `after`. Null on an empty page. */
  readonly endCursor: Maybe<Scalars['String']['output']>;
};

/** An expected failure of a mutation. The type says what happened; the message says what to do next, in English. */
export type UserError = {
  /** A sentence for the person: what happened and what to do next. */
  readonly message: Scalars['String']['output'];
};

/** An input value that cannot be accepted as it is. Nothing was changed. */
export type InvalidInputError = UserError & {
  readonly __typename?: 'InvalidInputError';
  /** What is wrong with the value, and what would be accepted. */
  readonly message: Scalars['String']['output'];
  /** Path of the refused value within the mutation's input, for example `["quantity"]`. */
  readonly path: ReadonlyArray<Scalars['String']['output']>;
};

/** The caller may not do this. Nothing was changed. */
export type NotAllowedError = UserError & {
  readonly __typename?: 'NotAllowedError';
  /** Who may do it, or what is missing. */
  readonly message: Scalars['String']['output'];
};

/** There is no such thing, or the caller may not see it. */
export type NotFoundError = UserError & {
  readonly __typename?: 'NotFoundError';
  /** What was looked for. */
  readonly message: Scalars['String']['output'];
  /** The id that was given. */
  readonly id: Scalars['ID']['output'];
};

/** This idempotency key was used before with another input. Nothing was changed; take a new key for a new intent. */
export type IdempotencyKeyReusedError = UserError & {
  readonly __typename?: 'IdempotencyKeyReusedError';
  /** Says that the key belongs to another input. */
  readonly message: Scalars['String']['output'];
  /** The key that was given. */
  readonly idempotencyKey: Scalars['String']['output'];
};

/** A call with this idempotency key is still running. Ask again with the same key and input to get its result. */
export type IdempotencyKeyInFlightError = UserError & {
  readonly __typename?: 'IdempotencyKeyInFlightError';
  /** Says to retry with the same key. */
  readonly message: Scalars['String']['output'];
  /** How long to wait before asking again, in milliseconds. */
  readonly retryAfterMs: Scalars['Int']['output'];
};

/** The signed-in person; checkout adds the orders. */
export type Viewer = {
  readonly __typename?: 'Viewer';
  /** `usr_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
  /** The viewer's orders, newest first. */
  readonly orders: Maybe<OrderConnection>;
};


/** The signed-in person; checkout adds the orders. */
export type ViewerOrdersArgs = {
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
};

/** A purchase that was placed. */
export type Order = {
  readonly __typename?: 'Order';
  /** `ord_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
  /** Where the order stands. */
  readonly status: OrderStatus;
  /** Who sells. */
  readonly seller: Maybe<Seller>;
  /** What was bought. */
  readonly lines: ReadonlyArray<OrderLine>;
  /** Sum of the lines, without shipping and tax. */
  readonly subtotal: Money;
  /** Shipping. */
  readonly shipping: Money;
  /** Sales tax. */
  readonly tax: Money;
  /** What is charged: `subtotal` + `shipping` + `tax`. */
  readonly total: Money;
  /** The post from which it was bought, if any. */
  readonly sourcePostId: Maybe<Scalars['ID']['output']>;
  /** When it was placed: the amount is authorized on the card. */
  readonly placedAt: Scalars['DateTime']['output'];
  /** When it became final: the amount is captured. */
  readonly confirmedAt: Maybe<Scalars['DateTime']['output']>;
  /** When it was cancelled. */
  readonly cancelledAt: Maybe<Scalars['DateTime']['output']>;
  /** Why it was cancelled; null when it is not. */
  readonly cancelReason: Maybe<OrderCancelReason>;
  /** Until when `undoOrder` takes it back; null when that is over. */
  readonly undoUntil: Maybe<Scalars['DateTime']['output']>;
  /** What became of the money. */
  readonly payment: OrderPaymentState;
  /** What became of the goods. */
  readonly fulfilment: OrderFulfilmentState;
  /** What became of the latest return. */
  readonly returns: OrderReturnState;
  /** Whether the card holder's bank asks for the money back. */
  readonly dispute: OrderDisputeState;
  /** What went back to the card so far. */
  readonly refunded: Money;
  /** Counts the order's changes from 1. A mutation that takes `expectedVersion` is refused when the order has changed since. */
  readonly version: Scalars['Int']['output'];
  /** The account that bought, `usr_…`. */
  readonly buyerId: Scalars['ID']['output'];
  /** Its parcels, oldest first. */
  readonly shipments: ReadonlyArray<Shipment>;
  /** Until when the seller has to ship something of it; it is cancelled and refunded otherwise. Null when nothing has to be, or has been. */
  readonly shipBy: Maybe<Scalars['DateTime']['output']>;
  /** What happened to it, oldest first. Its buyer sees each change; network staff every step from the tap on, and each try. */
  readonly history: ReadonlyArray<OrderStep>;
  /** The receipt; null until the order is final, and for one that never was. */
  readonly receipt: Maybe<Receipt>;
  /** Its refunds, oldest first. */
  readonly refunds: ReadonlyArray<OrderRefund>;
  /** Its returns, oldest first. */
  readonly returnRequests: ReadonlyArray<OrderReturn>;
  /** What of it can be sent back, and until when. */
  readonly returnable: Returnable;
  /** Its disputes, oldest first. */
  readonly disputes: ReadonlyArray<OrderDispute>;
};

/** Why an order was cancelled. */
export type OrderCancelReason =
  /** The card could not be charged. */
  | 'CAPTURE_FAILED'
  /** The buyer took it back within the undo window. */
  | 'UNDONE'
  /** By the buyer before it was shipped. */
  | 'CANCELLED_BY_BUYER'
  /** By the seller. */
  | 'CANCELLED_BY_SELLER'
  /** Nothing was shipped in time. */
  | 'EXPIRED';

/** What became of an order's money. */
export type OrderPaymentState =
  /** Held on the card, or about to be let go. */
  | 'AUTHORIZED'
  /** Charged. */
  | 'CAPTURED'
  /** Charged, and a part of it went back. */
  | 'PARTIALLY_REFUNDED'
  /** All of it went back. */
  | 'REFUNDED'
  /** Let go: nothing was charged. */
  | 'VOIDED';

/** What became of an order's goods. */
export type OrderFulfilmentState =
  /** Nothing is on its way. */
  | 'UNSHIPPED'
  /** A part is on its way. */
  | 'PARTIALLY_SHIPPED'
  /** All of it is on its way. */
  | 'SHIPPED'
  /** All of it has arrived. */
  | 'DELIVERED';

/** What became of an order's latest return. */
export type OrderReturnState =
  /** There is none. */
  | 'NONE'
  /** The seller has to answer. */
  | 'REQUESTED'
  /** The buyer has to send the goods. */
  | 'APPROVED'
  /** The seller does not take them back. */
  | 'REFUSED'
  /** The goods have arrived at the seller. */
  | 'RECEIVED'
  /** The money went back. */
  | 'REFUNDED';

/** Where a dispute of an order stands. */
export type OrderDisputeState =
  /** There is none. */
  | 'NONE'
  /** The bank decides. */
  | 'OPEN'
  /** The charge stands. */
  | 'WON'
  /** The bank has taken the money back. */
  | 'LOST';

/** Where an order stands for its buyer. */
export type OrderStatus =
  /** Authorized on the card, not captured yet. */
  | 'PLACED'
  /** Captured; the seller ships it. */
  | 'CONFIRMED'
  /** Cancelled; nothing is charged. */
  | 'CANCELLED';

/** One line of an order, as it was at the time of the purchase. */
export type OrderLine = {
  readonly __typename?: 'OrderLine';
  /** The product; null when it is gone. */
  readonly product: Maybe<Product>;
  /** The product's id, `prd_…`. */
  readonly productId: Scalars['ID']['output'];
  /** The title at the time of the purchase. */
  readonly title: Scalars['String']['output'];
  /** Pieces, 1 or more. */
  readonly quantity: Scalars['Int']['output'];
  /** Price of one piece at the time of the purchase. */
  readonly unitPrice: Money;
};

/** A page of orders. */
export type OrderConnection = {
  readonly __typename?: 'OrderConnection';
  /** The page. */
  readonly edges: ReadonlyArray<OrderEdge>;
  /** Where the page ends. */
  readonly pageInfo: PageInfo;
};

/** One order in a page. */
export type OrderEdge = {
  readonly __typename?: 'OrderEdge';
  /** Opaque position of this edge. */
  readonly cursor: Scalars['String']['output'];
  /** The order. */
  readonly node: Order;
};

/** A seller; the rest comes from seller-eligibility. */
export type Seller = {
  readonly __typename?: 'Seller';
  /** `sel_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
};

/** A product; checkout adds what one tap would charge this viewer. */
export type Product = {
  readonly __typename?: 'Product';
  /** `prd_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
  /** From catalog. */
  readonly price: Money;
  /** What one tap charges the viewer for one piece with shipping and tax to the default address: the `expectedTotal` of a one-tap `placeOrder`. Null when an address or a card is missing. */
  readonly oneTapTotal: Maybe<Money>;
};

/** A stored card; the rest comes from payment-vault. */
export type PaymentMethod = {
  readonly __typename?: 'PaymentMethod';
  /** `pmt_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
};

/** A stored address; the rest comes from payment-vault. */
export type Address = {
  readonly __typename?: 'Address';
  /** `adr_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
};

/** What can be read. Nothing here changes anything. */
export type Query = {
  readonly __typename?: 'Query';
  /** The signed-in person. */
  readonly viewer: Viewer;
  /** An order: a buyer's own, any for network staff. Null when there is none. */
  readonly order: Maybe<Order>;
  /** A purchase by the id of the order that it was to place, also when it placed none. Null when there is none. */
  readonly purchase: Maybe<Purchase>;
  /** What a tap on Buy shows: the price, and what is still missing. Charges nothing and reserves nothing. */
  readonly openBuy: OpenBuyResult;
  /** What a refund would come to. Nothing is written. */
  readonly refundQuote: RefundQuoteResult;
  /** How the comparison of orders, payments, stock and events stands. */
  readonly reconciliation: Reconciliation;
  /** Divergences that are not over, the newest first. */
  readonly reconciliationCases: ReconciliationCaseConnection;
};


/** What can be read. Nothing here changes anything. */
export type QueryOrderArgs = {
  id: Scalars['ID']['input'];
};


/** What can be read. Nothing here changes anything. */
export type QueryPurchaseArgs = {
  orderId: Scalars['ID']['input'];
};


/** What can be read. Nothing here changes anything. */
export type QueryOpenBuyArgs = {
  input: OpenBuyInput;
};


/** What can be read. Nothing here changes anything. */
export type QueryRefundQuoteArgs = {
  input: RefundQuoteInput;
};


/** What can be read. Nothing here changes anything. */
export type QueryReconciliationCasesArgs = {
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
  includeClosed: Scalars['Boolean']['input'];
};

/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Buys: authorizes the total on the card and places the order. The same key never buys twice. */
  readonly placeOrder: PlaceOrderResult;
  /** Takes an order back while its undo window is open: nothing is charged. */
  readonly undoOrder: UndoOrderResult;
  /** Cancels an order before anything of it is shipped; what was charged is refunded. Within the undo window it is `undoOrder`. */
  readonly cancelOrder: CancelOrderResult;
  /** Tells that a parcel with an order, or with a part of it, is on its way. */
  readonly shipOrder: ShipOrderResult;
  /** Tells what became of a parcel. When the last one has arrived, the order is delivered. */
  readonly recordShipmentEvent: RecordShipmentEventResult;
  /** Cancels an order before anything of it is shipped; what the buyer paid is refunded. A suspended seller can do this, too. */
  readonly cancelOrderAsSeller: CancelOrderAsSellerResult;
  /** Gives a part of what was charged, or all of it, back to the buyer's card. A suspended seller can do this, too. */
  readonly refundOrder: RefundOrderResult;
  /** Asks the seller to take goods back. */
  readonly requestReturn: RequestReturnResult;
  /** Keeps the goods after all: possible until they have arrived at the seller. */
  readonly withdrawReturn: WithdrawReturnResult;
  /** Takes a return: the buyer may send the goods. */
  readonly approveReturn: ApproveReturnResult;
  /** Does not take a return. */
  readonly refuseReturn: RefuseReturnResult;
  /** Tells that the goods of a return have arrived: the buyer gets the money for them back, and what can be sold again is in stock again. */
  readonly receiveReturn: ReceiveReturnResult;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationPlaceOrderArgs = {
  input: PlaceOrderInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationUndoOrderArgs = {
  input: UndoOrderInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationCancelOrderArgs = {
  input: CancelOrderInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationShipOrderArgs = {
  input: ShipOrderInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationRecordShipmentEventArgs = {
  input: RecordShipmentEventInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationCancelOrderAsSellerArgs = {
  input: CancelOrderAsSellerInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationRefundOrderArgs = {
  input: RefundOrderInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationRequestReturnArgs = {
  input: RequestReturnInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationWithdrawReturnArgs = {
  input: WithdrawReturnInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationApproveReturnArgs = {
  input: ApproveReturnInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationRefuseReturnArgs = {
  input: RefuseReturnInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationReceiveReturnArgs = {
  input: ReceiveReturnInput;
};

/** What to take back. */
export type UndoOrderInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `ord_…` */
  readonly orderId: Scalars['ID']['input'];
};

/** Result of `undoOrder`. */
export type UndoOrderResult = UndoOrderSuccess | TooLateError | NotFoundError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The order is cancelled. What is held on the card is let go; the bank may take some days to show it. */
export type UndoOrderSuccess = {
  readonly __typename?: 'UndoOrderSuccess';
  /** The order. */
  readonly order: Order;
};

/** The order has gone on: look at it to see what can still be done. */
export type TooLateError = UserError & {
  readonly __typename?: 'TooLateError';
  /** What is too late, and what can be done instead. */
  readonly message: Scalars['String']['output'];
  /** The order as it is. */
  readonly order: Order;
};

/** What the buyer tapped on. */
export type OpenBuyInput = {
  /** `prd_…` */
  readonly productId: Scalars['ID']['input'];
  /** Pieces, 1 to 100. */
  readonly quantity?: InputMaybe<Scalars['Int']['input']>;
  /** Where to ship to; the default address when not given. */
  readonly addressId?: InputMaybe<Scalars['ID']['input']>;
  /** What to pay with; the default card when not given. */
  readonly paymentMethodId?: InputMaybe<Scalars['ID']['input']>;
  /** One of `shippingChoices`; the cheapest when not given. */
  readonly shippingService?: InputMaybe<Scalars['String']['input']>;
};

/** Result of `openBuy`. */
export type OpenBuyResult = BuySheet | NotFoundError | OutOfStockError | NotEligibleError | QuoteExpiredError | PurchaseLimitError | TemporarilyUnavailableError | InvalidInputError;

/** The buy sheet: what it costs, and what is still missing. */
export type BuySheet = {
  readonly __typename?: 'BuySheet';
  /** Names this sheet for `placeOrder`. Opaque. */
  readonly quoteId: Scalars['ID']['output'];
  /** Whether the buyer can buy now, and if not, who has to act. */
  readonly status: BuySheetStatus;
  /** The product. */
  readonly product: Maybe<Product>;
  /** Pieces. */
  readonly quantity: Scalars['Int']['output'];
  /** Price of one piece. */
  readonly unitPrice: Money;
  /** `unitPrice` × `quantity`. */
  readonly subtotal: Money;
  /** Shipping; null until the address is known. */
  readonly shipping: Maybe<Money>;
  /** Sales tax; null until the address is known. */
  readonly tax: Maybe<Money>;
  /** What will be charged: the `expectedTotal` of `placeOrder`. Null until the address is known. */
  readonly total: Maybe<Money>;
  /** Ways of shipping to the address, cheapest first. Empty until the address is known. */
  readonly shippingChoices: ReadonlyArray<ShippingChoice>;
  /** For how long the order can be taken back after the tap, in seconds. 0: not at all. */
  readonly undoWindowSeconds: Scalars['Int']['output'];
  /** The address that is shipped to; null when it is missing. */
  readonly address: Maybe<Address>;
  /** The card that is charged; null when it is missing. */
  readonly paymentMethod: Maybe<PaymentMethod>;
  /** What the buyer still has to enter. Empty: `placeOrder` can be called. */
  readonly missing: ReadonlyArray<MissingField>;
  /** What has to be done before `placeOrder`, in this order, and by whom. */
  readonly requirements: ReadonlyArray<BuyRequirement>;
  /** Until when the sheet can be bought by. A price that the seller changes meanwhile is told by `PriceChangedError`. */
  readonly expiresAt: Scalars['DateTime']['output'];
};

/** Whether a sheet can be bought by. */
export type BuySheetStatus =
  /** `placeOrder` can be called. */
  | 'READY'
  /** The buyer has to enter something. */
  | 'BUYER_INPUT_REQUIRED';

/** Who has to act. */
export type Party =
  /** The buyer, in the app. */
  | 'BUYER'
  /** The seller. */
  | 'SELLER'
  /** The social network. */
  | 'NETWORK';

/** Something that has to be done before a purchase. */
export type BuyRequirement = {
  readonly __typename?: 'BuyRequirement';
  /** What. */
  readonly field: MissingField;
  /** By whom. */
  readonly party: Party;
  /** A sentence for the buyer. */
  readonly message: Scalars['String']['output'];
};

/** A way of shipping. */
export type ShippingChoice = {
  readonly __typename?: 'ShippingChoice';
  /** What `openBuy` and `placeOrder` take as `shippingService`. */
  readonly service: Scalars['String']['output'];
  /** For the buyer. */
  readonly title: Scalars['String']['output'];
  /** What it costs. */
  readonly price: Money;
  /** What the whole purchase costs with it. */
  readonly total: Money;
  /** Working days until it is there, at least. */
  readonly minDays: Scalars['Int']['output'];
  /** Working days until it is there, at most. */
  readonly maxDays: Scalars['Int']['output'];
  /** Whether the sheet's amounts are with it. */
  readonly chosen: Scalars['Boolean']['output'];
};

/** The sheet lay open for too long, or was for something else: open it again. */
export type QuoteExpiredError = UserError & {
  readonly __typename?: 'QuoteExpiredError';
  /** Says to open the sheet again. */
  readonly message: Scalars['String']['output'];
};

/** Too much, or too often, within an hour. Nothing is charged. */
export type PurchaseLimitError = UserError & {
  readonly __typename?: 'PurchaseLimitError';
  /** What the buyer may be told. */
  readonly message: Scalars['String']['output'];
  /** What was counted. */
  readonly scope: PurchaseLimitScope;
  /** When it can be tried again, in milliseconds from now. */
  readonly retryAfterMs: Scalars['Int']['output'];
};

/** What a purchase limit counts. */
export type PurchaseLimitScope =
  /** The buyer's purchases. */
  | 'BUYER'
  /** Purchases with the card, by whomever. */
  | 'CARD'
  /** Purchases from the app instance, by whomever. */
  | 'DEVICE';

/** The purchase was given up before it was paid, since nobody came back to it in time. Nothing is charged, and its key is spent: buy again with a new one. */
export type PurchaseAbandonedError = UserError & {
  readonly __typename?: 'PurchaseAbandonedError';
  /** Says to buy again. */
  readonly message: Scalars['String']['output'];
};

/** The same product was bought a moment ago with another key: an app that lost its answer may be asking twice. Nothing new was bought. */
export type PossibleDuplicateError = UserError & {
  readonly __typename?: 'PossibleDuplicateError';
  /** Asks whether both are meant. */
  readonly message: Scalars['String']['output'];
  /** The purchase just before: pass it as `besideOrderId` if both are meant. */
  readonly orderId: Scalars['ID']['output'];
  /** Its order; null while it is under way. */
  readonly order: Maybe<Order>;
};

/** What the buyer still has to enter. More values may come: show an unknown one as a request to update the app. */
export type MissingField =
  /** `addAddress`, then open the sheet again. */
  | 'DELIVERY_ADDRESS'
  /** `startCardSetup`, give the card to Stripe, `finishCardSetup`, then open the sheet again. */
  | 'PAYMENT_METHOD';

/** An amount of money. */
export type MoneyInput = {
  /** Integer amount in the currency's minor unit (US cents). */
  readonly amountMinor: Scalars['Int']['input'];
  /** ISO 4217 code in capitals. */
  readonly currency: Scalars['String']['input'];
};

/** A purchase. */
export type PlaceOrderInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each tap. After a lost answer, send the same key and input again. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `prd_…` */
  readonly productId: Scalars['ID']['input'];
  /** Pieces, 1 to 100. */
  readonly quantity?: InputMaybe<Scalars['Int']['input']>;
  /** The total that the buyer saw (`BuySheet.total` or `Product.oneTapTotal`). Another total is never charged. */
  readonly expectedTotal: MoneyInput;
  /** Where to ship to; the default address when not given. */
  readonly addressId?: InputMaybe<Scalars['ID']['input']>;
  /** What to pay with; the default card when not given. */
  readonly paymentMethodId?: InputMaybe<Scalars['ID']['input']>;
  /** The post on which Buy was tapped, for attribution. */
  readonly sourcePostId?: InputMaybe<Scalars['ID']['input']>;
  /** One of `shippingChoices`; the cheapest when not given. */
  readonly shippingService?: InputMaybe<Scalars['String']['input']>;
  /** `BuySheet.quoteId`, when a sheet was shown: one that is too old is refused. */
  readonly quoteId?: InputMaybe<Scalars['ID']['input']>;
  /** `PossibleDuplicateError.orderId`, when the buyer has said that this purchase is meant beside that one. */
  readonly besideOrderId?: InputMaybe<Scalars['ID']['input']>;
};

/** Result of `placeOrder`. Every failure leaves no order, no charge and no reserved stock behind. */
export type PlaceOrderResult = PlaceOrderSuccess | PaymentActionRequired | MissingDetailsError | PaymentDeclinedError | PriceChangedError | NotFoundError | OutOfStockError | NotEligibleError | QuoteExpiredError | PurchaseLimitError | PossibleDuplicateError | PurchaseAbandonedError | TemporarilyUnavailableError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The order is placed. */
export type PlaceOrderSuccess = {
  readonly __typename?: 'PlaceOrderSuccess';
  /** The order. */
  readonly order: Order;
};

/** The card's bank wants the buyer to confirm (3-D Secure). Let the app's Stripe SDK handle it, then call `placeOrder` again with the same key and input. */
export type PaymentActionRequired = {
  readonly __typename?: 'PaymentActionRequired';
  /** Says what to do. */
  readonly message: Scalars['String']['output'];
  /** For the app's Stripe SDK. Do not store or log it. */
  readonly clientSecret: Scalars['String']['output'];
  /** Until when the stock is held; after that nothing is bought. */
  readonly expiresAt: Scalars['DateTime']['output'];
};

/** Something that the buyer has to enter is missing, or the address or card that was named is not there any more. */
export type MissingDetailsError = UserError & {
  readonly __typename?: 'MissingDetailsError';
  /** What to enter. */
  readonly message: Scalars['String']['output'];
  /** What is missing. */
  readonly missing: ReadonlyArray<MissingField>;
};

/** The bank, or Stripe, declined the payment. Nothing is charged. */
export type PaymentDeclinedError = UserError & {
  readonly __typename?: 'PaymentDeclinedError';
  /** What the buyer may be told. */
  readonly message: Scalars['String']['output'];
  /** Why, as far as the buyer may be told. */
  readonly declineReason: PaymentDeclineReason;
};

/** Why a payment was declined, as far as a buyer may be told (https://docs.stripe.com/declines/codes). */
export type PaymentDeclineReason =
  /** The bank gives no reason, or one that is not for the buyer. */
  | 'DECLINED'
  /** There is not enough money on the card. */
  | 'INSUFFICIENT_FUNDS'
  /** The card's last month is over. */
  | 'EXPIRED_CARD'
  /** The security code is wrong: enter the card again. */
  | 'INCORRECT_CVC'
  /** The bank could not be asked: try again, or use another card. */
  | 'PROCESSING_ERROR'
  /** The buyer did not confirm at the bank, or failed to. */
  | 'AUTHENTICATION_FAILED';

/** The total is not the one that the buyer saw. Show the new one and ask. */
export type PriceChangedError = UserError & {
  readonly __typename?: 'PriceChangedError';
  /** Says that the total changed. */
  readonly message: Scalars['String']['output'];
  /** The total that was sent. */
  readonly expectedTotal: Money;
  /** The total as it is now. */
  readonly currentTotal: Money;
};

/** Not as many are left. */
export type OutOfStockError = UserError & {
  readonly __typename?: 'OutOfStockError';
  /** What is left, or that nothing is. */
  readonly message: Scalars['String']['output'];
  /** Pieces that could be bought at this moment, 0 to 100. */
  readonly availableQuantity: Scalars['Int']['output'];
};

/** This buyer cannot buy this here and now. */
export type NotEligibleError = UserError & {
  readonly __typename?: 'NotEligibleError';
  /** Why, as a sentence for the buyer. */
  readonly message: Scalars['String']['output'];
  /** Why. */
  readonly reason: NotEligibleReason;
  /** Who could change it. */
  readonly party: Party;
};

/** Why a buyer cannot buy. */
export type NotEligibleReason =
  /** Buying is not open in the buyer's country, or in the country that the parcel would go to. */
  | 'MARKET_CLOSED'
  /** The buyer is not yet among those who can buy. */
  | 'NOT_IN_ROLLOUT'
  /** The seller does not sell at the moment. */
  | 'SELLER_NOT_ELIGIBLE';

/** A part of Vitrine, or the payment provider, could not be reached. Nothing is charged, unless a later call with the same key says so. */
export type TemporarilyUnavailableError = UserError & {
  readonly __typename?: 'TemporarilyUnavailableError';
  /** Says to try again with the same key and input. */
  readonly message: Scalars['String']['output'];
  /** How long to wait before trying again, in milliseconds. */
  readonly retryAfterMs: Scalars['Int']['output'];
};

/** An order as its seller sees it; checkout adds what became of it. Each is null when the order is not the caller's. */
export type SellerOrder = {
  readonly __typename?: 'SellerOrder';
  /** `ord_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
  /** Counts the order's changes. A mutation that takes `expectedVersion` is refused when the order has changed since. */
  readonly version: Maybe<Scalars['Int']['output']>;
  /** What became of the money. */
  readonly payment: Maybe<OrderPaymentState>;
  /** What became of the goods. */
  readonly fulfilment: Maybe<OrderFulfilmentState>;
  /** What became of the latest return. */
  readonly returns: Maybe<OrderReturnState>;
  /** Whether the card holder's bank asks for the money back. */
  readonly dispute: Maybe<OrderDisputeState>;
  /** What went back to the buyer's card so far. */
  readonly refunded: Maybe<Money>;
  /** Its parcels, oldest first. */
  readonly shipments: Maybe<ReadonlyArray<Shipment>>;
  /** What is not shipped yet; lines of which nothing is left are not in it. */
  readonly unshipped: Maybe<ReadonlyArray<LineQuantity>>;
  /** Until when something of it has to be shipped; it is cancelled and refunded otherwise. Null when nothing has to be, or has been. */
  readonly shipBy: Maybe<Scalars['DateTime']['output']>;
  /** Why it was cancelled; null when it is not. */
  readonly cancelReason: Maybe<OrderCancelReason>;
  /** The reason that the buyer or the seller gave for it; null when none was given. */
  readonly givenReason: Maybe<CancelGivenReason>;
  /** What happened to it since it was final, oldest first. Network staff see every step, and each try. */
  readonly history: Maybe<ReadonlyArray<OrderStep>>;
  /** Its refunds, oldest first. */
  readonly refunds: Maybe<ReadonlyArray<OrderRefund>>;
  /** What of it can still be refunded. */
  readonly refundable: Maybe<Refundable>;
  /** Its returns, oldest first. */
  readonly returnRequests: Maybe<ReadonlyArray<OrderReturn>>;
};

/** Pieces of one of an order's lines. */
export type LineQuantity = {
  readonly __typename?: 'LineQuantity';
  /** The line's product, `prd_…`. */
  readonly productId: Scalars['ID']['output'];
  /** Pieces, 1 or more. */
  readonly quantity: Scalars['Int']['output'];
};

/** A parcel. */
export type Shipment = {
  readonly __typename?: 'Shipment';
  /** `shp_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
  /** Who carries it. */
  readonly carrier: Carrier;
  /** The carrier's name for people. */
  readonly carrierName: Scalars['String']['output'];
  /** The carrier's number for it; null when there is none. Network staff see the last four characters. */
  readonly trackingNumber: Maybe<Scalars['String']['output']>;
  /** Where it can be followed; null when there is no such page. Always begins with `https://`. */
  readonly trackingUrl: Maybe<Scalars['String']['output']>;
  /** Where it is. */
  readonly status: ShipmentStatus;
  /** When it got there. */
  readonly statusAt: Scalars['DateTime']['output'];
  /** When it was sent. */
  readonly shippedAt: Scalars['DateTime']['output'];
  /** What of the order is in it. */
  readonly lines: ReadonlyArray<LineQuantity>;
  /** What became of it, oldest first. */
  readonly events: ReadonlyArray<ShipmentEvent>;
};

/** One piece of news of a parcel. */
export type ShipmentEvent = {
  readonly __typename?: 'ShipmentEvent';
  /** Where the parcel was from then on. */
  readonly status: ShipmentStatus;
  /** When it happened. */
  readonly at: Scalars['DateTime']['output'];
};

/** Who carries a parcel. */
export type Carrier =
  /** United States Postal Service. */
  | 'USPS'
  /** United Parcel Service. */
  | 'UPS'
  /** FedEx. */
  | 'FEDEX'
  /** DHL. */
  | 'DHL'
  /** OnTrac. */
  | 'ONTRAC'
  /** Another one: `carrierName` says which. */
  | 'OTHER';

/** Where a parcel is. Nothing follows the last two. */
export type ShipmentStatus =
  /** The seller has handed it over. */
  | 'SHIPPED'
  /** The carrier has it. */
  | 'IN_TRANSIT'
  /** It comes today. */
  | 'OUT_FOR_DELIVERY'
  /** The carrier tried, and found nobody. */
  | 'DELIVERY_FAILED'
  /** It waits where the buyer can fetch it. */
  | 'AWAITING_PICKUP'
  /** It has arrived. */
  | 'DELIVERED'
  /** It came back to the seller: its pieces can be shipped again. */
  | 'RETURNED_TO_SENDER';

/** One step of an order's history. */
export type OrderStep = {
  readonly __typename?: 'OrderStep';
  /** What happened: an event's type, for example `order.confirmed`. Network staff also see steps without an event, for example `capture_payment`. New ones may come. */
  readonly step: Scalars['String']['output'];
  /** When. */
  readonly at: Scalars['DateTime']['output'];
  /** Who, or what, was behind it. */
  readonly cause: OrderStepCause;
  /** How often it was tried, this time included. */
  readonly attempt: Scalars['Int']['output'];
  /** The order's version from then on; null for a step that changed none of its states. */
  readonly version: Maybe<Scalars['Int']['output']>;
  /** More about it, as `name: value`. Nothing personal. */
  readonly detail: ReadonlyArray<Scalars['String']['output']>;
};

/** Who, or what, was behind a step. */
export type OrderStepCause =
  /** The buyer. */
  | 'BUYER'
  /** The seller. */
  | 'SELLER'
  /** Network staff. */
  | 'OPERATOR'
  /** It was due. */
  | 'SCHEDULE'
  /** News of the payment. */
  | 'PAYMENT'
  /** It was taken up again after a failure. */
  | 'RECOVERY'
  /** A comparison of what the systems know. */
  | 'RECONCILER';

/** A purchase, from the tap on Buy to its outcome. */
export type Purchase = {
  readonly __typename?: 'Purchase';
  /** The id of the order that it was to place, `ord_…`. */
  readonly orderId: Scalars['ID']['output'];
  /** The account that bought, `usr_…`. */
  readonly buyerId: Scalars['ID']['output'];
  /** From where it goes on after a crash; `finished` when it is over. */
  readonly recoveryPoint: Scalars['String']['output'];
  /** What came of it, for example `placed` or `declined`; null while it is not decided. */
  readonly outcome: Maybe<Scalars['String']['output']>;
  /** How often it was let go and taken up again. */
  readonly attempts: Scalars['Int']['output'];
  /** When the buyer tapped. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** Every step, oldest first. */
  readonly steps: ReadonlyArray<OrderStep>;
};

/** What was bought, from whom, for how much and on which terms, as it was at the time. It never changes. Not an invoice. */
export type Receipt = {
  readonly __typename?: 'Receipt';
  /** Names it, for example in a conversation with the seller. */
  readonly number: Scalars['String']['output'];
  /** When the order became final. */
  readonly issuedAt: Scalars['DateTime']['output'];
  /** When the buyer bought. */
  readonly placedAt: Scalars['DateTime']['output'];
  /** ISO 3166-1 alpha-2 code of the market. */
  readonly market: Scalars['String']['output'];
  /** The seller's name at the time; null for purchases from before receipts. */
  readonly sellerName: Maybe<Scalars['String']['output']>;
  /** ISO 3166-1 alpha-2 code of the country that the seller sold from; null for purchases from before receipts. */
  readonly sellerCountry: Maybe<Scalars['String']['output']>;
  /** What was bought. */
  readonly lines: ReadonlyArray<ReceiptLine>;
  /** Sum of the lines, without shipping and tax. */
  readonly subtotal: Money;
  /** Shipping. */
  readonly shipping: Money;
  /** The way of shipping, for example `standard`. */
  readonly shippingService: Scalars['String']['output'];
  /** Sales tax on the goods. */
  readonly tax: Money;
  /** Its rate in parts per million: 72500 is 7.25 %. Null for purchases from before receipts. */
  readonly taxRatePpm: Maybe<Scalars['Int']['output']>;
  /** What was charged. */
  readonly total: Money;
  /** For how many days after the delivery the goods could be sent back; null for purchases from before receipts. */
  readonly returnWindowDays: Maybe<Scalars['Int']['output']>;
  /** Names the terms that were in force: `policyTexts` has them. Null when none were published. */
  readonly policyVersion: Maybe<Scalars['String']['output']>;
  /** SHA-256 over the receipt as it was issued, hexadecimal. */
  readonly hash: Scalars['String']['output'];
};

/** One line of a receipt. */
export type ReceiptLine = {
  readonly __typename?: 'ReceiptLine';
  /** The product, `prd_…`. */
  readonly productId: Scalars['ID']['output'];
  /** The seller's article number. */
  readonly sku: Scalars['String']['output'];
  /** The title. */
  readonly title: Scalars['String']['output'];
  /** Pieces. */
  readonly quantity: Scalars['Int']['output'];
  /** Price of one piece. */
  readonly unitPrice: Money;
  /** `unitPrice` × `quantity`. */
  readonly amount: Money;
};

/** What to cancel. */
export type CancelOrderInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `ord_…` */
  readonly orderId: Scalars['ID']['input'];
  /** Why, if the buyer wants to say. */
  readonly reason?: InputMaybe<BuyerCancelReason>;
  /** `Order.version` as the buyer saw it; any, when not given. */
  readonly expectedVersion?: InputMaybe<Scalars['Int']['input']>;
};

/** Why a buyer cancels. */
export type BuyerCancelReason =
  /** Does not want it any more. */
  | 'CHANGED_MIND'
  /** Did not mean to buy it. */
  | 'ORDERED_BY_MISTAKE'
  /** It takes too long. */
  | 'TAKES_TOO_LONG'
  /** Found it elsewhere. */
  | 'FOUND_ELSEWHERE'
  /** Another reason. */
  | 'OTHER';

/** Result of `cancelOrder`. */
export type CancelOrderResult = CancelOrderSuccess | TooLateError | OrderChangedError | TemporarilyUnavailableError | NotFoundError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The order is cancelled. What was charged goes back to the card; the bank may take some days to show it. */
export type CancelOrderSuccess = {
  readonly __typename?: 'CancelOrderSuccess';
  /** The order. */
  readonly order: Order;
};

/** The order has changed since the caller looked at it. Nothing was done: look again. */
export type OrderChangedError = UserError & {
  readonly __typename?: 'OrderChangedError';
  /** Says to look again. */
  readonly message: Scalars['String']['output'];
  /** The order's version as it is. */
  readonly currentVersion: Scalars['Int']['output'];
};

/** A parcel. */
export type ShipOrderInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `ord_…` */
  readonly orderId: Scalars['ID']['input'];
  /** What is in it; all that is not shipped yet, when not given. */
  readonly lines?: InputMaybe<ReadonlyArray<LineQuantityInput>>;
  /** Who carries it. */
  readonly carrier: Carrier;
  /** The carrier's name, 1 to 40 letters and digits. For `OTHER`, and only then. */
  readonly carrierName?: InputMaybe<Scalars['String']['input']>;
  /** The carrier's number for it, 4 to 40 letters and digits. */
  readonly trackingNumber?: InputMaybe<Scalars['String']['input']>;
  /** Where it can be followed: `https://`, and of a known carrier a page of its own. Its page for the number, when not given. */
  readonly trackingUrl?: InputMaybe<Scalars['String']['input']>;
  /** When it was sent; now, when not given. */
  readonly shippedAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** `SellerOrder.version` as the seller saw it; any, when not given. */
  readonly expectedVersion?: InputMaybe<Scalars['Int']['input']>;
};

/** Pieces of one of an order's lines. */
export type LineQuantityInput = {
  /** The line's product, `prd_…`. */
  readonly productId: Scalars['ID']['input'];
  /** Pieces, 1 or more. */
  readonly quantity: Scalars['Int']['input'];
};

/** Result of `shipOrder`. */
export type ShipOrderResult = ShipOrderSuccess | NotShippableError | OrderChangedError | NotFoundError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The parcel is on its way. */
export type ShipOrderSuccess = {
  readonly __typename?: 'ShipOrderSuccess';
  /** The order. */
  readonly order: Maybe<SellerOrder>;
  /** The parcel. */
  readonly shipment: Shipment;
};

/** The order is cancelled, or not so many pieces of it are left to ship. */
export type NotShippableError = UserError & {
  readonly __typename?: 'NotShippableError';
  /** Which of the two. */
  readonly message: Scalars['String']['output'];
  /** What is not shipped yet. */
  readonly unshipped: ReadonlyArray<LineQuantity>;
};

/** News of a parcel. */
export type RecordShipmentEventInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `shp_…` */
  readonly shipmentId: Scalars['ID']['input'];
  /** Where the parcel is. Not `SHIPPED`, which `shipOrder` tells. */
  readonly status: ShipmentStatus;
  /** When it happened; now, when not given. */
  readonly occurredAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** `SellerOrder.version` as the seller saw it; any, when not given. */
  readonly expectedVersion?: InputMaybe<Scalars['Int']['input']>;
};

/** Result of `recordShipmentEvent`. */
export type RecordShipmentEventResult = RecordShipmentEventSuccess | ShipmentOverError | OrderChangedError | NotFoundError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** It is recorded. */
export type RecordShipmentEventSuccess = {
  readonly __typename?: 'RecordShipmentEventSuccess';
  /** The order. */
  readonly order: Maybe<SellerOrder>;
  /** The parcel. */
  readonly shipment: Shipment;
};

/** The parcel has arrived, or come back: nothing follows. */
export type ShipmentOverError = UserError & {
  readonly __typename?: 'ShipmentOverError';
  /** Which of the two. */
  readonly message: Scalars['String']['output'];
  /** Where the parcel is. */
  readonly status: ShipmentStatus;
};

/** What to cancel, and why. */
export type CancelOrderAsSellerInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `ord_…` */
  readonly orderId: Scalars['ID']['input'];
  /** Why. */
  readonly reason: SellerCancelReason;
  /** `SellerOrder.version` as the seller saw it; any, when not given. */
  readonly expectedVersion?: InputMaybe<Scalars['Int']['input']>;
};

/** Why a seller cancels. */
export type SellerCancelReason =
  /** There is none left. */
  | 'OUT_OF_STOCK'
  /** It is damaged. */
  | 'DAMAGED'
  /** The address cannot be shipped to. */
  | 'CANNOT_SHIP_THERE'
  /** The price was wrong. */
  | 'PRICING_ERROR'
  /** The buyer asked for it. */
  | 'ASKED_BY_BUYER'
  /** Something is wrong with the purchase. */
  | 'SUSPECTED_FRAUD'
  /** Another reason. */
  | 'OTHER';

/** Why an order was cancelled, as the buyer or the seller gave it. */
export type CancelGivenReason =
  /** The buyer does not want it any more. */
  | 'CHANGED_MIND'
  /** The buyer did not mean to buy it. */
  | 'ORDERED_BY_MISTAKE'
  /** It takes the buyer too long. */
  | 'TAKES_TOO_LONG'
  /** The buyer found it elsewhere. */
  | 'FOUND_ELSEWHERE'
  /** The seller has none left. */
  | 'OUT_OF_STOCK'
  /** It is damaged. */
  | 'DAMAGED'
  /** The seller cannot ship to the address. */
  | 'CANNOT_SHIP_THERE'
  /** The price was wrong. */
  | 'PRICING_ERROR'
  /** The buyer asked the seller. */
  | 'ASKED_BY_BUYER'
  /** The seller finds something wrong with the purchase. */
  | 'SUSPECTED_FRAUD'
  /** Another reason. */
  | 'OTHER';

/** Result of `cancelOrderAsSeller`. */
export type CancelOrderAsSellerResult = CancelOrderAsSellerSuccess | NotCancellableError | OrderChangedError | NotFoundError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The order is cancelled, and the buyer gets the money back. */
export type CancelOrderAsSellerSuccess = {
  readonly __typename?: 'CancelOrderAsSellerSuccess';
  /** The order. */
  readonly order: Maybe<SellerOrder>;
};

/** The order is on its way, or over already. */
export type NotCancellableError = UserError & {
  readonly __typename?: 'NotCancellableError';
  /** What can be done instead. */
  readonly message: Scalars['String']['output'];
};

/** How the comparison of orders, payments, stock and events stands. */
export type Reconciliation = {
  readonly __typename?: 'Reconciliation';
  /** When the last pass ended; null before the first. */
  readonly lastPassAt: Maybe<Scalars['DateTime']['output']>;
  /** When the last sweep over everything ended; null before the first. */
  readonly lastSweepAt: Maybe<Scalars['DateTime']['output']>;
  /** Comparisons since the beginning. */
  readonly compared: Scalars['Int']['output'];
  /** Repairs since the beginning. */
  readonly repairs: Scalars['Int']['output'];
  /** Divergences that were seen and are not yet a case, or are being repaired. */
  readonly unsettled: Scalars['Int']['output'];
  /** Cases that need a person. */
  readonly openCases: Scalars['Int']['output'];
};

/** A page of divergences. */
export type ReconciliationCaseConnection = {
  readonly __typename?: 'ReconciliationCaseConnection';
  /** The divergences. */
  readonly edges: ReadonlyArray<ReconciliationCaseEdge>;
  /** Where the page ends. */
  readonly pageInfo: PageInfo;
};

/** A divergence within a page. */
export type ReconciliationCaseEdge = {
  readonly __typename?: 'ReconciliationCaseEdge';
  /** For `after`. */
  readonly cursor: Scalars['String']['output'];
  /** The divergence. */
  readonly node: ReconciliationCase;
};

/** A divergence: what differs of which order, and what became of it. */
export type ReconciliationCase = {
  readonly __typename?: 'ReconciliationCase';
  /** `cas_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
  /** What differs, for example `charge_without_order`: the kinds are in the README of checkout. */
  readonly kind: Scalars['String']['output'];
  /** The order; null when it is of no single one. */
  readonly orderId: Maybe<Scalars['ID']['output']>;
  /** What became of it. */
  readonly state: ReconciliationCaseState;
  /** States and amounts, as they were found last. */
  readonly details: ReadonlyArray<ReconciliationDetail>;
  /** How often the rule was tried. */
  readonly repairAttempts: Scalars['Int']['output'];
  /** When it was found. */
  readonly firstSeenAt: Scalars['DateTime']['output'];
  /** When it was seen last. */
  readonly lastSeenAt: Scalars['DateTime']['output'];
};

/** One thing that was found. */
export type ReconciliationDetail = {
  readonly __typename?: 'ReconciliationDetail';
  /** What it is, for example `capturedMinor`. */
  readonly name: Scalars['String']['output'];
  /** What it was; null when there was none. */
  readonly value: Maybe<Scalars['String']['output']>;
};

/** What became of a divergence. */
export type ReconciliationCaseState =
  /** It is being repaired by rule. */
  | 'REPAIRING'
  /** A person has to look at it. */
  | 'OPEN'
  /** The rule has worked. */
  | 'REPAIRED'
  /** It was closed by a person, or it went away. */
  | 'CLOSED';

/** Money that goes back to the buyer's card. */
export type OrderRefund = {
  readonly __typename?: 'OrderRefund';
  /** `ref_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
  /** What it is of. */
  readonly kind: RefundKind;
  /** How far it has got. */
  readonly status: RefundStatus;
  /** What goes back. */
  readonly amount: Money;
  /** Shipping's part of it. */
  readonly shipping: Money;
  /** The goods' part of it. Empty for an amount that is of none of the goods. */
  readonly lines: ReadonlyArray<RefundLine>;
  /** Why; null for one that was made at the payment provider. */
  readonly reason: Maybe<RefundReason>;
  /** Why it came to nothing; null unless it did. */
  readonly failure: Maybe<RefundFailure>;
  /** Who asked for it. */
  readonly requestedBy: RefundRequester;
  /** The return that it is for, `rtn_…`; null for any other. */
  readonly returnId: Maybe<Scalars['ID']['output']>;
  /** When it was asked for. */
  readonly requestedAt: Scalars['DateTime']['output'];
  /** When the money went back; the bank may take some days to show it. */
  readonly refundedAt: Maybe<Scalars['DateTime']['output']>;
};

/** A refund's part for pieces of one line. */
export type RefundLine = {
  readonly __typename?: 'RefundLine';
  /** The line's product, `prd_…`. */
  readonly productId: Scalars['ID']['output'];
  /** Pieces, 1 or more. */
  readonly quantity: Scalars['Int']['output'];
  /** For the pieces, without tax. */
  readonly amount: Money;
  /** Their sales tax. */
  readonly tax: Money;
};

/** What a refund is of. */
export type RefundKind =
  /** All that was left. */
  | 'FULL'
  /** Pieces of lines, with their tax. */
  | 'LINES'
  /** Shipping. */
  | 'SHIPPING'
  /** An amount for none of the goods. */
  | 'GOODWILL'
  /** All that was left of an order that was cancelled. */
  | 'CANCELLATION'
  /** Goods that came back. */
  | 'RETURN'
  /** Made at the payment provider. */
  | 'EXTERNAL';

/** How far a refund has got. */
export type RefundStatus =
  /** It is being made. */
  | 'REQUESTED'
  /** The payment provider has taken it; the money is on its way. */
  | 'PENDING'
  /** The money went back. */
  | 'REFUNDED'
  /** It was made and came to nothing, or the bank sent the money back: it can be asked for again. */
  | 'FAILED'
  /** It was not made: it can be asked for again, when what stood in its way is gone. */
  | 'REFUSED';

/** Why a refund came to nothing. Says nothing about the card. */
export type RefundFailure =
  /** The card holder's bank decides about the money: a dispute is open, or lost. */
  | 'DISPUTED'
  /** The card or its bank did not take the money. */
  | 'NOT_ACCEPTED'
  /** The payment provider did not make it. */
  | 'NOT_MADE';

/** Why money goes back. */
export type RefundReason =
  /** The buyer asked for it. */
  | 'REQUESTED_BY_BUYER'
  /** It was bought twice. */
  | 'DUPLICATE'
  /** The purchase was not the card holder's. For network staff. */
  | 'FRAUD'
  /** The seller does not deliver. */
  | 'CANCELLED_BY_SELLER'
  /** It did not arrive. */
  | 'NOT_DELIVERED'
  /** The goods came back. */
  | 'RETURNED';

/** Who asked for a refund. */
export type RefundRequester =
  /** The buyer, by cancelling. */
  | 'BUYER'
  /** The seller. */
  | 'SELLER'
  /** Network staff. */
  | 'OPERATOR'
  /** Nobody: it was due, or made at the payment provider. */
  | 'SYSTEM';

/** What of an order can still be refunded. */
export type Refundable = {
  readonly __typename?: 'Refundable';
  /** At most. */
  readonly amount: Money;
  /** What is left of shipping. */
  readonly shipping: Money;
  /** Lines of which pieces are left. */
  readonly lines: ReadonlyArray<LineQuantity>;
};

/** What is to be refunded. */
export type RefundRequestKind =
  /** All that is left. */
  | 'FULL'
  /** Pieces of `lines`, each with its share of tax. */
  | 'LINES'
  /** What is left of shipping. */
  | 'SHIPPING'
  /** `amount`, for none of the goods. */
  | 'GOODWILL'
  /** The return of `returnId`, whose goods have arrived and whose refund has failed. */
  | 'RETURN';

/** What a refund would be. */
export type RefundQuoteInput = {
  /** `ord_…` */
  readonly orderId: Scalars['ID']['input'];
  /** What is to be refunded. */
  readonly kind: RefundRequestKind;
  /** For `LINES`, and only then. */
  readonly lines?: InputMaybe<ReadonlyArray<LineQuantityInput>>;
  /** For `GOODWILL`, and only then. */
  readonly amount?: InputMaybe<MoneyInput>;
  /** `rtn_…`, for `RETURN`, and only then. */
  readonly returnId?: InputMaybe<Scalars['ID']['input']>;
};

/** Result of `refundQuote`. */
export type RefundQuoteResult = RefundQuote | RefundExceedsError | NotFoundError | InvalidInputError;

/** What a refund would come to. */
export type RefundQuote = {
  readonly __typename?: 'RefundQuote';
  /** What would go back. */
  readonly amount: Money;
  /** Shipping's part of it. */
  readonly shipping: Money;
  /** The goods' part of it. */
  readonly lines: ReadonlyArray<RefundLine>;
  /** What can be refunded as it is now. */
  readonly refundable: Refundable;
};

/** A refund. */
export type RefundOrderInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `ord_…` */
  readonly orderId: Scalars['ID']['input'];
  /** What is to be refunded. */
  readonly kind: RefundRequestKind;
  /** For `LINES`, and only then. */
  readonly lines?: InputMaybe<ReadonlyArray<LineQuantityInput>>;
  /** For `GOODWILL`, and only then. */
  readonly amount?: InputMaybe<MoneyInput>;
  /** `rtn_…`, for `RETURN`, and only then. */
  readonly returnId?: InputMaybe<Scalars['ID']['input']>;
  /** Why. */
  readonly reason: RefundReason;
  /** `SellerOrder.version` as the caller saw it; any, when not given. */
  readonly expectedVersion?: InputMaybe<Scalars['Int']['input']>;
};

/** Result of `refundOrder`. */
export type RefundOrderResult = RefundOrderSuccess | RefundExceedsError | OrderChangedError | NotFoundError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The refund is written and is being made: `OrderRefund.status` tells how far it has got. */
export type RefundOrderSuccess = {
  readonly __typename?: 'RefundOrderSuccess';
  /** The order. */
  readonly order: Maybe<SellerOrder>;
  /** The refund. */
  readonly refund: OrderRefund;
};

/** It is more than what is left, or nothing is left. Nothing was done. */
export type RefundExceedsError = UserError & {
  readonly __typename?: 'RefundExceedsError';
  /** Says so. */
  readonly message: Scalars['String']['output'];
  /** What is left. */
  readonly refundable: Refundable;
};

/** Goods that a buyer sends back. */
export type OrderReturn = {
  readonly __typename?: 'OrderReturn';
  /** `rtn_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
  /** How far it has got. */
  readonly state: OrderReturnStep;
  /** Why. */
  readonly reason: ReturnReason;
  /** What the buyer sends back. */
  readonly lines: ReadonlyArray<LineQuantity>;
  /** What has arrived at the seller; null before. */
  readonly received: Maybe<ReadonlyArray<ReceivedLine>>;
  /** Why the seller does not take it; null unless it is refused. */
  readonly refusal: Maybe<ReturnRefusal>;
  /** Its latest refund; null before the goods have arrived, and when nothing was left to refund. */
  readonly refund: Maybe<OrderRefund>;
  /** When the buyer asked. */
  readonly requestedAt: Scalars['DateTime']['output'];
  /** When the seller took or refused it. */
  readonly decidedAt: Maybe<Scalars['DateTime']['output']>;
  /** When the goods arrived at the seller. */
  readonly receivedAt: Maybe<Scalars['DateTime']['output']>;
};

/** How far a return has got. */
export type OrderReturnStep =
  /** The seller has to answer. */
  | 'REQUESTED'
  /** The buyer has to send the goods. */
  | 'APPROVED'
  /** The seller does not take them back. */
  | 'REFUSED'
  /** The buyer keeps them after all. */
  | 'WITHDRAWN'
  /** The goods have arrived; the money is on its way. */
  | 'RECEIVED'
  /** The money went back. */
  | 'REFUNDED';

/** Pieces that arrived with a return. */
export type ReceivedLine = {
  readonly __typename?: 'ReceivedLine';
  /** The line's product, `prd_…`. */
  readonly productId: Scalars['ID']['output'];
  /** Pieces, 1 or more. */
  readonly quantity: Scalars['Int']['output'];
  /** Whether they can be sold again. */
  readonly restock: Scalars['Boolean']['output'];
};

/** Why a buyer sends goods back. */
export type ReturnReason =
  /** Does not want it any more. */
  | 'CHANGED_MIND'
  /** Does not fit. */
  | 'DOES_NOT_FIT'
  /** Arrived damaged. */
  | 'DAMAGED'
  /** Does not work. */
  | 'DEFECTIVE'
  /** Is something else than was ordered. */
  | 'WRONG_ITEM'
  /** Is not as it was described. */
  | 'NOT_AS_DESCRIBED'
  /** Arrived too late. */
  | 'ARRIVED_LATE'
  /** Another reason. */
  | 'OTHER';

/** Why a seller does not take goods back. */
export type ReturnRefusal =
  /** The time for returns was over. */
  | 'OUTSIDE_WINDOW'
  /** Such goods are not taken back. */
  | 'NOT_RETURNABLE'
  /** It was used. */
  | 'USED'
  /** It is not from this order. */
  | 'NOT_FROM_THIS_ORDER'
  /** Another reason. */
  | 'OTHER';

/** What of an order can be sent back. */
export type Returnable = {
  readonly __typename?: 'Returnable';
  /** Until when a return can be asked for; null while not all of it has arrived. */
  readonly until: Maybe<Scalars['DateTime']['output']>;
  /** Lines of which pieces can be sent back. Empty when there is a reason. */
  readonly lines: ReadonlyArray<LineQuantity>;
  /** Why nothing can be sent back; null when something can. */
  readonly reason: Maybe<NotReturnableReason>;
};

/** Why goods cannot be sent back. */
export type NotReturnableReason =
  /** Nothing has been shipped, or the order is cancelled. */
  | 'NOT_SHIPPED'
  /** The time for returns is over, or the market has none. */
  | 'WINDOW_CLOSED'
  /** Another return is under way. */
  | 'RETURN_OPEN'
  /** Everything was sent back or refunded already. */
  | 'NOTHING_LEFT'
  /** Fewer pieces can be sent back. */
  | 'TOO_MANY';

/** Goods to send back. */
export type RequestReturnInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `ord_…` */
  readonly orderId: Scalars['ID']['input'];
  /** Which pieces. */
  readonly lines: ReadonlyArray<LineQuantityInput>;
  /** Why. */
  readonly reason: ReturnReason;
  /** `Order.version` as the buyer saw it; any, when not given. */
  readonly expectedVersion?: InputMaybe<Scalars['Int']['input']>;
};

/** Result of `requestReturn`. */
export type RequestReturnResult = RequestReturnSuccess | NotReturnableError | OrderChangedError | NotFoundError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The seller is asked. */
export type RequestReturnSuccess = {
  readonly __typename?: 'RequestReturnSuccess';
  /** The order. */
  readonly order: Order;
  /** The return. */
  readonly return: OrderReturn;
};

/** This cannot be sent back. */
export type NotReturnableError = UserError & {
  readonly __typename?: 'NotReturnableError';
  /** Why, as a sentence for the buyer. */
  readonly message: Scalars['String']['output'];
  /** Why. */
  readonly reason: NotReturnableReason;
  /** What can be sent back. */
  readonly lines: ReadonlyArray<LineQuantity>;
};

/** The return has gone on: this cannot be done to it any more, or not yet. Nothing was done. */
export type ReturnStateError = UserError & {
  readonly __typename?: 'ReturnStateError';
  /** Says to look at it. */
  readonly message: Scalars['String']['output'];
  /** How far it has got. */
  readonly state: OrderReturnStep;
};

/** A return that the buyer takes back. */
export type WithdrawReturnInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `rtn_…` */
  readonly returnId: Scalars['ID']['input'];
  /** `Order.version` as the buyer saw it; any, when not given. */
  readonly expectedVersion?: InputMaybe<Scalars['Int']['input']>;
};

/** Result of `withdrawReturn`. */
export type WithdrawReturnResult = WithdrawReturnSuccess | ReturnStateError | OrderChangedError | NotFoundError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The return is over. */
export type WithdrawReturnSuccess = {
  readonly __typename?: 'WithdrawReturnSuccess';
  /** The order. */
  readonly order: Order;
  /** The return. */
  readonly return: OrderReturn;
};

/** A return that is taken. */
export type ApproveReturnInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `rtn_…` */
  readonly returnId: Scalars['ID']['input'];
  /** `SellerOrder.version` as the caller saw it; any, when not given. */
  readonly expectedVersion?: InputMaybe<Scalars['Int']['input']>;
};

/** Result of `approveReturn`. */
export type ApproveReturnResult = ApproveReturnSuccess | ReturnStateError | OrderChangedError | NotFoundError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The buyer is told to send the goods. */
export type ApproveReturnSuccess = {
  readonly __typename?: 'ApproveReturnSuccess';
  /** The order. */
  readonly order: Maybe<SellerOrder>;
  /** The return. */
  readonly return: OrderReturn;
};

/** A return that is not taken. */
export type RefuseReturnInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `rtn_…` */
  readonly returnId: Scalars['ID']['input'];
  /** Why. */
  readonly reason: ReturnRefusal;
  /** `SellerOrder.version` as the caller saw it; any, when not given. */
  readonly expectedVersion?: InputMaybe<Scalars['Int']['input']>;
};

/** Result of `refuseReturn`. */
export type RefuseReturnResult = RefuseReturnSuccess | ReturnStateError | OrderChangedError | NotFoundError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The buyer is told. */
export type RefuseReturnSuccess = {
  readonly __typename?: 'RefuseReturnSuccess';
  /** The order. */
  readonly order: Maybe<SellerOrder>;
  /** The return. */
  readonly return: OrderReturn;
};

/** Goods that have arrived. */
export type ReceiveReturnInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `rtn_…` */
  readonly returnId: Scalars['ID']['input'];
  /** What has arrived: all that was announced, or less. */
  readonly lines: ReadonlyArray<ReceivedLineInput>;
  /** Whether what is left of shipping goes back, too. */
  readonly refundShipping?: InputMaybe<Scalars['Boolean']['input']>;
  /** `SellerOrder.version` as the caller saw it; any, when not given. */
  readonly expectedVersion?: InputMaybe<Scalars['Int']['input']>;
};

/** Pieces of a line that have arrived. */
export type ReceivedLineInput = {
  /** The line's product, `prd_…`. */
  readonly productId: Scalars['ID']['input'];
  /** Pieces, 1 or more. */
  readonly quantity: Scalars['Int']['input'];
  /** Whether they can be sold again: they are in stock again then. */
  readonly restock: Scalars['Boolean']['input'];
};

/** Result of `receiveReturn`. */
export type ReceiveReturnResult = ReceiveReturnSuccess | ReturnStateError | OrderChangedError | NotFoundError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The refund is being made. */
export type ReceiveReturnSuccess = {
  readonly __typename?: 'ReceiveReturnSuccess';
  /** The order. */
  readonly order: Maybe<SellerOrder>;
  /** The return. */
  readonly return: OrderReturn;
};

/** A card holder's bank asks for the money of an order back. */
export type OrderDispute = {
  readonly __typename?: 'OrderDispute';
  /** Where it stands. */
  readonly state: OrderDisputeState;
  /** `dsp_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
  /** What is asked back. */
  readonly amount: Money;
  /** The payment provider's word. */
  readonly reason: Scalars['String']['output'];
  /** The payment provider's word. */
  readonly status: Scalars['String']['output'];
  /** Until when evidence is taken; null when none is. */
  readonly evidenceDueAt: Maybe<Scalars['DateTime']['output']>;
  /** When it was opened. */
  readonly openedAt: Scalars['DateTime']['output'];
  /** When it was decided or closed. */
  readonly closedAt: Maybe<Scalars['DateTime']['output']>;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type ReferenceResolver<TResult, TReference, TContext> = (
      reference: TReference,
      context: TContext,
      info: GraphQLResolveInfo
    ) => Promise<TResult> | TResult;

      type ScalarCheck<T, S> = S extends true ? T : NullableCheck<T, S>;
      type NullableCheck<T, S> = Maybe<T> extends T ? Maybe<ListCheck<NonNullable<T>, S>> : ListCheck<T, S>;
      type ListCheck<T, S> = T extends (infer U)[] ? NullableCheck<U, S>[] : GraphQLRecursivePick<T, S>;
      export type GraphQLRecursivePick<T, S> = { [K in keyof T & keyof S]: ScalarCheck<T[K], S[K]> };
    
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

/** Mapping of federation types */
export type FederationTypes = {
  Viewer: Viewer;
  Order: Order;
  Product: Product;
  SellerOrder: SellerOrder;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Viewer:
    ( { __typename: 'Viewer' }
    & GraphQLRecursivePick<FederationTypes['Viewer'], {"id":true}> );
  Order:
    ( { __typename: 'Order' }
    & GraphQLRecursivePick<FederationTypes['Order'], {"id":true}> );
  Product:
    ( { __typename: 'Product' }
    & GraphQLRecursivePick<FederationTypes['Product'], {"id":true}>
    & ( Record<PropertyKey, never>
        | GraphQLRecursivePick<FederationTypes['Product'], {"price":{"amountMinor":true,"currency":true}}> ) );
  SellerOrder:
    ( { __typename: 'SellerOrder' }
    & GraphQLRecursivePick<FederationTypes['SellerOrder'], {"id":true}> );
};

/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends Record<string, unknown>> = {
  UndoOrderResult:
    | ( Omit<UndoOrderSuccess, 'order'> & { order: _RefType['Order'] } & { __typename: 'UndoOrderSuccess' } )
    | ( Omit<TooLateError, 'order'> & { order: _RefType['Order'] } & { __typename: 'TooLateError' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  OpenBuyResult:
    | ( Omit<BuySheet, 'product' | 'address' | 'paymentMethod'> & { product?: Maybe<_RefType['Product']>, address?: Maybe<_RefType['Address']>, paymentMethod?: Maybe<_RefType['PaymentMethod']> } & { __typename: 'BuySheet' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( OutOfStockError & { __typename: 'OutOfStockError' } )
    | ( NotEligibleError & { __typename: 'NotEligibleError' } )
    | ( QuoteExpiredError & { __typename: 'QuoteExpiredError' } )
    | ( PurchaseLimitError & { __typename: 'PurchaseLimitError' } )
    | ( TemporarilyUnavailableError & { __typename: 'TemporarilyUnavailableError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
  ;
  PlaceOrderResult:
    | ( Omit<PlaceOrderSuccess, 'order'> & { order: _RefType['Order'] } & { __typename: 'PlaceOrderSuccess' } )
    | ( PaymentActionRequired & { __typename: 'PaymentActionRequired' } )
    | ( MissingDetailsError & { __typename: 'MissingDetailsError' } )
    | ( PaymentDeclinedError & { __typename: 'PaymentDeclinedError' } )
    | ( PriceChangedError & { __typename: 'PriceChangedError' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( OutOfStockError & { __typename: 'OutOfStockError' } )
    | ( NotEligibleError & { __typename: 'NotEligibleError' } )
    | ( QuoteExpiredError & { __typename: 'QuoteExpiredError' } )
    | ( PurchaseLimitError & { __typename: 'PurchaseLimitError' } )
    | ( Omit<PossibleDuplicateError, 'order'> & { order?: Maybe<_RefType['Order']> } & { __typename: 'PossibleDuplicateError' } )
    | ( PurchaseAbandonedError & { __typename: 'PurchaseAbandonedError' } )
    | ( TemporarilyUnavailableError & { __typename: 'TemporarilyUnavailableError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  CancelOrderResult:
    | ( Omit<CancelOrderSuccess, 'order'> & { order: _RefType['Order'] } & { __typename: 'CancelOrderSuccess' } )
    | ( Omit<TooLateError, 'order'> & { order: _RefType['Order'] } & { __typename: 'TooLateError' } )
    | ( OrderChangedError & { __typename: 'OrderChangedError' } )
    | ( TemporarilyUnavailableError & { __typename: 'TemporarilyUnavailableError' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  ShipOrderResult:
    | ( Omit<ShipOrderSuccess, 'order' | 'shipment'> & { order?: Maybe<_RefType['SellerOrder']>, shipment: _RefType['Shipment'] } & { __typename: 'ShipOrderSuccess' } )
    | ( NotShippableError & { __typename: 'NotShippableError' } )
    | ( OrderChangedError & { __typename: 'OrderChangedError' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  RecordShipmentEventResult:
    | ( Omit<RecordShipmentEventSuccess, 'order' | 'shipment'> & { order?: Maybe<_RefType['SellerOrder']>, shipment: _RefType['Shipment'] } & { __typename: 'RecordShipmentEventSuccess' } )
    | ( ShipmentOverError & { __typename: 'ShipmentOverError' } )
    | ( OrderChangedError & { __typename: 'OrderChangedError' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  CancelOrderAsSellerResult:
    | ( Omit<CancelOrderAsSellerSuccess, 'order'> & { order?: Maybe<_RefType['SellerOrder']> } & { __typename: 'CancelOrderAsSellerSuccess' } )
    | ( NotCancellableError & { __typename: 'NotCancellableError' } )
    | ( OrderChangedError & { __typename: 'OrderChangedError' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  RefundQuoteResult:
    | ( RefundQuote & { __typename: 'RefundQuote' } )
    | ( RefundExceedsError & { __typename: 'RefundExceedsError' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
  ;
  RefundOrderResult:
    | ( Omit<RefundOrderSuccess, 'order'> & { order?: Maybe<_RefType['SellerOrder']> } & { __typename: 'RefundOrderSuccess' } )
    | ( RefundExceedsError & { __typename: 'RefundExceedsError' } )
    | ( OrderChangedError & { __typename: 'OrderChangedError' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  RequestReturnResult:
    | ( Omit<RequestReturnSuccess, 'order'> & { order: _RefType['Order'] } & { __typename: 'RequestReturnSuccess' } )
    | ( NotReturnableError & { __typename: 'NotReturnableError' } )
    | ( OrderChangedError & { __typename: 'OrderChangedError' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  WithdrawReturnResult:
    | ( Omit<WithdrawReturnSuccess, 'order'> & { order: _RefType['Order'] } & { __typename: 'WithdrawReturnSuccess' } )
    | ( ReturnStateError & { __typename: 'ReturnStateError' } )
    | ( OrderChangedError & { __typename: 'OrderChangedError' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  ApproveReturnResult:
    | ( Omit<ApproveReturnSuccess, 'order'> & { order?: Maybe<_RefType['SellerOrder']> } & { __typename: 'ApproveReturnSuccess' } )
    | ( ReturnStateError & { __typename: 'ReturnStateError' } )
    | ( OrderChangedError & { __typename: 'OrderChangedError' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  RefuseReturnResult:
    | ( Omit<RefuseReturnSuccess, 'order'> & { order?: Maybe<_RefType['SellerOrder']> } & { __typename: 'RefuseReturnSuccess' } )
    | ( ReturnStateError & { __typename: 'ReturnStateError' } )
    | ( OrderChangedError & { __typename: 'OrderChangedError' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  ReceiveReturnResult:
    | ( Omit<ReceiveReturnSuccess, 'order'> & { order?: Maybe<_RefType['SellerOrder']> } & { __typename: 'ReceiveReturnSuccess' } )
    | ( ReturnStateError & { __typename: 'ReturnStateError' } )
    | ( OrderChangedError & { __typename: 'OrderChangedError' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
};

/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  UserError:
    | ( InvalidInputError )
    | ( NotAllowedError )
    | ( NotFoundError )
    | ( IdempotencyKeyReusedError )
    | ( IdempotencyKeyInFlightError )
    | ( Omit<TooLateError, 'order'> & { order: _RefType['Order'] } )
    | ( QuoteExpiredError )
    | ( PurchaseLimitError )
    | ( PurchaseAbandonedError )
    | ( Omit<PossibleDuplicateError, 'order'> & { order?: Maybe<_RefType['Order']> } )
    | ( MissingDetailsError )
    | ( PaymentDeclinedError )
    | ( PriceChangedError )
    | ( OutOfStockError )
    | ( NotEligibleError )
    | ( TemporarilyUnavailableError )
    | ( OrderChangedError )
    | ( NotShippableError )
    | ( ShipmentOverError )
    | ( NotCancellableError )
    | ( RefundExceedsError )
    | ( NotReturnableError )
    | ( ReturnStateError )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Money: ResolverTypeWrapper<Money>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  UserError: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['UserError']>;
  InvalidInputError: ResolverTypeWrapper<InvalidInputError>;
  NotAllowedError: ResolverTypeWrapper<NotAllowedError>;
  NotFoundError: ResolverTypeWrapper<NotFoundError>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  IdempotencyKeyReusedError: ResolverTypeWrapper<IdempotencyKeyReusedError>;
  IdempotencyKeyInFlightError: ResolverTypeWrapper<IdempotencyKeyInFlightError>;
  Viewer: ResolverTypeWrapper<{ readonly id: string }>;
  Order: ResolverTypeWrapper<OrderModel>;
  OrderCancelReason: OrderCancelReason;
  OrderPaymentState: OrderPaymentState;
  OrderFulfilmentState: OrderFulfilmentState;
  OrderReturnState: OrderReturnState;
  OrderDisputeState: OrderDisputeState;
  OrderStatus: OrderStatus;
  OrderLine: ResolverTypeWrapper<Omit<OrderLine, 'product'> & { product?: Maybe<ResolversTypes['Product']> }>;
  OrderConnection: ResolverTypeWrapper<Omit<OrderConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['OrderEdge']> }>;
  OrderEdge: ResolverTypeWrapper<Omit<OrderEdge, 'node'> & { node: ResolversTypes['Order'] }>;
  Seller: ResolverTypeWrapper<{ readonly id: string }>;
  Product: ResolverTypeWrapper<{ readonly id: string; readonly price?: Money }>;
  PaymentMethod: ResolverTypeWrapper<{ readonly id: string }>;
  Address: ResolverTypeWrapper<{ readonly id: string }>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  UndoOrderInput: UndoOrderInput;
  UndoOrderResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['UndoOrderResult']>;
  UndoOrderSuccess: ResolverTypeWrapper<Omit<UndoOrderSuccess, 'order'> & { order: ResolversTypes['Order'] }>;
  TooLateError: ResolverTypeWrapper<Omit<TooLateError, 'order'> & { order: ResolversTypes['Order'] }>;
  OpenBuyInput: OpenBuyInput;
  OpenBuyResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['OpenBuyResult']>;
  BuySheet: ResolverTypeWrapper<Omit<BuySheet, 'product' | 'address' | 'paymentMethod'> & { product?: Maybe<ResolversTypes['Product']>, address?: Maybe<ResolversTypes['Address']>, paymentMethod?: Maybe<ResolversTypes['PaymentMethod']> }>;
  BuySheetStatus: BuySheetStatus;
  Party: Party;
  BuyRequirement: ResolverTypeWrapper<BuyRequirement>;
  ShippingChoice: ResolverTypeWrapper<ShippingChoice>;
  QuoteExpiredError: ResolverTypeWrapper<QuoteExpiredError>;
  PurchaseLimitError: ResolverTypeWrapper<PurchaseLimitError>;
  PurchaseLimitScope: PurchaseLimitScope;
  PurchaseAbandonedError: ResolverTypeWrapper<PurchaseAbandonedError>;
  PossibleDuplicateError: ResolverTypeWrapper<Omit<PossibleDuplicateError, 'order'> & { order?: Maybe<ResolversTypes['Order']> }>;
  MissingField: MissingField;
  MoneyInput: MoneyInput;
  PlaceOrderInput: PlaceOrderInput;
  PlaceOrderResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['PlaceOrderResult']>;
  PlaceOrderSuccess: ResolverTypeWrapper<Omit<PlaceOrderSuccess, 'order'> & { order: ResolversTypes['Order'] }>;
  PaymentActionRequired: ResolverTypeWrapper<PaymentActionRequired>;
  MissingDetailsError: ResolverTypeWrapper<MissingDetailsError>;
  PaymentDeclinedError: ResolverTypeWrapper<PaymentDeclinedError>;
  PaymentDeclineReason: PaymentDeclineReason;
  PriceChangedError: ResolverTypeWrapper<PriceChangedError>;
  OutOfStockError: ResolverTypeWrapper<OutOfStockError>;
  NotEligibleError: ResolverTypeWrapper<NotEligibleError>;
  NotEligibleReason: NotEligibleReason;
  TemporarilyUnavailableError: ResolverTypeWrapper<TemporarilyUnavailableError>;
  SellerOrder: ResolverTypeWrapper<OrderModel>;
  LineQuantity: ResolverTypeWrapper<LineQuantity>;
  Shipment: ResolverTypeWrapper<ShipmentModel>;
  ShipmentEvent: ResolverTypeWrapper<ShipmentEvent>;
  Carrier: Carrier;
  ShipmentStatus: ShipmentStatus;
  OrderStep: ResolverTypeWrapper<OrderStepModel>;
  OrderStepCause: OrderStepCause;
  Purchase: ResolverTypeWrapper<PurchaseTrace>;
  Receipt: ResolverTypeWrapper<ReceiptModel>;
  ReceiptLine: ResolverTypeWrapper<ReceiptLine>;
  CancelOrderInput: CancelOrderInput;
  BuyerCancelReason: BuyerCancelReason;
  CancelOrderResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['CancelOrderResult']>;
  CancelOrderSuccess: ResolverTypeWrapper<Omit<CancelOrderSuccess, 'order'> & { order: ResolversTypes['Order'] }>;
  OrderChangedError: ResolverTypeWrapper<OrderChangedError>;
  ShipOrderInput: ShipOrderInput;
  LineQuantityInput: LineQuantityInput;
  ShipOrderResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['ShipOrderResult']>;
  ShipOrderSuccess: ResolverTypeWrapper<Omit<ShipOrderSuccess, 'order' | 'shipment'> & { order?: Maybe<ResolversTypes['SellerOrder']>, shipment: ResolversTypes['Shipment'] }>;
  NotShippableError: ResolverTypeWrapper<NotShippableError>;
  RecordShipmentEventInput: RecordShipmentEventInput;
  RecordShipmentEventResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RecordShipmentEventResult']>;
  RecordShipmentEventSuccess: ResolverTypeWrapper<Omit<RecordShipmentEventSuccess, 'order' | 'shipment'> & { order?: Maybe<ResolversTypes['SellerOrder']>, shipment: ResolversTypes['Shipment'] }>;
  ShipmentOverError: ResolverTypeWrapper<ShipmentOverError>;
  CancelOrderAsSellerInput: CancelOrderAsSellerInput;
  SellerCancelReason: SellerCancelReason;
  CancelGivenReason: CancelGivenReason;
  CancelOrderAsSellerResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['CancelOrderAsSellerResult']>;
  CancelOrderAsSellerSuccess: ResolverTypeWrapper<Omit<CancelOrderAsSellerSuccess, 'order'> & { order?: Maybe<ResolversTypes['SellerOrder']> }>;
  NotCancellableError: ResolverTypeWrapper<NotCancellableError>;
  Reconciliation: ResolverTypeWrapper<Reconciliation>;
  ReconciliationCaseConnection: ResolverTypeWrapper<ReconciliationCaseConnection>;
  ReconciliationCaseEdge: ResolverTypeWrapper<ReconciliationCaseEdge>;
  ReconciliationCase: ResolverTypeWrapper<ReconciliationCase>;
  ReconciliationDetail: ResolverTypeWrapper<ReconciliationDetail>;
  ReconciliationCaseState: ReconciliationCaseState;
  OrderRefund: ResolverTypeWrapper<OrderRefund>;
  RefundLine: ResolverTypeWrapper<RefundLine>;
  RefundKind: RefundKind;
  RefundStatus: RefundStatus;
  RefundFailure: RefundFailure;
  RefundReason: RefundReason;
  RefundRequester: RefundRequester;
  Refundable: ResolverTypeWrapper<Refundable>;
  RefundRequestKind: RefundRequestKind;
  RefundQuoteInput: RefundQuoteInput;
  RefundQuoteResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RefundQuoteResult']>;
  RefundQuote: ResolverTypeWrapper<RefundQuote>;
  RefundOrderInput: RefundOrderInput;
  RefundOrderResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RefundOrderResult']>;
  RefundOrderSuccess: ResolverTypeWrapper<Omit<RefundOrderSuccess, 'order'> & { order?: Maybe<ResolversTypes['SellerOrder']> }>;
  RefundExceedsError: ResolverTypeWrapper<RefundExceedsError>;
  OrderReturn: ResolverTypeWrapper<OrderReturn>;
  OrderReturnStep: OrderReturnStep;
  ReceivedLine: ResolverTypeWrapper<ReceivedLine>;
  ReturnReason: ReturnReason;
  ReturnRefusal: ReturnRefusal;
  Returnable: ResolverTypeWrapper<Returnable>;
  NotReturnableReason: NotReturnableReason;
  RequestReturnInput: RequestReturnInput;
  RequestReturnResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RequestReturnResult']>;
  RequestReturnSuccess: ResolverTypeWrapper<Omit<RequestReturnSuccess, 'order'> & { order: ResolversTypes['Order'] }>;
  NotReturnableError: ResolverTypeWrapper<NotReturnableError>;
  ReturnStateError: ResolverTypeWrapper<ReturnStateError>;
  WithdrawReturnInput: WithdrawReturnInput;
  WithdrawReturnResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['WithdrawReturnResult']>;
  WithdrawReturnSuccess: ResolverTypeWrapper<Omit<WithdrawReturnSuccess, 'order'> & { order: ResolversTypes['Order'] }>;
  ApproveReturnInput: ApproveReturnInput;
  ApproveReturnResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['ApproveReturnResult']>;
  ApproveReturnSuccess: ResolverTypeWrapper<Omit<ApproveReturnSuccess, 'order'> & { order?: Maybe<ResolversTypes['SellerOrder']> }>;
  RefuseReturnInput: RefuseReturnInput;
  RefuseReturnResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RefuseReturnResult']>;
  RefuseReturnSuccess: ResolverTypeWrapper<Omit<RefuseReturnSuccess, 'order'> & { order?: Maybe<ResolversTypes['SellerOrder']> }>;
  ReceiveReturnInput: ReceiveReturnInput;
  ReceivedLineInput: ReceivedLineInput;
  ReceiveReturnResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['ReceiveReturnResult']>;
  ReceiveReturnSuccess: ResolverTypeWrapper<Omit<ReceiveReturnSuccess, 'order'> & { order?: Maybe<ResolversTypes['SellerOrder']> }>;
  OrderDispute: ResolverTypeWrapper<OrderDispute>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  DateTime: Scalars['DateTime']['output'];
  Money: Money;
  Int: Scalars['Int']['output'];
  String: Scalars['String']['output'];
  PageInfo: PageInfo;
  Boolean: Scalars['Boolean']['output'];
  UserError: ResolversInterfaceTypes<ResolversParentTypes>['UserError'];
  InvalidInputError: InvalidInputError;
  NotAllowedError: NotAllowedError;
  NotFoundError: NotFoundError;
  ID: Scalars['ID']['output'];
  IdempotencyKeyReusedError: IdempotencyKeyReusedError;
  IdempotencyKeyInFlightError: IdempotencyKeyInFlightError;
  Viewer: { readonly id: string };
  Order: OrderModel;
  OrderLine: Omit<OrderLine, 'product'> & { product?: Maybe<ResolversParentTypes['Product']> };
  OrderConnection: Omit<OrderConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['OrderEdge']> };
  OrderEdge: Omit<OrderEdge, 'node'> & { node: ResolversParentTypes['Order'] };
  Seller: { readonly id: string };
  Product: { readonly id: string; readonly price?: Money };
  PaymentMethod: { readonly id: string };
  Address: { readonly id: string };
  Query: Record<PropertyKey, never>;
  Mutation: Record<PropertyKey, never>;
  UndoOrderInput: UndoOrderInput;
  UndoOrderResult: ResolversUnionTypes<ResolversParentTypes>['UndoOrderResult'];
  UndoOrderSuccess: Omit<UndoOrderSuccess, 'order'> & { order: ResolversParentTypes['Order'] };
  TooLateError: Omit<TooLateError, 'order'> & { order: ResolversParentTypes['Order'] };
  OpenBuyInput: OpenBuyInput;
  OpenBuyResult: ResolversUnionTypes<ResolversParentTypes>['OpenBuyResult'];
  BuySheet: Omit<BuySheet, 'product' | 'address' | 'paymentMethod'> & { product?: Maybe<ResolversParentTypes['Product']>, address?: Maybe<ResolversParentTypes['Address']>, paymentMethod?: Maybe<ResolversParentTypes['PaymentMethod']> };
  BuyRequirement: BuyRequirement;
  ShippingChoice: ShippingChoice;
  QuoteExpiredError: QuoteExpiredError;
  PurchaseLimitError: PurchaseLimitError;
  PurchaseAbandonedError: PurchaseAbandonedError;
  PossibleDuplicateError: Omit<PossibleDuplicateError, 'order'> & { order?: Maybe<ResolversParentTypes['Order']> };
  MoneyInput: MoneyInput;
  PlaceOrderInput: PlaceOrderInput;
  PlaceOrderResult: ResolversUnionTypes<ResolversParentTypes>['PlaceOrderResult'];
  PlaceOrderSuccess: Omit<PlaceOrderSuccess, 'order'> & { order: ResolversParentTypes['Order'] };
  PaymentActionRequired: PaymentActionRequired;
  MissingDetailsError: MissingDetailsError;
  PaymentDeclinedError: PaymentDeclinedError;
  PriceChangedError: PriceChangedError;
  OutOfStockError: OutOfStockError;
  NotEligibleError: NotEligibleError;
  TemporarilyUnavailableError: TemporarilyUnavailableError;
  SellerOrder: OrderModel;
  LineQuantity: LineQuantity;
  Shipment: ShipmentModel;
  ShipmentEvent: ShipmentEvent;
  OrderStep: OrderStepModel;
  Purchase: PurchaseTrace;
  Receipt: ReceiptModel;
  ReceiptLine: ReceiptLine;
  CancelOrderInput: CancelOrderInput;
  CancelOrderResult: ResolversUnionTypes<ResolversParentTypes>['CancelOrderResult'];
  CancelOrderSuccess: Omit<CancelOrderSuccess, 'order'> & { order: ResolversParentTypes['Order'] };
  OrderChangedError: OrderChangedError;
  ShipOrderInput: ShipOrderInput;
  LineQuantityInput: LineQuantityInput;
  ShipOrderResult: ResolversUnionTypes<ResolversParentTypes>['ShipOrderResult'];
  ShipOrderSuccess: Omit<ShipOrderSuccess, 'order' | 'shipment'> & { order?: Maybe<ResolversParentTypes['SellerOrder']>, shipment: ResolversParentTypes['Shipment'] };
  NotShippableError: NotShippableError;
  RecordShipmentEventInput: RecordShipmentEventInput;
  RecordShipmentEventResult: ResolversUnionTypes<ResolversParentTypes>['RecordShipmentEventResult'];
  RecordShipmentEventSuccess: Omit<RecordShipmentEventSuccess, 'order' | 'shipment'> & { order?: Maybe<ResolversParentTypes['SellerOrder']>, shipment: ResolversParentTypes['Shipment'] };
  ShipmentOverError: ShipmentOverError;
  CancelOrderAsSellerInput: CancelOrderAsSellerInput;
  CancelOrderAsSellerResult: ResolversUnionTypes<ResolversParentTypes>['CancelOrderAsSellerResult'];
  CancelOrderAsSellerSuccess: Omit<CancelOrderAsSellerSuccess, 'order'> & { order?: Maybe<ResolversParentTypes['SellerOrder']> };
  NotCancellableError: NotCancellableError;
  Reconciliation: Reconciliation;
  ReconciliationCaseConnection: ReconciliationCaseConnection;
  ReconciliationCaseEdge: ReconciliationCaseEdge;
  ReconciliationCase: ReconciliationCase;
  ReconciliationDetail: ReconciliationDetail;
  OrderRefund: OrderRefund;
  RefundLine: RefundLine;
  Refundable: Refundable;
  RefundQuoteInput: RefundQuoteInput;
  RefundQuoteResult: ResolversUnionTypes<ResolversParentTypes>['RefundQuoteResult'];
  RefundQuote: RefundQuote;
  RefundOrderInput: RefundOrderInput;
  RefundOrderResult: ResolversUnionTypes<ResolversParentTypes>['RefundOrderResult'];
  RefundOrderSuccess: Omit<RefundOrderSuccess, 'order'> & { order?: Maybe<ResolversParentTypes['SellerOrder']> };
  RefundExceedsError: RefundExceedsError;
  OrderReturn: OrderReturn;
  ReceivedLine: ReceivedLine;
  Returnable: Returnable;
  RequestReturnInput: RequestReturnInput;
  RequestReturnResult: ResolversUnionTypes<ResolversParentTypes>['RequestReturnResult'];
  RequestReturnSuccess: Omit<RequestReturnSuccess, 'order'> & { order: ResolversParentTypes['Order'] };
  NotReturnableError: NotReturnableError;
  ReturnStateError: ReturnStateError;
  WithdrawReturnInput: WithdrawReturnInput;
  WithdrawReturnResult: ResolversUnionTypes<ResolversParentTypes>['WithdrawReturnResult'];
  WithdrawReturnSuccess: Omit<WithdrawReturnSuccess, 'order'> & { order: ResolversParentTypes['Order'] };
  ApproveReturnInput: ApproveReturnInput;
  ApproveReturnResult: ResolversUnionTypes<ResolversParentTypes>['ApproveReturnResult'];
  ApproveReturnSuccess: Omit<ApproveReturnSuccess, 'order'> & { order?: Maybe<ResolversParentTypes['SellerOrder']> };
  RefuseReturnInput: RefuseReturnInput;
  RefuseReturnResult: ResolversUnionTypes<ResolversParentTypes>['RefuseReturnResult'];
  RefuseReturnSuccess: Omit<RefuseReturnSuccess, 'order'> & { order?: Maybe<ResolversParentTypes['SellerOrder']> };
  ReceiveReturnInput: ReceiveReturnInput;
  ReceivedLineInput: ReceivedLineInput;
  ReceiveReturnResult: ResolversUnionTypes<ResolversParentTypes>['ReceiveReturnResult'];
  ReceiveReturnSuccess: Omit<ReceiveReturnSuccess, 'order'> & { order?: Maybe<ResolversParentTypes['SellerOrder']> };
  OrderDispute: OrderDispute;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type MoneyResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Money'] = ResolversParentTypes['Money']> = {
  amountMinor?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  currency?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type UserErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserError'] = ResolversParentTypes['UserError']> = {
  __resolveType: TypeResolveFn<'InvalidInputError' | 'NotAllowedError' | 'NotFoundError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError' | 'TooLateError' | 'QuoteExpiredError' | 'PurchaseLimitError' | 'PurchaseAbandonedError' | 'PossibleDuplicateError' | 'MissingDetailsError' | 'PaymentDeclinedError' | 'PriceChangedError' | 'OutOfStockError' | 'NotEligibleError' | 'TemporarilyUnavailableError' | 'OrderChangedError' | 'NotShippableError' | 'ShipmentOverError' | 'NotCancellableError' | 'RefundExceedsError' | 'NotReturnableError' | 'ReturnStateError', ParentType, ContextType>;
};

export type InvalidInputErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['InvalidInputError'] = ResolversParentTypes['InvalidInputError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type NotAllowedErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['NotAllowedError'] = ResolversParentTypes['NotAllowedError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type NotFoundErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['NotFoundError'] = ResolversParentTypes['NotFoundError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type IdempotencyKeyReusedErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['IdempotencyKeyReusedError'] = ResolversParentTypes['IdempotencyKeyReusedError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  idempotencyKey?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type IdempotencyKeyInFlightErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['IdempotencyKeyInFlightError'] = ResolversParentTypes['IdempotencyKeyInFlightError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  retryAfterMs?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ViewerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Viewer'] = ResolversParentTypes['Viewer'], FederationReferenceType extends FederationReferenceTypes['Viewer'] = FederationReferenceTypes['Viewer']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Viewer']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  orders?: Resolver<Maybe<ResolversTypes['OrderConnection']>, ParentType, ContextType, RequireFields<ViewerOrdersArgs, 'first'>>;
};

export type OrderResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Order'] = ResolversParentTypes['Order'], FederationReferenceType extends FederationReferenceTypes['Order'] = FederationReferenceTypes['Order']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Order']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['OrderStatus'], ParentType, ContextType>;
  seller?: Resolver<Maybe<ResolversTypes['Seller']>, ParentType, ContextType>;
  lines?: Resolver<ReadonlyArray<ResolversTypes['OrderLine']>, ParentType, ContextType>;
  subtotal?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  shipping?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  tax?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  sourcePostId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  placedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  confirmedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  cancelledAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  cancelReason?: Resolver<Maybe<ResolversTypes['OrderCancelReason']>, ParentType, ContextType>;
  undoUntil?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  payment?: Resolver<ResolversTypes['OrderPaymentState'], ParentType, ContextType>;
  fulfilment?: Resolver<ResolversTypes['OrderFulfilmentState'], ParentType, ContextType>;
  returns?: Resolver<ResolversTypes['OrderReturnState'], ParentType, ContextType>;
  dispute?: Resolver<ResolversTypes['OrderDisputeState'], ParentType, ContextType>;
  refunded?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  buyerId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  shipments?: Resolver<ReadonlyArray<ResolversTypes['Shipment']>, ParentType, ContextType>;
  shipBy?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  history?: Resolver<ReadonlyArray<ResolversTypes['OrderStep']>, ParentType, ContextType>;
  receipt?: Resolver<Maybe<ResolversTypes['Receipt']>, ParentType, ContextType>;
  refunds?: Resolver<ReadonlyArray<ResolversTypes['OrderRefund']>, ParentType, ContextType>;
  returnRequests?: Resolver<ReadonlyArray<ResolversTypes['OrderReturn']>, ParentType, ContextType>;
  returnable?: Resolver<ResolversTypes['Returnable'], ParentType, ContextType>;
  disputes?: Resolver<ReadonlyArray<ResolversTypes['OrderDispute']>, ParentType, ContextType>;
};

export type OrderLineResolvers<ContextType = Context, ParentType extends ResolversParentTypes['OrderLine'] = ResolversParentTypes['OrderLine']> = {
  product?: Resolver<Maybe<ResolversTypes['Product']>, ParentType, ContextType>;
  productId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  title?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  quantity?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  unitPrice?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
};

export type OrderConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['OrderConnection'] = ResolversParentTypes['OrderConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['OrderEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type OrderEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['OrderEdge'] = ResolversParentTypes['OrderEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Order'], ParentType, ContextType>;
};

export type SellerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Seller'] = ResolversParentTypes['Seller']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type ProductResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Product'] = ResolversParentTypes['Product'], FederationReferenceType extends FederationReferenceTypes['Product'] = FederationReferenceTypes['Product']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Product']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  oneTapTotal?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
};

export type PaymentMethodResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PaymentMethod'] = ResolversParentTypes['PaymentMethod']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type AddressResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Address'] = ResolversParentTypes['Address']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  viewer?: Resolver<ResolversTypes['Viewer'], ParentType, ContextType>;
  order?: Resolver<Maybe<ResolversTypes['Order']>, ParentType, ContextType, RequireFields<QueryOrderArgs, 'id'>>;
  purchase?: Resolver<Maybe<ResolversTypes['Purchase']>, ParentType, ContextType, RequireFields<QueryPurchaseArgs, 'orderId'>>;
  openBuy?: Resolver<ResolversTypes['OpenBuyResult'], ParentType, ContextType, RequireFields<QueryOpenBuyArgs, 'input'>>;
  refundQuote?: Resolver<ResolversTypes['RefundQuoteResult'], ParentType, ContextType, RequireFields<QueryRefundQuoteArgs, 'input'>>;
  reconciliation?: Resolver<ResolversTypes['Reconciliation'], ParentType, ContextType>;
  reconciliationCases?: Resolver<ResolversTypes['ReconciliationCaseConnection'], ParentType, ContextType, RequireFields<QueryReconciliationCasesArgs, 'first' | 'includeClosed'>>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  placeOrder?: Resolver<ResolversTypes['PlaceOrderResult'], ParentType, ContextType, RequireFields<MutationPlaceOrderArgs, 'input'>>;
  undoOrder?: Resolver<ResolversTypes['UndoOrderResult'], ParentType, ContextType, RequireFields<MutationUndoOrderArgs, 'input'>>;
  cancelOrder?: Resolver<ResolversTypes['CancelOrderResult'], ParentType, ContextType, RequireFields<MutationCancelOrderArgs, 'input'>>;
  shipOrder?: Resolver<ResolversTypes['ShipOrderResult'], ParentType, ContextType, RequireFields<MutationShipOrderArgs, 'input'>>;
  recordShipmentEvent?: Resolver<ResolversTypes['RecordShipmentEventResult'], ParentType, ContextType, RequireFields<MutationRecordShipmentEventArgs, 'input'>>;
  cancelOrderAsSeller?: Resolver<ResolversTypes['CancelOrderAsSellerResult'], ParentType, ContextType, RequireFields<MutationCancelOrderAsSellerArgs, 'input'>>;
  refundOrder?: Resolver<ResolversTypes['RefundOrderResult'], ParentType, ContextType, RequireFields<MutationRefundOrderArgs, 'input'>>;
  requestReturn?: Resolver<ResolversTypes['RequestReturnResult'], ParentType, ContextType, RequireFields<MutationRequestReturnArgs, 'input'>>;
  withdrawReturn?: Resolver<ResolversTypes['WithdrawReturnResult'], ParentType, ContextType, RequireFields<MutationWithdrawReturnArgs, 'input'>>;
  approveReturn?: Resolver<ResolversTypes['ApproveReturnResult'], ParentType, ContextType, RequireFields<MutationApproveReturnArgs, 'input'>>;
  refuseReturn?: Resolver<ResolversTypes['RefuseReturnResult'], ParentType, ContextType, RequireFields<MutationRefuseReturnArgs, 'input'>>;
  receiveReturn?: Resolver<ResolversTypes['ReceiveReturnResult'], ParentType, ContextType, RequireFields<MutationReceiveReturnArgs, 'input'>>;
};

export type UndoOrderResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UndoOrderResult'] = ResolversParentTypes['UndoOrderResult']> = {
  __resolveType: TypeResolveFn<'UndoOrderSuccess' | 'TooLateError' | 'NotFoundError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type UndoOrderSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UndoOrderSuccess'] = ResolversParentTypes['UndoOrderSuccess']> = {
  order?: Resolver<ResolversTypes['Order'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TooLateErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TooLateError'] = ResolversParentTypes['TooLateError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  order?: Resolver<ResolversTypes['Order'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type OpenBuyResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['OpenBuyResult'] = ResolversParentTypes['OpenBuyResult']> = {
  __resolveType: TypeResolveFn<'BuySheet' | 'NotFoundError' | 'OutOfStockError' | 'NotEligibleError' | 'QuoteExpiredError' | 'PurchaseLimitError' | 'TemporarilyUnavailableError' | 'InvalidInputError', ParentType, ContextType>;
};

export type BuySheetResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BuySheet'] = ResolversParentTypes['BuySheet']> = {
  quoteId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['BuySheetStatus'], ParentType, ContextType>;
  product?: Resolver<Maybe<ResolversTypes['Product']>, ParentType, ContextType>;
  quantity?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  unitPrice?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  subtotal?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  shipping?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
  tax?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
  total?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
  shippingChoices?: Resolver<ReadonlyArray<ResolversTypes['ShippingChoice']>, ParentType, ContextType>;
  undoWindowSeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  address?: Resolver<Maybe<ResolversTypes['Address']>, ParentType, ContextType>;
  paymentMethod?: Resolver<Maybe<ResolversTypes['PaymentMethod']>, ParentType, ContextType>;
  missing?: Resolver<ReadonlyArray<ResolversTypes['MissingField']>, ParentType, ContextType>;
  requirements?: Resolver<ReadonlyArray<ResolversTypes['BuyRequirement']>, ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type BuyRequirementResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BuyRequirement'] = ResolversParentTypes['BuyRequirement']> = {
  field?: Resolver<ResolversTypes['MissingField'], ParentType, ContextType>;
  party?: Resolver<ResolversTypes['Party'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ShippingChoiceResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ShippingChoice'] = ResolversParentTypes['ShippingChoice']> = {
  service?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  title?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  price?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  minDays?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  maxDays?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  chosen?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type QuoteExpiredErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['QuoteExpiredError'] = ResolversParentTypes['QuoteExpiredError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PurchaseLimitErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PurchaseLimitError'] = ResolversParentTypes['PurchaseLimitError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  scope?: Resolver<ResolversTypes['PurchaseLimitScope'], ParentType, ContextType>;
  retryAfterMs?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PurchaseAbandonedErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PurchaseAbandonedError'] = ResolversParentTypes['PurchaseAbandonedError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PossibleDuplicateErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PossibleDuplicateError'] = ResolversParentTypes['PossibleDuplicateError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  orderId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  order?: Resolver<Maybe<ResolversTypes['Order']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PlaceOrderResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PlaceOrderResult'] = ResolversParentTypes['PlaceOrderResult']> = {
  __resolveType: TypeResolveFn<'PlaceOrderSuccess' | 'PaymentActionRequired' | 'MissingDetailsError' | 'PaymentDeclinedError' | 'PriceChangedError' | 'NotFoundError' | 'OutOfStockError' | 'NotEligibleError' | 'QuoteExpiredError' | 'PurchaseLimitError' | 'PossibleDuplicateError' | 'PurchaseAbandonedError' | 'TemporarilyUnavailableError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type PlaceOrderSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PlaceOrderSuccess'] = ResolversParentTypes['PlaceOrderSuccess']> = {
  order?: Resolver<ResolversTypes['Order'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PaymentActionRequiredResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PaymentActionRequired'] = ResolversParentTypes['PaymentActionRequired']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  clientSecret?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MissingDetailsErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MissingDetailsError'] = ResolversParentTypes['MissingDetailsError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  missing?: Resolver<ReadonlyArray<ResolversTypes['MissingField']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PaymentDeclinedErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PaymentDeclinedError'] = ResolversParentTypes['PaymentDeclinedError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  declineReason?: Resolver<ResolversTypes['PaymentDeclineReason'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PriceChangedErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PriceChangedError'] = ResolversParentTypes['PriceChangedError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  expectedTotal?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  currentTotal?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type OutOfStockErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['OutOfStockError'] = ResolversParentTypes['OutOfStockError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  availableQuantity?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type NotEligibleErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['NotEligibleError'] = ResolversParentTypes['NotEligibleError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['NotEligibleReason'], ParentType, ContextType>;
  party?: Resolver<ResolversTypes['Party'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TemporarilyUnavailableErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TemporarilyUnavailableError'] = ResolversParentTypes['TemporarilyUnavailableError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  retryAfterMs?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SellerOrderResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SellerOrder'] = ResolversParentTypes['SellerOrder'], FederationReferenceType extends FederationReferenceTypes['SellerOrder'] = FederationReferenceTypes['SellerOrder']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['SellerOrder']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  version?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  payment?: Resolver<Maybe<ResolversTypes['OrderPaymentState']>, ParentType, ContextType>;
  fulfilment?: Resolver<Maybe<ResolversTypes['OrderFulfilmentState']>, ParentType, ContextType>;
  returns?: Resolver<Maybe<ResolversTypes['OrderReturnState']>, ParentType, ContextType>;
  dispute?: Resolver<Maybe<ResolversTypes['OrderDisputeState']>, ParentType, ContextType>;
  refunded?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
  shipments?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Shipment']>>, ParentType, ContextType>;
  unshipped?: Resolver<Maybe<ReadonlyArray<ResolversTypes['LineQuantity']>>, ParentType, ContextType>;
  shipBy?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  cancelReason?: Resolver<Maybe<ResolversTypes['OrderCancelReason']>, ParentType, ContextType>;
  givenReason?: Resolver<Maybe<ResolversTypes['CancelGivenReason']>, ParentType, ContextType>;
  history?: Resolver<Maybe<ReadonlyArray<ResolversTypes['OrderStep']>>, ParentType, ContextType>;
  refunds?: Resolver<Maybe<ReadonlyArray<ResolversTypes['OrderRefund']>>, ParentType, ContextType>;
  refundable?: Resolver<Maybe<ResolversTypes['Refundable']>, ParentType, ContextType>;
  returnRequests?: Resolver<Maybe<ReadonlyArray<ResolversTypes['OrderReturn']>>, ParentType, ContextType>;
};

export type LineQuantityResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LineQuantity'] = ResolversParentTypes['LineQuantity']> = {
  productId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  quantity?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ShipmentResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Shipment'] = ResolversParentTypes['Shipment']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  carrier?: Resolver<ResolversTypes['Carrier'], ParentType, ContextType>;
  carrierName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  trackingNumber?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  trackingUrl?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['ShipmentStatus'], ParentType, ContextType>;
  statusAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  shippedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  lines?: Resolver<ReadonlyArray<ResolversTypes['LineQuantity']>, ParentType, ContextType>;
  events?: Resolver<ReadonlyArray<ResolversTypes['ShipmentEvent']>, ParentType, ContextType>;
};

export type ShipmentEventResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ShipmentEvent'] = ResolversParentTypes['ShipmentEvent']> = {
  status?: Resolver<ResolversTypes['ShipmentStatus'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type OrderStepResolvers<ContextType = Context, ParentType extends ResolversParentTypes['OrderStep'] = ResolversParentTypes['OrderStep']> = {
  step?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  cause?: Resolver<ResolversTypes['OrderStepCause'], ParentType, ContextType>;
  attempt?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  version?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  detail?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PurchaseResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Purchase'] = ResolversParentTypes['Purchase']> = {
  orderId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  buyerId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  recoveryPoint?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  outcome?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  attempts?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  steps?: Resolver<ReadonlyArray<ResolversTypes['OrderStep']>, ParentType, ContextType>;
};

export type ReceiptResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Receipt'] = ResolversParentTypes['Receipt']> = {
  number?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  issuedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  placedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  market?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sellerName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  sellerCountry?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  lines?: Resolver<ReadonlyArray<ResolversTypes['ReceiptLine']>, ParentType, ContextType>;
  subtotal?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  shipping?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  shippingService?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  tax?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  taxRatePpm?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  returnWindowDays?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  policyVersion?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hash?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ReceiptLineResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ReceiptLine'] = ResolversParentTypes['ReceiptLine']> = {
  productId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  sku?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  title?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  quantity?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  unitPrice?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  amount?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
};

export type CancelOrderResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CancelOrderResult'] = ResolversParentTypes['CancelOrderResult']> = {
  __resolveType: TypeResolveFn<'CancelOrderSuccess' | 'TooLateError' | 'OrderChangedError' | 'TemporarilyUnavailableError' | 'NotFoundError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type CancelOrderSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CancelOrderSuccess'] = ResolversParentTypes['CancelOrderSuccess']> = {
  order?: Resolver<ResolversTypes['Order'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type OrderChangedErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['OrderChangedError'] = ResolversParentTypes['OrderChangedError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  currentVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ShipOrderResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ShipOrderResult'] = ResolversParentTypes['ShipOrderResult']> = {
  __resolveType: TypeResolveFn<'ShipOrderSuccess' | 'NotShippableError' | 'OrderChangedError' | 'NotFoundError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type ShipOrderSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ShipOrderSuccess'] = ResolversParentTypes['ShipOrderSuccess']> = {
  order?: Resolver<Maybe<ResolversTypes['SellerOrder']>, ParentType, ContextType>;
  shipment?: Resolver<ResolversTypes['Shipment'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type NotShippableErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['NotShippableError'] = ResolversParentTypes['NotShippableError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  unshipped?: Resolver<ReadonlyArray<ResolversTypes['LineQuantity']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RecordShipmentEventResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RecordShipmentEventResult'] = ResolversParentTypes['RecordShipmentEventResult']> = {
  __resolveType: TypeResolveFn<'RecordShipmentEventSuccess' | 'ShipmentOverError' | 'OrderChangedError' | 'NotFoundError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type RecordShipmentEventSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RecordShipmentEventSuccess'] = ResolversParentTypes['RecordShipmentEventSuccess']> = {
  order?: Resolver<Maybe<ResolversTypes['SellerOrder']>, ParentType, ContextType>;
  shipment?: Resolver<ResolversTypes['Shipment'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ShipmentOverErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ShipmentOverError'] = ResolversParentTypes['ShipmentOverError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['ShipmentStatus'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CancelOrderAsSellerResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CancelOrderAsSellerResult'] = ResolversParentTypes['CancelOrderAsSellerResult']> = {
  __resolveType: TypeResolveFn<'CancelOrderAsSellerSuccess' | 'NotCancellableError' | 'OrderChangedError' | 'NotFoundError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type CancelOrderAsSellerSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CancelOrderAsSellerSuccess'] = ResolversParentTypes['CancelOrderAsSellerSuccess']> = {
  order?: Resolver<Maybe<ResolversTypes['SellerOrder']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type NotCancellableErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['NotCancellableError'] = ResolversParentTypes['NotCancellableError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ReconciliationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Reconciliation'] = ResolversParentTypes['Reconciliation']> = {
  lastPassAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  lastSweepAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  compared?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  repairs?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  unsettled?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  openCases?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ReconciliationCaseConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ReconciliationCaseConnection'] = ResolversParentTypes['ReconciliationCaseConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['ReconciliationCaseEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type ReconciliationCaseEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ReconciliationCaseEdge'] = ResolversParentTypes['ReconciliationCaseEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['ReconciliationCase'], ParentType, ContextType>;
};

export type ReconciliationCaseResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ReconciliationCase'] = ResolversParentTypes['ReconciliationCase']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  orderId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes['ReconciliationCaseState'], ParentType, ContextType>;
  details?: Resolver<ReadonlyArray<ResolversTypes['ReconciliationDetail']>, ParentType, ContextType>;
  repairAttempts?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  firstSeenAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  lastSeenAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type ReconciliationDetailResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ReconciliationDetail'] = ResolversParentTypes['ReconciliationDetail']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type OrderRefundResolvers<ContextType = Context, ParentType extends ResolversParentTypes['OrderRefund'] = ResolversParentTypes['OrderRefund']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['RefundKind'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['RefundStatus'], ParentType, ContextType>;
  amount?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  shipping?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  lines?: Resolver<ReadonlyArray<ResolversTypes['RefundLine']>, ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['RefundReason']>, ParentType, ContextType>;
  failure?: Resolver<Maybe<ResolversTypes['RefundFailure']>, ParentType, ContextType>;
  requestedBy?: Resolver<ResolversTypes['RefundRequester'], ParentType, ContextType>;
  returnId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  requestedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  refundedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type RefundLineResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RefundLine'] = ResolversParentTypes['RefundLine']> = {
  productId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  quantity?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  amount?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  tax?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
};

export type RefundableResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Refundable'] = ResolversParentTypes['Refundable']> = {
  amount?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  shipping?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  lines?: Resolver<ReadonlyArray<ResolversTypes['LineQuantity']>, ParentType, ContextType>;
};

export type RefundQuoteResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RefundQuoteResult'] = ResolversParentTypes['RefundQuoteResult']> = {
  __resolveType: TypeResolveFn<'RefundQuote' | 'RefundExceedsError' | 'NotFoundError' | 'InvalidInputError', ParentType, ContextType>;
};

export type RefundQuoteResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RefundQuote'] = ResolversParentTypes['RefundQuote']> = {
  amount?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  shipping?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  lines?: Resolver<ReadonlyArray<ResolversTypes['RefundLine']>, ParentType, ContextType>;
  refundable?: Resolver<ResolversTypes['Refundable'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RefundOrderResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RefundOrderResult'] = ResolversParentTypes['RefundOrderResult']> = {
  __resolveType: TypeResolveFn<'RefundOrderSuccess' | 'RefundExceedsError' | 'OrderChangedError' | 'NotFoundError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type RefundOrderSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RefundOrderSuccess'] = ResolversParentTypes['RefundOrderSuccess']> = {
  order?: Resolver<Maybe<ResolversTypes['SellerOrder']>, ParentType, ContextType>;
  refund?: Resolver<ResolversTypes['OrderRefund'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RefundExceedsErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RefundExceedsError'] = ResolversParentTypes['RefundExceedsError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  refundable?: Resolver<ResolversTypes['Refundable'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type OrderReturnResolvers<ContextType = Context, ParentType extends ResolversParentTypes['OrderReturn'] = ResolversParentTypes['OrderReturn']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['OrderReturnStep'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['ReturnReason'], ParentType, ContextType>;
  lines?: Resolver<ReadonlyArray<ResolversTypes['LineQuantity']>, ParentType, ContextType>;
  received?: Resolver<Maybe<ReadonlyArray<ResolversTypes['ReceivedLine']>>, ParentType, ContextType>;
  refusal?: Resolver<Maybe<ResolversTypes['ReturnRefusal']>, ParentType, ContextType>;
  refund?: Resolver<Maybe<ResolversTypes['OrderRefund']>, ParentType, ContextType>;
  requestedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  decidedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  receivedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type ReceivedLineResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ReceivedLine'] = ResolversParentTypes['ReceivedLine']> = {
  productId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  quantity?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  restock?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type ReturnableResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Returnable'] = ResolversParentTypes['Returnable']> = {
  until?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  lines?: Resolver<ReadonlyArray<ResolversTypes['LineQuantity']>, ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['NotReturnableReason']>, ParentType, ContextType>;
};

export type RequestReturnResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RequestReturnResult'] = ResolversParentTypes['RequestReturnResult']> = {
  __resolveType: TypeResolveFn<'RequestReturnSuccess' | 'NotReturnableError' | 'OrderChangedError' | 'NotFoundError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type RequestReturnSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RequestReturnSuccess'] = ResolversParentTypes['RequestReturnSuccess']> = {
  order?: Resolver<ResolversTypes['Order'], ParentType, ContextType>;
  return?: Resolver<ResolversTypes['OrderReturn'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type NotReturnableErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['NotReturnableError'] = ResolversParentTypes['NotReturnableError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['NotReturnableReason'], ParentType, ContextType>;
  lines?: Resolver<ReadonlyArray<ResolversTypes['LineQuantity']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ReturnStateErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ReturnStateError'] = ResolversParentTypes['ReturnStateError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['OrderReturnStep'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type WithdrawReturnResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['WithdrawReturnResult'] = ResolversParentTypes['WithdrawReturnResult']> = {
  __resolveType: TypeResolveFn<'WithdrawReturnSuccess' | 'ReturnStateError' | 'OrderChangedError' | 'NotFoundError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type WithdrawReturnSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['WithdrawReturnSuccess'] = ResolversParentTypes['WithdrawReturnSuccess']> = {
  order?: Resolver<ResolversTypes['Order'], ParentType, ContextType>;
  return?: Resolver<ResolversTypes['OrderReturn'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ApproveReturnResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ApproveReturnResult'] = ResolversParentTypes['ApproveReturnResult']> = {
  __resolveType: TypeResolveFn<'ApproveReturnSuccess' | 'ReturnStateError' | 'OrderChangedError' | 'NotFoundError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type ApproveReturnSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ApproveReturnSuccess'] = ResolversParentTypes['ApproveReturnSuccess']> = {
  order?: Resolver<Maybe<ResolversTypes['SellerOrder']>, ParentType, ContextType>;
  return?: Resolver<ResolversTypes['OrderReturn'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RefuseReturnResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RefuseReturnResult'] = ResolversParentTypes['RefuseReturnResult']> = {
  __resolveType: TypeResolveFn<'RefuseReturnSuccess' | 'ReturnStateError' | 'OrderChangedError' | 'NotFoundError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type RefuseReturnSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RefuseReturnSuccess'] = ResolversParentTypes['RefuseReturnSuccess']> = {
  order?: Resolver<Maybe<ResolversTypes['SellerOrder']>, ParentType, ContextType>;
  return?: Resolver<ResolversTypes['OrderReturn'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ReceiveReturnResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ReceiveReturnResult'] = ResolversParentTypes['ReceiveReturnResult']> = {
  __resolveType: TypeResolveFn<'ReceiveReturnSuccess' | 'ReturnStateError' | 'OrderChangedError' | 'NotFoundError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type ReceiveReturnSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ReceiveReturnSuccess'] = ResolversParentTypes['ReceiveReturnSuccess']> = {
  order?: Resolver<Maybe<ResolversTypes['SellerOrder']>, ParentType, ContextType>;
  return?: Resolver<ResolversTypes['OrderReturn'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type OrderDisputeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['OrderDispute'] = ResolversParentTypes['OrderDispute']> = {
  state?: Resolver<ResolversTypes['OrderDisputeState'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  amount?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  evidenceDueAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  openedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  closedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  DateTime?: GraphQLScalarType;
  Money?: MoneyResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  UserError?: UserErrorResolvers<ContextType>;
  InvalidInputError?: InvalidInputErrorResolvers<ContextType>;
  NotAllowedError?: NotAllowedErrorResolvers<ContextType>;
  NotFoundError?: NotFoundErrorResolvers<ContextType>;
  IdempotencyKeyReusedError?: IdempotencyKeyReusedErrorResolvers<ContextType>;
  IdempotencyKeyInFlightError?: IdempotencyKeyInFlightErrorResolvers<ContextType>;
  Viewer?: ViewerResolvers<ContextType>;
  Order?: OrderResolvers<ContextType>;
  OrderLine?: OrderLineResolvers<ContextType>;
  OrderConnection?: OrderConnectionResolvers<ContextType>;
  OrderEdge?: OrderEdgeResolvers<ContextType>;
  Seller?: SellerResolvers<ContextType>;
  Product?: ProductResolvers<ContextType>;
  PaymentMethod?: PaymentMethodResolvers<ContextType>;
  Address?: AddressResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  UndoOrderResult?: UndoOrderResultResolvers<ContextType>;
  UndoOrderSuccess?: UndoOrderSuccessResolvers<ContextType>;
  TooLateError?: TooLateErrorResolvers<ContextType>;
  OpenBuyResult?: OpenBuyResultResolvers<ContextType>;
  BuySheet?: BuySheetResolvers<ContextType>;
  BuyRequirement?: BuyRequirementResolvers<ContextType>;
  ShippingChoice?: ShippingChoiceResolvers<ContextType>;
  QuoteExpiredError?: QuoteExpiredErrorResolvers<ContextType>;
  PurchaseLimitError?: PurchaseLimitErrorResolvers<ContextType>;
  PurchaseAbandonedError?: PurchaseAbandonedErrorResolvers<ContextType>;
  PossibleDuplicateError?: PossibleDuplicateErrorResolvers<ContextType>;
  PlaceOrderResult?: PlaceOrderResultResolvers<ContextType>;
  PlaceOrderSuccess?: PlaceOrderSuccessResolvers<ContextType>;
  PaymentActionRequired?: PaymentActionRequiredResolvers<ContextType>;
  MissingDetailsError?: MissingDetailsErrorResolvers<ContextType>;
  PaymentDeclinedError?: PaymentDeclinedErrorResolvers<ContextType>;
  PriceChangedError?: PriceChangedErrorResolvers<ContextType>;
  OutOfStockError?: OutOfStockErrorResolvers<ContextType>;
  NotEligibleError?: NotEligibleErrorResolvers<ContextType>;
  TemporarilyUnavailableError?: TemporarilyUnavailableErrorResolvers<ContextType>;
  SellerOrder?: SellerOrderResolvers<ContextType>;
  LineQuantity?: LineQuantityResolvers<ContextType>;
  Shipment?: ShipmentResolvers<ContextType>;
  ShipmentEvent?: ShipmentEventResolvers<ContextType>;
  OrderStep?: OrderStepResolvers<ContextType>;
  Purchase?: PurchaseResolvers<ContextType>;
  Receipt?: ReceiptResolvers<ContextType>;
  ReceiptLine?: ReceiptLineResolvers<ContextType>;
  CancelOrderResult?: CancelOrderResultResolvers<ContextType>;
  CancelOrderSuccess?: CancelOrderSuccessResolvers<ContextType>;
  OrderChangedError?: OrderChangedErrorResolvers<ContextType>;
  ShipOrderResult?: ShipOrderResultResolvers<ContextType>;
  ShipOrderSuccess?: ShipOrderSuccessResolvers<ContextType>;
  NotShippableError?: NotShippableErrorResolvers<ContextType>;
  RecordShipmentEventResult?: RecordShipmentEventResultResolvers<ContextType>;
  RecordShipmentEventSuccess?: RecordShipmentEventSuccessResolvers<ContextType>;
  ShipmentOverError?: ShipmentOverErrorResolvers<ContextType>;
  CancelOrderAsSellerResult?: CancelOrderAsSellerResultResolvers<ContextType>;
  CancelOrderAsSellerSuccess?: CancelOrderAsSellerSuccessResolvers<ContextType>;
  NotCancellableError?: NotCancellableErrorResolvers<ContextType>;
  Reconciliation?: ReconciliationResolvers<ContextType>;
  ReconciliationCaseConnection?: ReconciliationCaseConnectionResolvers<ContextType>;
  ReconciliationCaseEdge?: ReconciliationCaseEdgeResolvers<ContextType>;
  ReconciliationCase?: ReconciliationCaseResolvers<ContextType>;
  ReconciliationDetail?: ReconciliationDetailResolvers<ContextType>;
  OrderRefund?: OrderRefundResolvers<ContextType>;
  RefundLine?: RefundLineResolvers<ContextType>;
  Refundable?: RefundableResolvers<ContextType>;
  RefundQuoteResult?: RefundQuoteResultResolvers<ContextType>;
  RefundQuote?: RefundQuoteResolvers<ContextType>;
  RefundOrderResult?: RefundOrderResultResolvers<ContextType>;
  RefundOrderSuccess?: RefundOrderSuccessResolvers<ContextType>;
  RefundExceedsError?: RefundExceedsErrorResolvers<ContextType>;
  OrderReturn?: OrderReturnResolvers<ContextType>;
  ReceivedLine?: ReceivedLineResolvers<ContextType>;
  Returnable?: ReturnableResolvers<ContextType>;
  RequestReturnResult?: RequestReturnResultResolvers<ContextType>;
  RequestReturnSuccess?: RequestReturnSuccessResolvers<ContextType>;
  NotReturnableError?: NotReturnableErrorResolvers<ContextType>;
  ReturnStateError?: ReturnStateErrorResolvers<ContextType>;
  WithdrawReturnResult?: WithdrawReturnResultResolvers<ContextType>;
  WithdrawReturnSuccess?: WithdrawReturnSuccessResolvers<ContextType>;
  ApproveReturnResult?: ApproveReturnResultResolvers<ContextType>;
  ApproveReturnSuccess?: ApproveReturnSuccessResolvers<ContextType>;
  RefuseReturnResult?: RefuseReturnResultResolvers<ContextType>;
  RefuseReturnSuccess?: RefuseReturnSuccessResolvers<ContextType>;
  ReceiveReturnResult?: ReceiveReturnResultResolvers<ContextType>;
  ReceiveReturnSuccess?: ReceiveReturnSuccessResolvers<ContextType>;
  OrderDispute?: OrderDisputeResolvers<ContextType>;
};

