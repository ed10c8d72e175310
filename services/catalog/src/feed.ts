/**
 * A row of a product feed by the Google Merchant Center specification (https://support.google.com/merchants/answer/7052112),
 * read as a product: what is required, what is not taken and why. Attributes that are not named here are ignored.
 */
import { readPrice } from './price.ts';
import { descriptionFault, onHandFault, readImageUrl, skuFault, titleFault } from './product.ts';

/** A row as a format's reader finds it. */
export interface FeedRow {
  /** At which the row begins, from 1. */
  readonly line: number;
  /** Trimmed values by attribute, for example `image_link`; an empty one is not there. */
  readonly values: ReadonlyMap<string, string>;
  /** Attributes that the row gives more than once. */
  readonly repeated: ReadonlySet<string>;
  /** What is wrong with the row as a whole; null when nothing is. */
  readonly fault: string | null;
}

/** A feed taken apart into rows, or the first place at which that is not possible. */
export type FeedReading =
  | { readonly kind: 'rows'; readonly rows: readonly FeedRow[] }
  | { readonly kind: 'unreadable'; readonly line: number; readonly message: string };

/** The most rows that a feed may have; readers stop at one more. */
export const maxFeedRows = 1_000;

/** A row that was not taken. */
export interface RefusedRow {
  readonly line: number;
  /** The row's `id`, shortened to 64 characters; null when it has none. */
  readonly sku: string | null;
  readonly attribute: string | null;
  /** What is wrong, and what would be accepted. */
  readonly reason: string;
}

/** What a row says about a product. */
export interface FeedEntry {
  readonly line: number;
  readonly sku: string;
  readonly title: string;
  readonly description: string;
  readonly imageUrl: string;
  readonly priceMinor: number;
  readonly currency: string;
  readonly onHand: number;
}

/** Attributes without which a row is not a product. */
export const requiredAttributes = ['id', 'title', 'description', 'link', 'image_link', 'availability', 'price'] as const;
/** Other attributes that change what is taken. */
const optionalAttributes = ['quantity', 'sell_on_google_quantity', 'sale_price'] as const;
/** Attributes that may be in a row once. */
export const singleAttributes: ReadonlySet<string> = new Set([...requiredAttributes, ...optionalAttributes]);

type AttributeFault = { readonly attribute: string | null; readonly reason: string };

/** Reads rows as products. The first row with an `id` holds; later ones are refused. */
export function readFeedRows(rows: readonly FeedRow[]): {
  readonly entries: readonly FeedEntry[];
  readonly refused: readonly RefusedRow[];
} {
  const entries: FeedEntry[] = [];
  const refused: RefusedRow[] = [];
  const lineOfSku = new Map<string, number>();
  for (const row of rows) {
    const sku = row.values.get('id') ?? null;
    const earlierLine = sku === null ? undefined : lineOfSku.get(sku);
    if (sku !== null && earlierLine === undefined) lineOfSku.set(sku, row.line);
    const result: FeedEntry | AttributeFault =
      earlierLine === undefined
        ? readRow(row)
        : { attribute: 'id', reason: `Line ${earlierLine} has this id already. An id may be in a feed once.` };
    if ('reason' in result) refused.push({ line: row.line, sku: sku === null ? null : shortened(sku), ...result });
    else entries.push(result);
  }
  return { entries, refused };
}

const shortened = (sku: string): string => Array.from(sku.slice(0, 128)).slice(0, 64).join('').toWellFormed();

function readRow(row: FeedRow): FeedEntry | AttributeFault {
  if (row.fault !== null) return { attribute: null, reason: row.fault };
  for (const attribute of singleAttributes) {
    if (row.repeated.has(attribute)) return { attribute, reason: `${attribute} may be in a row once.` };
  }
  const value = (attribute: (typeof requiredAttributes)[number]): string => row.values.get(attribute) ?? '';
  for (const attribute of requiredAttributes) {
    if (value(attribute) === '') return { attribute, reason: `${attribute} is missing. It is required.` };
  }
  const [sku, title, description] = [value('id'), value('title'), value('description')];
  const textFaults = [
    ['id', skuFault(sku)],
    ['title', titleFault(title)],
    ['description', descriptionFault(description)],
    ['link', isWebAddress(value('link')) ? null : 'link must be an http: or https: address.'],
  ] as const;
  for (const [attribute, reason] of textFaults) {
    if (reason !== null) return { attribute, reason };
  }
  const image = readImageUrl(value('image_link'));
  if ('fault' in image) return { attribute: 'image_link', reason: image.fault };
  const price = readPrice(value('price'));
  if ('fault' in price) return { attribute: 'price', reason: price.fault };
  const saleFault = salePriceFault(row, price);
  if (saleFault !== null) return { attribute: 'sale_price', reason: saleFault };
  const stock = readStock(row);
  if ('reason' in stock) return stock;
  return { line: row.line, sku, title, description, imageUrl: image.url, ...price, onHand: stock.onHand };
}

const isWebAddress = (text: string): boolean => text.length <= 2_000 && /^https?:\/\//i.test(text) && URL.canParse(text);

/** Taking the higher price while the seller advertises a lower one would charge buyers too much. */
function salePriceFault(row: FeedRow, price: { readonly priceMinor: number; readonly currency: string }): string | null {
  const text = row.values.get('sale_price');
  if (text === undefined) return null;
  const sale = readPrice(text);
  if (!('fault' in sale) && sale.priceMinor === price.priceMinor && sale.currency === price.currency) return null;
  return 'Sale prices are not supported. Leave sale_price out and give the price that buyers are to pay in price.';
}

/** Pieces on hand. Of availability and quantity the lower holds, so that nothing is sold that is not there. */
function readStock(row: FeedRow): { readonly onHand: number } | AttributeFault {
  const attribute = row.values.has('quantity') ? 'quantity' : 'sell_on_google_quantity';
  const text = row.values.get(attribute);
  if (text !== undefined && !/^\d{1,12}$/.test(text))
    return { attribute, reason: `${attribute} must be a whole number of pieces, 0 to 1000000.` };
  const quantity = text === undefined ? undefined : Number(text);
  const wrongQuantity = quantity === undefined ? null : onHandFault(quantity);
  if (wrongQuantity !== null) return { attribute, reason: wrongQuantity };

  const availability = (row.values.get('availability') ?? '').toLowerCase().replaceAll(/[\s_-]+/g, '_');
  switch (availability) {
    case 'out_of_stock':
      return { onHand: 0 };
    case 'in_stock':
      if (quantity === undefined)
        return {
          attribute: 'quantity',
          reason: 'An article in stock needs quantity (or sell_on_google_quantity): the pieces on hand, which are sold one by one.',
        };
      return { onHand: quantity };
    case 'preorder':
    case 'pre_order':
    case 'backorder':
    case 'back_order':
      return {
        attribute: 'availability',
        reason: 'Only what is on hand can be sold here, so preorder and backorder are not taken. Use in_stock or out_of_stock.',
      };
    default:
      return { attribute: 'availability', reason: 'availability must be in_stock or out_of_stock.' };
  }
}
