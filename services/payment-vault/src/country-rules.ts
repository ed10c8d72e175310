/** What an address needs in each country to which Vitrine knows how to ship. Another country is another entry. */

/** First and last prefix of a range of postal codes, both included. */
type PrefixRange = readonly [first: number, last: number];

export interface CountryRules {
  /** Regions by code, with the ranges of postal code prefixes that lie in them. */
  readonly regions: ReadonlyMap<string, readonly PrefixRange[]>;
  readonly regionMessage: string;
  /** Digits of a postal code that say in which region it lies. */
  readonly prefixLength: number;
  /** The postal code in the form in which it is kept; null when it is none. */
  readonly formatPostalCode: (text: string) => string | null;
  readonly postalCodeMessage: string;
}

/**
 * Three-digit ZIP prefixes (sectional centres) of each state, DC, the territories and the armed forces, by the state that
 * the postal service writes on the last line. NY 063 is Fishers Island, WY 834 is Alta, MA 055 and TX 733, 885 serve one
 * sender or lie across the line.
 */
const unitedStatesPrefixes: Readonly<Record<string, readonly PrefixRange[]>> = {
  AL: [[350, 369]],
  AK: [[995, 999]],
  AZ: [[850, 865]],
  AR: [[716, 729]],
  CA: [[900, 961]],
  CO: [[800, 816]],
  CT: [[60, 69]],
  DE: [[197, 199]],
  DC: [
    [200, 200],
    [202, 205],
    [569, 569],
  ],
  FL: [[320, 349]],
  GA: [
    [300, 319],
    [398, 399],
  ],
  HI: [[967, 968]],
  ID: [[832, 838]],
  IL: [[600, 629]],
  IN: [[460, 479]],
  IA: [[500, 528]],
  KS: [[660, 679]],
  KY: [[400, 427]],
  LA: [[700, 714]],
  ME: [[39, 49]],
  MD: [[206, 219]],
  MA: [
    [10, 27],
    [55, 55],
  ],
  MI: [[480, 499]],
  MN: [[550, 567]],
  MS: [[386, 397]],
  MO: [[630, 658]],
  MT: [[590, 599]],
  NE: [[680, 693]],
  NV: [[889, 898]],
  NH: [[30, 38]],
  NJ: [[70, 89]],
  NM: [[870, 884]],
  NY: [
    [5, 5],
    [63, 63],
    [100, 149],
  ],
  NC: [[270, 289]],
  ND: [[580, 588]],
  OH: [[430, 459]],
  OK: [
    [730, 732],
    [734, 749],
  ],
  OR: [[970, 979]],
  PA: [[150, 196]],
  RI: [[28, 29]],
  SC: [[290, 299]],
  SD: [[570, 577]],
  TN: [[370, 385]],
  TX: [
    [733, 733],
    [750, 799],
    [885, 885],
  ],
  UT: [[840, 847]],
  VT: [
    [50, 54],
    [56, 59],
  ],
  VA: [
    [201, 201],
    [220, 246],
  ],
  WA: [[980, 994]],
  WV: [[247, 268]],
  WI: [[530, 549]],
  WY: [
    [820, 831],
    [834, 834],
  ],
  AS: [[967, 967]],
  GU: [[969, 969]],
  MP: [[969, 969]],
  PR: [
    [6, 7],
    [9, 9],
  ],
  VI: [[8, 8]],
  AA: [[340, 340]],
  AE: [[90, 98]],
  AP: [[962, 966]],
};

const unitedStates: CountryRules = {
  regions: new Map(Object.entries(unitedStatesPrefixes)),
  regionMessage: 'Enter the two-letter code of a state, DC, or a territory, for example CA.',
  prefixLength: 3,
  formatPostalCode: (text) => {
    const match = /^(\d{5})(?:[- ]?(\d{4}))?$/.exec(text);
    if (match === null) return null;
    const [, zip = '', extension] = match;
    return extension === undefined ? zip : `${zip}-${extension}`;
  },
  postalCodeMessage: 'Enter a ZIP code with five digits, or nine as 12345-6789.',
};

export const countryRules: ReadonlyMap<string, CountryRules> = new Map([['US', unitedStates]]);
