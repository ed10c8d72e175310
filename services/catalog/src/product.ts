/** A product: what it is, whether it can be had, and which values its fields may have. */

/** A product as it is stored. */
export interface Product {
  /** `prd_…` */
  readonly id: string;
  readonly sellerId: string;
  readonly sku: string;
  readonly title: string;
  readonly description: string;
  readonly imageUrl: string;
  readonly imageAlt: string;
  /** Price of one piece in the minor unit of `currency`. */
  readonly priceMinor: number;
  readonly currency: string;
  readonly discontinued: boolean;
  /** Number of its last event on the product topic. */
  readonly sequence: number;
  /** Pieces that have not been sold, held ones included. */
  readonly onHand: number;
  /** Pieces held for purchases that are being made. */
  readonly reserved: number;
  /** Number of its last event on the stock topic. */
  readonly stockSequence: number;
  readonly updatedAt: Date;
}

/** What a seller says about a product. */
export type ProductDraft = Pick<Product, 'sku' | 'title' | 'description' | 'imageUrl' | 'imageAlt' | 'priceMinor' | 'currency' | 'onHand'>;

/** The fields of a product that a change can touch, stock aside. */
export type ProductDetails = Pick<Product, 'title' | 'description' | 'imageUrl' | 'imageAlt' | 'priceMinor' | 'discontinued'>;

const fewPieces = 5;

/** Pieces that can be bought now. */
export const availableQuantity = (product: Pick<Product, 'onHand' | 'reserved' | 'discontinued'>): number =>
  product.discontinued ? 0 : product.onHand - product.reserved;

/** Whether a product can be had. Few are left means 1 to 5. */
export function availabilityOf(
  product: Pick<Product, 'onHand' | 'reserved' | 'discontinued'>,
): 'DISCONTINUED' | 'SOLD_OUT' | 'LOW_STOCK' | 'IN_STOCK' {
  if (product.discontinued) return 'DISCONTINUED';
  const available = availableQuantity(product);
  if (available <= 0) return 'SOLD_OUT';
  return available <= fewPieces ? 'LOW_STOCK' : 'IN_STOCK';
}

/** Whether two versions of a product differ in what a buyer may see of it, stock aside. */
export const differs = (product: Product, details: ProductDetails): boolean =>
  product.title !== details.title ||
  product.description !== details.description ||
  product.imageUrl !== details.imageUrl ||
  product.imageAlt !== details.imageAlt ||
  product.priceMinor !== details.priceMinor ||
  product.discontinued !== details.discontinued;

/** An input value that cannot be accepted. */
export interface FieldFault {
  /** Where in the input it is. */
  readonly path: readonly string[];
  /** What is wrong, and what would be accepted. */
  readonly message: string;
}

/** Characters as PostgreSQL counts them: code points. */
const lengthOf = (text: string): number => Array.from(text).length;

const lineControls = /\p{Cc}/u;
const textControls = /[^\P{Cc}\n\r\t]/u;

function textFault(
  name: string,
  text: string,
  limits: { readonly min: number; readonly max: number; readonly controls: RegExp },
): string | null {
  // Cheap bound first: counting code points of a megabyte is not needed to know that it is too long.
  const length = text.length > limits.max * 2 ? Number.POSITIVE_INFINITY : lengthOf(text);
  if (length < limits.min || length > limits.max) return `${name} must have ${limits.min} to ${limits.max} characters.`;
  if (!text.isWellFormed() || limits.controls.test(text)) return `${name} must be plain text without control characters.`;
  return null;
}

/** Each of these answers what is wrong with a value, or null when nothing is. */
export const skuFault = (sku: string): string | null => textFault('The article number', sku, { min: 1, max: 64, controls: lineControls });
export const titleFault = (title: string): string | null => textFault('The title', title, { min: 1, max: 150, controls: lineControls });
export const descriptionFault = (description: string): string | null =>
  textFault('The description', description, { min: 0, max: 5_000, controls: textControls });
export const imageAltFault = (alt: string): string | null => textFault('The image text', alt, { min: 1, max: 200, controls: lineControls });
export const onHandFault = (onHand: number): string | null =>
  Number.isInteger(onHand) && onHand >= 0 && onHand <= 1_000_000 ? null : 'The pieces on hand must be 0 to 1000000.';

/** Why a product cannot be counted to this: pieces that are held for purchases are there. Null when it can. */
export const reservedFault = (product: Pick<Product, 'reserved'>, onHand: number): string | null =>
  onHand >= product.reserved ? null : `${product.reserved} pieces are held for purchases at this moment, so no fewer can be on hand.`;

/** Smallest and largest price of one piece in minor units. */
export const priceLimits = { min: 50, max: 99_999_999 } as const;

export const amountFault = (amountMinor: number): string | null =>
  Number.isInteger(amountMinor) && amountMinor >= priceLimits.min && amountMinor <= priceLimits.max
    ? null
    : `The price must be ${priceLimits.min} to ${priceLimits.max} minor units.`;
export const currencyFault = (currency: string): string | null =>
  /^[A-Z]{3}$/.test(currency) ? null : 'The currency must be an ISO 4217 code in capitals, for example USD.';

const imageUrlMaxLength = 2_000;
const localHosts: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost']);

/** Reads an image's address: normalised, or what is wrong with it. Pages put it into `src`, so nothing but a web address passes. */
export function readImageUrl(text: string): { readonly url: string } | { readonly fault: string } {
  const accepted = `an https: address of at most ${imageUrlMaxLength} characters without user name and password`;
  if (text.length > imageUrlMaxLength || !text.isWellFormed() || !URL.canParse(text)) return { fault: `The image must have ${accepted}.` };
  const url = new URL(text);
  const secure = url.protocol === 'https:' || (url.protocol === 'http:' && localHosts.has(url.hostname));
  if (!secure || url.username !== '' || url.password !== '' || url.href.length > imageUrlMaxLength)
    return { fault: `The image must have ${accepted}.` };
  return { url: url.href };
}
