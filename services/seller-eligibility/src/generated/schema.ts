/* Generated from schema.graphql by `npm run generate`; not to be edited. */
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Seller as SellerModel } from '../seller.ts';
import type { SellerOrder as SellerOrderModel } from '../seller-order.ts';
import type { Market as MarketModel } from '../market.ts';
import type { ApiClient as ApiClientModel, ApiKey } from '../api-client.ts';
import type { ProductReference } from '../buy-button.ts';
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

/** An account that the network has invited to sell. */
export type Seller = {
  readonly __typename?: 'Seller';
  /** `sel_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
  /** The name shown to buyers. */
  readonly displayName: Scalars['String']['output'];
  /** ISO 3166-1 alpha-2 code of the country that the seller sells from. */
  readonly country: Scalars['String']['output'];
  /** Where the seller stands; only `ACTIVE` sells. Null for buyers, who learn it from `Product.buyButton`. */
  readonly status: Maybe<SellerStatus>;
  /** The network account that the seller posts from. */
  readonly accountId: Maybe<Scalars['ID']['output']>;
  /** The seller's orders, newest first. Only the seller itself and network staff see them. */
  readonly orders: Maybe<SellerOrderConnection>;
  /** The seller's API clients that are not revoked, oldest first. Only the seller's people see them: null for an API client. */
  readonly apiClients: Maybe<ReadonlyArray<ApiClient>>;
};


/** An account that the network has invited to sell. */
export type SellerOrdersArgs = {
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
};

/**
 * A program with which a seller calls this graph by itself (OAuth 2.0 client credentials, RFC 6749, section 4.4): it gets access
 * tokens at `/oauth/token`, each good for 15 minutes.
 */
export type ApiClient = {
  readonly __typename?: 'ApiClient';
  /** `apc_` and a UUIDv7: the `client_id`. */
  readonly id: Scalars['ID']['output'];
  /** What the seller's people call it. */
  readonly name: Scalars['String']['output'];
  /** What it may do; see `CreateApiClientInput`. */
  readonly scopes: ReadonlyArray<Scalars['String']['output']>;
  /** Addresses that it may call from, in CIDR notation, for example `203.0.113.0/24`. Empty: any address. */
  readonly ipAllowList: ReadonlyArray<Scalars['String']['output']>;
  /** The account of the person who made it. */
  readonly createdBy: Scalars['ID']['output'];
  /** When it was made. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** When it was revoked; it never calls again. */
  readonly revokedAt: Maybe<Scalars['DateTime']['output']>;
  /** Its keys, oldest first: those in use, and those that expired in the last 30 days. Several can be in use at the same time. */
  readonly keys: ReadonlyArray<ApiClientKey>;
};

/** A key with which an API client proves that it is the one. */
export type ApiClientKey = {
  readonly __typename?: 'ApiClientKey';
  /** `apk_` and a UUIDv7. A client that signs can name it as `kid`. */
  readonly id: Scalars['ID']['output'];
  /** What the client proves itself with. */
  readonly kind: ApiClientKeyKind;
  /** When it was made. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** From when it is no longer accepted; null when it has no end. */
  readonly expiresAt: Maybe<Scalars['DateTime']['output']>;
  /** When the client last called with it, to the minute; null when it never did. */
  readonly lastUsedAt: Maybe<Scalars['DateTime']['output']>;
  /** Where that call came from: a network of 256 IPv4 addresses, or a /48 of IPv6, in CIDR notation. */
  readonly lastUsedNetwork: Maybe<Scalars['String']['output']>;
};

/** How an API client proves that it is the one. */
export type ApiClientKeyKind =
  /** With a secret, in the header `Authorization` (`client_secret_basic`). */
  | 'SECRET'
  /** With a JWT that it signs with a key of its own (`private_key_jwt`, RFC 7523). */
  | 'PUBLIC_KEY';

/** Where a seller stands with the network. */
export type SellerStatus =
  /** Invited by the network, not accepted yet: cannot sell. */
  | 'INVITED'
  /** May sell in the open markets. */
  | 'ACTIVE'
  /** Stopped by the network: products stay, no button is shown, no purchase is accepted. */
  | 'SUSPENDED';

/** An order as its seller sees it: what to ship, never how it was paid. Appears when the purchase is confirmed. */
export type SellerOrder = {
  readonly __typename?: 'SellerOrder';
  /** The order's id, `ord_` and a UUIDv7, the same that the buyer sees. */
  readonly id: Scalars['ID']['output'];
  /** The seller's own id. */
  readonly sellerId: Scalars['ID']['output'];
  /** Where the order stands. */
  readonly status: SellerOrderStatus;
  /** What was bought. */
  readonly lines: ReadonlyArray<SellerOrderLine>;
  /** Sum of the lines, without shipping and tax. */
  readonly subtotal: Money;
  /** What the buyer paid for shipping. */
  readonly shipping: Money;
  /** Sales tax that the network collected. */
  readonly tax: Money;
  /** What the buyer paid. */
  readonly total: Money;
  /** ISO 3166-1 alpha-2 code of the market. */
  readonly market: Scalars['String']['output'];
  /** The post from which it was bought, if any. */
  readonly sourcePostId: Maybe<Scalars['ID']['output']>;
  /** When the buyer bought. */
  readonly placedAt: Scalars['DateTime']['output'];
  /** When the purchase became final: from here on it is to be shipped. */
  readonly confirmedAt: Maybe<Scalars['DateTime']['output']>;
  /** When it was cancelled. */
  readonly cancelledAt: Maybe<Scalars['DateTime']['output']>;
};

/** Where an order stands for its seller. */
export type SellerOrderStatus =
  /** Paid and final: ship it. */
  | 'CONFIRMED'
  /** Cancelled: do not ship it. */
  | 'CANCELLED';

/** One line of a seller's order. */
export type SellerOrderLine = {
  readonly __typename?: 'SellerOrderLine';
  /** The product, `prd_` and a UUIDv7. */
  readonly productId: Scalars['ID']['output'];
  /** The seller's own article number. */
  readonly sku: Scalars['String']['output'];
  /** The title at the time of the purchase. */
  readonly title: Scalars['String']['output'];
  /** Pieces, 1 or more. */
  readonly quantity: Scalars['Int']['output'];
  /** Price of one piece at the time of the purchase. */
  readonly unitPrice: Money;
};

/** A page of a seller's orders. */
export type SellerOrderConnection = {
  readonly __typename?: 'SellerOrderConnection';
  /** The page. */
  readonly edges: ReadonlyArray<SellerOrderEdge>;
  /** Where the page ends. */
  readonly pageInfo: PageInfo;
};

/** One order in a page. */
export type SellerOrderEdge = {
  readonly __typename?: 'SellerOrderEdge';
  /** Opaque position of this edge. */
  readonly cursor: Scalars['String']['output'];
  /** The order. */
  readonly node: SellerOrder;
};

/** A page of sellers. */
export type SellerConnection = {
  readonly __typename?: 'SellerConnection';
  /** The page. */
  readonly edges: ReadonlyArray<SellerEdge>;
  /** Where the page ends. */
  readonly pageInfo: PageInfo;
};

/** One seller in a page. */
export type SellerEdge = {
  readonly __typename?: 'SellerEdge';
  /** Opaque position of this edge. */
  readonly cursor: Scalars['String']['output'];
  /** The seller. */
  readonly node: Seller;
};

/** A country in which buying is, or is not yet, open. Opening one is a row with a date. */
export type Market = {
  readonly __typename?: 'Market';
  /** ISO 3166-1 alpha-2 code. */
  readonly country: Scalars['String']['output'];
  /** ISO 4217 code of the currency in which prices are shown and charged. */
  readonly currency: Scalars['String']['output'];
  /** Whether buying is open at this moment. */
  readonly isOpen: Scalars['Boolean']['output'];
  /** From when buying is open; null when no date is set. */
  readonly opensAt: Maybe<Scalars['DateTime']['output']>;
  /** From when it is closed again; null when no date is set. */
  readonly closesAt: Maybe<Scalars['DateTime']['output']>;
  /** Share of the market's buyers who see the button, in basis points: 0 to 10000. */
  readonly buyerShareBps: Scalars['Int']['output'];
  /** How long a buyer may undo a purchase before it is captured, in seconds. 0 captures at once. */
  readonly undoWindowSeconds: Scalars['Int']['output'];
  /** The network's fee on the goods and shipping of a sale, in basis points: 0 to 10000. */
  readonly platformFeeBps: Scalars['Int']['output'];
  /** For how many days after the delivery a buyer can ask to send goods back, 0 to 366. */
  readonly returnWindowDays: Scalars['Int']['output'];
  /** Names the texts that buyers buy on: `policyTexts` has them. Null when none are published. */
  readonly policyVersion: Maybe<Scalars['String']['output']>;
};

/** What buyers agree to when they buy. Published once and never rewritten. */
export type PolicyText = {
  readonly __typename?: 'PolicyText';
  /** What it is about. */
  readonly topic: PolicyTopic;
  /** The text. */
  readonly body: Scalars['String']['output'];
};

/** What a policy text is about. */
export type PolicyTopic =
  /** Who sells, and what is charged when. */
  | 'TERMS_OF_SALE'
  /** When the seller ships. */
  | 'SHIPPING'
  /** What can be sent back. */
  | 'RETURNS';

/** A thing that can be bought; seller-eligibility adds whether the viewer may buy it. */
export type Product = {
  readonly __typename?: 'Product';
  /** `prd_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
  /** From catalog. */
  readonly sellerId: Scalars['ID']['output'];
  /** From catalog. */
  readonly availability: ProductAvailability;
  /** Whether the viewer can buy this now, or why not. Null when that cannot be told at the moment: show no button. */
  readonly buyButton: Maybe<BuyButton>;
};

/** Whether a product can be had. */
export type ProductAvailability =
  /** Can be bought. */
  | 'IN_STOCK'
  /** Can be bought; few are left. */
  | 'LOW_STOCK'
  /** Nothing is left. */
  | 'SOLD_OUT'
  /** The seller has taken it off sale. */
  | 'DISCONTINUED';

/** The button as this viewer sees it. A button that is not available is never drawn as one that can be tapped. */
export type BuyButton = {
  readonly __typename?: 'BuyButton';
  /** Whether the viewer can buy. */
  readonly available: Scalars['Boolean']['output'];
  /** Why not; null when available. */
  readonly reason: Maybe<BuyButtonReason>;
  /** The reason as a sentence for the viewer; null when available. */
  readonly message: Maybe<Scalars['String']['output']>;
};

/** Why a button is not available. */
export type BuyButtonReason =
  /** Buying is not open in the viewer's country. */
  | 'MARKET_CLOSED'
  /** The viewer is not yet among those who can buy. */
  | 'NOT_IN_ROLLOUT'
  /** The seller does not sell at the moment. */
  | 'SELLER_NOT_ELIGIBLE'
  /** Nothing is left. */
  | 'SOLD_OUT'
  /** The product is no longer offered. */
  | 'DISCONTINUED';

/** The decision about a buyer and a seller, with every rule that was looked at. */
export type EligibilityDecision = {
  readonly __typename?: 'EligibilityDecision';
  /** Whether the buyer may buy from the seller in the market. */
  readonly allowed: Scalars['Boolean']['output'];
  /** The rule that decided against it; null when allowed. */
  readonly reason: Maybe<BuyButtonReason>;
  /** Each rule in the order in which it was checked, as `rule: outcome`. */
  readonly trace: ReadonlyArray<Scalars['String']['output']>;
};

/** What can be read. Nothing here changes anything. */
export type Query = {
  readonly __typename?: 'Query';
  /** The seller that the caller acts for. */
  readonly viewerSeller: Maybe<Seller>;
  /** An order by id, as its seller sees it; null when there is none, or it is another seller's. */
  readonly sellerOrder: Maybe<SellerOrder>;
  /** A seller by id. */
  readonly seller: Maybe<Seller>;
  /** All sellers, newest first. */
  readonly sellers: SellerConnection;
  /** All markets, by country. */
  readonly markets: ReadonlyArray<Market>;
  /** The texts of a version, for example the one on a receipt. Empty when there is no such version. */
  readonly policyTexts: ReadonlyArray<PolicyText>;
  /** Explains whether a buyer may buy from a seller. */
  readonly explainEligibility: EligibilityDecision;
};


/** What can be read. Nothing here changes anything. */
export type QuerySellerOrderArgs = {
  id: Scalars['ID']['input'];
};


/** What can be read. Nothing here changes anything. */
export type QuerySellerArgs = {
  id: Scalars['ID']['input'];
};


/** What can be read. Nothing here changes anything. */
export type QuerySellersArgs = {
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
};


/** What can be read. Nothing here changes anything. */
export type QueryPolicyTextsArgs = {
  version: Scalars['String']['input'];
};


/** What can be read. Nothing here changes anything. */
export type QueryExplainEligibilityArgs = {
  buyerId: Scalars['ID']['input'];
  country: Scalars['String']['input'];
  sellerId: Scalars['ID']['input'];
};

/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Invites an account to sell. Only the network does. */
  readonly inviteSeller: InviteSellerResult;
  /** Accepts the invitation of the account that calls. */
  readonly acceptSellerInvitation: AcceptSellerInvitationResult;
  /** Makes an API client with its first key. The secret is in this answer and never again. Only people manage API clients. */
  readonly createApiClient: CreateApiClientResult;
  /** Gives an API client a further key. Replace a key by adding one, using it, and revoking the other. */
  readonly addApiClientKey: AddApiClientKeyResult;
  /** Ends a key for good: within 10 seconds it gets no token, and no token that it got is accepted. */
  readonly revokeApiClientKey: RevokeApiClientKeyResult;
  /** Changes what an API client is called, may do, and may call from; in force within 10 seconds, for tokens it already has too. */
  readonly updateApiClient: UpdateApiClientResult;
  /** Ends an API client with all its keys and tokens for good, within 10 seconds. */
  readonly revokeApiClient: RevokeApiClientResult;
  /** Stops a seller, or lets it sell again. */
  readonly setSellerStatus: SetSellerStatusResult;
  /** Opens, closes or tunes a market. */
  readonly setMarket: SetMarketResult;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationInviteSellerArgs = {
  input: InviteSellerInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationAcceptSellerInvitationArgs = {
  input: AcceptSellerInvitationInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationCreateApiClientArgs = {
  input: CreateApiClientInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationAddApiClientKeyArgs = {
  input: AddApiClientKeyInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationRevokeApiClientKeyArgs = {
  input: RevokeApiClientKeyInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationUpdateApiClientArgs = {
  input: UpdateApiClientInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationRevokeApiClientArgs = {
  input: RevokeApiClientInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationSetSellerStatusArgs = {
  input: SetSellerStatusInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationSetMarketArgs = {
  input: SetMarketInput;
};

/** Whom to invite. */
export type InviteSellerInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** The account that will sell, `usr_…`. An account has at most one seller. */
  readonly accountId: Scalars['ID']['input'];
  /** The seller's id as the identity provider knows it, `sel_…`; made when not given. */
  readonly sellerId?: InputMaybe<Scalars['ID']['input']>;
  /** The name shown to buyers, 1 to 80 characters. */
  readonly displayName: Scalars['String']['input'];
  /** ISO 3166-1 alpha-2 code of the country that the seller sells from. */
  readonly country: Scalars['String']['input'];
};

/** Result of `inviteSeller`. */
export type InviteSellerResult = InviteSellerSuccess | SellerAlreadyInvitedError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The invitation stands. */
export type InviteSellerSuccess = {
  readonly __typename?: 'InviteSellerSuccess';
  /** The seller, `INVITED`. */
  readonly seller: Seller;
};

/** The account, or the seller id, is already a seller's. */
export type SellerAlreadyInvitedError = UserError & {
  readonly __typename?: 'SellerAlreadyInvitedError';
  /** Says which seller it is. */
  readonly message: Scalars['String']['output'];
  /** The seller that exists. */
  readonly seller: Seller;
};

/** Acceptance of an invitation. */
export type AcceptSellerInvitationInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
};

/** Result of `acceptSellerInvitation`. */
export type AcceptSellerInvitationResult = AcceptSellerInvitationSuccess | NotAllowedError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The seller may sell. */
export type AcceptSellerInvitationSuccess = {
  readonly __typename?: 'AcceptSellerInvitationSuccess';
  /** The seller, `ACTIVE`. */
  readonly seller: Seller;
};

/** A change of a seller's status. */
export type SetSellerStatusInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `sel_…` */
  readonly sellerId: Scalars['ID']['input'];
  /** `ACTIVE` or `SUSPENDED`. */
  readonly status: SellerStatus;
  /** Why, 1 to 500 characters; kept with the change. */
  readonly reason: Scalars['String']['input'];
};

/** Result of `setSellerStatus`. */
export type SetSellerStatusResult = SetSellerStatusSuccess | NotFoundError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The status is set. */
export type SetSellerStatusSuccess = {
  readonly __typename?: 'SetSellerStatusSuccess';
  /** The seller as it is now. */
  readonly seller: Seller;
};

/** A market as it should be. What is not given stays as it is; a new market needs a currency. */
export type SetMarketInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** ISO 3166-1 alpha-2 code. */
  readonly country: Scalars['String']['input'];
  /** ISO 4217 code; cannot change once the market exists. */
  readonly currency?: InputMaybe<Scalars['String']['input']>;
  /** From when buying is open. */
  readonly opensAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** From when it is closed; null opens it without an end. */
  readonly closesAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** Share of buyers who see the button in basis points, 0 to 10000. */
  readonly buyerShareBps?: InputMaybe<Scalars['Int']['input']>;
  /** Undo window in seconds, 0 to 3600. */
  readonly undoWindowSeconds?: InputMaybe<Scalars['Int']['input']>;
  /** The network's fee on the goods and shipping of a sale in basis points, 0 to 10000. Purchases from then on go by it. */
  readonly platformFeeBps?: InputMaybe<Scalars['Int']['input']>;
  /** For how many days after the delivery goods can be sent back, 0 to 366. Purchases from then on go by it. */
  readonly returnWindowDays?: InputMaybe<Scalars['Int']['input']>;
  /** A version of the texts that is published for the market. Purchases from then on go by it. */
  readonly policyVersion?: InputMaybe<Scalars['String']['input']>;
};

/** Result of `setMarket`. */
export type SetMarketResult = SetMarketSuccess | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The market is set. */
export type SetMarketSuccess = {
  readonly __typename?: 'SetMarketSuccess';
  /** The market as it is now. */
  readonly market: Market;
};

/** An API client to make. */
export type CreateApiClientInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** What the seller's people call it, 1 to 80 characters. */
  readonly name: Scalars['String']['input'];
  /**
   * What it may do, at least one of `orders:read`, `orders:write`, `refunds:write`, `addresses:read`, `contacts:read`,
   * `products:read`, `products:write`, `payouts:read`, `posts:write`.
   */
  readonly scopes: ReadonlyArray<Scalars['String']['input']>;
  /** Addresses that it may call from, 50 at most: IPv4, IPv6, or ranges of them in CIDR notation. Left out or empty: any address. */
  readonly ipAllowList?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /**
   * The public key that it signs with, as a JSON Web Key in a string: EC on P-256 (ES256), OKP on Ed25519 (EdDSA), or RSA of 2048
   * to 4096 bits (RS256). Left out: it gets a secret.
   */
  readonly publicKey?: InputMaybe<Scalars['String']['input']>;
  /** From when the key is no longer accepted. Left out: it ends only when it is revoked. */
  readonly keyExpiresAt?: InputMaybe<Scalars['DateTime']['input']>;
};

/** Result of `createApiClient`. */
export type CreateApiClientResult = CreateApiClientSuccess | ApiClientLimitError | SecretAlreadyShownError | NotAllowedError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The API client can get tokens. */
export type CreateApiClientSuccess = {
  readonly __typename?: 'CreateApiClientSuccess';
  /** The API client. */
  readonly client: ApiClient;
  /** Its key. */
  readonly key: ApiClientKey;
  /** The secret: keep it now, it is shown this once. Null for a public key. */
  readonly secret: Maybe<Scalars['String']['output']>;
};

/** There are as many as there may be. Nothing was changed. */
export type ApiClientLimitError = UserError & {
  readonly __typename?: 'ApiClientLimitError';
  /** Says what to revoke first. */
  readonly message: Scalars['String']['output'];
  /** How many there may be. */
  readonly limit: Scalars['Int']['output'];
};

/** The call was carried out before, and its secret shown then. If it got lost, add another key and revoke this one. */
export type SecretAlreadyShownError = UserError & {
  readonly __typename?: 'SecretAlreadyShownError';
  /** Says that the secret is not shown again, and what to do if it got lost. */
  readonly message: Scalars['String']['output'];
  /** The API client. */
  readonly client: ApiClient;
  /** The key whose secret was shown. */
  readonly key: ApiClientKey;
};

/** A further key for an API client. */
export type AddApiClientKeyInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `apc_…` */
  readonly clientId: Scalars['ID']['input'];
  /** The public key that it signs with, as in `CreateApiClientInput`. Left out: it gets a secret. */
  readonly publicKey?: InputMaybe<Scalars['String']['input']>;
  /** From when the key is no longer accepted. Left out: it ends only when it is revoked. */
  readonly expiresAt?: InputMaybe<Scalars['DateTime']['input']>;
};

/** Result of `addApiClientKey`. */
export type AddApiClientKeyResult = AddApiClientKeySuccess | ApiClientLimitError | SecretAlreadyShownError | NotFoundError | NotAllowedError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The key can be used, beside those that were there. */
export type AddApiClientKeySuccess = {
  readonly __typename?: 'AddApiClientKeySuccess';
  /** The API client. */
  readonly client: ApiClient;
  /** The new key. */
  readonly key: ApiClientKey;
  /** The secret: keep it now, it is shown this once. Null for a public key. */
  readonly secret: Maybe<Scalars['String']['output']>;
};

/** A key to end. */
export type RevokeApiClientKeyInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `apc_…` */
  readonly clientId: Scalars['ID']['input'];
  /** `apk_…` */
  readonly keyId: Scalars['ID']['input'];
};

/** Result of `revokeApiClientKey`. */
export type RevokeApiClientKeyResult = RevokeApiClientKeySuccess | NotFoundError | NotAllowedError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The key has ended. */
export type RevokeApiClientKeySuccess = {
  readonly __typename?: 'RevokeApiClientKeySuccess';
  /** The API client, without the key. */
  readonly client: ApiClient;
};

/** A change of an API client. What is left out stays as it is. */
export type UpdateApiClientInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `apc_…` */
  readonly clientId: Scalars['ID']['input'];
  /** What the seller's people call it, 1 to 80 characters. */
  readonly name?: InputMaybe<Scalars['String']['input']>;
  /** What it may do, as in `CreateApiClientInput`. */
  readonly scopes?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
  /** Addresses that it may call from, as in `CreateApiClientInput`; an empty list allows any address. */
  readonly ipAllowList?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};

/** Result of `updateApiClient`. */
export type UpdateApiClientResult = UpdateApiClientSuccess | NotFoundError | NotAllowedError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The API client is changed. */
export type UpdateApiClientSuccess = {
  readonly __typename?: 'UpdateApiClientSuccess';
  /** The API client as it is now. */
  readonly client: ApiClient;
};

/** An API client to end. */
export type RevokeApiClientInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `apc_…` */
  readonly clientId: Scalars['ID']['input'];
};

/** Result of `revokeApiClient`. */
export type RevokeApiClientResult = RevokeApiClientSuccess | NotFoundError | NotAllowedError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The API client has ended. */
export type RevokeApiClientSuccess = {
  readonly __typename?: 'RevokeApiClientSuccess';
  /** The API client, with the moment of its end. */
  readonly client: ApiClient;
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
  Seller: Seller;
  SellerOrder: SellerOrder;
  Market: Market;
  Product: Product;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Seller:
    ( { __typename: 'Seller' }
    & GraphQLRecursivePick<FederationTypes['Seller'], {"id":true}> );
  SellerOrder:
    ( { __typename: 'SellerOrder' }
    & GraphQLRecursivePick<FederationTypes['SellerOrder'], {"id":true}> );
  Market:
    ( { __typename: 'Market' }
    & GraphQLRecursivePick<FederationTypes['Market'], {"country":true}> );
  Product:
    ( { __typename: 'Product' }
    & GraphQLRecursivePick<FederationTypes['Product'], {"id":true}>
    & ( Record<PropertyKey, never>
        | GraphQLRecursivePick<FederationTypes['Product'], {"sellerId":true,"availability":true}> ) );
};

/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends Record<string, unknown>> = {
  InviteSellerResult:
    | ( Omit<InviteSellerSuccess, 'seller'> & { seller: _RefType['Seller'] } & { __typename: 'InviteSellerSuccess' } )
    | ( Omit<SellerAlreadyInvitedError, 'seller'> & { seller: _RefType['Seller'] } & { __typename: 'SellerAlreadyInvitedError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  AcceptSellerInvitationResult:
    | ( Omit<AcceptSellerInvitationSuccess, 'seller'> & { seller: _RefType['Seller'] } & { __typename: 'AcceptSellerInvitationSuccess' } )
    | ( NotAllowedError & { __typename: 'NotAllowedError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  SetSellerStatusResult:
    | ( Omit<SetSellerStatusSuccess, 'seller'> & { seller: _RefType['Seller'] } & { __typename: 'SetSellerStatusSuccess' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  SetMarketResult:
    | ( Omit<SetMarketSuccess, 'market'> & { market: _RefType['Market'] } & { __typename: 'SetMarketSuccess' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  CreateApiClientResult:
    | ( Omit<CreateApiClientSuccess, 'client' | 'key'> & { client: _RefType['ApiClient'], key: _RefType['ApiClientKey'] } & { __typename: 'CreateApiClientSuccess' } )
    | ( ApiClientLimitError & { __typename: 'ApiClientLimitError' } )
    | ( Omit<SecretAlreadyShownError, 'client' | 'key'> & { client: _RefType['ApiClient'], key: _RefType['ApiClientKey'] } & { __typename: 'SecretAlreadyShownError' } )
    | ( NotAllowedError & { __typename: 'NotAllowedError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  AddApiClientKeyResult:
    | ( Omit<AddApiClientKeySuccess, 'client' | 'key'> & { client: _RefType['ApiClient'], key: _RefType['ApiClientKey'] } & { __typename: 'AddApiClientKeySuccess' } )
    | ( ApiClientLimitError & { __typename: 'ApiClientLimitError' } )
    | ( Omit<SecretAlreadyShownError, 'client' | 'key'> & { client: _RefType['ApiClient'], key: _RefType['ApiClientKey'] } & { __typename: 'SecretAlreadyShownError' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( NotAllowedError & { __typename: 'NotAllowedError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  RevokeApiClientKeyResult:
    | ( Omit<RevokeApiClientKeySuccess, 'client'> & { client: _RefType['ApiClient'] } & { __typename: 'RevokeApiClientKeySuccess' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( NotAllowedError & { __typename: 'NotAllowedError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  UpdateApiClientResult:
    | ( Omit<UpdateApiClientSuccess, 'client'> & { client: _RefType['ApiClient'] } & { __typename: 'UpdateApiClientSuccess' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( NotAllowedError & { __typename: 'NotAllowedError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  RevokeApiClientResult:
    | ( Omit<RevokeApiClientSuccess, 'client'> & { client: _RefType['ApiClient'] } & { __typename: 'RevokeApiClientSuccess' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( NotAllowedError & { __typename: 'NotAllowedError' } )
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
    | ( Omit<SellerAlreadyInvitedError, 'seller'> & { seller: _RefType['Seller'] } )
    | ( ApiClientLimitError )
    | ( Omit<SecretAlreadyShownError, 'client' | 'key'> & { client: _RefType['ApiClient'], key: _RefType['ApiClientKey'] } )
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
  Seller: ResolverTypeWrapper<SellerModel>;
  ApiClient: ResolverTypeWrapper<ApiClientModel>;
  ApiClientKey: ResolverTypeWrapper<ApiKey>;
  ApiClientKeyKind: ApiClientKeyKind;
  SellerStatus: SellerStatus;
  SellerOrder: ResolverTypeWrapper<SellerOrderModel>;
  SellerOrderStatus: SellerOrderStatus;
  SellerOrderLine: ResolverTypeWrapper<SellerOrderLine>;
  SellerOrderConnection: ResolverTypeWrapper<Omit<SellerOrderConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['SellerOrderEdge']> }>;
  SellerOrderEdge: ResolverTypeWrapper<Omit<SellerOrderEdge, 'node'> & { node: ResolversTypes['SellerOrder'] }>;
  SellerConnection: ResolverTypeWrapper<Omit<SellerConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['SellerEdge']> }>;
  SellerEdge: ResolverTypeWrapper<Omit<SellerEdge, 'node'> & { node: ResolversTypes['Seller'] }>;
  Market: ResolverTypeWrapper<MarketModel>;
  PolicyText: ResolverTypeWrapper<PolicyText>;
  PolicyTopic: PolicyTopic;
  Product: ResolverTypeWrapper<ProductReference>;
  ProductAvailability: ProductAvailability;
  BuyButton: ResolverTypeWrapper<BuyButton>;
  BuyButtonReason: BuyButtonReason;
  EligibilityDecision: ResolverTypeWrapper<EligibilityDecision>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  InviteSellerInput: InviteSellerInput;
  InviteSellerResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['InviteSellerResult']>;
  InviteSellerSuccess: ResolverTypeWrapper<Omit<InviteSellerSuccess, 'seller'> & { seller: ResolversTypes['Seller'] }>;
  SellerAlreadyInvitedError: ResolverTypeWrapper<Omit<SellerAlreadyInvitedError, 'seller'> & { seller: ResolversTypes['Seller'] }>;
  AcceptSellerInvitationInput: AcceptSellerInvitationInput;
  AcceptSellerInvitationResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['AcceptSellerInvitationResult']>;
  AcceptSellerInvitationSuccess: ResolverTypeWrapper<Omit<AcceptSellerInvitationSuccess, 'seller'> & { seller: ResolversTypes['Seller'] }>;
  SetSellerStatusInput: SetSellerStatusInput;
  SetSellerStatusResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SetSellerStatusResult']>;
  SetSellerStatusSuccess: ResolverTypeWrapper<Omit<SetSellerStatusSuccess, 'seller'> & { seller: ResolversTypes['Seller'] }>;
  SetMarketInput: SetMarketInput;
  SetMarketResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SetMarketResult']>;
  SetMarketSuccess: ResolverTypeWrapper<Omit<SetMarketSuccess, 'market'> & { market: ResolversTypes['Market'] }>;
  CreateApiClientInput: CreateApiClientInput;
  CreateApiClientResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['CreateApiClientResult']>;
  CreateApiClientSuccess: ResolverTypeWrapper<Omit<CreateApiClientSuccess, 'client' | 'key'> & { client: ResolversTypes['ApiClient'], key: ResolversTypes['ApiClientKey'] }>;
  ApiClientLimitError: ResolverTypeWrapper<ApiClientLimitError>;
  SecretAlreadyShownError: ResolverTypeWrapper<Omit<SecretAlreadyShownError, 'client' | 'key'> & { client: ResolversTypes['ApiClient'], key: ResolversTypes['ApiClientKey'] }>;
  AddApiClientKeyInput: AddApiClientKeyInput;
  AddApiClientKeyResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['AddApiClientKeyResult']>;
  AddApiClientKeySuccess: ResolverTypeWrapper<Omit<AddApiClientKeySuccess, 'client' | 'key'> & { client: ResolversTypes['ApiClient'], key: ResolversTypes['ApiClientKey'] }>;
  RevokeApiClientKeyInput: RevokeApiClientKeyInput;
  RevokeApiClientKeyResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RevokeApiClientKeyResult']>;
  RevokeApiClientKeySuccess: ResolverTypeWrapper<Omit<RevokeApiClientKeySuccess, 'client'> & { client: ResolversTypes['ApiClient'] }>;
  UpdateApiClientInput: UpdateApiClientInput;
  UpdateApiClientResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['UpdateApiClientResult']>;
  UpdateApiClientSuccess: ResolverTypeWrapper<Omit<UpdateApiClientSuccess, 'client'> & { client: ResolversTypes['ApiClient'] }>;
  RevokeApiClientInput: RevokeApiClientInput;
  RevokeApiClientResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RevokeApiClientResult']>;
  RevokeApiClientSuccess: ResolverTypeWrapper<Omit<RevokeApiClientSuccess, 'client'> & { client: ResolversTypes['ApiClient'] }>;
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
  Seller: SellerModel;
  ApiClient: ApiClientModel;
  ApiClientKey: ApiKey;
  SellerOrder: SellerOrderModel;
  SellerOrderLine: SellerOrderLine;
  SellerOrderConnection: Omit<SellerOrderConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['SellerOrderEdge']> };
  SellerOrderEdge: Omit<SellerOrderEdge, 'node'> & { node: ResolversParentTypes['SellerOrder'] };
  SellerConnection: Omit<SellerConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['SellerEdge']> };
  SellerEdge: Omit<SellerEdge, 'node'> & { node: ResolversParentTypes['Seller'] };
  Market: MarketModel;
  PolicyText: PolicyText;
  Product: ProductReference;
  BuyButton: BuyButton;
  EligibilityDecision: EligibilityDecision;
  Query: Record<PropertyKey, never>;
  Mutation: Record<PropertyKey, never>;
  InviteSellerInput: InviteSellerInput;
  InviteSellerResult: ResolversUnionTypes<ResolversParentTypes>['InviteSellerResult'];
  InviteSellerSuccess: Omit<InviteSellerSuccess, 'seller'> & { seller: ResolversParentTypes['Seller'] };
  SellerAlreadyInvitedError: Omit<SellerAlreadyInvitedError, 'seller'> & { seller: ResolversParentTypes['Seller'] };
  AcceptSellerInvitationInput: AcceptSellerInvitationInput;
  AcceptSellerInvitationResult: ResolversUnionTypes<ResolversParentTypes>['AcceptSellerInvitationResult'];
  AcceptSellerInvitationSuccess: Omit<AcceptSellerInvitationSuccess, 'seller'> & { seller: ResolversParentTypes['Seller'] };
  SetSellerStatusInput: SetSellerStatusInput;
  SetSellerStatusResult: ResolversUnionTypes<ResolversParentTypes>['SetSellerStatusResult'];
  SetSellerStatusSuccess: Omit<SetSellerStatusSuccess, 'seller'> & { seller: ResolversParentTypes['Seller'] };
  SetMarketInput: SetMarketInput;
  SetMarketResult: ResolversUnionTypes<ResolversParentTypes>['SetMarketResult'];
  SetMarketSuccess: Omit<SetMarketSuccess, 'market'> & { market: ResolversParentTypes['Market'] };
  CreateApiClientInput: CreateApiClientInput;
  CreateApiClientResult: ResolversUnionTypes<ResolversParentTypes>['CreateApiClientResult'];
  CreateApiClientSuccess: Omit<CreateApiClientSuccess, 'client' | 'key'> & { client: ResolversParentTypes['ApiClient'], key: ResolversParentTypes['ApiClientKey'] };
  ApiClientLimitError: ApiClientLimitError;
  SecretAlreadyShownError: Omit<SecretAlreadyShownError, 'client' | 'key'> & { client: ResolversParentTypes['ApiClient'], key: ResolversParentTypes['ApiClientKey'] };
  AddApiClientKeyInput: AddApiClientKeyInput;
  AddApiClientKeyResult: ResolversUnionTypes<ResolversParentTypes>['AddApiClientKeyResult'];
  AddApiClientKeySuccess: Omit<AddApiClientKeySuccess, 'client' | 'key'> & { client: ResolversParentTypes['ApiClient'], key: ResolversParentTypes['ApiClientKey'] };
  RevokeApiClientKeyInput: RevokeApiClientKeyInput;
  RevokeApiClientKeyResult: ResolversUnionTypes<ResolversParentTypes>['RevokeApiClientKeyResult'];
  RevokeApiClientKeySuccess: Omit<RevokeApiClientKeySuccess, 'client'> & { client: ResolversParentTypes['ApiClient'] };
  UpdateApiClientInput: UpdateApiClientInput;
  UpdateApiClientResult: ResolversUnionTypes<ResolversParentTypes>['UpdateApiClientResult'];
  UpdateApiClientSuccess: Omit<UpdateApiClientSuccess, 'client'> & { client: ResolversParentTypes['ApiClient'] };
  RevokeApiClientInput: RevokeApiClientInput;
  RevokeApiClientResult: ResolversUnionTypes<ResolversParentTypes>['RevokeApiClientResult'];
  RevokeApiClientSuccess: Omit<RevokeApiClientSuccess, 'client'> & { client: ResolversParentTypes['ApiClient'] };
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
  __resolveType: TypeResolveFn<'InvalidInputError' | 'NotAllowedError' | 'NotFoundError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError' | 'SellerAlreadyInvitedError' | 'ApiClientLimitError' | 'SecretAlreadyShownError', ParentType, ContextType>;
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

export type SellerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Seller'] = ResolversParentTypes['Seller'], FederationReferenceType extends FederationReferenceTypes['Seller'] = FederationReferenceTypes['Seller']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Seller']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  displayName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  country?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  status?: Resolver<Maybe<ResolversTypes['SellerStatus']>, ParentType, ContextType>;
  accountId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  orders?: Resolver<Maybe<ResolversTypes['SellerOrderConnection']>, ParentType, ContextType, RequireFields<SellerOrdersArgs, 'first'>>;
  apiClients?: Resolver<Maybe<ReadonlyArray<ResolversTypes['ApiClient']>>, ParentType, ContextType>;
};

export type ApiClientResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ApiClient'] = ResolversParentTypes['ApiClient']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  scopes?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  ipAllowList?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  createdBy?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  revokedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  keys?: Resolver<ReadonlyArray<ResolversTypes['ApiClientKey']>, ParentType, ContextType>;
};

export type ApiClientKeyResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ApiClientKey'] = ResolversParentTypes['ApiClientKey']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['ApiClientKeyKind'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  expiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  lastUsedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  lastUsedNetwork?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type SellerOrderResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SellerOrder'] = ResolversParentTypes['SellerOrder'], FederationReferenceType extends FederationReferenceTypes['SellerOrder'] = FederationReferenceTypes['SellerOrder']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['SellerOrder']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  sellerId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['SellerOrderStatus'], ParentType, ContextType>;
  lines?: Resolver<ReadonlyArray<ResolversTypes['SellerOrderLine']>, ParentType, ContextType>;
  subtotal?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  shipping?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  tax?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  market?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sourcePostId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  placedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  confirmedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  cancelledAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type SellerOrderLineResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SellerOrderLine'] = ResolversParentTypes['SellerOrderLine']> = {
  productId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  sku?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  title?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  quantity?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  unitPrice?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
};

export type SellerOrderConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SellerOrderConnection'] = ResolversParentTypes['SellerOrderConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['SellerOrderEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type SellerOrderEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SellerOrderEdge'] = ResolversParentTypes['SellerOrderEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['SellerOrder'], ParentType, ContextType>;
};

export type SellerConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SellerConnection'] = ResolversParentTypes['SellerConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['SellerEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type SellerEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SellerEdge'] = ResolversParentTypes['SellerEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Seller'], ParentType, ContextType>;
};

export type MarketResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Market'] = ResolversParentTypes['Market'], FederationReferenceType extends FederationReferenceTypes['Market'] = FederationReferenceTypes['Market']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Market']> | FederationReferenceType, FederationReferenceType, ContextType>;
  country?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  currency?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  isOpen?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  opensAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  closesAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  buyerShareBps?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  undoWindowSeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  platformFeeBps?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  returnWindowDays?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  policyVersion?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PolicyTextResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PolicyText'] = ResolversParentTypes['PolicyText']> = {
  topic?: Resolver<ResolversTypes['PolicyTopic'], ParentType, ContextType>;
  body?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ProductResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Product'] = ResolversParentTypes['Product'], FederationReferenceType extends FederationReferenceTypes['Product'] = FederationReferenceTypes['Product']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Product']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  buyButton?: Resolver<Maybe<ResolversTypes['BuyButton']>, ParentType, ContextType>;
};

export type BuyButtonResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BuyButton'] = ResolversParentTypes['BuyButton']> = {
  available?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['BuyButtonReason']>, ParentType, ContextType>;
  message?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type EligibilityDecisionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['EligibilityDecision'] = ResolversParentTypes['EligibilityDecision']> = {
  allowed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['BuyButtonReason']>, ParentType, ContextType>;
  trace?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  viewerSeller?: Resolver<Maybe<ResolversTypes['Seller']>, ParentType, ContextType>;
  sellerOrder?: Resolver<Maybe<ResolversTypes['SellerOrder']>, ParentType, ContextType, RequireFields<QuerySellerOrderArgs, 'id'>>;
  seller?: Resolver<Maybe<ResolversTypes['Seller']>, ParentType, ContextType, RequireFields<QuerySellerArgs, 'id'>>;
  sellers?: Resolver<ResolversTypes['SellerConnection'], ParentType, ContextType, RequireFields<QuerySellersArgs, 'first'>>;
  markets?: Resolver<ReadonlyArray<ResolversTypes['Market']>, ParentType, ContextType>;
  policyTexts?: Resolver<ReadonlyArray<ResolversTypes['PolicyText']>, ParentType, ContextType, RequireFields<QueryPolicyTextsArgs, 'version'>>;
  explainEligibility?: Resolver<ResolversTypes['EligibilityDecision'], ParentType, ContextType, RequireFields<QueryExplainEligibilityArgs, 'buyerId' | 'country' | 'sellerId'>>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  inviteSeller?: Resolver<ResolversTypes['InviteSellerResult'], ParentType, ContextType, RequireFields<MutationInviteSellerArgs, 'input'>>;
  acceptSellerInvitation?: Resolver<ResolversTypes['AcceptSellerInvitationResult'], ParentType, ContextType, RequireFields<MutationAcceptSellerInvitationArgs, 'input'>>;
  createApiClient?: Resolver<ResolversTypes['CreateApiClientResult'], ParentType, ContextType, RequireFields<MutationCreateApiClientArgs, 'input'>>;
  addApiClientKey?: Resolver<ResolversTypes['AddApiClientKeyResult'], ParentType, ContextType, RequireFields<MutationAddApiClientKeyArgs, 'input'>>;
  revokeApiClientKey?: Resolver<ResolversTypes['RevokeApiClientKeyResult'], ParentType, ContextType, RequireFields<MutationRevokeApiClientKeyArgs, 'input'>>;
  updateApiClient?: Resolver<ResolversTypes['UpdateApiClientResult'], ParentType, ContextType, RequireFields<MutationUpdateApiClientArgs, 'input'>>;
  revokeApiClient?: Resolver<ResolversTypes['RevokeApiClientResult'], ParentType, ContextType, RequireFields<MutationRevokeApiClientArgs, 'input'>>;
  setSellerStatus?: Resolver<ResolversTypes['SetSellerStatusResult'], ParentType, ContextType, RequireFields<MutationSetSellerStatusArgs, 'input'>>;
  setMarket?: Resolver<ResolversTypes['SetMarketResult'], ParentType, ContextType, RequireFields<MutationSetMarketArgs, 'input'>>;
};

export type InviteSellerResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['InviteSellerResult'] = ResolversParentTypes['InviteSellerResult']> = {
  __resolveType: TypeResolveFn<'InviteSellerSuccess' | 'SellerAlreadyInvitedError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type InviteSellerSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['InviteSellerSuccess'] = ResolversParentTypes['InviteSellerSuccess']> = {
  seller?: Resolver<ResolversTypes['Seller'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SellerAlreadyInvitedErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SellerAlreadyInvitedError'] = ResolversParentTypes['SellerAlreadyInvitedError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  seller?: Resolver<ResolversTypes['Seller'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AcceptSellerInvitationResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AcceptSellerInvitationResult'] = ResolversParentTypes['AcceptSellerInvitationResult']> = {
  __resolveType: TypeResolveFn<'AcceptSellerInvitationSuccess' | 'NotAllowedError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type AcceptSellerInvitationSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AcceptSellerInvitationSuccess'] = ResolversParentTypes['AcceptSellerInvitationSuccess']> = {
  seller?: Resolver<ResolversTypes['Seller'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SetSellerStatusResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SetSellerStatusResult'] = ResolversParentTypes['SetSellerStatusResult']> = {
  __resolveType: TypeResolveFn<'SetSellerStatusSuccess' | 'NotFoundError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type SetSellerStatusSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SetSellerStatusSuccess'] = ResolversParentTypes['SetSellerStatusSuccess']> = {
  seller?: Resolver<ResolversTypes['Seller'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SetMarketResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SetMarketResult'] = ResolversParentTypes['SetMarketResult']> = {
  __resolveType: TypeResolveFn<'SetMarketSuccess' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type SetMarketSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SetMarketSuccess'] = ResolversParentTypes['SetMarketSuccess']> = {
  market?: Resolver<ResolversTypes['Market'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CreateApiClientResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreateApiClientResult'] = ResolversParentTypes['CreateApiClientResult']> = {
  __resolveType: TypeResolveFn<'CreateApiClientSuccess' | 'ApiClientLimitError' | 'SecretAlreadyShownError' | 'NotAllowedError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type CreateApiClientSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreateApiClientSuccess'] = ResolversParentTypes['CreateApiClientSuccess']> = {
  client?: Resolver<ResolversTypes['ApiClient'], ParentType, ContextType>;
  key?: Resolver<ResolversTypes['ApiClientKey'], ParentType, ContextType>;
  secret?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ApiClientLimitErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ApiClientLimitError'] = ResolversParentTypes['ApiClientLimitError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  limit?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SecretAlreadyShownErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SecretAlreadyShownError'] = ResolversParentTypes['SecretAlreadyShownError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  client?: Resolver<ResolversTypes['ApiClient'], ParentType, ContextType>;
  key?: Resolver<ResolversTypes['ApiClientKey'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AddApiClientKeyResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AddApiClientKeyResult'] = ResolversParentTypes['AddApiClientKeyResult']> = {
  __resolveType: TypeResolveFn<'AddApiClientKeySuccess' | 'ApiClientLimitError' | 'SecretAlreadyShownError' | 'NotFoundError' | 'NotAllowedError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type AddApiClientKeySuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AddApiClientKeySuccess'] = ResolversParentTypes['AddApiClientKeySuccess']> = {
  client?: Resolver<ResolversTypes['ApiClient'], ParentType, ContextType>;
  key?: Resolver<ResolversTypes['ApiClientKey'], ParentType, ContextType>;
  secret?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RevokeApiClientKeyResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RevokeApiClientKeyResult'] = ResolversParentTypes['RevokeApiClientKeyResult']> = {
  __resolveType: TypeResolveFn<'RevokeApiClientKeySuccess' | 'NotFoundError' | 'NotAllowedError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type RevokeApiClientKeySuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RevokeApiClientKeySuccess'] = ResolversParentTypes['RevokeApiClientKeySuccess']> = {
  client?: Resolver<ResolversTypes['ApiClient'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UpdateApiClientResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UpdateApiClientResult'] = ResolversParentTypes['UpdateApiClientResult']> = {
  __resolveType: TypeResolveFn<'UpdateApiClientSuccess' | 'NotFoundError' | 'NotAllowedError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type UpdateApiClientSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UpdateApiClientSuccess'] = ResolversParentTypes['UpdateApiClientSuccess']> = {
  client?: Resolver<ResolversTypes['ApiClient'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RevokeApiClientResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RevokeApiClientResult'] = ResolversParentTypes['RevokeApiClientResult']> = {
  __resolveType: TypeResolveFn<'RevokeApiClientSuccess' | 'NotFoundError' | 'NotAllowedError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type RevokeApiClientSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RevokeApiClientSuccess'] = ResolversParentTypes['RevokeApiClientSuccess']> = {
  client?: Resolver<ResolversTypes['ApiClient'], ParentType, ContextType>;
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
  Seller?: SellerResolvers<ContextType>;
  ApiClient?: ApiClientResolvers<ContextType>;
  ApiClientKey?: ApiClientKeyResolvers<ContextType>;
  SellerOrder?: SellerOrderResolvers<ContextType>;
  SellerOrderLine?: SellerOrderLineResolvers<ContextType>;
  SellerOrderConnection?: SellerOrderConnectionResolvers<ContextType>;
  SellerOrderEdge?: SellerOrderEdgeResolvers<ContextType>;
  SellerConnection?: SellerConnectionResolvers<ContextType>;
  SellerEdge?: SellerEdgeResolvers<ContextType>;
  Market?: MarketResolvers<ContextType>;
  PolicyText?: PolicyTextResolvers<ContextType>;
  Product?: ProductResolvers<ContextType>;
  BuyButton?: BuyButtonResolvers<ContextType>;
  EligibilityDecision?: EligibilityDecisionResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  InviteSellerResult?: InviteSellerResultResolvers<ContextType>;
  InviteSellerSuccess?: InviteSellerSuccessResolvers<ContextType>;
  SellerAlreadyInvitedError?: SellerAlreadyInvitedErrorResolvers<ContextType>;
  AcceptSellerInvitationResult?: AcceptSellerInvitationResultResolvers<ContextType>;
  AcceptSellerInvitationSuccess?: AcceptSellerInvitationSuccessResolvers<ContextType>;
  SetSellerStatusResult?: SetSellerStatusResultResolvers<ContextType>;
  SetSellerStatusSuccess?: SetSellerStatusSuccessResolvers<ContextType>;
  SetMarketResult?: SetMarketResultResolvers<ContextType>;
  SetMarketSuccess?: SetMarketSuccessResolvers<ContextType>;
  CreateApiClientResult?: CreateApiClientResultResolvers<ContextType>;
  CreateApiClientSuccess?: CreateApiClientSuccessResolvers<ContextType>;
  ApiClientLimitError?: ApiClientLimitErrorResolvers<ContextType>;
  SecretAlreadyShownError?: SecretAlreadyShownErrorResolvers<ContextType>;
  AddApiClientKeyResult?: AddApiClientKeyResultResolvers<ContextType>;
  AddApiClientKeySuccess?: AddApiClientKeySuccessResolvers<ContextType>;
  RevokeApiClientKeyResult?: RevokeApiClientKeyResultResolvers<ContextType>;
  RevokeApiClientKeySuccess?: RevokeApiClientKeySuccessResolvers<ContextType>;
  UpdateApiClientResult?: UpdateApiClientResultResolvers<ContextType>;
  UpdateApiClientSuccess?: UpdateApiClientSuccessResolvers<ContextType>;
  RevokeApiClientResult?: RevokeApiClientResultResolvers<ContextType>;
  RevokeApiClientSuccess?: RevokeApiClientSuccessResolvers<ContextType>;
};

