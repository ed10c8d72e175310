/**
 * Finds payment card numbers in what clients send: valid by their check digit, of an issuer that cards are taken from,
 * in any digits and with any separators. Ids, digests and telephone numbers in E.164 form are told apart.
 *
 * What it cannot see: a number inside a longer run of digits (every long number holds a valid one somewhere), or one
 * that was encoded, spelled out, or spread over several values.
 */

/** What a text may hold that is no card number, though it looks like one. */
export interface CardNumberOptions {
  /**
   * Texts about goods: barcodes are accepted, and so are columns and lists of numbers. A barcode is 12 to 14 digits with
   * GS1's check digit, https://www.gs1.org/services/how-calculate-check-digit-manually; of the cards only old Visa and
   * Maestro numbers are as short.
   */
  readonly goods?: boolean;
}

interface IssuerRange {
  /** First and last beginning of the range, in four digits. */
  readonly from: number;
  readonly to: number;
  /** How many digits the numbers have. */
  readonly shortest: number;
  readonly longest: number;
  /** Numbers of other lengths between the two do not exist. */
  readonly only?: readonly number[];
}

/**
 * Issuer identification numbers (ISO/IEC 7812-1) by network, as https://en.wikipedia.org/wiki/Payment_card_number and
 * https://docs.stripe.com/testing list them; Maestro as a whole where its blocks are scattered.
 */
const issuerRanges: readonly IssuerRange[] = [
  // Visa
  { from: 4000, to: 4999, shortest: 13, longest: 19, only: [13, 16, 19] },
  // Mastercard
  { from: 5100, to: 5599, shortest: 16, longest: 16 },
  { from: 2221, to: 2720, shortest: 16, longest: 16 },
  // American Express
  { from: 3400, to: 3499, shortest: 15, longest: 15 },
  { from: 3700, to: 3799, shortest: 15, longest: 15 },
  // Diners Club
  { from: 3000, to: 3059, shortest: 14, longest: 19 },
  { from: 3095, to: 3095, shortest: 14, longest: 19 },
  { from: 3600, to: 3699, shortest: 14, longest: 19 },
  { from: 3800, to: 3999, shortest: 14, longest: 19 },
  // JCB
  { from: 3528, to: 3589, shortest: 16, longest: 19 },
  { from: 1800, to: 1800, shortest: 15, longest: 15 },
  { from: 2131, to: 2131, shortest: 15, longest: 15 },
  // UnionPay; its numbers with 62 are within the last range
  { from: 8110, to: 8171, shortest: 16, longest: 19 },
  // Maestro, and with 6 also Discover and UnionPay
  { from: 5000, to: 5099, shortest: 12, longest: 19 },
  { from: 5600, to: 5899, shortest: 12, longest: 19 },
  { from: 6000, to: 6999, shortest: 12, longest: 19 },
];

const fewestDigits = 12;
const mostDigits = 19;
/** ITU-T E.164. */
const longestTelephoneNumber = 15;
/** Characters between two groups of digits that still belong together. */
const longestSeparator = 5;

/** For each beginning of four digits the lengths of its card numbers, as bits. */
const lengthsOf: Uint32Array = (() => {
  const table = new Uint32Array(10_000);
  for (const { from, to, shortest, longest, only } of issuerRanges) {
    let lengths = 0;
    for (let length = shortest; length <= longest; length += 1) if (only?.includes(length) ?? true) lengths |= 1 << length;
    for (let beginning = from; beginning <= to; beginning += 1) table[beginning] = (table[beginning] ?? 0) | lengths;
  }
  return table;
})();

/** Whether a value holds a card number: in a text or a number at any depth, or in the name of a property. */
export function holdsCardNumber(value: unknown, options: CardNumberOptions = {}): boolean {
  // Not by recursion: how deep the value is, is the sender's choice.
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next === 'string') {
      if (textHoldsCardNumber(next, options)) return true;
    } else if (typeof next === 'number') {
      if (numberHoldsCardNumber(next, options)) return true;
    } else if (Array.isArray(next)) {
      for (const item of next) open.push(item);
    } else if (typeof next === 'object' && next !== null) {
      for (const [name, item] of Object.entries(next)) open.push(name, item);
    }
  }
  return false;
}

function numberHoldsCardNumber(value: number, options: CardNumberOptions): boolean {
  const size = Math.abs(value);
  if (Number.isInteger(size) && size > Number.MAX_SAFE_INTEGER) {
    // Its last digits were lost when it was read: the range alone decides.
    const digits = BigInt(size).toString();
    return digits.length <= mostDigits && isIssued(Number(digits.slice(0, 4)), digits.length);
  }
  return textHoldsCardNumber(String(size), options);
}

function textHoldsCardNumber(text: string, options: CardNumberOptions): boolean {
  if (text.length < fewestDigits) return false;
  const plain = plainDigits(text);
  if (plain === null) return false;
  return new Scan(withoutIds(plain), options).found();
}

/** The text with every digit in ASCII and nothing invisible; null when it has too few digits to be looked at. */
function plainDigits(text: string): string | null {
  let digits = 0;
  let isAscii = true;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (isDigit(code)) digits += 1;
    else if (code > 127) isAscii = false;
  }
  if (isAscii) return digits < fewestDigits ? null : text;
  return text
    .normalize('NFKC')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .replace(/[^\0-\x7f]/gu, (character) => (isDecimalDigit.test(character) ? String(valueOf(character)) : character));
}

const isDecimalDigit = /^\p{Nd}$/u;

/** Unicode's decimal digits come in rows of ten, zero first (https://www.unicode.org/reports/tr44/#Numeric_Type). */
function valueOf(digit: string): number {
  const codePoint = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (isDecimalDigit.test(String.fromCodePoint(codePoint - before - 1))) before += 1;
  return before % 10;
}

/** UUIDs, and digests of 128, 160 and 256 bits in hexadecimal. One without a single letter is no such thing. */
const ids =
  /(?<![0-9a-z])(?:[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9a-z])/gi;

function withoutIds(text: string): string {
  return text.replace(ids, (id) => (/[a-f]/i.test(id) ? 'id' : id));
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isLetter = (text: string, code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code > 127 && /\p{L}/u.test(text));

const isIssued = (beginning: number, length: number): boolean => ((lengthsOf[beginning] ?? 0) & (1 << length)) !== 0;

/** Digits that are written one after the other. */
interface Group {
  readonly start: number;
  readonly length: number;
  /** Whether the separator before it is one of columns and lists. */
  readonly isColumn: boolean;
}

/** One pass over a text: gathers the groups of digits that could be one number, then looks at each of the ways to read them. */
class Scan {
  readonly #text: string;
  readonly #goods: boolean;
  #digits: number[] = [];
  #groups: Group[] = [];

  constructor(text: string, { goods = false }: CardNumberOptions) {
    this.#text = text;
    this.#goods = goods;
  }

  found(): boolean {
    const text = this.#text;
    let index = 0;
    let separatorStart = 0;
    let isTelephone = false;
    while (index < text.length) {
      const code = text.charCodeAt(index);
      if (!isDigit(code)) {
        if (this.#groups.length > 0 && (index - separatorStart >= longestSeparator || isLetter(text.charAt(index), code))) {
          if (this.#isCard(isTelephone)) return true;
          this.#clear();
        }
        index += 1;
        continue;
      }
      if (this.#groups.length === 0) isTelephone = text.charAt(index - 1) === '+';
      const start = this.#digits.length;
      const isColumn = this.#goods && start > 0 && /[^\p{Zs}\p{Pd}./_*]/u.test(text.slice(separatorStart, index));
      while (index < text.length && isDigit(text.charCodeAt(index))) {
        this.#digits.push(text.charCodeAt(index) - 48);
        index += 1;
      }
      this.#groups.push({ start, length: this.#digits.length - start, isColumn });
      separatorStart = index;
    }
    return this.#isCard(isTelephone);
  }

  #clear(): void {
    this.#digits = [];
    this.#groups = [];
  }

  #isCard(isTelephone: boolean): boolean {
    if (this.#digits.length < fewestDigits) return false;
    const afterTelephone = isTelephone ? this.#telephoneGroups() : 0;
    if (afterTelephone > 0 && this.#isCardAt(0, afterTelephone - 1, true)) return true;
    for (let first = afterTelephone; first < this.#groups.length; first += 1) {
      for (let last = first; last < this.#groups.length && this.#lengthOf(first, last) <= mostDigits; last += 1) {
        if (this.#isCardAt(first, last, false)) return true;
      }
    }
    return false;
  }

  /** How many groups the telephone number at the beginning has; 0 when it would be too long for one. */
  #telephoneGroups(): number {
    const end = this.#groups.findIndex(({ isColumn }) => isColumn);
    const count = end === -1 ? this.#groups.length : end;
    return this.#lengthOf(0, count - 1) <= longestTelephoneNumber ? count : 0;
  }

  #lengthOf(first: number, last: number): number {
    const end = this.#groups[last];
    return end === undefined ? 0 : end.start + end.length - (this.#groups[first]?.start ?? 0);
  }

  #isCardAt(first: number, last: number, isTelephone: boolean): boolean {
    const start = this.#groups[first]?.start ?? 0;
    const length = this.#lengthOf(first, last);
    if (length < fewestDigits || length > mostDigits) return false;
    const [a = 0, b = 0, c = 0, d = 0] = [this.#digits[start], this.#digits[start + 1], this.#digits[start + 2], this.#digits[start + 3]];
    if (!isIssued(a * 1_000 + b * 100 + c * 10 + d, length)) return false;
    // The countries that begin like Diners Club (+30, +36, +38) and American Express (+34, +37) have shorter numbers.
    if (isTelephone && (length < 14 || a !== 3)) return false;
    if (!this.#hasCheckDigit(start, length)) return false;
    if (this.#goods && first === last && length <= 14 && a !== 3 && this.#hasBarcodeCheckDigit(start, length)) return false;
    return first === last || this.#isWrittenAsOne(first, last);
  }

  /** Luhn's formula, ISO/IEC 7812-1 annex B. */
  #hasCheckDigit(start: number, length: number): boolean {
    let sum = 0;
    for (let index = 0; index < length; index += 1) {
      const digit = this.#digits[start + length - 1 - index] ?? 0;
      sum += index % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
    }
    return sum % 10 === 0;
  }

  #hasBarcodeCheckDigit(start: number, length: number): boolean {
    let sum = 0;
    for (let index = 0; index < length; index += 1) {
      sum += (this.#digits[start + length - 1 - index] ?? 0) * (index % 2 === 0 ? 1 : 3);
    }
    return sum % 10 === 0;
  }

  /** Several groups: not a list of sizes, and in columns only when they are grouped as on a card. */
  #isWrittenAsOne(first: number, last: number): boolean {
    const groups = this.#groups.slice(first, last + 1);
    if (groups.slice(1).some(({ isColumn }) => isColumn)) {
      const layout = groups.map(({ length }) => length).join(' ');
      return /^(?:4(?: 4){2,3}(?: [1-3])?|4 6 [45]|6 13|1(?: 1)*)$/.test(layout);
    }
    if (groups.length < 5) return true;
    const values = groups.map(({ start, length }) =>
      this.#digits.slice(start, start + length).reduce((value, digit) => value * 10 + digit, 0),
    );
    const steps = values.slice(1).map((value, index) => Math.sign(value - (values[index] ?? 0)));
    return !steps.every((step) => step === 1) && !steps.every((step) => step === -1);
  }
}
