/** Delivery addresses: what is accepted in a country, and the one form in which it is kept. */
import { countryRules } from './country-rules.ts';

/** An address as it is put on a parcel. */
export interface PostalAddress {
  readonly name: string;
  readonly line1: string;
  readonly line2: string | null;
  readonly city: string;
  readonly region: string;
  readonly postalCode: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** E.164. */
  readonly phone: string | null;
}

/** A stored address, decrypted. */
export interface Address extends PostalAddress {
  /** `adr_…` */
  readonly id: string;
  readonly isDefault: boolean;
  /** Whether it is kept after the purchase. */
  readonly isSaved: boolean;
  readonly label: string | null;
  readonly createdAt: Date;
}

/** How many addresses a buyer can store. */
export const maxAddresses = 20;

export interface InvalidInput {
  readonly kind: 'invalid_input';
  readonly path: readonly string[];
  readonly message: string;
}

export const invalidInput = (path: string, message: string): InvalidInput => ({ kind: 'invalid_input', path: [path], message });

// Control characters, line separators, lone surrogates, and marks that turn the writing direction of what follows.
export const unprintable = /[\p{Cc}\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const e164 = /^\+[1-9]\d{6,14}$/;

const collapse = (text: string): string => text.normalize('NFC').trim().replaceAll(/\s+/gu, ' ');
const lengthOf = (text: string): number => Array.from(text).length;

/** Limits in characters. */
const textFields = [
  { field: 'name', label: 'The name', max: 100 },
  { field: 'line1', label: 'The street', max: 100 },
  { field: 'city', label: 'The city', max: 80 },
] as const;

/** Checks an address by its country's rules and brings it into the form in which it is kept. */
export function normaliseAddress(given: PostalAddress): { readonly kind: 'address'; readonly address: PostalAddress } | InvalidInput {
  for (const [field, value] of Object.entries(given)) {
    if (typeof value === 'string' && unprintable.test(value))
      return invalidInput(field, `${field} holds a character that cannot be printed. Take it out.`);
  }
  for (const { field, label, max } of textFields) {
    const length = lengthOf(collapse(given[field]));
    if (length === 0) return invalidInput(field, `${label} is empty. Enter 1 to ${max} characters.`);
    if (length > max) return invalidInput(field, `${label} is too long. Enter 1 to ${max} characters.`);
  }
  const line2 = collapse(given.line2 ?? '');
  if (lengthOf(line2) > 100) return invalidInput('line2', 'The second line is too long. Enter up to 100 characters.');
  const phone = collapse(given.phone ?? '');
  if (phone !== '' && !e164.test(phone))
    return invalidInput('phone', 'Enter the telephone number with its country code and digits only, for example +14155550100.');

  const country = given.country.trim().toUpperCase();
  const rules = countryRules.get(country);
  if (rules === undefined)
    return invalidInput('country', `Vitrine does not ship to this country yet. It ships to: ${[...countryRules.keys()].join(', ')}.`);
  const region = collapse(given.region).toUpperCase();
  const ranges = rules.regions.get(region);
  if (ranges === undefined) return invalidInput('region', rules.regionMessage);
  const postalCode = rules.formatPostalCode(collapse(given.postalCode));
  if (postalCode === null) return invalidInput('postalCode', rules.postalCodeMessage);
  const prefix = Number(postalCode.slice(0, rules.prefixLength));
  if (!ranges.some(([first, last]) => prefix >= first && prefix <= last))
    return invalidInput('postalCode', `This postal code is not in ${region}. Check both.`);

  return {
    kind: 'address',
    address: {
      name: collapse(given.name),
      line1: collapse(given.line1),
      line2: line2 === '' ? null : line2,
      city: collapse(given.city),
      region,
      postalCode,
      country,
      phone: phone === '' ? null : phone,
    },
  };
}
