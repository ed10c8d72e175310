/* Generated from schema.graphql by `npm run generate`; not to be edited. */
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Product as StoredProduct } from '../product.ts';
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

/** A thing that can be bought: one sellable article with an image, a price and stock. */
export type Product = {
  readonly __typename?: 'Product';
  /** `prd_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
  /** Who sells it. */
  readonly seller: Maybe<Seller>;
  /** Who sells it, `sel_…`. */
  readonly sellerId: Scalars['ID']['output'];
  /** The seller's own article number, 1 to 64 characters, unique for the seller. */
  readonly sku: Scalars['String']['output'];
  /** 1 to 150 characters. */
  readonly title: Scalars['String']['output'];
  /** Plain text, up to 5000 characters. */
  readonly description: Scalars['String']['output'];
  /** The picture that the card shows. */
  readonly image: ProductImage;
  /** Price of one piece, without shipping and sales tax. */
  readonly price: Money;
  /** Whether it can be had right now. */
  readonly availability: ProductAvailability;
  /** The pieces that there are. Only the product's seller and network staff see them. */
  readonly stock: Maybe<ProductStock>;
  /** When the product was last changed, stock aside. */
  readonly updatedAt: Scalars['DateTime']['output'];
};

/** The picture of a product. */
export type ProductImage = {
  readonly __typename?: 'ProductImage';
  /** An `https:` address; `http:` is accepted on the local machine only. */
  readonly url: Scalars['String']['output'];
  /** What the picture shows, for people who cannot see it. */
  readonly alt: Scalars['String']['output'];
};

/** Pieces of a product by where they are. `onHand` = `reserved` + `available`. */
export type ProductStock = {
  readonly __typename?: 'ProductStock';
  /** Pieces that have not been sold. */
  readonly onHand: Scalars['Int']['output'];
  /** Pieces held for purchases that are being made. */
  readonly reserved: Scalars['Int']['output'];
  /** Pieces that can be bought. */
  readonly available: Scalars['Int']['output'];
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

/** A seller; catalog adds what it sells. */
export type Seller = {
  readonly __typename?: 'Seller';
  /** `sel_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
  /** The seller's products, newest first. Buyers do not see discontinued ones. Null when the caller may not list them. */
  readonly products: Maybe<ProductConnection>;
};


/** A seller; catalog adds what it sells. */
export type SellerProductsArgs = {
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
};

/** A page of products. */
export type ProductConnection = {
  readonly __typename?: 'ProductConnection';
  /** The page. */
  readonly edges: ReadonlyArray<ProductEdge>;
  /** Where the page ends. */
  readonly pageInfo: PageInfo;
};

/** One product in a page. */
export type ProductEdge = {
  readonly __typename?: 'ProductEdge';
  /** Opaque position of this edge. */
  readonly cursor: Scalars['String']['output'];
  /** The product. */
  readonly node: Product;
};

/** What can be read. Nothing here changes anything. */
export type Query = {
  readonly __typename?: 'Query';
  /** A product by id; null when there is none. */
  readonly product: Maybe<Product>;
};


/** What can be read. Nothing here changes anything. */
export type QueryProductArgs = {
  id: Scalars['ID']['input'];
};

/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Adds a product of the calling seller. */
  readonly createProduct: CreateProductResult;
  /** Changes a product of the calling seller. What is not given stays. */
  readonly updateProduct: UpdateProductResult;
  /** Sets how many pieces the seller has on hand, reserved ones included. */
  readonly setStock: SetStockResult;
  /** Adds and changes products from a feed in the Google Merchant Center format (TSV or RSS 2.0 XML). Good rows are taken, bad ones named. */
  readonly importProducts: ImportProductsResult;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationCreateProductArgs = {
  input: CreateProductInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationUpdateProductArgs = {
  input: UpdateProductInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationSetStockArgs = {
  input: SetStockInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationImportProductsArgs = {
  input: ImportProductsInput;
};

/** An amount of money. */
export type MoneyInput = {
  /** Integer amount in the currency's minor unit (US cents). */
  readonly amountMinor: Scalars['Int']['input'];
  /** ISO 4217 code in capitals. */
  readonly currency: Scalars['String']['input'];
};

/** A new product. */
export type CreateProductInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** The seller's own article number, 1 to 64 characters. */
  readonly sku: Scalars['String']['input'];
  /** 1 to 150 characters. */
  readonly title: Scalars['String']['input'];
  /** Plain text, up to 5000 characters. */
  readonly description: Scalars['String']['input'];
  /** An `https:` address; `http:` is accepted on the local machine only. */
  readonly imageUrl: Scalars['String']['input'];
  /** What the picture shows, 1 to 200 characters; the title when not given. */
  readonly imageAlt?: InputMaybe<Scalars['String']['input']>;
  /** Price of one piece, 50 to 99999999 minor units (Stripe's smallest US charge is 50 cents). */
  readonly price: MoneyInput;
  /** Pieces on hand, 0 to 1000000. */
  readonly stockOnHand: Scalars['Int']['input'];
};

/** Result of `createProduct`. */
export type CreateProductResult = CreateProductSuccess | SkuTakenError | InvalidInputError | NotAllowedError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The product is on sale. */
export type CreateProductSuccess = {
  readonly __typename?: 'CreateProductSuccess';
  /** The product. */
  readonly product: Product;
};

/** The seller already has a product with this article number. */
export type SkuTakenError = UserError & {
  readonly __typename?: 'SkuTakenError';
  /** Says to change the product that exists. */
  readonly message: Scalars['String']['output'];
  /** The product that has it. */
  readonly product: Product;
};

/** Changes of a product. */
export type UpdateProductInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `prd_…` */
  readonly productId: Scalars['ID']['input'];
  /** 1 to 150 characters. */
  readonly title?: InputMaybe<Scalars['String']['input']>;
  /** Plain text, up to 5000 characters. */
  readonly description?: InputMaybe<Scalars['String']['input']>;
  /** An `https:` address; `http:` is accepted on the local machine only. */
  readonly imageUrl?: InputMaybe<Scalars['String']['input']>;
  /** What the picture shows, 1 to 200 characters. */
  readonly imageAlt?: InputMaybe<Scalars['String']['input']>;
  /** Price of one piece, 50 to 99999999 minor units, in the product's currency. */
  readonly price?: InputMaybe<MoneyInput>;
  /** True takes the product off sale, false puts it back. */
  readonly discontinued?: InputMaybe<Scalars['Boolean']['input']>;
};

/** Result of `updateProduct`. */
export type UpdateProductResult = UpdateProductSuccess | NotFoundError | InvalidInputError | NotAllowedError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The product is changed. */
export type UpdateProductSuccess = {
  readonly __typename?: 'UpdateProductSuccess';
  /** The product as it is now. */
  readonly product: Product;
};

/** A count of the stock. */
export type SetStockInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `prd_…` */
  readonly productId: Scalars['ID']['input'];
  /** Pieces on hand, 0 to 1000000, and not fewer than are reserved at this moment. */
  readonly onHand: Scalars['Int']['input'];
};

/** Result of `setStock`. */
export type SetStockResult = SetStockSuccess | NotFoundError | InvalidInputError | NotAllowedError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The stock is set. */
export type SetStockSuccess = {
  readonly __typename?: 'SetStockSuccess';
  /** The product as it is now. */
  readonly product: Product;
};

/** The format of a product feed. */
export type ProductFeedFormat =
  /** Tab-separated values with a header row. */
  | 'TSV'
  /** RSS 2.0 with the `g:` namespace. */
  | 'XML';

/** A product feed. */
export type ImportProductsInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** How `content` is written. */
  readonly format: ProductFeedFormat;
  /** The feed, at most 1 MiB and 1000 rows. Rows are matched to products by `id`, the article number. */
  readonly content: Scalars['String']['input'];
};

/** Result of `importProducts`. */
export type ImportProductsResult = ImportProductsSuccess | InvalidInputError | NotAllowedError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The feed was read; refused rows changed nothing. */
export type ImportProductsSuccess = {
  readonly __typename?: 'ImportProductsSuccess';
  /** Rows that added a product. */
  readonly createdCount: Scalars['Int']['output'];
  /** Rows that changed a product. */
  readonly updatedCount: Scalars['Int']['output'];
  /** Rows that changed nothing, since the product is like that already. */
  readonly unchangedCount: Scalars['Int']['output'];
  /** Rows that were not taken, by line. */
  readonly refusedRows: ReadonlyArray<RefusedFeedRow>;
};

/** A row of a feed that was not taken. */
export type RefusedFeedRow = {
  readonly __typename?: 'RefusedFeedRow';
  /** Line in the feed at which the row begins, from 1. */
  readonly line: Scalars['Int']['output'];
  /** The row's `id`, if it could be read. */
  readonly sku: Maybe<Scalars['String']['output']>;
  /** The attribute that is wrong, if it is one. */
  readonly attribute: Maybe<Scalars['String']['output']>;
  /** What is wrong, and what would be accepted. */
  readonly reason: Scalars['String']['output'];
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
  Product: Product;
  Seller: Seller;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Product:
    ( { __typename: 'Product' }
    & GraphQLRecursivePick<FederationTypes['Product'], {"id":true}> );
  Seller:
    ( { __typename: 'Seller' }
    & GraphQLRecursivePick<FederationTypes['Seller'], {"id":true}> );
};

/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends Record<string, unknown>> = {
  CreateProductResult:
    | ( Omit<CreateProductSuccess, 'product'> & { product: _RefType['Product'] } & { __typename: 'CreateProductSuccess' } )
    | ( Omit<SkuTakenError, 'product'> & { product: _RefType['Product'] } & { __typename: 'SkuTakenError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( NotAllowedError & { __typename: 'NotAllowedError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  UpdateProductResult:
    | ( Omit<UpdateProductSuccess, 'product'> & { product: _RefType['Product'] } & { __typename: 'UpdateProductSuccess' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( NotAllowedError & { __typename: 'NotAllowedError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  SetStockResult:
    | ( Omit<SetStockSuccess, 'product'> & { product: _RefType['Product'] } & { __typename: 'SetStockSuccess' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( NotAllowedError & { __typename: 'NotAllowedError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  ImportProductsResult:
    | ( ImportProductsSuccess & { __typename: 'ImportProductsSuccess' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( NotAllowedError & { __typename: 'NotAllowedError' } )
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
    | ( Omit<SkuTakenError, 'product'> & { product: _RefType['Product'] } )
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
  Product: ResolverTypeWrapper<StoredProduct>;
  ProductImage: ResolverTypeWrapper<ProductImage>;
  ProductStock: ResolverTypeWrapper<ProductStock>;
  ProductAvailability: ProductAvailability;
  Seller: ResolverTypeWrapper<{ readonly id: string }>;
  ProductConnection: ResolverTypeWrapper<Omit<ProductConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['ProductEdge']> }>;
  ProductEdge: ResolverTypeWrapper<Omit<ProductEdge, 'node'> & { node: ResolversTypes['Product'] }>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  MoneyInput: MoneyInput;
  CreateProductInput: CreateProductInput;
  CreateProductResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['CreateProductResult']>;
  CreateProductSuccess: ResolverTypeWrapper<Omit<CreateProductSuccess, 'product'> & { product: ResolversTypes['Product'] }>;
  SkuTakenError: ResolverTypeWrapper<Omit<SkuTakenError, 'product'> & { product: ResolversTypes['Product'] }>;
  UpdateProductInput: UpdateProductInput;
  UpdateProductResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['UpdateProductResult']>;
  UpdateProductSuccess: ResolverTypeWrapper<Omit<UpdateProductSuccess, 'product'> & { product: ResolversTypes['Product'] }>;
  SetStockInput: SetStockInput;
  SetStockResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SetStockResult']>;
  SetStockSuccess: ResolverTypeWrapper<Omit<SetStockSuccess, 'product'> & { product: ResolversTypes['Product'] }>;
  ProductFeedFormat: ProductFeedFormat;
  ImportProductsInput: ImportProductsInput;
  ImportProductsResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['ImportProductsResult']>;
  ImportProductsSuccess: ResolverTypeWrapper<ImportProductsSuccess>;
  RefusedFeedRow: ResolverTypeWrapper<RefusedFeedRow>;
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
  Product: StoredProduct;
  ProductImage: ProductImage;
  ProductStock: ProductStock;
  Seller: { readonly id: string };
  ProductConnection: Omit<ProductConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['ProductEdge']> };
  ProductEdge: Omit<ProductEdge, 'node'> & { node: ResolversParentTypes['Product'] };
  Query: Record<PropertyKey, never>;
  Mutation: Record<PropertyKey, never>;
  MoneyInput: MoneyInput;
  CreateProductInput: CreateProductInput;
  CreateProductResult: ResolversUnionTypes<ResolversParentTypes>['CreateProductResult'];
  CreateProductSuccess: Omit<CreateProductSuccess, 'product'> & { product: ResolversParentTypes['Product'] };
  SkuTakenError: Omit<SkuTakenError, 'product'> & { product: ResolversParentTypes['Product'] };
  UpdateProductInput: UpdateProductInput;
  UpdateProductResult: ResolversUnionTypes<ResolversParentTypes>['UpdateProductResult'];
  UpdateProductSuccess: Omit<UpdateProductSuccess, 'product'> & { product: ResolversParentTypes['Product'] };
  SetStockInput: SetStockInput;
  SetStockResult: ResolversUnionTypes<ResolversParentTypes>['SetStockResult'];
  SetStockSuccess: Omit<SetStockSuccess, 'product'> & { product: ResolversParentTypes['Product'] };
  ImportProductsInput: ImportProductsInput;
  ImportProductsResult: ResolversUnionTypes<ResolversParentTypes>['ImportProductsResult'];
  ImportProductsSuccess: ImportProductsSuccess;
  RefusedFeedRow: RefusedFeedRow;
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
  __resolveType: TypeResolveFn<'InvalidInputError' | 'NotAllowedError' | 'NotFoundError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError' | 'SkuTakenError', ParentType, ContextType>;
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

export type ProductResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Product'] = ResolversParentTypes['Product'], FederationReferenceType extends FederationReferenceTypes['Product'] = FederationReferenceTypes['Product']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Product']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  seller?: Resolver<Maybe<ResolversTypes['Seller']>, ParentType, ContextType>;
  sellerId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  sku?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  title?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  description?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  image?: Resolver<ResolversTypes['ProductImage'], ParentType, ContextType>;
  price?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  availability?: Resolver<ResolversTypes['ProductAvailability'], ParentType, ContextType>;
  stock?: Resolver<Maybe<ResolversTypes['ProductStock']>, ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type ProductImageResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ProductImage'] = ResolversParentTypes['ProductImage']> = {
  url?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  alt?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ProductStockResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ProductStock'] = ResolversParentTypes['ProductStock']> = {
  onHand?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  reserved?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  available?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type SellerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Seller'] = ResolversParentTypes['Seller'], FederationReferenceType extends FederationReferenceTypes['Seller'] = FederationReferenceTypes['Seller']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Seller']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  products?: Resolver<Maybe<ResolversTypes['ProductConnection']>, ParentType, ContextType, RequireFields<SellerProductsArgs, 'first'>>;
};

export type ProductConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ProductConnection'] = ResolversParentTypes['ProductConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['ProductEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type ProductEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ProductEdge'] = ResolversParentTypes['ProductEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Product'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  product?: Resolver<Maybe<ResolversTypes['Product']>, ParentType, ContextType, RequireFields<QueryProductArgs, 'id'>>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  createProduct?: Resolver<ResolversTypes['CreateProductResult'], ParentType, ContextType, RequireFields<MutationCreateProductArgs, 'input'>>;
  updateProduct?: Resolver<ResolversTypes['UpdateProductResult'], ParentType, ContextType, RequireFields<MutationUpdateProductArgs, 'input'>>;
  setStock?: Resolver<ResolversTypes['SetStockResult'], ParentType, ContextType, RequireFields<MutationSetStockArgs, 'input'>>;
  importProducts?: Resolver<ResolversTypes['ImportProductsResult'], ParentType, ContextType, RequireFields<MutationImportProductsArgs, 'input'>>;
};

export type CreateProductResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreateProductResult'] = ResolversParentTypes['CreateProductResult']> = {
  __resolveType: TypeResolveFn<'CreateProductSuccess' | 'SkuTakenError' | 'InvalidInputError' | 'NotAllowedError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type CreateProductSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreateProductSuccess'] = ResolversParentTypes['CreateProductSuccess']> = {
  product?: Resolver<ResolversTypes['Product'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SkuTakenErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SkuTakenError'] = ResolversParentTypes['SkuTakenError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  product?: Resolver<ResolversTypes['Product'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UpdateProductResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UpdateProductResult'] = ResolversParentTypes['UpdateProductResult']> = {
  __resolveType: TypeResolveFn<'UpdateProductSuccess' | 'NotFoundError' | 'InvalidInputError' | 'NotAllowedError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type UpdateProductSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UpdateProductSuccess'] = ResolversParentTypes['UpdateProductSuccess']> = {
  product?: Resolver<ResolversTypes['Product'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SetStockResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SetStockResult'] = ResolversParentTypes['SetStockResult']> = {
  __resolveType: TypeResolveFn<'SetStockSuccess' | 'NotFoundError' | 'InvalidInputError' | 'NotAllowedError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type SetStockSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SetStockSuccess'] = ResolversParentTypes['SetStockSuccess']> = {
  product?: Resolver<ResolversTypes['Product'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ImportProductsResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ImportProductsResult'] = ResolversParentTypes['ImportProductsResult']> = {
  __resolveType: TypeResolveFn<'ImportProductsSuccess' | 'InvalidInputError' | 'NotAllowedError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type ImportProductsSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ImportProductsSuccess'] = ResolversParentTypes['ImportProductsSuccess']> = {
  createdCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  updatedCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  unchangedCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  refusedRows?: Resolver<ReadonlyArray<ResolversTypes['RefusedFeedRow']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RefusedFeedRowResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RefusedFeedRow'] = ResolversParentTypes['RefusedFeedRow']> = {
  line?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sku?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  attribute?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
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
  Product?: ProductResolvers<ContextType>;
  ProductImage?: ProductImageResolvers<ContextType>;
  ProductStock?: ProductStockResolvers<ContextType>;
  Seller?: SellerResolvers<ContextType>;
  ProductConnection?: ProductConnectionResolvers<ContextType>;
  ProductEdge?: ProductEdgeResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  CreateProductResult?: CreateProductResultResolvers<ContextType>;
  CreateProductSuccess?: CreateProductSuccessResolvers<ContextType>;
  SkuTakenError?: SkuTakenErrorResolvers<ContextType>;
  UpdateProductResult?: UpdateProductResultResolvers<ContextType>;
  UpdateProductSuccess?: UpdateProductSuccessResolvers<ContextType>;
  SetStockResult?: SetStockResultResolvers<ContextType>;
  SetStockSuccess?: SetStockSuccessResolvers<ContextType>;
  ImportProductsResult?: ImportProductsResultResolvers<ContextType>;
  ImportProductsSuccess?: ImportProductsSuccessResolvers<ContextType>;
  RefusedFeedRow?: RefusedFeedRowResolvers<ContextType>;
};

