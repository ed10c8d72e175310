/**
 * The made-up shop that gateways are measured with: the same posts, products, sellers and orders at every run, worked out from numbers
 * and kept nowhere. A page of the timeline has 20 posts with 20 products of seven sellers, and no two pages have the same products or sellers, so
 that two clients who ask for different pages have no fetch in common.
 */

/** A prime number: pages that begin with the same seller go on with others. */
const sellerCount = 61;
const productsOfSeller = 15;
const sellersOnPage = 7;

export const timelinePages = 900;

const at = (second: number): string => new Date(Date.UTC(2026, 10, 23, 8, 30) + second * 1_000).toISOString();
const idOf = (prefix: string, number: number): string => `${prefix}_01900000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
const numberOf = (id: string): number => Number.parseInt(id.slice(-12), 16);
const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' });
const words = 'paper pine linen oak river stone morning letter garden copper winter candle harbour meadow thread silver'.split(' ');
const wordsFrom = (number: number, count: number): string =>
  Array.from({ length: count }, (_, index) => words[(number * 5 + index * 3) % words.length]).join(' ');

const account = (number: number) => ({
  id: idOf('usr', 0x1000 + number),
  handle: `seller_${number}`,
  displayName: `Shop of ${wordsFrom(number, 2)}`,
  avatarUrl: `https://img.example/avatars/${number}.svg`,
  viewerFollows: number % 2 === 0,
});

export const productId = (number: number): string => idOf('prd', number % (sellerCount * productsOfSeller));
const sellerOf = (product: number): number => Math.floor(product / productsOfSeller) % sellerCount;

/** The product of a post. */
function productOn(page: number, index: number): number {
  const seller = (page + (index % sellersOnPage) * (1 + Math.floor(page / sellerCount))) % sellerCount;
  return seller * productsOfSeller + ((page + Math.floor(index / sellersOnPage)) % productsOfSeller);
}

/** A page's cursor, the one before it; pages are numbered from 0. */
export const pageCursor = (page: number): string => `page-${page}`;

const pageNumber = (after: string | null | undefined): number => Number(after?.slice('page-'.length) ?? 0);

export function timelinePage(first: number, after: string | null | undefined) {
  const page = pageNumber(after);
  const edges = Array.from({ length: first }, (_, index) => {
    const number = page * first + index;
    const product = productOn(page, index);
    return {
      cursor: `post-${number}`,
      node: {
        id: idOf('pst', number),
        text: `${wordsFrom(number, 16)}.`,
        createdAt: at(number),
        author: account(sellerOf(product)),
        product: { __typename: 'Product', id: productId(product) },
      },
    };
  });
  return { edges, pageInfo: { hasNextPage: page + 1 < timelinePages, endCursor: pageCursor(page + 1) } };
}

export const viewer = { id: idOf('usr', 1), account: { ...account(0), id: idOf('usr', 1), handle: 'ada', displayName: 'Ada' } };

export function catalogProduct(id: string) {
  const number = numberOf(id);
  const seller = idOf('sel', sellerOf(number));
  return {
    id,
    sku: `SKU-${number}`,
    title: wordsFrom(number, 3),
    description: `${wordsFrom(number, 30)}.`,
    image: { url: `https://img.example/products/${number}.svg`, alt: wordsFrom(number, 4) },
    price: usd(1_000 + number * 10),
    availability: (['IN_STOCK', 'LOW_STOCK', 'SOLD_OUT'] as const)[number % 3],
    sellerId: seller,
    seller: { __typename: 'Seller', id: seller },
    updatedAt: at(number),
  };
}

export const oneTapTotal = (id: string) => usd(1_699 + numberOf(id) * 11);

export const sellerName = (id: string): string => `Shop of ${wordsFrom(numberOf(id), 2)}`;

export function buyButton(id: string) {
  return numberOf(id) % 3 === 2
    ? { available: false, reason: 'SOLD_OUT', message: 'Sold out at the moment.' }
    : { available: true, reason: null, message: null };
}

/** What a tap leads to: the order has the digits of the tap's key. */
export function placedOrder(input: { readonly idempotencyKey: string; readonly productId: string; readonly quantity: number }) {
  const product = catalogProduct(input.productId);
  const number = Number.parseInt(input.idempotencyKey.slice(-8), 16);
  return {
    id: idOf('ord', number),
    status: 'PLACED',
    placedAt: at(number % 100_000),
    undoUntil: at((number % 100_000) + 60),
    total: oneTapTotal(input.productId),
    lines: [{ title: product.title, quantity: input.quantity }],
  };
}

export const orderId = (number: number): string => idOf('ord', number);

export function orderWithReceipt(id: string) {
  const number = numberOf(id);
  const receipt = {
    number: `R-${number}`,
    issuedAt: at(number + 60),
    placedAt: at(number),
    sellerName: sellerName(id),
    subtotal: usd(2_000 + number),
    shipping: usd(499),
    shippingService: 'standard',
    tax: usd(181),
    total: usd(2_680 + number),
    returnWindowDays: 30,
  };
  return { id, receipt, refunded: usd(0) };
}
