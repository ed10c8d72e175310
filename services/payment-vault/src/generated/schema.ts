/* Generated from schema.graphql by `npm run generate`; not to be edited. */
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Context } from '../context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
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

/** The signed-in person; payment-vault adds what is stored for the next purchase. */
export type Viewer = {
  readonly __typename?: 'Viewer';
  /** `usr_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
  /** The viewer's cards, the default first. At most 20. */
  readonly paymentMethods: Maybe<ReadonlyArray<PaymentMethod>>;
  /** The viewer's addresses, the default first. At most 20. */
  readonly addresses: Maybe<ReadonlyArray<Address>>;
  /** Each time a seller was shown something of the viewer, newest first. */
  readonly disclosures: Maybe<DisclosureConnection>;
  /** What the viewer lets sellers read outside of orders, also what is over, newest first. */
  readonly permissions: Maybe<PermissionConnection>;
  /** The viewer's decisions about advertising, the one that counts for each seller and channel, newest first. None means no. */
  readonly marketingConsents: Maybe<MarketingConsentConnection>;
  /** What the viewer had deleted, newest first. Each report is kept for two years. */
  readonly deletions: Maybe<DeletionReportConnection>;
  /** A copy of everything that is held about the viewer here. */
  readonly dataExport: Maybe<DataExport>;
};


/** The signed-in person; payment-vault adds what is stored for the next purchase. */
export type ViewerDisclosuresArgs = {
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
};


/** The signed-in person; payment-vault adds what is stored for the next purchase. */
export type ViewerPermissionsArgs = {
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
};


/** The signed-in person; payment-vault adds what is stored for the next purchase. */
export type ViewerMarketingConsentsArgs = {
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
};


/** The signed-in person; payment-vault adds what is stored for the next purchase. */
export type ViewerDeletionsArgs = {
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
};

/** A stored card. Vitrine holds Stripe's reference to it, never its number or its security code. */
export type PaymentMethod = {
  readonly __typename?: 'PaymentMethod';
  /** `pmt_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
  /** As Stripe names it: `visa`, `mastercard`, `amex`, … */
  readonly brand: Scalars['String']['output'];
  /** The last four digits. */
  readonly last4: Scalars['String']['output'];
  /** 1 to 12. */
  readonly expMonth: Scalars['Int']['output'];
  /** Four digits. */
  readonly expYear: Scalars['Int']['output'];
  /** Whether its last month is over. */
  readonly isExpired: Scalars['Boolean']['output'];
  /** Whether one tap pays with it. */
  readonly isDefault: Scalars['Boolean']['output'];
  /** Whether it is kept for the next purchases. If not, it goes when the purchase is over, or after a day without one. */
  readonly isSaved: Scalars['Boolean']['output'];
  /** Whether it can be used. */
  readonly status: PaymentMethodStatus;
  /** The buyer's own name for it. */
  readonly label: Maybe<Scalars['String']['output']>;
  /** When it was stored. */
  readonly createdAt: Scalars['DateTime']['output'];
};

/** Whether a card can be used. */
export type PaymentMethodStatus =
  /** It can be used, unless it has expired. */
  | 'ACTIVE'
  /** Stripe or the bank has withdrawn it. Add the card again, or another one. */
  | 'WITHDRAWN';

/** A stored delivery address. */
export type Address = {
  readonly __typename?: 'Address';
  /** `adr_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
  /** Who receives the parcel. */
  readonly name: Scalars['String']['output'];
  /** Street and number. */
  readonly line1: Scalars['String']['output'];
  /** Apartment, floor, care of. */
  readonly line2: Maybe<Scalars['String']['output']>;
  /** City or town. */
  readonly city: Scalars['String']['output'];
  /** State or region; in the US the two-letter code. */
  readonly region: Scalars['String']['output'];
  /** ZIP or postal code. */
  readonly postalCode: Scalars['String']['output'];
  /** ISO 3166-1 alpha-2 code. */
  readonly country: Scalars['String']['output'];
  /** Telephone number for the carrier. */
  readonly phone: Maybe<Scalars['String']['output']>;
  /** Whether one tap ships to it. */
  readonly isDefault: Scalars['Boolean']['output'];
  /** Whether it is kept for the next purchases. If not, it goes when the purchase is over, or after a day without one. */
  readonly isSaved: Scalars['Boolean']['output'];
  /** The buyer's own name for it, for example `Home`. */
  readonly label: Maybe<Scalars['String']['output']>;
  /** When it was stored. */
  readonly createdAt: Scalars['DateTime']['output'];
};

/** An order of the viewer; payment-vault adds where it is shipped to. */
export type Order = {
  readonly __typename?: 'Order';
  /** `ord_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
  /**
   * Where the parcel goes. Null when it is not the viewer's, or was deleted: 14 days after the delivery, at most 90 days after
   * the charge, or with everything else at the viewer's wish.
   */
  readonly shippingAddress: Maybe<PostalAddress>;
};

/** An order as its seller sees it; payment-vault adds where to ship it. */
export type SellerOrder = {
  readonly __typename?: 'SellerOrder';
  /** `ord_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
  /** Where to ship the parcel, while that is needed. Each reading is recorded where the buyer can see it. Null without a grant for this order. */
  readonly shippingAddress: Maybe<PostalAddress>;
  /** What the seller gets of the order's money. Null before it is captured. */
  readonly payout: Maybe<SellerPayout>;
  /** What card holders' banks ask back of the order, the newest first. Null when the order is not the caller's. */
  readonly disputes: Maybe<ReadonlyArray<Dispute>>;
};

/** A card holder's bank asks for the money back, or only asks what it was for (`warning_…`). */
export type Dispute = {
  readonly __typename?: 'Dispute';
  /** `dsp_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
  /** What is asked back. */
  readonly amount: Money;
  /** Stripe's word, for example `fraudulent` or `product_not_received` (https://docs.stripe.com/disputes/categories). */
  readonly reason: Scalars['String']['output'];
  /** Stripe's word: `needs_response`, `under_review`, `won`, `lost`, `warning_needs_response`, … New ones may come. */
  readonly status: Scalars['String']['output'];
  /** Until when evidence is taken. Null when none is. */
  readonly evidenceDueAt: Maybe<Scalars['DateTime']['output']>;
  /** When it was opened. */
  readonly openedAt: Scalars['DateTime']['output'];
  /** When it was decided or closed. */
  readonly closedAt: Maybe<Scalars['DateTime']['output']>;
};

/** A seller's part of an order's money: goods and shipping less the network's fee, less what went back to the buyer. */
export type SellerPayout = {
  readonly __typename?: 'SellerPayout';
  /** What the seller should have now. */
  readonly due: Money;
  /** What was sent to the seller's account at Stripe so far. */
  readonly transferred: Money;
  /** What was taken back from there, after refunds and disputes. */
  readonly reversed: Money;
};

/** An account that the network has invited to sell; payment-vault adds how it is paid. */
export type Seller = {
  readonly __typename?: 'Seller';
  /** `sel_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
  /** Where the seller's money goes. Null for anybody but the seller. */
  readonly payoutAccount: Maybe<PayoutAccount>;
  /**
   * What buyers permit this seller to read, newest permission first. Each reading of a buyer's details is recorded where that
   * buyer can see it. A permission that is revoked or over is gone at once. Null for anybody but the seller.
   */
  readonly sharedDetails: Maybe<SharedContactConnection>;
};


/** An account that the network has invited to sell; payment-vault adds how it is paid. */
export type SellerSharedDetailsArgs = {
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
};

/** What a buyer lets the seller read. Only the permitted fields are there. */
export type SharedContact = {
  readonly __typename?: 'SharedContact';
  /** The permission's id, `prm_` and a UUIDv7. Another seller knows the same buyer by another id. */
  readonly id: Scalars['ID']['output'];
  /** What the seller may use it for, and nothing else. */
  readonly purpose: PermissionPurpose;
  /** When the permission ends by itself. */
  readonly expiresAt: Scalars['DateTime']['output'];
  /** The buyer's name. */
  readonly name: Maybe<Scalars['String']['output']>;
  /** Where parcels to the buyer go. */
  readonly deliveryAddress: Maybe<DeliveryAddress>;
  /** Telephone number, in E.164 form. */
  readonly phone: Maybe<Scalars['String']['output']>;
};

/** Where parcels go, without who receives them. */
export type DeliveryAddress = {
  readonly __typename?: 'DeliveryAddress';
  /** Street and number. */
  readonly line1: Scalars['String']['output'];
  /** Apartment, floor, care of. */
  readonly line2: Maybe<Scalars['String']['output']>;
  /** City or town. */
  readonly city: Scalars['String']['output'];
  /** State or region. */
  readonly region: Scalars['String']['output'];
  /** ZIP or postal code. */
  readonly postalCode: Scalars['String']['output'];
  /** ISO 3166-1 alpha-2 code. */
  readonly country: Scalars['String']['output'];
};

/** A page of contacts. */
export type SharedContactConnection = {
  readonly __typename?: 'SharedContactConnection';
  /** The page. */
  readonly edges: ReadonlyArray<SharedContactEdge>;
  /** Where the page ends. */
  readonly pageInfo: PageInfo;
};

/** One contact in a page. */
export type SharedContactEdge = {
  readonly __typename?: 'SharedContactEdge';
  /** Opaque position of this edge. */
  readonly cursor: Scalars['String']['output'];
  /** The contact. */
  readonly node: SharedContact;
};

/** A seller's account at Stripe. What the seller told Stripe is there alone. */
export type PayoutAccount = {
  readonly __typename?: 'PayoutAccount';
  /** Whether money can be sent there. */
  readonly status: PayoutAccountStatus;
};

/** Whether a seller's account can take money. Until it can, the seller's part of each order is kept for the seller. */
export type PayoutAccountStatus =
  /** There is none yet: call `startPayoutSetup`. */
  | 'NOT_STARTED'
  /** The seller has not told Stripe everything yet, or Stripe is checking it. */
  | 'PENDING'
  /** Money is sent there. */
  | 'ACTIVE'
  /** Stripe holds money back until the seller has done something there: call `startPayoutSetup`. */
  | 'RESTRICTED';

/** An address to put on a parcel. */
export type PostalAddress = {
  readonly __typename?: 'PostalAddress';
  /** Who receives the parcel. */
  readonly name: Scalars['String']['output'];
  /** Street and number. */
  readonly line1: Scalars['String']['output'];
  /** Apartment, floor, care of. */
  readonly line2: Maybe<Scalars['String']['output']>;
  /** City or town. */
  readonly city: Scalars['String']['output'];
  /** State or region. */
  readonly region: Scalars['String']['output'];
  /** ZIP or postal code. */
  readonly postalCode: Scalars['String']['output'];
  /** ISO 3166-1 alpha-2 code. */
  readonly country: Scalars['String']['output'];
  /** Telephone number for the carrier. */
  readonly phone: Maybe<Scalars['String']['output']>;
};

/** One time that a seller was shown something of the buyer. */
export type Disclosure = {
  readonly __typename?: 'Disclosure';
  /** `dsc_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
  /** The seller that was shown it, `sel_…`. */
  readonly sellerId: Scalars['ID']['output'];
  /** What it was shown for. */
  readonly purpose: DisclosurePurpose;
  /** The order for which it was shown; null when it was shown by a permission. */
  readonly orderId: Maybe<Scalars['ID']['output']>;
  /** The permission by which it was shown; null when it was shown for an order. */
  readonly permissionId: Maybe<Scalars['ID']['output']>;
  /** The fields that were shown, for example `shippingAddress.name`. */
  readonly fields: ReadonlyArray<Scalars['String']['output']>;
  /** When it was shown. */
  readonly disclosedAt: Scalars['DateTime']['output'];
};

/** A page of disclosures. */
export type DisclosureConnection = {
  readonly __typename?: 'DisclosureConnection';
  /** The page. */
  readonly edges: ReadonlyArray<DisclosureEdge>;
  /** Where the page ends. */
  readonly pageInfo: PageInfo;
};

/** One disclosure in a page. */
export type DisclosureEdge = {
  readonly __typename?: 'DisclosureEdge';
  /** Opaque position of this edge. */
  readonly cursor: Scalars['String']['output'];
  /** The disclosure. */
  readonly node: Disclosure;
};

/** What something of the buyer was shown for. */
export type DisclosurePurpose =
  /** To ship an order. */
  | 'ORDER'
  /** By a permission: to answer questions and help with what was bought. */
  | 'SUPPORT'
  /** By a permission: to register and serve a warranty. */
  | 'WARRANTY'
  /** By a permission: to send samples or catalogues. */
  | 'SAMPLES'
  /** By a permission: for a loyalty programme. */
  | 'LOYALTY';

/** What a seller may use permitted details for. */
export type PermissionPurpose =
  /** To answer questions and help with what was bought. */
  | 'SUPPORT'
  /** To register and serve a warranty. */
  | 'WARRANTY'
  /** To send samples or catalogues. */
  | 'SAMPLES'
  /** For a loyalty programme. */
  | 'LOYALTY';

/** What a buyer can let a seller read. Nothing of a card is here, and nothing of one can be permitted. */
export type SharedField =
  /** The name of the default address. */
  | 'NAME'
  /** The default address without name and telephone number. */
  | 'DELIVERY_ADDRESS'
  /** The telephone number of the default address. */
  | 'PHONE';

/** Where a permission stands. */
export type PermissionStatus =
  /** The seller may read. */
  | 'ACTIVE'
  /** It has ended by itself. */
  | 'EXPIRED'
  /** The buyer has ended it. */
  | 'REVOKED';

/** What the buyer lets one seller read, outside of orders. */
export type Permission = {
  readonly __typename?: 'Permission';
  /** `prm_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
  /** The seller, `sel_…`. */
  readonly sellerId: Scalars['ID']['output'];
  /** What the seller may read, of the default address as it is at that time. */
  readonly fields: ReadonlyArray<SharedField>;
  /** What for. */
  readonly purpose: PermissionPurpose;
  /** Where it stands. */
  readonly status: PermissionStatus;
  /** When it ends by itself. */
  readonly expiresAt: Scalars['DateTime']['output'];
  /** When the buyer ended it. */
  readonly revokedAt: Maybe<Scalars['DateTime']['output']>;
  /** When it was given. */
  readonly createdAt: Scalars['DateTime']['output'];
};

/** A page of permissions. */
export type PermissionConnection = {
  readonly __typename?: 'PermissionConnection';
  /** The page. */
  readonly edges: ReadonlyArray<PermissionEdge>;
  /** Where the page ends. */
  readonly pageInfo: PageInfo;
};

/** One of the permissions in a page. */
export type PermissionEdge = {
  readonly __typename?: 'PermissionEdge';
  /** Opaque position of this edge. */
  readonly cursor: Scalars['String']['output'];
  /** The permission. */
  readonly node: Permission;
};

/** How advertising reaches a buyer. */
export type MarketingChannel =
  /** By e-mail. */
  | 'EMAIL'
  /** By notification of the app. */
  | 'PUSH'
  /** By text message. */
  | 'SMS';

/** Whether the buyer takes advertising from a seller by a channel. */
export type MarketingConsent = {
  readonly __typename?: 'MarketingConsent';
  /** `mkd_` and a UUIDv7; another decision has another one. */
  readonly id: Scalars['ID']['output'];
  /** The seller, `sel_…`. */
  readonly sellerId: Scalars['ID']['output'];
  /** The channel. */
  readonly channel: MarketingChannel;
  /** Whether the buyer agreed. */
  readonly granted: Scalars['Boolean']['output'];
  /** The version of the text that the buyer agreed to; null when the buyer did not agree. */
  readonly textVersion: Maybe<Scalars['String']['output']>;
  /** When the buyer decided. */
  readonly decidedAt: Scalars['DateTime']['output'];
};

/** A page of decisions. */
export type MarketingConsentConnection = {
  readonly __typename?: 'MarketingConsentConnection';
  /** The page. */
  readonly edges: ReadonlyArray<MarketingConsentEdge>;
  /** Where the page ends. */
  readonly pageInfo: PageInfo;
};

/** One of the decisions in a page. */
export type MarketingConsentEdge = {
  readonly __typename?: 'MarketingConsentEdge';
  /** Opaque position of this edge. */
  readonly cursor: Scalars['String']['output'];
  /** The decision. */
  readonly node: MarketingConsent;
};

/** What a deletion is of. */
export type DeletionScope =
  /** One card. */
  | 'CARD'
  /** One address. */
  | 'ADDRESS'
  /** Everything. */
  | 'EVERYTHING';

/** What was deleted. */
export type DeletedKind =
  /** Stored cards, here and at Stripe. */
  | 'CARDS'
  /** Stored addresses. */
  | 'ADDRESSES'
  /** Orders' copies of addresses. */
  | 'ORDER_ADDRESSES'
  /** Permissions to sellers, ended. */
  | 'PERMISSIONS'
  /** Consents to advertising, withdrawn. */
  | 'MARKETING_CONSENTS'
  /** Consents to saving, withdrawn. */
  | 'CONSENTS'
  /** The customer at Stripe. */
  | 'PROVIDER_ACCOUNT'
  /** The key without which no copy, no backup and no log of an address can be read. */
  | 'ENCRYPTION_KEY';

/** What is kept. */
export type KeptKind =
  /** Payments: amounts, times and ids. */
  | 'PAYMENTS'
  /** Copies of the address of orders under way. */
  | 'ORDER_ADDRESSES'
  /** The list of what sellers were shown: names of fields, not their contents. */
  | 'DISCLOSURES'
  /** Records of what was agreed to and withdrawn. */
  | 'CONSENTS'
  /** Reports like this one. */
  | 'DELETIONS'
  /** Keys of the last requests, without their contents. */
  | 'REQUEST_KEYS';

/** Why something is kept. */
export type KeptGround =
  /** Tax and accounting law. */
  | 'TAX_AND_ACCOUNTING'
  /** To establish or defend legal claims. */
  | 'DEFENCE_OF_CLAIMS'
  /** To prove what was agreed to. */
  | 'PROOF_OF_CONSENT'
  /** To prove that the deletion was carried out. */
  | 'PROOF_OF_DELETION'
  /** To ship an order and settle questions about its delivery. */
  | 'ORDER_FULFILMENT'
  /** So that a repeated request does not have its effect again. */
  | 'SAFE_REPETITION';

/** Something that a deletion deleted. */
export type DeletedItem = {
  readonly __typename?: 'DeletedItem';
  /** What. */
  readonly what: DeletedKind;
  /** How many. */
  readonly count: Scalars['Int']['output'];
};

/** Something that outlives a deletion. */
export type KeptItem = {
  readonly __typename?: 'KeptItem';
  /** What. */
  readonly what: KeptKind;
  /** How many. */
  readonly count: Scalars['Int']['output'];
  /** On which ground. */
  readonly ground: KeptGround;
  /** The ground in a sentence. */
  readonly explanation: Scalars['String']['output'];
  /** When the last of them goes. */
  readonly until: Scalars['DateTime']['output'];
};

/** What a deletion deleted, and what is kept. */
export type DeletionReport = {
  readonly __typename?: 'DeletionReport';
  /** `del_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
  /** What was to be deleted. */
  readonly scope: DeletionScope;
  /** The card or the address; null for everything. */
  readonly subjectId: Maybe<Scalars['ID']['output']>;
  /** When it was asked for. What was to be deleted could not be used from then on. */
  readonly requestedAt: Scalars['DateTime']['output'];
  /** When the last of it was gone, at Stripe as well; null while something is left to do, which is done without a further call. */
  readonly completedAt: Maybe<Scalars['DateTime']['output']>;
  /** What was deleted so far. */
  readonly deleted: ReadonlyArray<DeletedItem>;
  /** What is kept. */
  readonly kept: ReadonlyArray<KeptItem>;
};

/** A page of deletions. */
export type DeletionReportConnection = {
  readonly __typename?: 'DeletionReportConnection';
  /** The page. */
  readonly edges: ReadonlyArray<DeletionReportEdge>;
  /** Where the page ends. */
  readonly pageInfo: PageInfo;
};

/** One of the deletions in a page. */
export type DeletionReportEdge = {
  readonly __typename?: 'DeletionReportEdge';
  /** Opaque position of this edge. */
  readonly cursor: Scalars['String']['output'];
  /** The report. */
  readonly node: DeletionReport;
};

/** A copy of everything that is held about the viewer in the vault. */
export type DataExport = {
  readonly __typename?: 'DataExport';
  /** When it was made. */
  readonly generatedAt: Scalars['DateTime']['output'];
  /** Name of the JSON schema that it follows, with its version; the schema is published with the API. */
  readonly format: Scalars['String']['output'];
  /** JSON text, with addresses in clear. Keep it as you would keep the addresses. */
  readonly json: Scalars['String']['output'];
};

/** What can be read. Nothing here changes anything. */
export type Query = {
  readonly __typename?: 'Query';
  /** The signed-in person. */
  readonly viewer: Viewer;
  /** The texts that a buyer in the viewer's country can agree to now, one for each purpose. Show them; agree by their version. */
  readonly consentTexts: ReadonlyArray<ConsentText>;
};

/** A text that a buyer can agree to. */
export type ConsentText = {
  readonly __typename?: 'ConsentText';
  /** What it is about: `SAVE_DETAILS` to keep a card or an address for the next purchase; others may come. */
  readonly purpose: Scalars['String']['output'];
  /** Names this wording. */
  readonly version: Scalars['String']['output'];
  /** What the buyer agrees to, in English. */
  readonly body: Scalars['String']['output'];
};

/** That the buyer agreed to a text. */
export type SaveConsentInput = {
  /** `version` of the `SAVE_DETAILS` text that the buyer was shown. */
  readonly textVersion: Scalars['String']['input'];
};

/** The text that was agreed to is not the one that is shown now. Nothing was changed. */
export type ConsentTextOutdatedError = UserError & {
  readonly __typename?: 'ConsentTextOutdatedError';
  /** Says to show the current text. */
  readonly message: Scalars['String']['output'];
  /** The version of the current text. */
  readonly currentVersion: Scalars['String']['output'];
};

/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Begins to store a card: the app sends the card to Stripe itself, with the secret that this returns. */
  readonly startCardSetup: StartCardSetupResult;
  /** Stores the card that the app gave to Stripe in a setup that has succeeded. */
  readonly finishCardSetup: FinishCardSetupResult;
  /** Makes a card the one that one tap pays with. */
  readonly setDefaultPaymentMethod: SetDefaultPaymentMethodResult;
  /** Gives a card a name of the buyer's own, or takes it away. */
  readonly setPaymentMethodLabel: SetPaymentMethodLabelResult;
  /** Gives an address a name of the buyer's own, or takes it away. */
  readonly setAddressLabel: SetAddressLabelResult;
  /** Forgets a card, at Stripe as well. */
  readonly deletePaymentMethod: DeletePaymentMethodResult;
  /** Stores a delivery address, encrypted with the buyer's own key. */
  readonly addAddress: AddAddressResult;
  /** Makes an address the one that one tap ships to. */
  readonly setDefaultAddress: SetDefaultAddressResult;
  /** Forgets an address. Orders under way keep their own copy until it is no longer needed. */
  readonly deleteAddress: DeleteAddressResult;
  /**
   * Deletes everything about the buyer that no law makes us keep: cards (at Stripe as well), addresses, orders' copies of
   * addresses, permissions and consents, and the key without which no backup can be read. Orders keep amounts and ids.
   */
  readonly deleteEverything: DeleteEverythingResult;
  /** Lets one seller read named fields of the buyer's default address, for a purpose and a time. */
  readonly grantPermission: GrantPermissionResult;
  /** Ends a permission at once. */
  readonly revokePermission: RevokePermissionResult;
  /** Records whether the buyer takes advertising from a seller by a channel. Has nothing to do with a purchase; not recorded means no. */
  readonly setMarketingConsent: SetMarketingConsentResult;
  /** Begins or goes on to set up a seller's payouts: Stripe's page, on which the seller tells Stripe where to pay. */
  readonly startPayoutSetup: StartPayoutSetupResult;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationStartCardSetupArgs = {
  input: StartCardSetupInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationFinishCardSetupArgs = {
  input: FinishCardSetupInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationSetDefaultPaymentMethodArgs = {
  input: SetDefaultPaymentMethodInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationSetPaymentMethodLabelArgs = {
  input: SetPaymentMethodLabelInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationSetAddressLabelArgs = {
  input: SetAddressLabelInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationDeletePaymentMethodArgs = {
  input: DeletePaymentMethodInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationAddAddressArgs = {
  input: AddAddressInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationSetDefaultAddressArgs = {
  input: SetDefaultAddressInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationDeleteAddressArgs = {
  input: DeleteAddressInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationDeleteEverythingArgs = {
  input: DeleteEverythingInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationGrantPermissionArgs = {
  input: GrantPermissionInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationRevokePermissionArgs = {
  input: RevokePermissionInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationSetMarketingConsentArgs = {
  input: SetMarketingConsentInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationStartPayoutSetupArgs = {
  input: StartPayoutSetupInput;
};

/** The beginning of storing a card. */
export type StartCardSetupInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
};

/** Result of `startCardSetup`. */
export type StartCardSetupResult = StartCardSetupSuccess | TooManyStoredError | CardLimitError | PaymentProviderUnavailableError | DeletionRunningError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** What the app needs to give a card to Stripe (https://docs.stripe.com/api/setup_intents). */
export type StartCardSetupSuccess = {
  readonly __typename?: 'StartCardSetupSuccess';
  /** Stripe's `seti_…` id, to be given to `finishCardSetup`. */
  readonly setupIntentId: Scalars['ID']['output'];
  /** Lets the app, and nobody else, confirm this setup at Stripe. Do not store or log it. */
  readonly clientSecret: Scalars['String']['output'];
  /** Stripe's `cus_…` id of the buyer, for Stripe's PaymentSheet and CustomerSheet in the app. */
  readonly stripeCustomerId: Scalars['ID']['output'];
  /** Lets those sheets show the buyer's saved cards, for half an hour. Another one on each call. Null when Stripe gave none: `clientSecret` is enough to add a card. Do not store or log it. */
  readonly customerSessionClientSecret: Maybe<Scalars['String']['output']>;
  /** Stripe's publishable key for the app's Stripe SDK. */
  readonly publishableKey: Scalars['String']['output'];
  /** Where Stripe's API is; the sandbox's address on a local stack. */
  readonly stripeApiBase: Scalars['String']['output'];
};

/** The payment provider could not be reached or did not answer in time. Nothing was changed, except that a card that is being deleted can no longer be used, and goes without a further call. */
export type PaymentProviderUnavailableError = UserError & {
  readonly __typename?: 'PaymentProviderUnavailableError';
  /** Says to try again with the same key. */
  readonly message: Scalars['String']['output'];
  /** How long to wait before trying again, in milliseconds. */
  readonly retryAfterMs: Scalars['Int']['output'];
};

/** Too many cards were tried by the buyer, or from the device, within an hour. Nothing was sent to the payment provider. */
export type CardLimitError = UserError & {
  readonly __typename?: 'CardLimitError';
  /** What the buyer may be told. */
  readonly message: Scalars['String']['output'];
  /** When it can be tried again, in milliseconds from now. */
  readonly retryAfterMs: Scalars['Int']['output'];
};

/** As many are stored as can be. Delete one first. */
export type TooManyStoredError = UserError & {
  readonly __typename?: 'TooManyStoredError';
  /** Says what to delete. */
  readonly message: Scalars['String']['output'];
  /** How many can be stored. */
  readonly limit: Scalars['Int']['output'];
};

/** The end of storing a card. */
export type FinishCardSetupInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `seti_…` from `startCardSetup`. */
  readonly setupIntentId: Scalars['ID']['input'];
  /** Whether one tap pays with this card from now on. The first saved card always does; one that is not saved never. */
  readonly makeDefault?: InputMaybe<Scalars['Boolean']['input']>;
  /** The buyer agreed that the card is kept for the next purchases. Without it the card serves one purchase, by its id. */
  readonly saveConsent?: InputMaybe<SaveConsentInput>;
  /** The buyer's own name for it, up to 40 characters. */
  readonly label?: InputMaybe<Scalars['String']['input']>;
};

/** Result of `finishCardSetup`. */
export type FinishCardSetupResult = FinishCardSetupSuccess | CardSetupIncompleteError | CardExpiredError | TooManyStoredError | CardLimitError | ConsentTextOutdatedError | NotFoundError | PaymentProviderUnavailableError | DeletionRunningError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The card is stored. */
export type FinishCardSetupSuccess = {
  readonly __typename?: 'FinishCardSetupSuccess';
  /** The card; the one that was already stored when it is the same card. */
  readonly paymentMethod: PaymentMethod;
};

/** Stripe has no confirmed card for this setup yet, or refused it. */
export type CardSetupIncompleteError = UserError & {
  readonly __typename?: 'CardSetupIncompleteError';
  /** What the app has to do. */
  readonly message: Scalars['String']['output'];
  /** Stripe's status of the setup, for example `requires_action`. */
  readonly status: Scalars['String']['output'];
  /** Why the last attempt failed, as far as the buyer may be told. Null when none failed. */
  readonly reason: Maybe<PaymentDeclineReason>;
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

/** The card's last month is over. */
export type CardExpiredError = UserError & {
  readonly __typename?: 'CardExpiredError';
  /** Says to use another card. */
  readonly message: Scalars['String']['output'];
};

/** Which card one tap pays with. */
export type SetDefaultPaymentMethodInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `pmt_…` */
  readonly paymentMethodId: Scalars['ID']['input'];
};

/** Result of `setDefaultPaymentMethod`. */
export type SetDefaultPaymentMethodResult = SetDefaultPaymentMethodSuccess | NotFoundError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The card is the default. */
export type SetDefaultPaymentMethodSuccess = {
  readonly __typename?: 'SetDefaultPaymentMethodSuccess';
  /** The card. */
  readonly paymentMethod: PaymentMethod;
};

/** Which card to forget. */
export type DeletePaymentMethodInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `pmt_…` */
  readonly paymentMethodId: Scalars['ID']['input'];
};

/** Result of `deletePaymentMethod`. */
export type DeletePaymentMethodResult = DeletePaymentMethodSuccess | NotFoundError | PaymentProviderUnavailableError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The card is gone, here and at Stripe. */
export type DeletePaymentMethodSuccess = {
  readonly __typename?: 'DeletePaymentMethodSuccess';
  /** The id of the card that is gone. */
  readonly paymentMethodId: Scalars['ID']['output'];
  /** The card that one tap pays with now; null when none is left. */
  readonly defaultPaymentMethod: Maybe<PaymentMethod>;
  /** What was deleted, and what is kept. */
  readonly report: DeletionReport;
};

/** A delivery address. */
export type AddAddressInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** Who receives the parcel, 1 to 100 characters. */
  readonly name: Scalars['String']['input'];
  /** Street and number, 1 to 100 characters. */
  readonly line1: Scalars['String']['input'];
  /** Apartment, floor, care of, up to 100 characters. */
  readonly line2?: InputMaybe<Scalars['String']['input']>;
  /** City or town, 1 to 80 characters. */
  readonly city: Scalars['String']['input'];
  /** In the US the two-letter code of a state, the District of Columbia or a territory. */
  readonly region: Scalars['String']['input'];
  /** In the US five digits, or nine as `12345-6789`. */
  readonly postalCode: Scalars['String']['input'];
  /** ISO 3166-1 alpha-2 code of a country in which Vitrine knows how to ship. */
  readonly country: Scalars['String']['input'];
  /** Telephone number for the carrier, in E.164 form `+14155550100`. */
  readonly phone?: InputMaybe<Scalars['String']['input']>;
  /** Whether one tap ships to it from now on. The first saved address always does; one that is not saved never. */
  readonly makeDefault?: InputMaybe<Scalars['Boolean']['input']>;
  /** The buyer agreed that the address is kept for the next purchases. Without it the address serves one purchase, by its id. */
  readonly saveConsent?: InputMaybe<SaveConsentInput>;
  /** The buyer's own name for it, for example `Home`, up to 40 characters. */
  readonly label?: InputMaybe<Scalars['String']['input']>;
};

/** Result of `addAddress`. */
export type AddAddressResult = AddAddressSuccess | ConsentTextOutdatedError | TooManyStoredError | DeletionRunningError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The address is stored. */
export type AddAddressSuccess = {
  readonly __typename?: 'AddAddressSuccess';
  /** The address as it was stored, normalised. */
  readonly address: Address;
};

/** Which address one tap ships to. */
export type SetDefaultAddressInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `adr_…` */
  readonly addressId: Scalars['ID']['input'];
};

/** Result of `setDefaultAddress`. */
export type SetDefaultAddressResult = SetDefaultAddressSuccess | NotFoundError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The address is the default. */
export type SetDefaultAddressSuccess = {
  readonly __typename?: 'SetDefaultAddressSuccess';
  /** The address. */
  readonly address: Address;
};

/** Which address to forget. */
export type DeleteAddressInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `adr_…` */
  readonly addressId: Scalars['ID']['input'];
};

/** Result of `deleteAddress`. */
export type DeleteAddressResult = DeleteAddressSuccess | NotFoundError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The address is gone. */
export type DeleteAddressSuccess = {
  readonly __typename?: 'DeleteAddressSuccess';
  /** The id of the address that is gone. */
  readonly addressId: Scalars['ID']['output'];
  /** The address that one tap ships to now; null when none is left. */
  readonly defaultAddress: Maybe<Address>;
  /** What was deleted, and what is kept. */
  readonly report: DeletionReport;
};

/** The beginning of setting up payouts. */
export type StartPayoutSetupInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
};

/** Result of `startPayoutSetup`. */
export type StartPayoutSetupResult = StartPayoutSetupSuccess | PaymentProviderUnavailableError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** Where to send the seller. */
export type StartPayoutSetupSuccess = {
  readonly __typename?: 'StartPayoutSetupSuccess';
  /** Stripe's page for this seller. Good for one visit; afterwards take a new key. */
  readonly url: Scalars['String']['output'];
  /** Until when the page can be opened. */
  readonly expiresAt: Scalars['DateTime']['output'];
};

/** What the buyer calls a card. */
export type SetPaymentMethodLabelInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `pmt_…` */
  readonly paymentMethodId: Scalars['ID']['input'];
  /** Up to 40 characters; null or empty takes the name away. */
  readonly label?: InputMaybe<Scalars['String']['input']>;
};

/** Result of `setPaymentMethodLabel`. */
export type SetPaymentMethodLabelResult = SetPaymentMethodLabelSuccess | NotFoundError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The card is called that. */
export type SetPaymentMethodLabelSuccess = {
  readonly __typename?: 'SetPaymentMethodLabelSuccess';
  /** The card. */
  readonly paymentMethod: PaymentMethod;
};

/** What the buyer calls an address. */
export type SetAddressLabelInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `adr_…` */
  readonly addressId: Scalars['ID']['input'];
  /** Up to 40 characters; null or empty takes the name away. */
  readonly label?: InputMaybe<Scalars['String']['input']>;
};

/** Result of `setAddressLabel`. */
export type SetAddressLabelResult = SetAddressLabelSuccess | NotFoundError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The address is called that. */
export type SetAddressLabelSuccess = {
  readonly __typename?: 'SetAddressLabelSuccess';
  /** The address. */
  readonly address: Address;
};

/** Everything about the buyer is being deleted. Nothing new is taken until that is done. */
export type DeletionRunningError = UserError & {
  readonly __typename?: 'DeletionRunningError';
  /** Says to try again later. */
  readonly message: Scalars['String']['output'];
  /** How long to wait before trying again, in milliseconds. */
  readonly retryAfterMs: Scalars['Int']['output'];
};

/** The wish to have everything deleted. */
export type DeleteEverythingInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /**
   * Whether also to delete what open orders need; no by default. Orders that are not charged yet are let go; the seller of a
   * charged one cannot read the address any more.
   */
  readonly includeOpenOrders?: InputMaybe<Scalars['Boolean']['input']>;
};

/** Result of `deleteEverything`. */
export type DeleteEverythingResult = DeleteEverythingSuccess | OpenOrdersError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** Everything is deleted, or the rest of it will be without a further call: see `completedAt`. */
export type DeleteEverythingSuccess = {
  readonly __typename?: 'DeleteEverythingSuccess';
  /** What was deleted, and what is kept. */
  readonly report: DeletionReport;
};

/** Some orders are not charged yet, or their sellers still need the address. Nothing was deleted. */
export type OpenOrdersError = UserError & {
  readonly __typename?: 'OpenOrdersError';
  /** Says what to do about them. */
  readonly message: Scalars['String']['output'];
  /** These orders, newest first; at most 100. */
  readonly orderIds: ReadonlyArray<Scalars['ID']['output']>;
};

/** What a seller may read, what for, and how long. */
export type GrantPermissionInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** The seller, `sel_…`. */
  readonly sellerId: Scalars['ID']['input'];
  /** At least one. */
  readonly fields: ReadonlyArray<SharedField>;
  /** What the seller may use it for. */
  readonly purpose: PermissionPurpose;
  /** When it ends by itself; at most 365 days ahead. */
  readonly expiresAt: Scalars['DateTime']['input'];
};

/** Result of `grantPermission`. */
export type GrantPermissionResult = GrantPermissionSuccess | TooManyStoredError | DeletionRunningError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The seller may read. */
export type GrantPermissionSuccess = {
  readonly __typename?: 'GrantPermissionSuccess';
  /** The permission. */
  readonly permission: Permission;
};

/** Which permission to end. */
export type RevokePermissionInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `prm_…` */
  readonly permissionId: Scalars['ID']['input'];
};

/** Result of `revokePermission`. */
export type RevokePermissionResult = RevokePermissionSuccess | NotFoundError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The seller cannot read any more. */
export type RevokePermissionSuccess = {
  readonly __typename?: 'RevokePermissionSuccess';
  /** The permission, which is over. */
  readonly permission: Permission;
};

/** A decision about advertising. */
export type SetMarketingConsentInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** The seller, `sel_…`. */
  readonly sellerId: Scalars['ID']['input'];
  /** The channel. */
  readonly channel: MarketingChannel;
  /** Whether the buyer agrees. */
  readonly granted: Scalars['Boolean']['input'];
  /** The version of the text that the buyer was shown; needed to agree. */
  readonly textVersion?: InputMaybe<Scalars['String']['input']>;
};

/** Result of `setMarketingConsent`. */
export type SetMarketingConsentResult = SetMarketingConsentSuccess | ConsentTextOutdatedError | DeletionRunningError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The decision is recorded. */
export type SetMarketingConsentSuccess = {
  readonly __typename?: 'SetMarketingConsentSuccess';
  /** The decision. */
  readonly consent: MarketingConsent;
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
  PaymentMethod: PaymentMethod;
  Address: Address;
  Order: Order;
  SellerOrder: SellerOrder;
  Seller: Seller;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Viewer:
    ( { __typename: 'Viewer' }
    & GraphQLRecursivePick<FederationTypes['Viewer'], {"id":true}> );
  PaymentMethod:
    ( { __typename: 'PaymentMethod' }
    & GraphQLRecursivePick<FederationTypes['PaymentMethod'], {"id":true}> );
  Address:
    ( { __typename: 'Address' }
    & GraphQLRecursivePick<FederationTypes['Address'], {"id":true}> );
  Order:
    ( { __typename: 'Order' }
    & GraphQLRecursivePick<FederationTypes['Order'], {"id":true}> );
  SellerOrder:
    ( { __typename: 'SellerOrder' }
    & GraphQLRecursivePick<FederationTypes['SellerOrder'], {"id":true}> );
  Seller:
    ( { __typename: 'Seller' }
    & GraphQLRecursivePick<FederationTypes['Seller'], {"id":true}> );
};

/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends Record<string, unknown>> = {
  StartCardSetupResult:
    | ( StartCardSetupSuccess & { __typename: 'StartCardSetupSuccess' } )
    | ( TooManyStoredError & { __typename: 'TooManyStoredError' } )
    | ( CardLimitError & { __typename: 'CardLimitError' } )
    | ( PaymentProviderUnavailableError & { __typename: 'PaymentProviderUnavailableError' } )
    | ( DeletionRunningError & { __typename: 'DeletionRunningError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  FinishCardSetupResult:
    | ( FinishCardSetupSuccess & { __typename: 'FinishCardSetupSuccess' } )
    | ( CardSetupIncompleteError & { __typename: 'CardSetupIncompleteError' } )
    | ( CardExpiredError & { __typename: 'CardExpiredError' } )
    | ( TooManyStoredError & { __typename: 'TooManyStoredError' } )
    | ( CardLimitError & { __typename: 'CardLimitError' } )
    | ( ConsentTextOutdatedError & { __typename: 'ConsentTextOutdatedError' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( PaymentProviderUnavailableError & { __typename: 'PaymentProviderUnavailableError' } )
    | ( DeletionRunningError & { __typename: 'DeletionRunningError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  SetDefaultPaymentMethodResult:
    | ( SetDefaultPaymentMethodSuccess & { __typename: 'SetDefaultPaymentMethodSuccess' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  DeletePaymentMethodResult:
    | ( DeletePaymentMethodSuccess & { __typename: 'DeletePaymentMethodSuccess' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( PaymentProviderUnavailableError & { __typename: 'PaymentProviderUnavailableError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  AddAddressResult:
    | ( AddAddressSuccess & { __typename: 'AddAddressSuccess' } )
    | ( ConsentTextOutdatedError & { __typename: 'ConsentTextOutdatedError' } )
    | ( TooManyStoredError & { __typename: 'TooManyStoredError' } )
    | ( DeletionRunningError & { __typename: 'DeletionRunningError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  SetDefaultAddressResult:
    | ( SetDefaultAddressSuccess & { __typename: 'SetDefaultAddressSuccess' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  DeleteAddressResult:
    | ( DeleteAddressSuccess & { __typename: 'DeleteAddressSuccess' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  StartPayoutSetupResult:
    | ( StartPayoutSetupSuccess & { __typename: 'StartPayoutSetupSuccess' } )
    | ( PaymentProviderUnavailableError & { __typename: 'PaymentProviderUnavailableError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  SetPaymentMethodLabelResult:
    | ( SetPaymentMethodLabelSuccess & { __typename: 'SetPaymentMethodLabelSuccess' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  SetAddressLabelResult:
    | ( SetAddressLabelSuccess & { __typename: 'SetAddressLabelSuccess' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  DeleteEverythingResult:
    | ( DeleteEverythingSuccess & { __typename: 'DeleteEverythingSuccess' } )
    | ( OpenOrdersError & { __typename: 'OpenOrdersError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  GrantPermissionResult:
    | ( GrantPermissionSuccess & { __typename: 'GrantPermissionSuccess' } )
    | ( TooManyStoredError & { __typename: 'TooManyStoredError' } )
    | ( DeletionRunningError & { __typename: 'DeletionRunningError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  RevokePermissionResult:
    | ( RevokePermissionSuccess & { __typename: 'RevokePermissionSuccess' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  SetMarketingConsentResult:
    | ( SetMarketingConsentSuccess & { __typename: 'SetMarketingConsentSuccess' } )
    | ( ConsentTextOutdatedError & { __typename: 'ConsentTextOutdatedError' } )
    | ( DeletionRunningError & { __typename: 'DeletionRunningError' } )
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
    | ( ConsentTextOutdatedError )
    | ( PaymentProviderUnavailableError )
    | ( CardLimitError )
    | ( TooManyStoredError )
    | ( CardSetupIncompleteError )
    | ( CardExpiredError )
    | ( DeletionRunningError )
    | ( OpenOrdersError )
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
  PaymentMethod: ResolverTypeWrapper<PaymentMethod>;
  PaymentMethodStatus: PaymentMethodStatus;
  Address: ResolverTypeWrapper<Address>;
  Order: ResolverTypeWrapper<{ readonly id: string }>;
  SellerOrder: ResolverTypeWrapper<{ readonly id: string }>;
  Dispute: ResolverTypeWrapper<Dispute>;
  SellerPayout: ResolverTypeWrapper<SellerPayout>;
  Seller: ResolverTypeWrapper<{ readonly id: string }>;
  SharedContact: ResolverTypeWrapper<SharedContact>;
  DeliveryAddress: ResolverTypeWrapper<DeliveryAddress>;
  SharedContactConnection: ResolverTypeWrapper<SharedContactConnection>;
  SharedContactEdge: ResolverTypeWrapper<SharedContactEdge>;
  PayoutAccount: ResolverTypeWrapper<PayoutAccount>;
  PayoutAccountStatus: PayoutAccountStatus;
  PostalAddress: ResolverTypeWrapper<PostalAddress>;
  Disclosure: ResolverTypeWrapper<Disclosure>;
  DisclosureConnection: ResolverTypeWrapper<DisclosureConnection>;
  DisclosureEdge: ResolverTypeWrapper<DisclosureEdge>;
  DisclosurePurpose: DisclosurePurpose;
  PermissionPurpose: PermissionPurpose;
  SharedField: SharedField;
  PermissionStatus: PermissionStatus;
  Permission: ResolverTypeWrapper<Permission>;
  PermissionConnection: ResolverTypeWrapper<PermissionConnection>;
  PermissionEdge: ResolverTypeWrapper<PermissionEdge>;
  MarketingChannel: MarketingChannel;
  MarketingConsent: ResolverTypeWrapper<MarketingConsent>;
  MarketingConsentConnection: ResolverTypeWrapper<MarketingConsentConnection>;
  MarketingConsentEdge: ResolverTypeWrapper<MarketingConsentEdge>;
  DeletionScope: DeletionScope;
  DeletedKind: DeletedKind;
  KeptKind: KeptKind;
  KeptGround: KeptGround;
  DeletedItem: ResolverTypeWrapper<DeletedItem>;
  KeptItem: ResolverTypeWrapper<KeptItem>;
  DeletionReport: ResolverTypeWrapper<DeletionReport>;
  DeletionReportConnection: ResolverTypeWrapper<DeletionReportConnection>;
  DeletionReportEdge: ResolverTypeWrapper<DeletionReportEdge>;
  DataExport: ResolverTypeWrapper<DataExport>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  ConsentText: ResolverTypeWrapper<ConsentText>;
  SaveConsentInput: SaveConsentInput;
  ConsentTextOutdatedError: ResolverTypeWrapper<ConsentTextOutdatedError>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  StartCardSetupInput: StartCardSetupInput;
  StartCardSetupResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['StartCardSetupResult']>;
  StartCardSetupSuccess: ResolverTypeWrapper<StartCardSetupSuccess>;
  PaymentProviderUnavailableError: ResolverTypeWrapper<PaymentProviderUnavailableError>;
  CardLimitError: ResolverTypeWrapper<CardLimitError>;
  TooManyStoredError: ResolverTypeWrapper<TooManyStoredError>;
  FinishCardSetupInput: FinishCardSetupInput;
  FinishCardSetupResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['FinishCardSetupResult']>;
  FinishCardSetupSuccess: ResolverTypeWrapper<FinishCardSetupSuccess>;
  CardSetupIncompleteError: ResolverTypeWrapper<CardSetupIncompleteError>;
  PaymentDeclineReason: PaymentDeclineReason;
  CardExpiredError: ResolverTypeWrapper<CardExpiredError>;
  SetDefaultPaymentMethodInput: SetDefaultPaymentMethodInput;
  SetDefaultPaymentMethodResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SetDefaultPaymentMethodResult']>;
  SetDefaultPaymentMethodSuccess: ResolverTypeWrapper<SetDefaultPaymentMethodSuccess>;
  DeletePaymentMethodInput: DeletePaymentMethodInput;
  DeletePaymentMethodResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['DeletePaymentMethodResult']>;
  DeletePaymentMethodSuccess: ResolverTypeWrapper<DeletePaymentMethodSuccess>;
  AddAddressInput: AddAddressInput;
  AddAddressResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['AddAddressResult']>;
  AddAddressSuccess: ResolverTypeWrapper<AddAddressSuccess>;
  SetDefaultAddressInput: SetDefaultAddressInput;
  SetDefaultAddressResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SetDefaultAddressResult']>;
  SetDefaultAddressSuccess: ResolverTypeWrapper<SetDefaultAddressSuccess>;
  DeleteAddressInput: DeleteAddressInput;
  DeleteAddressResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['DeleteAddressResult']>;
  DeleteAddressSuccess: ResolverTypeWrapper<DeleteAddressSuccess>;
  StartPayoutSetupInput: StartPayoutSetupInput;
  StartPayoutSetupResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['StartPayoutSetupResult']>;
  StartPayoutSetupSuccess: ResolverTypeWrapper<StartPayoutSetupSuccess>;
  SetPaymentMethodLabelInput: SetPaymentMethodLabelInput;
  SetPaymentMethodLabelResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SetPaymentMethodLabelResult']>;
  SetPaymentMethodLabelSuccess: ResolverTypeWrapper<SetPaymentMethodLabelSuccess>;
  SetAddressLabelInput: SetAddressLabelInput;
  SetAddressLabelResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SetAddressLabelResult']>;
  SetAddressLabelSuccess: ResolverTypeWrapper<SetAddressLabelSuccess>;
  DeletionRunningError: ResolverTypeWrapper<DeletionRunningError>;
  DeleteEverythingInput: DeleteEverythingInput;
  DeleteEverythingResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['DeleteEverythingResult']>;
  DeleteEverythingSuccess: ResolverTypeWrapper<DeleteEverythingSuccess>;
  OpenOrdersError: ResolverTypeWrapper<OpenOrdersError>;
  GrantPermissionInput: GrantPermissionInput;
  GrantPermissionResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['GrantPermissionResult']>;
  GrantPermissionSuccess: ResolverTypeWrapper<GrantPermissionSuccess>;
  RevokePermissionInput: RevokePermissionInput;
  RevokePermissionResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['RevokePermissionResult']>;
  RevokePermissionSuccess: ResolverTypeWrapper<RevokePermissionSuccess>;
  SetMarketingConsentInput: SetMarketingConsentInput;
  SetMarketingConsentResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SetMarketingConsentResult']>;
  SetMarketingConsentSuccess: ResolverTypeWrapper<SetMarketingConsentSuccess>;
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
  PaymentMethod: PaymentMethod | FederationReferenceTypes['PaymentMethod'];
  Address: Address | FederationReferenceTypes['Address'];
  Order: { readonly id: string };
  SellerOrder: { readonly id: string };
  Dispute: Dispute;
  SellerPayout: SellerPayout;
  Seller: { readonly id: string };
  SharedContact: SharedContact;
  DeliveryAddress: DeliveryAddress;
  SharedContactConnection: SharedContactConnection;
  SharedContactEdge: SharedContactEdge;
  PayoutAccount: PayoutAccount;
  PostalAddress: PostalAddress;
  Disclosure: Disclosure;
  DisclosureConnection: DisclosureConnection;
  DisclosureEdge: DisclosureEdge;
  Permission: Permission;
  PermissionConnection: PermissionConnection;
  PermissionEdge: PermissionEdge;
  MarketingConsent: MarketingConsent;
  MarketingConsentConnection: MarketingConsentConnection;
  MarketingConsentEdge: MarketingConsentEdge;
  DeletedItem: DeletedItem;
  KeptItem: KeptItem;
  DeletionReport: DeletionReport;
  DeletionReportConnection: DeletionReportConnection;
  DeletionReportEdge: DeletionReportEdge;
  DataExport: DataExport;
  Query: Record<PropertyKey, never>;
  ConsentText: ConsentText;
  SaveConsentInput: SaveConsentInput;
  ConsentTextOutdatedError: ConsentTextOutdatedError;
  Mutation: Record<PropertyKey, never>;
  StartCardSetupInput: StartCardSetupInput;
  StartCardSetupResult: ResolversUnionTypes<ResolversParentTypes>['StartCardSetupResult'];
  StartCardSetupSuccess: StartCardSetupSuccess;
  PaymentProviderUnavailableError: PaymentProviderUnavailableError;
  CardLimitError: CardLimitError;
  TooManyStoredError: TooManyStoredError;
  FinishCardSetupInput: FinishCardSetupInput;
  FinishCardSetupResult: ResolversUnionTypes<ResolversParentTypes>['FinishCardSetupResult'];
  FinishCardSetupSuccess: FinishCardSetupSuccess;
  CardSetupIncompleteError: CardSetupIncompleteError;
  CardExpiredError: CardExpiredError;
  SetDefaultPaymentMethodInput: SetDefaultPaymentMethodInput;
  SetDefaultPaymentMethodResult: ResolversUnionTypes<ResolversParentTypes>['SetDefaultPaymentMethodResult'];
  SetDefaultPaymentMethodSuccess: SetDefaultPaymentMethodSuccess;
  DeletePaymentMethodInput: DeletePaymentMethodInput;
  DeletePaymentMethodResult: ResolversUnionTypes<ResolversParentTypes>['DeletePaymentMethodResult'];
  DeletePaymentMethodSuccess: DeletePaymentMethodSuccess;
  AddAddressInput: AddAddressInput;
  AddAddressResult: ResolversUnionTypes<ResolversParentTypes>['AddAddressResult'];
  AddAddressSuccess: AddAddressSuccess;
  SetDefaultAddressInput: SetDefaultAddressInput;
  SetDefaultAddressResult: ResolversUnionTypes<ResolversParentTypes>['SetDefaultAddressResult'];
  SetDefaultAddressSuccess: SetDefaultAddressSuccess;
  DeleteAddressInput: DeleteAddressInput;
  DeleteAddressResult: ResolversUnionTypes<ResolversParentTypes>['DeleteAddressResult'];
  DeleteAddressSuccess: DeleteAddressSuccess;
  StartPayoutSetupInput: StartPayoutSetupInput;
  StartPayoutSetupResult: ResolversUnionTypes<ResolversParentTypes>['StartPayoutSetupResult'];
  StartPayoutSetupSuccess: StartPayoutSetupSuccess;
  SetPaymentMethodLabelInput: SetPaymentMethodLabelInput;
  SetPaymentMethodLabelResult: ResolversUnionTypes<ResolversParentTypes>['SetPaymentMethodLabelResult'];
  SetPaymentMethodLabelSuccess: SetPaymentMethodLabelSuccess;
  SetAddressLabelInput: SetAddressLabelInput;
  SetAddressLabelResult: ResolversUnionTypes<ResolversParentTypes>['SetAddressLabelResult'];
  SetAddressLabelSuccess: SetAddressLabelSuccess;
  DeletionRunningError: DeletionRunningError;
  DeleteEverythingInput: DeleteEverythingInput;
  DeleteEverythingResult: ResolversUnionTypes<ResolversParentTypes>['DeleteEverythingResult'];
  DeleteEverythingSuccess: DeleteEverythingSuccess;
  OpenOrdersError: OpenOrdersError;
  GrantPermissionInput: GrantPermissionInput;
  GrantPermissionResult: ResolversUnionTypes<ResolversParentTypes>['GrantPermissionResult'];
  GrantPermissionSuccess: GrantPermissionSuccess;
  RevokePermissionInput: RevokePermissionInput;
  RevokePermissionResult: ResolversUnionTypes<ResolversParentTypes>['RevokePermissionResult'];
  RevokePermissionSuccess: RevokePermissionSuccess;
  SetMarketingConsentInput: SetMarketingConsentInput;
  SetMarketingConsentResult: ResolversUnionTypes<ResolversParentTypes>['SetMarketingConsentResult'];
  SetMarketingConsentSuccess: SetMarketingConsentSuccess;
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
  __resolveType: TypeResolveFn<'InvalidInputError' | 'NotAllowedError' | 'NotFoundError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError' | 'ConsentTextOutdatedError' | 'PaymentProviderUnavailableError' | 'CardLimitError' | 'TooManyStoredError' | 'CardSetupIncompleteError' | 'CardExpiredError' | 'DeletionRunningError' | 'OpenOrdersError', ParentType, ContextType>;
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
  paymentMethods?: Resolver<Maybe<ReadonlyArray<ResolversTypes['PaymentMethod']>>, ParentType, ContextType>;
  addresses?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Address']>>, ParentType, ContextType>;
  disclosures?: Resolver<Maybe<ResolversTypes['DisclosureConnection']>, ParentType, ContextType, RequireFields<ViewerDisclosuresArgs, 'first'>>;
  permissions?: Resolver<Maybe<ResolversTypes['PermissionConnection']>, ParentType, ContextType, RequireFields<ViewerPermissionsArgs, 'first'>>;
  marketingConsents?: Resolver<Maybe<ResolversTypes['MarketingConsentConnection']>, ParentType, ContextType, RequireFields<ViewerMarketingConsentsArgs, 'first'>>;
  deletions?: Resolver<Maybe<ResolversTypes['DeletionReportConnection']>, ParentType, ContextType, RequireFields<ViewerDeletionsArgs, 'first'>>;
  dataExport?: Resolver<Maybe<ResolversTypes['DataExport']>, ParentType, ContextType>;
};

export type PaymentMethodResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PaymentMethod'] = ResolversParentTypes['PaymentMethod'], FederationReferenceType extends FederationReferenceTypes['PaymentMethod'] = FederationReferenceTypes['PaymentMethod']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['PaymentMethod']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  brand?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  last4?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  expMonth?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  expYear?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  isExpired?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  isDefault?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  isSaved?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['PaymentMethodStatus'], ParentType, ContextType>;
  label?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type AddressResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Address'] = ResolversParentTypes['Address'], FederationReferenceType extends FederationReferenceTypes['Address'] = FederationReferenceTypes['Address']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Address']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  line1?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  line2?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  city?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  region?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  postalCode?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  country?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  phone?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  isDefault?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  isSaved?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  label?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type OrderResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Order'] = ResolversParentTypes['Order'], FederationReferenceType extends FederationReferenceTypes['Order'] = FederationReferenceTypes['Order']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Order']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  shippingAddress?: Resolver<Maybe<ResolversTypes['PostalAddress']>, ParentType, ContextType>;
};

export type SellerOrderResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SellerOrder'] = ResolversParentTypes['SellerOrder'], FederationReferenceType extends FederationReferenceTypes['SellerOrder'] = FederationReferenceTypes['SellerOrder']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['SellerOrder']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  shippingAddress?: Resolver<Maybe<ResolversTypes['PostalAddress']>, ParentType, ContextType>;
  payout?: Resolver<Maybe<ResolversTypes['SellerPayout']>, ParentType, ContextType>;
  disputes?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Dispute']>>, ParentType, ContextType>;
};

export type DisputeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Dispute'] = ResolversParentTypes['Dispute']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  amount?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  evidenceDueAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  openedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  closedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type SellerPayoutResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SellerPayout'] = ResolversParentTypes['SellerPayout']> = {
  due?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  transferred?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  reversed?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
};

export type SellerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Seller'] = ResolversParentTypes['Seller'], FederationReferenceType extends FederationReferenceTypes['Seller'] = FederationReferenceTypes['Seller']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Seller']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  payoutAccount?: Resolver<Maybe<ResolversTypes['PayoutAccount']>, ParentType, ContextType>;
  sharedDetails?: Resolver<Maybe<ResolversTypes['SharedContactConnection']>, ParentType, ContextType, RequireFields<SellerSharedDetailsArgs, 'first'>>;
};

export type SharedContactResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SharedContact'] = ResolversParentTypes['SharedContact']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  purpose?: Resolver<ResolversTypes['PermissionPurpose'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  deliveryAddress?: Resolver<Maybe<ResolversTypes['DeliveryAddress']>, ParentType, ContextType>;
  phone?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type DeliveryAddressResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeliveryAddress'] = ResolversParentTypes['DeliveryAddress']> = {
  line1?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  line2?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  city?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  region?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  postalCode?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  country?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type SharedContactConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SharedContactConnection'] = ResolversParentTypes['SharedContactConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['SharedContactEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type SharedContactEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SharedContactEdge'] = ResolversParentTypes['SharedContactEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['SharedContact'], ParentType, ContextType>;
};

export type PayoutAccountResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PayoutAccount'] = ResolversParentTypes['PayoutAccount']> = {
  status?: Resolver<ResolversTypes['PayoutAccountStatus'], ParentType, ContextType>;
};

export type PostalAddressResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PostalAddress'] = ResolversParentTypes['PostalAddress']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  line1?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  line2?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  city?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  region?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  postalCode?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  country?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  phone?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type DisclosureResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Disclosure'] = ResolversParentTypes['Disclosure']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  sellerId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  purpose?: Resolver<ResolversTypes['DisclosurePurpose'], ParentType, ContextType>;
  orderId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  permissionId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  fields?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  disclosedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type DisclosureConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DisclosureConnection'] = ResolversParentTypes['DisclosureConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['DisclosureEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type DisclosureEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DisclosureEdge'] = ResolversParentTypes['DisclosureEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Disclosure'], ParentType, ContextType>;
};

export type PermissionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Permission'] = ResolversParentTypes['Permission']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  sellerId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  fields?: Resolver<ReadonlyArray<ResolversTypes['SharedField']>, ParentType, ContextType>;
  purpose?: Resolver<ResolversTypes['PermissionPurpose'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['PermissionStatus'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  revokedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type PermissionConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PermissionConnection'] = ResolversParentTypes['PermissionConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['PermissionEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type PermissionEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PermissionEdge'] = ResolversParentTypes['PermissionEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Permission'], ParentType, ContextType>;
};

export type MarketingConsentResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MarketingConsent'] = ResolversParentTypes['MarketingConsent']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  sellerId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  channel?: Resolver<ResolversTypes['MarketingChannel'], ParentType, ContextType>;
  granted?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  textVersion?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  decidedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type MarketingConsentConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MarketingConsentConnection'] = ResolversParentTypes['MarketingConsentConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['MarketingConsentEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type MarketingConsentEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MarketingConsentEdge'] = ResolversParentTypes['MarketingConsentEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['MarketingConsent'], ParentType, ContextType>;
};

export type DeletedItemResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeletedItem'] = ResolversParentTypes['DeletedItem']> = {
  what?: Resolver<ResolversTypes['DeletedKind'], ParentType, ContextType>;
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type KeptItemResolvers<ContextType = Context, ParentType extends ResolversParentTypes['KeptItem'] = ResolversParentTypes['KeptItem']> = {
  what?: Resolver<ResolversTypes['KeptKind'], ParentType, ContextType>;
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  ground?: Resolver<ResolversTypes['KeptGround'], ParentType, ContextType>;
  explanation?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  until?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type DeletionReportResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeletionReport'] = ResolversParentTypes['DeletionReport']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  scope?: Resolver<ResolversTypes['DeletionScope'], ParentType, ContextType>;
  subjectId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  requestedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  completedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  deleted?: Resolver<ReadonlyArray<ResolversTypes['DeletedItem']>, ParentType, ContextType>;
  kept?: Resolver<ReadonlyArray<ResolversTypes['KeptItem']>, ParentType, ContextType>;
};

export type DeletionReportConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeletionReportConnection'] = ResolversParentTypes['DeletionReportConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['DeletionReportEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type DeletionReportEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeletionReportEdge'] = ResolversParentTypes['DeletionReportEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['DeletionReport'], ParentType, ContextType>;
};

export type DataExportResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DataExport'] = ResolversParentTypes['DataExport']> = {
  generatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  format?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  json?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  viewer?: Resolver<ResolversTypes['Viewer'], ParentType, ContextType>;
  consentTexts?: Resolver<ReadonlyArray<ResolversTypes['ConsentText']>, ParentType, ContextType>;
};

export type ConsentTextResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConsentText'] = ResolversParentTypes['ConsentText']> = {
  purpose?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  body?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ConsentTextOutdatedErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConsentTextOutdatedError'] = ResolversParentTypes['ConsentTextOutdatedError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  currentVersion?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  startCardSetup?: Resolver<ResolversTypes['StartCardSetupResult'], ParentType, ContextType, RequireFields<MutationStartCardSetupArgs, 'input'>>;
  finishCardSetup?: Resolver<ResolversTypes['FinishCardSetupResult'], ParentType, ContextType, RequireFields<MutationFinishCardSetupArgs, 'input'>>;
  setDefaultPaymentMethod?: Resolver<ResolversTypes['SetDefaultPaymentMethodResult'], ParentType, ContextType, RequireFields<MutationSetDefaultPaymentMethodArgs, 'input'>>;
  setPaymentMethodLabel?: Resolver<ResolversTypes['SetPaymentMethodLabelResult'], ParentType, ContextType, RequireFields<MutationSetPaymentMethodLabelArgs, 'input'>>;
  setAddressLabel?: Resolver<ResolversTypes['SetAddressLabelResult'], ParentType, ContextType, RequireFields<MutationSetAddressLabelArgs, 'input'>>;
  deletePaymentMethod?: Resolver<ResolversTypes['DeletePaymentMethodResult'], ParentType, ContextType, RequireFields<MutationDeletePaymentMethodArgs, 'input'>>;
  addAddress?: Resolver<ResolversTypes['AddAddressResult'], ParentType, ContextType, RequireFields<MutationAddAddressArgs, 'input'>>;
  setDefaultAddress?: Resolver<ResolversTypes['SetDefaultAddressResult'], ParentType, ContextType, RequireFields<MutationSetDefaultAddressArgs, 'input'>>;
  deleteAddress?: Resolver<ResolversTypes['DeleteAddressResult'], ParentType, ContextType, RequireFields<MutationDeleteAddressArgs, 'input'>>;
  deleteEverything?: Resolver<ResolversTypes['DeleteEverythingResult'], ParentType, ContextType, RequireFields<MutationDeleteEverythingArgs, 'input'>>;
  grantPermission?: Resolver<ResolversTypes['GrantPermissionResult'], ParentType, ContextType, RequireFields<MutationGrantPermissionArgs, 'input'>>;
  revokePermission?: Resolver<ResolversTypes['RevokePermissionResult'], ParentType, ContextType, RequireFields<MutationRevokePermissionArgs, 'input'>>;
  setMarketingConsent?: Resolver<ResolversTypes['SetMarketingConsentResult'], ParentType, ContextType, RequireFields<MutationSetMarketingConsentArgs, 'input'>>;
  startPayoutSetup?: Resolver<ResolversTypes['StartPayoutSetupResult'], ParentType, ContextType, RequireFields<MutationStartPayoutSetupArgs, 'input'>>;
};

export type StartCardSetupResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['StartCardSetupResult'] = ResolversParentTypes['StartCardSetupResult']> = {
  __resolveType: TypeResolveFn<'StartCardSetupSuccess' | 'TooManyStoredError' | 'CardLimitError' | 'PaymentProviderUnavailableError' | 'DeletionRunningError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type StartCardSetupSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['StartCardSetupSuccess'] = ResolversParentTypes['StartCardSetupSuccess']> = {
  setupIntentId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  clientSecret?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  stripeCustomerId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  customerSessionClientSecret?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  publishableKey?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  stripeApiBase?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PaymentProviderUnavailableErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PaymentProviderUnavailableError'] = ResolversParentTypes['PaymentProviderUnavailableError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  retryAfterMs?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CardLimitErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CardLimitError'] = ResolversParentTypes['CardLimitError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  retryAfterMs?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TooManyStoredErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TooManyStoredError'] = ResolversParentTypes['TooManyStoredError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  limit?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type FinishCardSetupResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FinishCardSetupResult'] = ResolversParentTypes['FinishCardSetupResult']> = {
  __resolveType: TypeResolveFn<'FinishCardSetupSuccess' | 'CardSetupIncompleteError' | 'CardExpiredError' | 'TooManyStoredError' | 'CardLimitError' | 'ConsentTextOutdatedError' | 'NotFoundError' | 'PaymentProviderUnavailableError' | 'DeletionRunningError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type FinishCardSetupSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FinishCardSetupSuccess'] = ResolversParentTypes['FinishCardSetupSuccess']> = {
  paymentMethod?: Resolver<ResolversTypes['PaymentMethod'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CardSetupIncompleteErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CardSetupIncompleteError'] = ResolversParentTypes['CardSetupIncompleteError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['PaymentDeclineReason']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CardExpiredErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CardExpiredError'] = ResolversParentTypes['CardExpiredError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SetDefaultPaymentMethodResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SetDefaultPaymentMethodResult'] = ResolversParentTypes['SetDefaultPaymentMethodResult']> = {
  __resolveType: TypeResolveFn<'SetDefaultPaymentMethodSuccess' | 'NotFoundError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type SetDefaultPaymentMethodSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SetDefaultPaymentMethodSuccess'] = ResolversParentTypes['SetDefaultPaymentMethodSuccess']> = {
  paymentMethod?: Resolver<ResolversTypes['PaymentMethod'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type DeletePaymentMethodResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeletePaymentMethodResult'] = ResolversParentTypes['DeletePaymentMethodResult']> = {
  __resolveType: TypeResolveFn<'DeletePaymentMethodSuccess' | 'NotFoundError' | 'PaymentProviderUnavailableError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type DeletePaymentMethodSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeletePaymentMethodSuccess'] = ResolversParentTypes['DeletePaymentMethodSuccess']> = {
  paymentMethodId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  defaultPaymentMethod?: Resolver<Maybe<ResolversTypes['PaymentMethod']>, ParentType, ContextType>;
  report?: Resolver<ResolversTypes['DeletionReport'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AddAddressResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AddAddressResult'] = ResolversParentTypes['AddAddressResult']> = {
  __resolveType: TypeResolveFn<'AddAddressSuccess' | 'ConsentTextOutdatedError' | 'TooManyStoredError' | 'DeletionRunningError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type AddAddressSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AddAddressSuccess'] = ResolversParentTypes['AddAddressSuccess']> = {
  address?: Resolver<ResolversTypes['Address'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SetDefaultAddressResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SetDefaultAddressResult'] = ResolversParentTypes['SetDefaultAddressResult']> = {
  __resolveType: TypeResolveFn<'SetDefaultAddressSuccess' | 'NotFoundError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type SetDefaultAddressSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SetDefaultAddressSuccess'] = ResolversParentTypes['SetDefaultAddressSuccess']> = {
  address?: Resolver<ResolversTypes['Address'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type DeleteAddressResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteAddressResult'] = ResolversParentTypes['DeleteAddressResult']> = {
  __resolveType: TypeResolveFn<'DeleteAddressSuccess' | 'NotFoundError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type DeleteAddressSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteAddressSuccess'] = ResolversParentTypes['DeleteAddressSuccess']> = {
  addressId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  defaultAddress?: Resolver<Maybe<ResolversTypes['Address']>, ParentType, ContextType>;
  report?: Resolver<ResolversTypes['DeletionReport'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type StartPayoutSetupResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['StartPayoutSetupResult'] = ResolversParentTypes['StartPayoutSetupResult']> = {
  __resolveType: TypeResolveFn<'StartPayoutSetupSuccess' | 'PaymentProviderUnavailableError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type StartPayoutSetupSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['StartPayoutSetupSuccess'] = ResolversParentTypes['StartPayoutSetupSuccess']> = {
  url?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SetPaymentMethodLabelResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SetPaymentMethodLabelResult'] = ResolversParentTypes['SetPaymentMethodLabelResult']> = {
  __resolveType: TypeResolveFn<'SetPaymentMethodLabelSuccess' | 'NotFoundError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type SetPaymentMethodLabelSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SetPaymentMethodLabelSuccess'] = ResolversParentTypes['SetPaymentMethodLabelSuccess']> = {
  paymentMethod?: Resolver<ResolversTypes['PaymentMethod'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SetAddressLabelResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SetAddressLabelResult'] = ResolversParentTypes['SetAddressLabelResult']> = {
  __resolveType: TypeResolveFn<'SetAddressLabelSuccess' | 'NotFoundError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type SetAddressLabelSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SetAddressLabelSuccess'] = ResolversParentTypes['SetAddressLabelSuccess']> = {
  address?: Resolver<ResolversTypes['Address'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type DeletionRunningErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeletionRunningError'] = ResolversParentTypes['DeletionRunningError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  retryAfterMs?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type DeleteEverythingResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteEverythingResult'] = ResolversParentTypes['DeleteEverythingResult']> = {
  __resolveType: TypeResolveFn<'DeleteEverythingSuccess' | 'OpenOrdersError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type DeleteEverythingSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteEverythingSuccess'] = ResolversParentTypes['DeleteEverythingSuccess']> = {
  report?: Resolver<ResolversTypes['DeletionReport'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type OpenOrdersErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['OpenOrdersError'] = ResolversParentTypes['OpenOrdersError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  orderIds?: Resolver<ReadonlyArray<ResolversTypes['ID']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type GrantPermissionResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['GrantPermissionResult'] = ResolversParentTypes['GrantPermissionResult']> = {
  __resolveType: TypeResolveFn<'GrantPermissionSuccess' | 'TooManyStoredError' | 'DeletionRunningError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type GrantPermissionSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['GrantPermissionSuccess'] = ResolversParentTypes['GrantPermissionSuccess']> = {
  permission?: Resolver<ResolversTypes['Permission'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RevokePermissionResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RevokePermissionResult'] = ResolversParentTypes['RevokePermissionResult']> = {
  __resolveType: TypeResolveFn<'RevokePermissionSuccess' | 'NotFoundError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type RevokePermissionSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RevokePermissionSuccess'] = ResolversParentTypes['RevokePermissionSuccess']> = {
  permission?: Resolver<ResolversTypes['Permission'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SetMarketingConsentResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SetMarketingConsentResult'] = ResolversParentTypes['SetMarketingConsentResult']> = {
  __resolveType: TypeResolveFn<'SetMarketingConsentSuccess' | 'ConsentTextOutdatedError' | 'DeletionRunningError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type SetMarketingConsentSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SetMarketingConsentSuccess'] = ResolversParentTypes['SetMarketingConsentSuccess']> = {
  consent?: Resolver<ResolversTypes['MarketingConsent'], ParentType, ContextType>;
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
  PaymentMethod?: PaymentMethodResolvers<ContextType>;
  Address?: AddressResolvers<ContextType>;
  Order?: OrderResolvers<ContextType>;
  SellerOrder?: SellerOrderResolvers<ContextType>;
  Dispute?: DisputeResolvers<ContextType>;
  SellerPayout?: SellerPayoutResolvers<ContextType>;
  Seller?: SellerResolvers<ContextType>;
  SharedContact?: SharedContactResolvers<ContextType>;
  DeliveryAddress?: DeliveryAddressResolvers<ContextType>;
  SharedContactConnection?: SharedContactConnectionResolvers<ContextType>;
  SharedContactEdge?: SharedContactEdgeResolvers<ContextType>;
  PayoutAccount?: PayoutAccountResolvers<ContextType>;
  PostalAddress?: PostalAddressResolvers<ContextType>;
  Disclosure?: DisclosureResolvers<ContextType>;
  DisclosureConnection?: DisclosureConnectionResolvers<ContextType>;
  DisclosureEdge?: DisclosureEdgeResolvers<ContextType>;
  Permission?: PermissionResolvers<ContextType>;
  PermissionConnection?: PermissionConnectionResolvers<ContextType>;
  PermissionEdge?: PermissionEdgeResolvers<ContextType>;
  MarketingConsent?: MarketingConsentResolvers<ContextType>;
  MarketingConsentConnection?: MarketingConsentConnectionResolvers<ContextType>;
  MarketingConsentEdge?: MarketingConsentEdgeResolvers<ContextType>;
  DeletedItem?: DeletedItemResolvers<ContextType>;
  KeptItem?: KeptItemResolvers<ContextType>;
  DeletionReport?: DeletionReportResolvers<ContextType>;
  DeletionReportConnection?: DeletionReportConnectionResolvers<ContextType>;
  DeletionReportEdge?: DeletionReportEdgeResolvers<ContextType>;
  DataExport?: DataExportResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  ConsentText?: ConsentTextResolvers<ContextType>;
  ConsentTextOutdatedError?: ConsentTextOutdatedErrorResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  StartCardSetupResult?: StartCardSetupResultResolvers<ContextType>;
  StartCardSetupSuccess?: StartCardSetupSuccessResolvers<ContextType>;
  PaymentProviderUnavailableError?: PaymentProviderUnavailableErrorResolvers<ContextType>;
  CardLimitError?: CardLimitErrorResolvers<ContextType>;
  TooManyStoredError?: TooManyStoredErrorResolvers<ContextType>;
  FinishCardSetupResult?: FinishCardSetupResultResolvers<ContextType>;
  FinishCardSetupSuccess?: FinishCardSetupSuccessResolvers<ContextType>;
  CardSetupIncompleteError?: CardSetupIncompleteErrorResolvers<ContextType>;
  CardExpiredError?: CardExpiredErrorResolvers<ContextType>;
  SetDefaultPaymentMethodResult?: SetDefaultPaymentMethodResultResolvers<ContextType>;
  SetDefaultPaymentMethodSuccess?: SetDefaultPaymentMethodSuccessResolvers<ContextType>;
  DeletePaymentMethodResult?: DeletePaymentMethodResultResolvers<ContextType>;
  DeletePaymentMethodSuccess?: DeletePaymentMethodSuccessResolvers<ContextType>;
  AddAddressResult?: AddAddressResultResolvers<ContextType>;
  AddAddressSuccess?: AddAddressSuccessResolvers<ContextType>;
  SetDefaultAddressResult?: SetDefaultAddressResultResolvers<ContextType>;
  SetDefaultAddressSuccess?: SetDefaultAddressSuccessResolvers<ContextType>;
  DeleteAddressResult?: DeleteAddressResultResolvers<ContextType>;
  DeleteAddressSuccess?: DeleteAddressSuccessResolvers<ContextType>;
  StartPayoutSetupResult?: StartPayoutSetupResultResolvers<ContextType>;
  StartPayoutSetupSuccess?: StartPayoutSetupSuccessResolvers<ContextType>;
  SetPaymentMethodLabelResult?: SetPaymentMethodLabelResultResolvers<ContextType>;
  SetPaymentMethodLabelSuccess?: SetPaymentMethodLabelSuccessResolvers<ContextType>;
  SetAddressLabelResult?: SetAddressLabelResultResolvers<ContextType>;
  SetAddressLabelSuccess?: SetAddressLabelSuccessResolvers<ContextType>;
  DeletionRunningError?: DeletionRunningErrorResolvers<ContextType>;
  DeleteEverythingResult?: DeleteEverythingResultResolvers<ContextType>;
  DeleteEverythingSuccess?: DeleteEverythingSuccessResolvers<ContextType>;
  OpenOrdersError?: OpenOrdersErrorResolvers<ContextType>;
  GrantPermissionResult?: GrantPermissionResultResolvers<ContextType>;
  GrantPermissionSuccess?: GrantPermissionSuccessResolvers<ContextType>;
  RevokePermissionResult?: RevokePermissionResultResolvers<ContextType>;
  RevokePermissionSuccess?: RevokePermissionSuccessResolvers<ContextType>;
  SetMarketingConsentResult?: SetMarketingConsentResultResolvers<ContextType>;
  SetMarketingConsentSuccess?: SetMarketingConsentSuccessResolvers<ContextType>;
};

