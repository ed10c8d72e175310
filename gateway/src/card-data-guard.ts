/** Refuses requests that hold a card number, which goes from the app to Stripe and never to Vitrine. */
import { holdsCardNumber, type CardNumberOptions } from '@vitrine/runtime/card-numbers';

export const cardDataMessage =
  'The request holds a card number. Vitrine takes none, and has not kept this one: a card is given to Stripe by the app itself.';

/** Looks at the whole body of a request: variables, the document, and whatever else there is. */
export function holdsCardData(body: unknown, options: CardNumberOptions): boolean {
  if (holdsCardNumber(body, options)) return true;
  const source = typeof body === 'object' && body !== null && 'query' in body ? body.query : undefined;
  return typeof source === 'string' && source.includes('\\') && holdsCardNumber(withoutEscapes(source), options);
}

/** A document as its strings read: https://spec.graphql.org/September2025/#sec-String-Value. */
function withoutEscapes(source: string): string {
  return source.replace(/\\(?:u\{([0-9a-f]+)\}|u([0-9a-f]{4})|.)/gis, (_escape, braced?: string, plain?: string) => {
    const hex = braced ?? plain;
    // The other escapes are white space and punctuation.
    if (hex === undefined) return ' ';
    const codePoint = Number.parseInt(hex, 16);
    return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : ' ';
  });
}
