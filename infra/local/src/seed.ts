/**
 * Fills a new stack with two invited sellers, their products and posts, and buyers who follow them, through the same
 * API that everybody uses. Running it again adds nothing; what somebody changed since stays.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { seededAccount, seededAccountsWithRoles, type SeededAccount, type SeededHandle } from './identity-accounts.ts';
import { signIn, type GraphAccess, type GraphClient } from './graph-client.ts';
import { seededShops, toFeed, type SeededShop } from './seed-shops.ts';

/** A mutation's answer with what every result union has. */
type Result = { readonly result: { readonly __typename: string; readonly message?: string } };

/** How long a change may take to reach the other services, in milliseconds. */
const propagationTimeoutMs = 20_000;

/**
 * @param sandboxUrl Where the browser reaches the Stripe sandbox; null when Stripe itself is used, where a seller has to set up payouts by hand.
 * @throws Error that names the mutation that was refused.
 */
export async function seed(state: GraphAccess, sandboxUrl: string | null): Promise<void> {
  const posts = seededShops.reduce((sum, shop) => sum + shop.products.length, 0);
  const ada = await signIn(state, 'buyer', '@ada');
  const { viewer } = await ada.request<{ viewer: { homeTimeline: { edges: readonly unknown[] } } }>(
    `{ viewer { homeTimeline(first: 100) { edges { cursor } } } }`,
  );
  if (viewer.homeTimeline.edges.length >= posts) {
    await Promise.all(seededShops.map((shop) => refreshImages(state, shop)));
    await setUpPayouts(state, sandboxUrl);
    return;
  }
  await openMarket(state);
  await Promise.all(seededShops.map((shop) => openShop(state, shop)));
  await Promise.all(seededAccountsWithRoles(['buyer']).map((buyer) => introduceBuyer(state, buyer)));
  for (const shop of seededShops) await post(state, shop);
  await setUpPayouts(state, sandboxUrl);
}

/** Does what Stripe asks of a seller, so that the seeded shops are paid what they sell. */
async function setUpPayouts(state: GraphAccess, sandboxUrl: string | null): Promise<void> {
  if (sandboxUrl === null) return;
  for (const shop of seededShops) {
    const seller = await signIn(state, 'partner', shop.handle);
    const { viewerSeller } = await seller.request<{ viewerSeller: { payoutAccount: { status: string } | null } }>(
      `{ viewerSeller { payoutAccount { status } } }`,
    );
    if (viewerSeller.payoutAccount?.status === 'ACTIVE') continue;
    const setup = await mutate(seller, 'startPayoutSetup', 'StartPayoutSetupInput', { idempotencyKey: randomUUID() }, [], 'url');
    const { pathname, search } = new URL('url' in setup ? String(setup.url) : '');
    const answer = await fetch(new URL(`${pathname}${search}`, sandboxUrl), {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'outcome=complete',
    });
    if (answer.status >= 400) throw new Error(`the payouts of ${shop.key} cannot be set up: the sandbox answered ${answer.status}`);
  }
}

/** In production a market opens for few and with a minute to undo; a developer wants to see every button, and the order soon. */
async function openMarket(state: GraphAccess): Promise<void> {
  const ops = await signIn(state, 'ops', '@olga');
  await mutate(ops, 'setMarket', 'SetMarketInput', {
    idempotencyKey: 'seed-set-market-us-2',
    country: 'US',
    buyerShareBps: 10_000,
    undoWindowSeconds: 5,
  });
  for (const shop of seededShops) {
    const account = seededAccount(shop.handle);
    await mutate(
      ops,
      'inviteSeller',
      'InviteSellerInput',
      {
        idempotencyKey: `seed-invite-${shop.key}-1`,
        accountId: account.id,
        sellerId: account.sellerId,
        displayName: account.displayName,
        country: 'US',
      },
      ['SellerAlreadyInvitedError'],
    );
  }
}

async function openShop(state: GraphAccess, shop: SeededShop): Promise<void> {
  const seller = await signIn(state, 'partner', shop.handle);
  await mutate(seller, 'acceptSellerInvitation', 'AcceptSellerInvitationInput', { idempotencyKey: `seed-accept-${shop.key}-1` }, [
    'NotAllowedError',
  ]);
  await saveProfile(seller, seededAccount(shop.handle), `${state.gatewayUrl}/images/${shop.avatar}`);
  const feed = { idempotencyKey: `seed-import-${shop.key}-${randomUUID()}`, format: 'TSV', content: toFeed(shop, state.gatewayUrl) };
  // Catalog learns of the new seller from an event.
  await until(`${shop.key} can import`, async () => {
    const result = await mutate(seller, 'importProducts', 'ImportProductsInput', feed, ['NotAllowedError'], 'refusedRows { line reason }');
    return result.__typename === 'ImportProductsSuccess';
  });
}

async function introduceBuyer(state: GraphAccess, account: SeededAccount): Promise<void> {
  const buyer = await signIn(state, 'buyer', account.handle as SeededHandle);
  await saveProfile(buyer, account, null);
  for (const shop of seededShops) {
    const accountId = seededAccount(shop.handle).id;
    await mutate(buyer, 'followAccount', 'FollowAccountInput', {
      idempotencyKey: `seed-follow-${account.id.slice(-8)}-${shop.key}`,
      accountId,
    });
  }
}

async function post(state: GraphAccess, shop: SeededShop): Promise<void> {
  const seller = await signIn(state, 'partner', shop.handle);
  const products = await listProducts(seller);
  for (const product of shop.products) {
    const productId = products.find(({ sku }) => sku === product.sku)?.id;
    if (productId === undefined) throw new Error(`the product ${product.sku} was not imported`);
    // Timeline learns of the new product from an event.
    await until(`${product.sku} can be posted`, async () => {
      const input = { idempotencyKey: `seed-post-${shop.key}-${product.sku}`, text: product.post, productId };
      const result = await mutate(seller, 'createPost', 'CreatePostInput', input, ['NotFoundError', 'NotAllowedError']);
      return result.__typename === 'CreatePostSuccess';
    });
  }
}

/** The gateway serves the pictures; its port may be another one than last time. */
async function refreshImages(state: GraphAccess, shop: SeededShop): Promise<void> {
  const seller = await signIn(state, 'partner', shop.handle);
  for (const { id, sku, image } of await listProducts(seller)) {
    const seeded = shop.products.find((product) => product.sku === sku);
    const imageUrl = `${state.gatewayUrl}/images/${seeded?.image ?? ''}`;
    if (seeded === undefined || image.url === imageUrl || !image.url.endsWith(`/images/${seeded.image}`)) continue;
    await mutate(seller, 'updateProduct', 'UpdateProductInput', { idempotencyKey: randomUUID(), productId: id, imageUrl });
  }
}

type ListedProduct = { readonly id: string; readonly sku: string; readonly image: { readonly url: string } };

async function listProducts(seller: GraphClient): Promise<ListedProduct[]> {
  const { viewerSeller } = await seller.request<{ viewerSeller: { products: { edges: readonly { node: ListedProduct }[] } } }>(
    `{ viewerSeller { products(first: 100) { edges { node { id sku image { url } } } } } }`,
  );
  return viewerSeller.products.edges.map(({ node }) => node);
}

async function saveProfile(client: GraphClient, account: SeededAccount, avatarUrl: string | null): Promise<void> {
  await mutate(client, 'saveProfile', 'SaveProfileInput', {
    idempotencyKey: `seed-profile-${account.id.slice(-12)}-${randomUUID()}`,
    handle: account.handle.slice(1),
    displayName: account.displayName,
    avatarUrl,
  });
}

/** Calls a mutation; a result other than success or the tolerated types is an error. */
async function mutate(
  client: GraphClient,
  name: string,
  inputType: string,
  input: object,
  tolerated: readonly string[] = [],
  fields = '',
): Promise<Result['result']> {
  const success = `${name[0]?.toUpperCase()}${name.slice(1)}Success`;
  const selection = fields === '' ? '' : `... on ${success} { ${fields} }`;
  const { result } = await client.request<Result>(
    `mutation Seed($input: ${inputType}!) { result: ${name}(input: $input) { __typename ... on UserError { message } ${selection} } }`,
    { input },
  );
  const accepted = result.__typename.endsWith('Success') || tolerated.includes(result.__typename);
  const refusedRows = 'refusedRows' in result && Array.isArray(result.refusedRows) ? result.refusedRows : [];
  if (!accepted || refusedRows.length > 0)
    throw new Error(`${name} was refused: ${result.__typename} ${result.message ?? JSON.stringify(refusedRows)}`);
  return result;
}

async function until(what: string, attempt: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + propagationTimeoutMs;
  while (!(await attempt())) {
    if (Date.now() > deadline) throw new Error(`seeding: ${what} only after more than ${propagationTimeoutMs / 1_000} s`);
    await wait(100);
  }
}
