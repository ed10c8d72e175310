/* Generated from schema.graphql by `npm run generate`; not to be edited. */
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Order as OrderModel } from '../order.ts';
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
  /** An order of the viewer; null when there is none. */
  readonly order: Maybe<Order>;
  /** What a tap on Buy shows: the price, and what is still missing. Charges nothing and reserves nothing. */
  readonly openBuy: OpenBuyResult;
};


/** What can be read. Nothing here changes anything. */
export type QueryOrderArgs = {
  id: Scalars['ID']['input'];
};


/** What can be read. Nothing here changes anything. */
export type QueryOpenBuyArgs = {
  input: OpenBuyInput;
};

/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Buys: authorizes the total on the card and places the order. The same key never buys twice. */
  readonly placeOrder: PlaceOrderResult;
  /** Takes an order back while its undo window is open: nothing is charged. */
  readonly undoOrder: UndoOrderResult;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationPlaceOrderArgs = {
  input: PlaceOrderInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationUndoOrderArgs = {
  input: UndoOrderInput;
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
export type PlaceOrderResult = PlaceOrderSuccess | PaymentActionRequired | MissingDetailsError | PaymentDeclinedError | PriceChangedError | NotFoundError | OutOfStockError | NotEligibleError | QuoteExpiredError | PurchaseLimitError | PossibleDuplicateError | TemporarilyUnavailableError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

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
    | ( TemporarilyUnavailableError & { __typename: 'TemporarilyUnavailableError' } )
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
    | ( Omit<PossibleDuplicateError, 'order'> & { order?: Maybe<_RefType['Order']> } )
    | ( MissingDetailsError )
    | ( PaymentDeclinedError )
    | ( PriceChangedError )
    | ( OutOfStockError )
    | ( NotEligibleError )
    | ( TemporarilyUnavailableError )
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
  __resolveType: TypeResolveFn<'InvalidInputError' | 'NotAllowedError' | 'NotFoundError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError' | 'TooLateError' | 'QuoteExpiredError' | 'PurchaseLimitError' | 'PossibleDuplicateError' | 'MissingDetailsError' | 'PaymentDeclinedError' | 'PriceChangedError' | 'OutOfStockError' | 'NotEligibleError' | 'TemporarilyUnavailableError', ParentType, ContextType>;
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
};

export type OrderLineResolvers<ContextType = Context, ParentType extends ResolversParentTypes['OrderLine'] = ResolversParentTypes['OrderLine']> = {
  product?: Resolver<Maybe<ResolversTypes['Product']>, ParentType, ContextType>;
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
  openBuy?: Resolver<ResolversTypes['OpenBuyResult'], ParentType, ContextType, RequireFields<QueryOpenBuyArgs, 'input'>>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  placeOrder?: Resolver<ResolversTypes['PlaceOrderResult'], ParentType, ContextType, RequireFields<MutationPlaceOrderArgs, 'input'>>;
  undoOrder?: Resolver<ResolversTypes['UndoOrderResult'], ParentType, ContextType, RequireFields<MutationUndoOrderArgs, 'input'>>;
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

export type PossibleDuplicateErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PossibleDuplicateError'] = ResolversParentTypes['PossibleDuplicateError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  orderId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  order?: Resolver<Maybe<ResolversTypes['Order']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PlaceOrderResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PlaceOrderResult'] = ResolversParentTypes['PlaceOrderResult']> = {
  __resolveType: TypeResolveFn<'PlaceOrderSuccess' | 'PaymentActionRequired' | 'MissingDetailsError' | 'PaymentDeclinedError' | 'PriceChangedError' | 'NotFoundError' | 'OutOfStockError' | 'NotEligibleError' | 'QuoteExpiredError' | 'PurchaseLimitError' | 'PossibleDuplicateError' | 'TemporarilyUnavailableError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
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
};

