/** Posts: what may be written, and who may show which product. */

export interface Post {
  /** `pst_` and a UUIDv7: ids sort by the time of posting. */
  readonly id: string;
  readonly authorId: string;
  /** 1 to 500 characters. */
  readonly text: string;
  readonly productId: string | null;
  /** RFC 3339. */
  readonly createdAt: string;
}

export type TextParse = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'invalid_text'; readonly message: string };

const maxTextLength = 500;

/** Trims a text and checks it. Characters are Unicode code points. */
export function parsePostText(input: string): TextParse {
  const text = input.trim();
  const { length } = Array.from(text);
  if (length < 1 || length > maxTextLength)
    return { kind: 'invalid_text', message: `text must have 1 to ${maxTextLength} characters; it has ${length}.` };
  if (/[^\P{Cc}\n]/u.test(text) || !text.isWellFormed())
    return { kind: 'invalid_text', message: 'text must not hold control characters other than newlines.' };
  return { kind: 'text', text };
}

/** A product as timeline knows it from events. */
export interface KnownProduct {
  readonly sellerId: string;
  readonly discontinued: boolean;
  /** Null as long as nothing is known about the seller. */
  readonly seller: { readonly accountId: string; readonly status: string } | null;
}

/** Who posts. `sellerId` is null for an account that has not signed in as a seller. */
export interface Author {
  readonly accountId: string;
  readonly sellerId: string | null;
}

/** Why the author may not show the product; null when nothing speaks against it. Only who sells a product may show it. */
export function whyNotShown(author: Author, product: KnownProduct): string | null {
  if (author.sellerId === null) return 'Only a seller can show a product, signed in as the seller.';
  if (product.sellerId !== author.sellerId || product.seller?.accountId !== author.accountId) {
    return 'A product can only be shown by the account that sells it.';
  }
  if (product.seller.status !== 'active') return 'Products can be shown once the seller is active.';
  if (product.discontinued) return 'This product is no longer sold.';
  return null;
}
