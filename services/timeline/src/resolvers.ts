/**
 * GraphQL to use cases and back. Posts and accounts are public; a timeline, and whom somebody follows, is told to that
 * person only.
 */
import { unreachable } from '@vitrine/runtime/errors';
import type { IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { isId } from '@vitrine/runtime/ids';
import { parsePage, toCursor } from '@vitrine/runtime/page';
import type { Account } from './account.ts';
import { findBuyer, requireAuthor, requireBuyer, type Context } from './context.ts';
import { createPost } from './create-post.ts';
import { deletePost } from './delete-post.ts';
import { followAccount, unfollowAccount, type FollowAccountResult } from './follow-account.ts';
import type { Resolvers, ResolversTypes } from './generated/schema.ts';
import { readHomeTimeline } from './read-home-timeline.ts';
import { saveProfile } from './save-profile.ts';
import { findAccountByHandle } from './store.ts';

type Answer<Union extends 'SaveProfileResult' | 'FollowAccountResult' | 'CreatePostResult' | 'DeletePostResult'> = Awaited<
  ResolversTypes[Union]
>;

export const resolvers: Resolvers = {
  Query: {
    viewer: (_parent, _arguments, { identity }) => ({ id: requireBuyer(identity) }),
    post: (_parent, { id }, { posts }) => (isId('pst', id) ? posts.load(id) : null),
    account: (_parent, { handle }, { deps }) => findAccountByHandle(deps.pool, handle),
  },

  Mutation: {
    saveProfile: async (_parent, { input }, { deps, identity, accounts }): Promise<Answer<'SaveProfileResult'>> => {
      const { accountId } = requireAuthor(identity);
      const { idempotencyKey, handle, displayName, avatarUrl = null } = input;
      const result = await saveProfile(
        deps,
        { accountId, idempotencyKey, requestId: identity.requestId },
        { handle, displayName, avatarUrl },
      );
      switch (result.kind) {
        case 'saved':
          return { __typename: 'SaveProfileSuccess', account: await requireAccount(accounts.clear(accountId), accountId) };
        case 'handle_taken':
          return { __typename: 'HandleTakenError', message: 'Somebody else has this handle. Choose another one.', handle: result.handle };
        case 'invalid_input':
          return { __typename: 'InvalidInputError', message: result.message, path: result.path };
        default:
          return toRefusal(result);
      }
    },

    followAccount: async (_parent, { input }, context) => {
      const accountId = requireBuyer(context.identity);
      const call = { accountId, idempotencyKey: input.idempotencyKey, requestId: context.identity.requestId };
      return toFollowAnswer(context, await followAccount(context.deps, call, input.accountId));
    },

    unfollowAccount: async (_parent, { input }, context) => {
      const accountId = requireBuyer(context.identity);
      const call = { accountId, idempotencyKey: input.idempotencyKey, requestId: context.identity.requestId };
      return toFollowAnswer(context, await unfollowAccount(context.deps, call, input.accountId));
    },

    createPost: async (_parent, { input }, { deps, identity }): Promise<Answer<'CreatePostResult'>> => {
      const author = requireAuthor(identity);
      const { idempotencyKey, text, productId = null } = input;
      const result = await createPost(deps, { ...author, idempotencyKey, requestId: identity.requestId }, { text, productId });
      switch (result.kind) {
        case 'created':
          return { __typename: 'CreatePostSuccess', post: result.post };
        case 'product_not_found':
          return {
            __typename: 'NotFoundError',
            message: 'There is no such product. One that was just made can be shown a moment later.',
            id: result.productId,
          };
        case 'not_allowed':
          return { __typename: 'NotAllowedError', message: result.message };
        case 'invalid_text':
          return { __typename: 'InvalidInputError', message: result.message, path: ['text'] };
        default:
          return toRefusal(result);
      }
    },

    deletePost: async (_parent, { input }, { deps, identity, posts }): Promise<Answer<'DeletePostResult'>> => {
      const { accountId } = requireAuthor(identity);
      const result = await deletePost(
        deps,
        { accountId, idempotencyKey: input.idempotencyKey, requestId: identity.requestId },
        input.postId,
      );
      switch (result.kind) {
        case 'deleted':
          posts.clear(result.postId);
          return { __typename: 'DeletePostSuccess', postId: result.postId };
        case 'not_found':
          return { __typename: 'NotFoundError', message: 'You have no such post.', id: result.postId };
        default:
          return toRefusal(result);
      }
    },
  },

  Viewer: {
    __resolveReference: ({ id }, { identity }) => (id === findBuyer(identity) ? { id } : null),
    account: ({ id }, _arguments, { accounts }) => accounts.load(id),
    homeTimeline: async ({ id }, args, { deps, accounts, followed }) => {
      const { entries, hasNextPage } = await readHomeTimeline(deps, id, parsePage(args, 'pst'));
      for (const entry of entries) {
        accounts.prime(entry.author.id, entry.author);
        followed.prime(entry.author.id, entry.followed);
      }
      const edges = entries.map(({ post }) => ({ cursor: toCursor(post.id), node: post }));
      return { edges, pageInfo: { hasNextPage, endCursor: edges.at(-1)?.cursor ?? null } };
    },
  },

  Post: {
    __resolveReference: ({ id }, { posts }) => (isId('pst', id) ? posts.load(id) : null),
    author: ({ authorId }, _arguments, { accounts }) => requireAccount(accounts, authorId),
    product: ({ productId }) => (productId === null ? null : { id: productId }),
  },

  Account: {
    __resolveReference: ({ id }, { accounts }) => (isId('usr', id) ? accounts.load(id) : null),
    viewerFollows: ({ id }, _arguments, { followed }) => followed.load(id),
  },
};

/** An account of which another row says that it exists. */
async function requireAccount(accounts: Context['accounts'], accountId: string): Promise<Account> {
  const account = await accounts.load(accountId);
  if (account === null) throw new Error(`${accountId} has no profile`);
  return account;
}

async function toFollowAnswer({ accounts, followed }: Context, result: FollowAccountResult): Promise<Answer<'FollowAccountResult'>> {
  switch (result.kind) {
    case 'changed':
      followed.clear(result.accountId);
      return { __typename: 'FollowAccountSuccess', account: await requireAccount(accounts, result.accountId) };
    case 'not_found':
      return { __typename: 'NotFoundError', message: 'There is no such account.', id: result.accountId };
    case 'own_account':
      return {
        __typename: 'InvalidInputError',
        message: 'An account cannot follow itself: own posts are in the timeline anyway.',
        path: ['accountId'],
      };
    default:
      return toRefusal(result);
  }
}

function toRefusal(refusal: IdempotencyRefusal) {
  switch (refusal.kind) {
    case 'idempotency_key_invalid':
      return { __typename: 'InvalidInputError', message: refusal.message, path: ['idempotencyKey'] } as const;
    case 'idempotency_key_reused':
      return { __typename: 'IdempotencyKeyReusedError', message: refusal.message, idempotencyKey: refusal.idempotencyKey } as const;
    case 'idempotency_key_in_flight':
      return { __typename: 'IdempotencyKeyInFlightError', message: refusal.message, retryAfterMs: refusal.retryAfterMs } as const;
    default:
      return unreachable(refusal);
  }
}
