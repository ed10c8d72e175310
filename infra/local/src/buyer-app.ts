/**
 * What the official app does for a buyer, step by step, with the operations that were published for it: the demo and the
 * end-to-end tests buy with it. The card goes from here to Stripe's API; Vitrine gets the id of a setup only.
 */
import { randomUUID } from 'node:crypto';
import type { GraphClient } from './graph-client.ts';
import { publishedOperation } from './published-operations.ts';

export interface Money {
  readonly amountMinor: number;
  readonly currency: string;
}

/** Something to buy, as the timeline shows it. */
export interface Card {
  readonly postId: string;
  readonly product: {
    readonly id: string;
    readonly sku: string;
    readonly title: string;
    readonly price: Money;
    readonly oneTapTotal: Money | null;
    readonly buyButton: { readonly available: boolean; readonly reason: string | null; readonly message: string | null } | null;
  };
}

/** A union's answer: `__typename`, `message` when it is an error, and the rest by type. */
export type Answer = { readonly __typename: string; readonly message?: string } & Readonly<Record<string, unknown>>;

export interface PlacedOrder {
  readonly id: string;
  readonly status: string;
  readonly total: Money;
}

/** The first page of the viewer's timeline, posts with a product only. */
export async function readTimeline(buyer: GraphClient): Promise<Card[]> {
  type Edge = { readonly node: { readonly id: string; readonly product: Card['product'] | null } };
  const { viewer } = await buyer.request<{ viewer: { homeTimeline: { edges: readonly Edge[] } } }>(publishedOperation('app-timeline'));
  return viewer.homeTimeline.edges.flatMap(({ node }) => (node.product === null ? [] : [{ postId: node.id, product: node.product }]));
}

/** Opens the buy sheet. */
export async function openBuy(
  buyer: GraphClient,
  input: { readonly productId: string; readonly quantity?: number },
): Promise<Answer & { readonly total?: Money | null; readonly missing?: readonly string[] }> {
  const { openBuy: sheet } = await buyer.request<{ openBuy: Answer }>(publishedOperation('app-buy-sheet'), { input });
  return sheet;
}

export interface PostalAddress {
  readonly name: string;
  readonly line1: string;
  readonly city: string;
  readonly region: string;
  readonly postalCode: string;
  readonly country: string;
  readonly phone?: string;
}

/** Agrees to what the buyer is shown about saving, as one does who ticks the box. */
async function consentTo(buyer: GraphClient): Promise<{ readonly textVersion: string }> {
  const { consentTexts } = await buyer.request<{ consentTexts: readonly { readonly purpose: string; readonly version: string }[] }>(
    publishedOperation('consent-texts'),
  );
  const text = consentTexts.find(({ purpose }) => purpose === 'SAVE_DETAILS');
  if (text === undefined) throw new Error('there is no text about saving');
  return { textVersion: text.version };
}

/** Stores an address. */
export async function enterAddress(buyer: GraphClient, address: PostalAddress): Promise<Answer> {
  const { addAddress } = await buyer.request<{ addAddress: Answer }>(publishedOperation('add-address'), {
    input: { idempotencyKey: randomUUID(), ...address, saveConsent: await consentTo(buyer) },
  });
  return addAddress;
}

export interface CardDetails {
  readonly number: string;
  readonly expMonth: number;
  readonly expYear: number;
  readonly cvc: string;
}

/** Gives a card to Stripe and has the vault store the reference. Answers the last result, also when an earlier step failed. */
export async function enterCard(buyer: GraphClient, card: CardDetails): Promise<Answer> {
  const { startCardSetup } = await buyer.request<{ startCardSetup: Answer }>(publishedOperation('app-start-card-setup'), {
    input: { idempotencyKey: randomUUID() },
  });
  if (startCardSetup.__typename !== 'StartCardSetupSuccess') return startCardSetup;
  const { setupIntentId, clientSecret, publishableKey, stripeApiBase } = startCardSetup as unknown as Record<string, string>;
  const stripe = async (
    path: string,
    form: Readonly<Record<string, string>>,
  ): Promise<{ readonly id?: string; readonly error?: { readonly message?: string } }> => {
    const response = await fetch(`${stripeApiBase ?? ''}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${publishableKey ?? ''}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form),
    });
    return (await response.json()) as { readonly id?: string; readonly error?: { readonly message?: string } };
  };
  const paymentMethod = await stripe('/v1/payment_methods', {
    type: 'card',
    'card[number]': card.number,
    'card[exp_month]': String(card.expMonth),
    'card[exp_year]': String(card.expYear),
    'card[cvc]': card.cvc,
  });
  if (paymentMethod.id === undefined)
    return { __typename: 'StripeError', message: paymentMethod.error?.message ?? 'Stripe refused the card.' };
  const confirmed = await stripe(`/v1/setup_intents/${setupIntentId ?? ''}/confirm`, {
    client_secret: clientSecret ?? '',
    payment_method: paymentMethod.id,
  });
  if (confirmed.error !== undefined) return { __typename: 'StripeError', message: confirmed.error.message ?? 'Stripe refused the card.' };
  const { finishCardSetup } = await buyer.request<{ finishCardSetup: Answer }>(publishedOperation('finish-card-setup'), {
    input: { idempotencyKey: randomUUID(), setupIntentId, saveConsent: await consentTo(buyer) },
  });
  return finishCardSetup;
}

export interface PlaceOrderInput {
  readonly idempotencyKey?: string;
  readonly productId: string;
  readonly quantity?: number;
  readonly expectedTotal: Money;
  readonly sourcePostId?: string;
  readonly addressId?: string;
  readonly paymentMethodId?: string;
  /** The purchase just before, when the buyer means both. */
  readonly besideOrderId?: string;
}

/** Taps Buy: one mutation. */
export async function placeOrder(buyer: GraphClient, input: PlaceOrderInput): Promise<Answer & { readonly order?: PlacedOrder }> {
  const { placeOrder: result } = await buyer.request<{ placeOrder: Answer }>(publishedOperation('app-buy'), {
    input: { idempotencyKey: randomUUID(), ...input },
  });
  return result;
}

/** Forgets every card and address of the buyer. */
export async function forgetEverything(buyer: GraphClient): Promise<void> {
  type Stored = { readonly id: string };
  const { viewer } = await buyer.request<{ viewer: { paymentMethods: readonly Stored[]; addresses: readonly Stored[] } }>(
    publishedOperation('app-stored-details'),
  );
  for (const { id } of viewer.paymentMethods) {
    await buyer.request(publishedOperation('delete-payment-method'), {
      input: { idempotencyKey: randomUUID(), paymentMethodId: id },
    });
  }
  for (const { id } of viewer.addresses) {
    await buyer.request(publishedOperation('delete-address'), {
      input: { idempotencyKey: randomUUID(), addressId: id },
    });
  }
}

/** An order in the seller's list. */
export interface SellerOrder {
  readonly id: string;
  readonly status: string;
  readonly total: Money;
  readonly lines: readonly { readonly sku: string; readonly title: string; readonly quantity: number }[];
  readonly sourcePostId: string | null;
  readonly placedAt: string;
  readonly confirmedAt: string | null;
}

/** The seller's newest orders. */
export async function listSellerOrders(seller: GraphClient, first = 20): Promise<readonly SellerOrder[]> {
  const { viewerSeller } = await seller.request<{ viewerSeller: { orders: { edges: readonly { readonly node: SellerOrder }[] } } }>(
    `query SellerOrders($first: Int!) { viewerSeller { orders(first: $first) { edges { node { id status total { amountMinor currency } lines { sku title quantity } sourcePostId placedAt confirmedAt } } } } }`,
    { first },
  );
  return viewerSeller.orders.edges.map(({ node }) => node);
}
