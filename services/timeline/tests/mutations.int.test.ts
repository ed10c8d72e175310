import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '@vitrine/runtime/ids';
import { staffRoles, type Actor } from '@vitrine/runtime/identity';
import { saveProduct, saveSeller } from '../src/store.ts';
import { buyer, seller, startTimelineService, type TimelineService } from './timeline-service.ts';

let timeline: TimelineService;
beforeAll(async () => {
  timeline = await startTimelineService();
});
afterAll(() => timeline.stop());

const handle = () => `h_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
const outboxOf = async (postId: string) =>
  (await timeline.pool.query('select topic, type, sequence, payload from outbox where key = $1 order by position', [postId])).rows;

/** Holds a key as a call that is still running does, while `work` runs. */
async function whileInFlight(actor: Actor & { accountId: string }, operation: string, key: string, work: () => Promise<unknown>) {
  const connection = await timeline.pool.connect();
  const lock = [`${actor.accountId} ${operation} ${key}`];
  await connection.query('select pg_advisory_lock(hashtextextended($1, 0))', lock);
  try {
    return await work();
  } finally {
    await connection.query('select pg_advisory_unlock(hashtextextended($1, 0))', lock);
    connection.release();
  }
}

describe('saveProfile', () => {
  test('makes an account, and a later call changes it', async () => {
    const ada = buyer();
    const [first, second] = [handle(), handle()];
    expect(await timeline.saveProfile(ada, { handle: first, displayName: ' Ada ', avatarUrl: 'https://images.example/a.png' })).toEqual({
      __typename: 'SaveProfileSuccess',
      account: { id: ada.accountId, handle: first, displayName: 'Ada', avatarUrl: 'https://images.example/a.png' },
    });
    expect(await timeline.saveProfile(ada, { handle: second, displayName: 'Ada L.' })).toEqual({
      __typename: 'SaveProfileSuccess',
      account: { id: ada.accountId, handle: second, displayName: 'Ada L.', avatarUrl: null },
    });
    const { data } = await timeline.ask(
      ada,
      `{ gone: account(handle: "${first}") { id } found: account(handle: "${second}") { id displayName } viewer { account { handle } } }`,
    );
    expect(data).toEqual({ gone: null, found: { id: ada.accountId, displayName: 'Ada L.' }, viewer: { account: { handle: second } } });
  });

  test('a handle belongs to one account, and who is refused may try the same key again when it is free', async () => {
    const [ada, grace] = [buyer(), buyer()];
    const [wanted, key] = [handle(), randomUUID()];
    await timeline.saveProfile(ada, { handle: wanted, displayName: 'Ada' });
    expect(await timeline.saveProfile(grace, { handle: wanted, displayName: 'Grace' }, key)).toEqual({
      __typename: 'HandleTakenError',
      message: expect.any(String),
      handle: wanted,
    });
    await timeline.saveProfile(ada, { handle: handle(), displayName: 'Ada' });
    expect(await timeline.saveProfile(grace, { handle: wanted, displayName: 'Grace' }, key)).toMatchObject({
      __typename: 'SaveProfileSuccess',
    });
  });

  test.each(['handle', 'displayName', 'avatarUrl'])('a wrong %s is refused with its path and nothing is saved', async (field) => {
    const ada = buyer();
    const answer = await timeline.saveProfile(ada, { handle: handle(), displayName: 'Ada', [field]: ' ' });
    expect(answer).toMatchObject({ __typename: 'InvalidInputError', path: [field] });
    expect((await timeline.ask(ada, '{ viewer { account { id } } }')).data).toEqual({ viewer: { account: null } });
  });

  test('the key decides about a repeat', async () => {
    const ada = buyer();
    const [key, input] = [randomUUID(), { handle: handle(), displayName: 'Ada' }];
    await timeline.saveProfile(ada, input, key);
    await timeline.saveProfile(ada, { handle: handle(), displayName: 'Ada the second' });
    expect(await timeline.saveProfile(ada, input, key)).toMatchObject({ account: { displayName: 'Ada the second' } });
    expect(await timeline.saveProfile(ada, { ...input, displayName: 'Other' }, key)).toMatchObject({
      __typename: 'IdempotencyKeyReusedError',
      idempotencyKey: key,
    });
    expect(await timeline.saveProfile(ada, input, 'short')).toMatchObject({ __typename: 'InvalidInputError', path: ['idempotencyKey'] });
    const inFlight = randomUUID();
    expect(await whileInFlight(ada, 'saveProfile', inFlight, () => timeline.saveProfile(ada, input, inFlight))).toMatchObject({
      __typename: 'IdempotencyKeyInFlightError',
      retryAfterMs: expect.any(Number),
    });
  });

  test('is for buyers and sellers', async () => {
    expect(await timeline.saveProfile(seller(), { handle: handle(), displayName: 'Shop' })).toMatchObject({
      __typename: 'SaveProfileSuccess',
    });
    await expect(
      timeline.saveProfile({ role: 'operator', accountId: newId('usr'), staffRoles }, { handle: handle(), displayName: 'Staff' }),
    ).rejects.toThrow('FORBIDDEN');
  });
});

describe('followAccount and unfollowAccount', () => {
  test('follow, and stop to, as often as one likes', async () => {
    const [ada, grace] = [await timeline.person(), await timeline.person()];
    const followed = (viewerFollows: boolean) => ({ __typename: 'FollowAccountSuccess', account: { id: grace.accountId, viewerFollows } });
    expect(await timeline.follow(ada, grace.accountId)).toEqual(followed(true));
    expect(await timeline.follow(ada, grace.accountId)).toEqual(followed(true));
    expect(await timeline.unfollow(ada, grace.accountId)).toEqual(followed(false));
    expect(await timeline.unfollow(ada, grace.accountId)).toEqual(followed(false));
  });

  test.each(['follow', 'unfollow'] as const)('%s refuses the own account, an unknown one and what is no id', async (name) => {
    const ada = await timeline.person();
    const unknown = newId('usr');
    expect(await timeline[name](ada, ada.accountId)).toMatchObject({ __typename: 'InvalidInputError', path: ['accountId'] });
    expect(await timeline[name](ada, unknown)).toMatchObject({ __typename: 'NotFoundError', id: unknown });
    expect(await timeline[name](ada, "x' or true")).toMatchObject({ __typename: 'NotFoundError', id: "x' or true" });
    await expect(timeline[name](seller(), ada.accountId)).rejects.toThrow('FORBIDDEN');
  });

  test('an account that was unknown can be followed with the same key once it is there', async () => {
    const [ada, grace, key] = [await timeline.person(), buyer(), randomUUID()];
    expect(await timeline.follow(ada, grace.accountId, key)).toMatchObject({ __typename: 'NotFoundError' });
    await timeline.saveProfile(grace, { handle: handle(), displayName: 'Grace' });
    expect(await timeline.follow(ada, grace.accountId, key)).toMatchObject({ __typename: 'FollowAccountSuccess' });
  });

  test.each(['follow', 'unfollow'] as const)('%s: the key decides about a repeat', async (name) => {
    const [ada, grace, linus] = [await timeline.person(), await timeline.person(), await timeline.person()];
    const key = randomUUID();
    const answer = await timeline[name](ada, grace.accountId, key);
    expect(await timeline[name](ada, grace.accountId, key)).toEqual(answer);
    expect(await timeline[name](ada, linus.accountId, key)).toMatchObject({ __typename: 'IdempotencyKeyReusedError', idempotencyKey: key });
    expect(await timeline[name](ada, grace.accountId, 'short')).toMatchObject({
      __typename: 'InvalidInputError',
      path: ['idempotencyKey'],
    });
    const inFlight = randomUUID();
    expect(await whileInFlight(ada, `${name}Account`, inFlight, () => timeline[name](ada, grace.accountId, inFlight))).toMatchObject({
      __typename: 'IdempotencyKeyInFlightError',
    });
  });
});

describe('createPost', () => {
  test('writes the post with its event', async () => {
    const ada = await timeline.person();
    const { __typename, post } = (await timeline.createPost(ada, { text: ' Hello\nworld ' })) as {
      __typename: string;
      post: { id: string; createdAt: string };
    };
    expect(__typename).toBe('CreatePostSuccess');
    expect(post).toEqual({
      id: expect.stringMatching(/^pst_/),
      text: 'Hello\nworld',
      createdAt: expect.any(String),
      author: { id: ada.accountId },
      product: null,
    });
    expect(await outboxOf(post.id)).toEqual([
      {
        topic: 'timeline.post.v1',
        type: 'post.created',
        sequence: 1,
        payload: { post: { postId: post.id, authorId: ada.accountId, productId: null, createdAt: post.createdAt } },
      },
    ]);
    const { data } = await timeline.ask(seller(), `{ post(id: "${post.id}") { text author { handle } } }`);
    expect(data).toMatchObject({ post: { text: 'Hello\nworld' } });
  });

  test('an author without a profile is told to save one, and may come back with the same key', async () => {
    const [ada, key] = [buyer(), randomUUID()];
    expect(await timeline.createPost(ada, { text: 'hi' }, key)).toMatchObject({
      __typename: 'NotAllowedError',
      message: expect.stringContaining('profile'),
    });
    await timeline.saveProfile(ada, { handle: handle(), displayName: 'Ada' });
    expect(await timeline.createPost(ada, { text: 'hi' }, key)).toMatchObject({ __typename: 'CreatePostSuccess' });
  });

  test('a wrong text is refused and nothing is written', async () => {
    const ada = await timeline.person();
    expect(await timeline.createPost(ada, { text: 'x'.repeat(501) })).toMatchObject({ __typename: 'InvalidInputError', path: ['text'] });
    expect((await timeline.page(ada)).ids).toEqual([]);
  });

  test('only an active seller shows a product, and only an own one', async () => {
    const shop = seller();
    await timeline.saveProfile(shop, { handle: handle(), displayName: 'Shop' });
    const productId = newId('prd');
    const attempt = (actor: Actor, id = productId, key?: string) => timeline.createPost(actor, { text: 'Look', productId: id }, key);
    const product = { productId, sellerId: shop.sellerId, discontinued: false };
    const sellerRow = { sellerId: shop.sellerId, accountId: shop.accountId, status: 'active' };
    const key = randomUUID();

    expect(await attempt(shop, productId, key)).toMatchObject({ __typename: 'NotFoundError', id: productId });
    expect(await attempt(shop, 'prd_1')).toMatchObject({ __typename: 'NotFoundError', id: 'prd_1' });
    await saveProduct(timeline.pool, { ...product, sequence: 1 });
    expect(await attempt(shop, productId, key)).toMatchObject({ __typename: 'NotAllowedError' });
    await saveSeller(timeline.pool, { ...sellerRow, status: 'invited', sequence: 1 });
    expect(await attempt(shop, productId, key)).toMatchObject({
      __typename: 'NotAllowedError',
      message: expect.stringContaining('active'),
    });
    await saveSeller(timeline.pool, { ...sellerRow, sequence: 2 });
    expect(await attempt(shop, productId, key)).toMatchObject({ __typename: 'CreatePostSuccess', post: { product: { id: productId } } });

    const other = seller();
    await timeline.saveProfile(other, { handle: handle(), displayName: 'Other shop' });
    await saveSeller(timeline.pool, { sellerId: other.sellerId, accountId: other.accountId, status: 'active', sequence: 1 });
    expect(await attempt(other)).toMatchObject({ __typename: 'NotAllowedError' });
    // The account behind the seller, on the buyers' graph; and another account that claims to be that seller.
    expect(await attempt({ role: 'buyer', accountId: shop.accountId, country: 'US' })).toMatchObject({ __typename: 'NotAllowedError' });
    expect(await attempt({ ...other, sellerId: shop.sellerId })).toMatchObject({ __typename: 'NotAllowedError' });

    await saveProduct(timeline.pool, { ...product, discontinued: true, sequence: 2 });
    expect(await attempt(shop)).toMatchObject({ __typename: 'NotAllowedError', message: expect.stringContaining('no longer sold') });
    await saveProduct(timeline.pool, { ...product, sequence: 3 });
    await saveSeller(timeline.pool, { ...sellerRow, status: 'suspended', sequence: 3 });
    expect(await attempt(shop)).toMatchObject({ __typename: 'NotAllowedError' });
    const { rows } = await timeline.pool.query('select count(*) from posts where product_id = $1', [productId]);
    expect(rows).toEqual([{ count: 1 }]);
  });

  test('the key decides about a repeat: one post, whatever comes in at the same time', async () => {
    const [ada, key] = [await timeline.person(), randomUUID()];
    const answers = await Promise.all(Array.from({ length: 5 }, () => timeline.createPost(ada, { text: 'once' }, key)));
    for (const { __typename } of answers) expect(['CreatePostSuccess', 'IdempotencyKeyInFlightError']).toContain(__typename);
    const { post } = (await timeline.createPost(ada, { text: 'once' }, key)) as { post: { id: string } };
    expect((await timeline.page(ada)).ids).toEqual([post.id]);
    expect(await timeline.createPost(ada, { text: 'twice' }, key)).toMatchObject({
      __typename: 'IdempotencyKeyReusedError',
      idempotencyKey: key,
    });
    expect(await timeline.createPost(ada, { text: 'once' }, 'short')).toMatchObject({
      __typename: 'InvalidInputError',
      path: ['idempotencyKey'],
    });
    const inFlight = randomUUID();
    expect(await whileInFlight(ada, 'createPost', inFlight, () => timeline.createPost(ada, { text: 'once' }, inFlight))).toMatchObject({
      __typename: 'IdempotencyKeyInFlightError',
    });

    await timeline.deletePost(ada, post.id);
    expect(await timeline.createPost(ada, { text: 'once' }, key)).toMatchObject({ __typename: 'CreatePostSuccess', post: { id: post.id } });
    expect((await timeline.page(ada)).ids).toEqual([]);
  });

  test('is not for operators', async () => {
    await expect(timeline.createPost({ role: 'operator', accountId: newId('usr'), staffRoles }, { text: 'hi' })).rejects.toThrow(
      'FORBIDDEN',
    );
  });
});

describe('deletePost', () => {
  test('takes an own post away for everybody and tells of it once', async () => {
    const [ada, grace] = [await timeline.person(), await timeline.person()];
    const [postId, key] = [await timeline.post(ada), randomUUID()];
    const deleted = { __typename: 'DeletePostSuccess', postId };
    expect(await timeline.deletePost(ada, postId, key)).toEqual(deleted);
    expect(await timeline.deletePost(ada, postId, key)).toEqual(deleted);
    expect(await timeline.deletePost(ada, postId)).toMatchObject({ __typename: 'NotFoundError', id: postId });
    expect((await timeline.ask(grace, `{ post(id: "${postId}") { id } }`)).data).toEqual({ post: null });
    expect((await outboxOf(postId)).map(({ type, sequence }) => [type, sequence])).toEqual([
      ['post.created', 1],
      ['post.deleted', 2],
    ]);
  });

  test('leaves the posts of others alone', async () => {
    const [ada, grace] = [await timeline.person(), await timeline.person()];
    const postId = await timeline.post(ada);
    expect(await timeline.deletePost(grace, postId)).toMatchObject({ __typename: 'NotFoundError', id: postId });
    expect(await timeline.deletePost(grace, 'pst_1')).toMatchObject({ __typename: 'NotFoundError', id: 'pst_1' });
    expect((await timeline.ask(grace, `{ post(id: "${postId}") { id } }`)).data).toEqual({ post: { id: postId } });
    await expect(timeline.deletePost({ role: 'operator', accountId: ada.accountId, staffRoles }, postId)).rejects.toThrow('FORBIDDEN');
  });

  test('the key decides about a repeat', async () => {
    const ada = await timeline.person();
    const [one, two, key] = [await timeline.post(ada), await timeline.post(ada), randomUUID()];
    await timeline.deletePost(ada, one, key);
    expect(await timeline.deletePost(ada, two, key)).toMatchObject({ __typename: 'IdempotencyKeyReusedError', idempotencyKey: key });
    expect(await timeline.deletePost(ada, two, 'short')).toMatchObject({ __typename: 'InvalidInputError', path: ['idempotencyKey'] });
    const inFlight = randomUUID();
    expect(await whileInFlight(ada, 'deletePost', inFlight, () => timeline.deletePost(ada, two, inFlight))).toMatchObject({
      __typename: 'IdempotencyKeyInFlightError',
    });
  });
});

describe('who sees what', () => {
  const entities = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Viewer { id homeTimeline(first: 5) { edges { node { text } } } account { handle } } ... on Account { id displayName } ... on Post { id text } } }`;

  test('a viewer is told to that person only, by _entities too', async () => {
    const [ada, grace] = [await timeline.person(), await timeline.person()];
    await timeline.post(ada, 'only for my followers');
    const representations = [{ __typename: 'Viewer', id: ada.accountId }];
    expect((await timeline.ask(ada, entities, { representations })).data).toMatchObject({
      _entities: [{ id: ada.accountId, homeTimeline: { edges: [{}] } }],
    });
    for (const other of [
      grace,
      seller(),
      { role: 'seller', accountId: ada.accountId, sellerId: newId('sel') },
      { role: 'operator', accountId: ada.accountId, staffRoles },
      { role: 'service' },
    ] as const) {
      expect((await timeline.ask(other, entities, { representations })).data).toEqual({ _entities: [null] });
    }
  });

  test('Query.viewer is for buyers, and so is whom one follows', async () => {
    const ada = await timeline.person();
    const { rows } = await timeline.pool.query<{ handle: string }>('select handle from accounts where account_id = $1', [ada.accountId]);
    for (const actor of [seller(), { role: 'operator', accountId: ada.accountId, staffRoles }] as const) {
      expect(await timeline.ask(actor, '{ viewer { id } }')).toMatchObject({ data: null, errors: [{ extensions: { code: 'FORBIDDEN' } }] });
      expect(await timeline.ask(actor, `{ account(handle: "${rows[0]?.handle}") { id viewerFollows } }`)).toMatchObject({
        data: { account: null },
        errors: [{ extensions: { code: 'FORBIDDEN' } }],
      });
    }
  });

  test('posts and accounts are public, each kind in one statement however many are asked for', async () => {
    const [ada, grace] = [await timeline.person(), await timeline.person()];
    const [one, two, gone] = [await timeline.post(ada, 'one'), await timeline.post(grace, 'two'), await timeline.post(ada, 'gone')];
    await timeline.deletePost(ada, gone);
    const representations = [
      ...[one, gone, two, 'pst_1'].map((id) => ({ __typename: 'Post', id })),
      ...[ada.accountId, newId('usr'), grace.accountId, 'usr_1'].map((id) => ({ __typename: 'Account', id })),
    ];
    let data: unknown;
    const statements = await timeline.statementsOf(async () => {
      ({ data } = await timeline.ask(seller(), entities, { representations }));
    });
    expect(data).toMatchObject({
      _entities: [{ text: 'one' }, null, { text: 'two' }, null, { id: ada.accountId }, null, { id: grace.accountId }, null],
    });
    expect(statements.toSorted()).toEqual(['accounts-by-id', 'posts-by-id']);
  });
});
