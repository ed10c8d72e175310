/** Everything that a buyer and a seller can have in Vitrine, made by them: the rows that nobody else may see or change. */
import { randomUUID } from 'node:crypto';
import { seededAccount } from '@vitrine/local/identity-accounts';
import type { ServiceName } from '@vitrine/local/service-names';
import type { StackState } from '@vitrine/local/stack';
import type { Actor } from '@vitrine/runtime/identity';
import { fillShelves, introduce, openMarket, tapBuy, totalOf, type CrowdBuyer } from './crowd.ts';
import type { Values } from './schema-walk.ts';
import type { Result, SignedCalls } from './signed-calls.ts';
import { until } from './until.ts';

export type Seller = Extract<Actor, { readonly role: 'seller' }>;

export interface PrivateRows {
  readonly buyer: Actor;
  readonly seller: Seller;
  /** Ids, by the names that arguments have for them. */
  readonly ids: Values;
  /** What else their calls have to say. */
  readonly rest: Values;
  /** What only the two of them, and staff in part, may ever read. */
  readonly secrets: readonly string[];
  /** A program of the seller that may write posts, and nothing else. */
  readonly client: { readonly clientId: string; readonly secret: string };
  /** Those of the secrets that staff may not read either. */
  readonly personal: readonly string[];
}

export const sellerActor = (handle: '@paperandpine' | '@northwind'): Seller => {
  const { id, sellerId } = seededAccount(handle);
  if (sellerId === undefined) throw new Error(`${handle} has no shop`);
  return { role: 'seller', accountId: id, sellerId };
};

const carrierNumber = (mark: string): string => `1Z${mark.toUpperCase()}0000000042`;

/** @param mark Of whom they are: the word is in every text of these rows and in no others. */
export async function makePrivateRows(
  calls: SignedCalls,
  state: StackState,
  {
    buyer,
    handle,
    mark,
  }: { readonly buyer: CrowdBuyer; readonly handle: '@paperandpine' | '@northwind'; readonly mark: 'victim' | 'strange' },
): Promise<PrivateRows> {
  const seller = sellerActor(handle);
  const { actor } = buyer;
  const mutate = async (service: ServiceName, by: Actor, name: string, selection: string, input: object): Promise<Result> => {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    const query = `mutation ($input: ${type}Input!) { result: ${name}(input: $input) { __typename ... on UserError { message } ... on ${type}Success { ${selection} } } }`;
    const result = await calls.graph(service, by, query, { input: { idempotencyKey: randomUUID(), ...input } });
    if (result?.__typename !== `${type}Success`) throw new Error(`${name}: ${result?.__typename ?? 'no answer'} ${result?.message ?? ''}`);
    return result;
  };
  const idIn = (result: Result, name: string): string => {
    const row = result[name];
    if (typeof row !== 'object' || row === null || !('id' in row) || typeof row.id !== 'string') throw new Error(`there is no ${name}`);
    return row.id;
  };

  const isVictim = mark === 'victim';
  await introduce(calls, actor, isVictim ? '5555555555554444' : '4242424242424242');
  const addressLine = `77 ${mark} Lane`;
  const phone = isVictim ? '+14155550199' : '+14155550142';
  const address = { name: `Vera ${mark}son`, line1: addressLine, city: 'San Francisco', region: 'CA', postalCode: '94110', country: 'US' };
  const saved = { ...address, phone, label: `${mark} hideaway`, saveConsent: { textVersion: 'save-us-1' } };
  const addressId = idIn(await mutate('payment-vault', actor, 'addAddress', 'address { id }', saved), 'address');
  const viewer = await calls.graph('payment-vault', actor, '{ result: viewer { __typename paymentMethods { id } } }', {});
  const cards = viewer?.['paymentMethods'] as readonly { readonly id: string }[] | undefined;
  const paymentMethodId = cards?.[0]?.id ?? '';
  await mutate('payment-vault', actor, 'setPaymentMethodLabel', 'paymentMethod { id }', { paymentMethodId, label: `${mark} card` });
  const setup = await mutate('payment-vault', actor, 'startCardSetup', 'setupIntentId', {});
  const expiresAt = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const permission = { sellerId: seller.sellerId, fields: ['NAME', 'PHONE'], purpose: 'WARRANTY', expiresAt };
  const permissionId = idIn(await mutate('payment-vault', actor, 'grantPermission', 'permission { id }', permission), 'permission');
  const marketing = { sellerId: seller.sellerId, channel: 'EMAIL', granted: true, textVersion: 'marketing-us-1' };
  await mutate('payment-vault', actor, 'setMarketingConsent', 'consent { id }', marketing);

  const [shelf] = await fillShelves(calls, state, handle, [7_919], isVictim ? 2_300 : 1_700);
  if (shelf === undefined) throw new Error('the shelf is empty');
  const { productId } = shelf;
  const expectedTotal = await totalOf(calls, buyer, shelf);
  const buy = async (): Promise<string> => {
    const result = await tapBuy(calls, buyer, { idempotencyKey: randomUUID(), productId, quantity: 1, expectedTotal });
    if (result?.__typename !== 'PlaceOrderSuccess') throw new Error(`placeOrder: ${result?.__typename ?? 'no answer'}`);
    return idIn(result, 'order');
  };
  // The first order goes all the way to a return, the second can still be taken back.
  await openMarket(calls, 0);
  const orderId = await buy();
  await until('the seller to know the order', async () => {
    const query = 'query ($id: ID!) { result: sellerOrder(id: $id) { __typename } }';
    return (await calls.graph('seller-eligibility', seller, query, { id: orderId })) ?? undefined;
  });
  const parcel = { orderId, carrier: 'UPS', trackingNumber: carrierNumber(mark) };
  const shipmentId = idIn(await mutate('checkout', seller, 'shipOrder', 'shipment { id }', parcel), 'shipment');
  await mutate('checkout', seller, 'recordShipmentEvent', 'shipment { id }', { shipmentId, status: 'DELIVERED' });
  const asked = { orderId, lines: [{ productId, quantity: 1 }], reason: 'CHANGED_MIND' };
  const returnId = idIn(await mutate('checkout', actor, 'requestReturn', 'return { id }', asked), 'return');
  const refund = { orderId, kind: 'SHIPPING', reason: 'REQUESTED_BY_BUYER' };
  const refundId = idIn(await mutate('checkout', seller, 'refundOrder', 'refund { id }', refund), 'refund');
  await openMarket(calls, 3_000);
  const secondOrderId = await buy();
  const sheet = await calls.graph(
    'checkout',
    actor,
    'query ($input: OpenBuyInput!) { result: openBuy(input: $input) { __typename ... on BuySheet { quoteId } } }',
    { input: { productId } },
  );

  const postInput = { text: `A post of ${handle}`, productId };
  const postId = await until('timeline to know the product', async () => {
    try {
      return idIn(await mutate('timeline', seller, 'createPost', 'post { id }', postInput), 'post');
    } catch {
      // It learns of a product from an event; `until` tells when it never does.
      return undefined;
    }
  });
  const client = await mutate('seller-eligibility', seller, 'createApiClient', 'client { id } key { id } secret', {
    name: `${mark} warehouse`,
    scopes: ['posts:write'],
  });
  const [clientId, keyId] = [idIn(client, 'client'), idIn(client, 'key')];

  const orders = [orderId, secondOrderId];
  const personal = [
    address.name,
    addressLine,
    phone,
    saved.label,
    `${mark} card`,
    isVictim ? '4444' : '4242',
    addressId,
    paymentMethodId,
    carrierNumber(mark),
  ];
  return {
    buyer: actor,
    seller,
    client: { clientId, secret: String(client['secret']) },
    ids: {
      id: [
        buyer.buyerId,
        ...orders,
        returnId,
        shipmentId,
        refundId,
        productId,
        seller.sellerId,
        postId,
        clientId,
        addressId,
        paymentMethodId,
        permissionId,
      ],
      orderId: orders,
      returnId: [returnId],
      shipmentId: [shipmentId],
      productId: [productId],
      sellerId: [seller.sellerId],
      accountId: [seller.accountId, buyer.buyerId],
      buyerId: [buyer.buyerId],
      postId: [postId],
      sourcePostId: [postId],
      addressId: [addressId],
      paymentMethodId: [paymentMethodId],
      permissionId: [permissionId],
      setupIntentId: [String(setup['setupIntentId'])],
      quoteId: [String(sheet?.['quoteId'])],
      besideOrderId: orders,
      clientId: [clientId],
      keyId: [keyId],
      handle: [handle.slice(1)],
    },
    rest: {
      country: ['US'],
      amountMinor: [expectedTotal.amountMinor],
      currency: [expectedTotal.currency],
      version: ['us-1'],
    },
    secrets: [...personal, ...orders, returnId, shipmentId, refundId, permissionId, clientId, keyId, `${mark} warehouse`, buyer.buyerId],
    personal,
  };
}
