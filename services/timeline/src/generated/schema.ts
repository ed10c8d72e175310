/* Generated from schema.graphql by `npm run generate`; not to be edited. */
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Account as AccountModel } from '../account.ts';
import type { Post as PostModel } from '../post.ts';
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

/** What an account wrote, with the product that it shows, if any. */
export type Post = {
  readonly __typename?: 'Post';
  /** `pst_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
  /** Who wrote it. */
  readonly author: Account;
  /** Plain text, 1 to 500 characters. */
  readonly text: Scalars['String']['output'];
  /** The product that the post shows. Null when it shows none, or when catalog cannot be asked. */
  readonly product: Maybe<Product>;
  /** When it was posted. */
  readonly createdAt: Scalars['DateTime']['output'];
};

/** An account's public face. */
export type Account = {
  readonly __typename?: 'Account';
  /** `usr_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
  /** Unique short name without `@`, 2 to 30 of a-z, 0-9 and `_`. */
  readonly handle: Scalars['String']['output'];
  /** 1 to 60 characters. */
  readonly displayName: Scalars['String']['output'];
  /** Picture of the account; null when it has none. */
  readonly avatarUrl: Maybe<Scalars['String']['output']>;
  /** Whether the viewer follows the account. */
  readonly viewerFollows: Scalars['Boolean']['output'];
};

/** A product on a post; the rest comes from catalog. */
export type Product = {
  readonly __typename?: 'Product';
  /** `prd_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
};

/** The signed-in person; timeline adds the home timeline. */
export type Viewer = {
  readonly __typename?: 'Viewer';
  /** `usr_` and a UUIDv7. */
  readonly id: Scalars['ID']['output'];
  /** The viewer's own account. Null until a profile is saved. */
  readonly account: Maybe<Account>;
  /** Posts of the accounts that the viewer follows and the viewer's own, newest first. */
  readonly homeTimeline: Maybe<PostConnection>;
};


/** The signed-in person; timeline adds the home timeline. */
export type ViewerHomeTimelineArgs = {
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
};

/** A page of posts. */
export type PostConnection = {
  readonly __typename?: 'PostConnection';
  /** The page. */
  readonly edges: ReadonlyArray<PostEdge>;
  /** Where the page ends. */
  readonly pageInfo: PageInfo;
};

/** One post in a page. */
export type PostEdge = {
  readonly __typename?: 'PostEdge';
  /** Opaque position of this edge. */
  readonly cursor: Scalars['String']['output'];
  /** The post. */
  readonly node: Post;
};

/** What can be read. Nothing here changes anything. */
export type Query = {
  readonly __typename?: 'Query';
  /** The signed-in person. */
  readonly viewer: Viewer;
  /** A post by id; null when there is none. */
  readonly post: Maybe<Post>;
  /** An account by its handle; null when there is none. */
  readonly account: Maybe<Account>;
};


/** What can be read. Nothing here changes anything. */
export type QueryPostArgs = {
  id: Scalars['ID']['input'];
};


/** What can be read. Nothing here changes anything. */
export type QueryAccountArgs = {
  handle: Scalars['String']['input'];
};

/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Saves the public face of the calling account. */
  readonly saveProfile: SaveProfileResult;
  /** Follows an account: its posts come into the viewer's home timeline. */
  readonly followAccount: FollowAccountResult;
  /** Stops following an account. */
  readonly unfollowAccount: FollowAccountResult;
  /** Posts as the calling account, with a product of its own if wanted. */
  readonly createPost: CreatePostResult;
  /** Takes an own post away. Orders made from it stay. */
  readonly deletePost: DeletePostResult;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationSaveProfileArgs = {
  input: SaveProfileInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationFollowAccountArgs = {
  input: FollowAccountInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationUnfollowAccountArgs = {
  input: FollowAccountInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationCreatePostArgs = {
  input: CreatePostInput;
};


/** What can be done. Each call carries an idempotency key: repeated with the same input it has one effect and one answer. */
export type MutationDeletePostArgs = {
  input: DeletePostInput;
};

/** The public face of an account. */
export type SaveProfileInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** Unique short name without `@`, 2 to 30 of a-z, 0-9 and `_`. */
  readonly handle: Scalars['String']['input'];
  /** 1 to 60 characters. */
  readonly displayName: Scalars['String']['input'];
  /** An `https:` address; `http:` is accepted on the local machine only. */
  readonly avatarUrl?: InputMaybe<Scalars['String']['input']>;
};

/** Result of `saveProfile`. */
export type SaveProfileResult = SaveProfileSuccess | HandleTakenError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The profile is saved. */
export type SaveProfileSuccess = {
  readonly __typename?: 'SaveProfileSuccess';
  /** The account. */
  readonly account: Account;
};

/** Somebody else has this handle. */
export type HandleTakenError = UserError & {
  readonly __typename?: 'HandleTakenError';
  /** Says to choose another one. */
  readonly message: Scalars['String']['output'];
  /** The handle that was asked for. */
  readonly handle: Scalars['String']['output'];
};

/** Whom to follow, or to stop following. */
export type FollowAccountInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** The other account, `usr_…`. */
  readonly accountId: Scalars['ID']['input'];
};

/** Result of `followAccount` and `unfollowAccount`. */
export type FollowAccountResult = FollowAccountSuccess | NotFoundError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The account is followed, or not any more. */
export type FollowAccountSuccess = {
  readonly __typename?: 'FollowAccountSuccess';
  /** The other account as it is now. */
  readonly account: Account;
};

/** A new post. */
export type CreatePostInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** Plain text, 1 to 500 characters. */
  readonly text: Scalars['String']['input'];
  /** A product of the calling seller. A product can only be shown by the account that sells it. */
  readonly productId?: InputMaybe<Scalars['ID']['input']>;
};

/** Result of `createPost`. */
export type CreatePostResult = CreatePostSuccess | NotFoundError | NotAllowedError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The post is in the own timeline; it comes into those of the followers within moments. */
export type CreatePostSuccess = {
  readonly __typename?: 'CreatePostSuccess';
  /** The post. */
  readonly post: Post;
};

/** Which post to take away. */
export type DeletePostInput = {
  /** Chosen by the client, 16 to 128 visible ASCII characters, once for each intent. */
  readonly idempotencyKey: Scalars['String']['input'];
  /** `pst_…` */
  readonly postId: Scalars['ID']['input'];
};

/** Result of `deletePost`. */
export type DeletePostResult = DeletePostSuccess | NotFoundError | InvalidInputError | IdempotencyKeyReusedError | IdempotencyKeyInFlightError;

/** The post is gone. */
export type DeletePostSuccess = {
  readonly __typename?: 'DeletePostSuccess';
  /** The id of the post that is gone. */
  readonly postId: Scalars['ID']['output'];
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
  Post: Post;
  Account: Account;
  Viewer: Viewer;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Post:
    ( { __typename: 'Post' }
    & GraphQLRecursivePick<FederationTypes['Post'], {"id":true}> );
  Account:
    ( { __typename: 'Account' }
    & GraphQLRecursivePick<FederationTypes['Account'], {"id":true}> );
  Viewer:
    ( { __typename: 'Viewer' }
    & GraphQLRecursivePick<FederationTypes['Viewer'], {"id":true}> );
};

/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends Record<string, unknown>> = {
  SaveProfileResult:
    | ( Omit<SaveProfileSuccess, 'account'> & { account: _RefType['Account'] } & { __typename: 'SaveProfileSuccess' } )
    | ( HandleTakenError & { __typename: 'HandleTakenError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  FollowAccountResult:
    | ( Omit<FollowAccountSuccess, 'account'> & { account: _RefType['Account'] } & { __typename: 'FollowAccountSuccess' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  CreatePostResult:
    | ( Omit<CreatePostSuccess, 'post'> & { post: _RefType['Post'] } & { __typename: 'CreatePostSuccess' } )
    | ( NotFoundError & { __typename: 'NotFoundError' } )
    | ( NotAllowedError & { __typename: 'NotAllowedError' } )
    | ( InvalidInputError & { __typename: 'InvalidInputError' } )
    | ( IdempotencyKeyReusedError & { __typename: 'IdempotencyKeyReusedError' } )
    | ( IdempotencyKeyInFlightError & { __typename: 'IdempotencyKeyInFlightError' } )
  ;
  DeletePostResult:
    | ( DeletePostSuccess & { __typename: 'DeletePostSuccess' } )
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
    | ( HandleTakenError )
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
  Post: ResolverTypeWrapper<PostModel>;
  Account: ResolverTypeWrapper<AccountModel>;
  Product: ResolverTypeWrapper<{ readonly id: string }>;
  Viewer: ResolverTypeWrapper<{ readonly id: string }>;
  PostConnection: ResolverTypeWrapper<Omit<PostConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['PostEdge']> }>;
  PostEdge: ResolverTypeWrapper<Omit<PostEdge, 'node'> & { node: ResolversTypes['Post'] }>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  SaveProfileInput: SaveProfileInput;
  SaveProfileResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SaveProfileResult']>;
  SaveProfileSuccess: ResolverTypeWrapper<Omit<SaveProfileSuccess, 'account'> & { account: ResolversTypes['Account'] }>;
  HandleTakenError: ResolverTypeWrapper<HandleTakenError>;
  FollowAccountInput: FollowAccountInput;
  FollowAccountResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['FollowAccountResult']>;
  FollowAccountSuccess: ResolverTypeWrapper<Omit<FollowAccountSuccess, 'account'> & { account: ResolversTypes['Account'] }>;
  CreatePostInput: CreatePostInput;
  CreatePostResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['CreatePostResult']>;
  CreatePostSuccess: ResolverTypeWrapper<Omit<CreatePostSuccess, 'post'> & { post: ResolversTypes['Post'] }>;
  DeletePostInput: DeletePostInput;
  DeletePostResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['DeletePostResult']>;
  DeletePostSuccess: ResolverTypeWrapper<DeletePostSuccess>;
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
  Post: PostModel;
  Account: AccountModel;
  Product: { readonly id: string };
  Viewer: { readonly id: string };
  PostConnection: Omit<PostConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['PostEdge']> };
  PostEdge: Omit<PostEdge, 'node'> & { node: ResolversParentTypes['Post'] };
  Query: Record<PropertyKey, never>;
  Mutation: Record<PropertyKey, never>;
  SaveProfileInput: SaveProfileInput;
  SaveProfileResult: ResolversUnionTypes<ResolversParentTypes>['SaveProfileResult'];
  SaveProfileSuccess: Omit<SaveProfileSuccess, 'account'> & { account: ResolversParentTypes['Account'] };
  HandleTakenError: HandleTakenError;
  FollowAccountInput: FollowAccountInput;
  FollowAccountResult: ResolversUnionTypes<ResolversParentTypes>['FollowAccountResult'];
  FollowAccountSuccess: Omit<FollowAccountSuccess, 'account'> & { account: ResolversParentTypes['Account'] };
  CreatePostInput: CreatePostInput;
  CreatePostResult: ResolversUnionTypes<ResolversParentTypes>['CreatePostResult'];
  CreatePostSuccess: Omit<CreatePostSuccess, 'post'> & { post: ResolversParentTypes['Post'] };
  DeletePostInput: DeletePostInput;
  DeletePostResult: ResolversUnionTypes<ResolversParentTypes>['DeletePostResult'];
  DeletePostSuccess: DeletePostSuccess;
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
  __resolveType: TypeResolveFn<'InvalidInputError' | 'NotAllowedError' | 'NotFoundError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError' | 'HandleTakenError', ParentType, ContextType>;
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

export type PostResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Post'] = ResolversParentTypes['Post'], FederationReferenceType extends FederationReferenceTypes['Post'] = FederationReferenceTypes['Post']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Post']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  author?: Resolver<ResolversTypes['Account'], ParentType, ContextType>;
  text?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  product?: Resolver<Maybe<ResolversTypes['Product']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type AccountResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Account'] = ResolversParentTypes['Account'], FederationReferenceType extends FederationReferenceTypes['Account'] = FederationReferenceTypes['Account']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Account']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  handle?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  displayName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  avatarUrl?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  viewerFollows?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type ProductResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Product'] = ResolversParentTypes['Product']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type ViewerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Viewer'] = ResolversParentTypes['Viewer'], FederationReferenceType extends FederationReferenceTypes['Viewer'] = FederationReferenceTypes['Viewer']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Viewer']> | FederationReferenceType, FederationReferenceType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  account?: Resolver<Maybe<ResolversTypes['Account']>, ParentType, ContextType>;
  homeTimeline?: Resolver<Maybe<ResolversTypes['PostConnection']>, ParentType, ContextType, RequireFields<ViewerHomeTimelineArgs, 'first'>>;
};

export type PostConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PostConnection'] = ResolversParentTypes['PostConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['PostEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type PostEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PostEdge'] = ResolversParentTypes['PostEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Post'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  viewer?: Resolver<ResolversTypes['Viewer'], ParentType, ContextType>;
  post?: Resolver<Maybe<ResolversTypes['Post']>, ParentType, ContextType, RequireFields<QueryPostArgs, 'id'>>;
  account?: Resolver<Maybe<ResolversTypes['Account']>, ParentType, ContextType, RequireFields<QueryAccountArgs, 'handle'>>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  saveProfile?: Resolver<ResolversTypes['SaveProfileResult'], ParentType, ContextType, RequireFields<MutationSaveProfileArgs, 'input'>>;
  followAccount?: Resolver<ResolversTypes['FollowAccountResult'], ParentType, ContextType, RequireFields<MutationFollowAccountArgs, 'input'>>;
  unfollowAccount?: Resolver<ResolversTypes['FollowAccountResult'], ParentType, ContextType, RequireFields<MutationUnfollowAccountArgs, 'input'>>;
  createPost?: Resolver<ResolversTypes['CreatePostResult'], ParentType, ContextType, RequireFields<MutationCreatePostArgs, 'input'>>;
  deletePost?: Resolver<ResolversTypes['DeletePostResult'], ParentType, ContextType, RequireFields<MutationDeletePostArgs, 'input'>>;
};

export type SaveProfileResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SaveProfileResult'] = ResolversParentTypes['SaveProfileResult']> = {
  __resolveType: TypeResolveFn<'SaveProfileSuccess' | 'HandleTakenError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type SaveProfileSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SaveProfileSuccess'] = ResolversParentTypes['SaveProfileSuccess']> = {
  account?: Resolver<ResolversTypes['Account'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type HandleTakenErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['HandleTakenError'] = ResolversParentTypes['HandleTakenError']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  handle?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type FollowAccountResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FollowAccountResult'] = ResolversParentTypes['FollowAccountResult']> = {
  __resolveType: TypeResolveFn<'FollowAccountSuccess' | 'NotFoundError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type FollowAccountSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FollowAccountSuccess'] = ResolversParentTypes['FollowAccountSuccess']> = {
  account?: Resolver<ResolversTypes['Account'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CreatePostResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreatePostResult'] = ResolversParentTypes['CreatePostResult']> = {
  __resolveType: TypeResolveFn<'CreatePostSuccess' | 'NotFoundError' | 'NotAllowedError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type CreatePostSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreatePostSuccess'] = ResolversParentTypes['CreatePostSuccess']> = {
  post?: Resolver<ResolversTypes['Post'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type DeletePostResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeletePostResult'] = ResolversParentTypes['DeletePostResult']> = {
  __resolveType: TypeResolveFn<'DeletePostSuccess' | 'NotFoundError' | 'InvalidInputError' | 'IdempotencyKeyReusedError' | 'IdempotencyKeyInFlightError', ParentType, ContextType>;
};

export type DeletePostSuccessResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeletePostSuccess'] = ResolversParentTypes['DeletePostSuccess']> = {
  postId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
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
  Post?: PostResolvers<ContextType>;
  Account?: AccountResolvers<ContextType>;
  Product?: ProductResolvers<ContextType>;
  Viewer?: ViewerResolvers<ContextType>;
  PostConnection?: PostConnectionResolvers<ContextType>;
  PostEdge?: PostEdgeResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  SaveProfileResult?: SaveProfileResultResolvers<ContextType>;
  SaveProfileSuccess?: SaveProfileSuccessResolvers<ContextType>;
  HandleTakenError?: HandleTakenErrorResolvers<ContextType>;
  FollowAccountResult?: FollowAccountResultResolvers<ContextType>;
  FollowAccountSuccess?: FollowAccountSuccessResolvers<ContextType>;
  CreatePostResult?: CreatePostResultResolvers<ContextType>;
  CreatePostSuccess?: CreatePostSuccessResolvers<ContextType>;
  DeletePostResult?: DeletePostResultResolvers<ContextType>;
  DeletePostSuccess?: DeletePostSuccessResolvers<ContextType>;
};

