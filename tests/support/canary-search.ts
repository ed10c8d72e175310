/** Finds strings that were planted, in every form in which they could lie in a text or in bytes. */

/** Where a canary was found: `postgres catalog public.products`, `kafka checkout.order.v1`, `heap gateway`, … */
export type Finding = { readonly place: string; readonly canary: string };

export interface CanarySearch {
  /** In any case, as it is, hexadecimal or Base64. */
  readonly inText: (place: string, text: string) => Finding[];
  /** As UTF-8, UTF-16 or escaped in JSON; hexadecimal or Base64. */
  readonly inBytes: (place: string, bytes: Buffer) => Finding[];
}

/** A canary in hexadecimal, and in Base64 at each of the three places in a group where it can begin. */
const encodedForms = (canary: string): string[] => {
  const bytes = Buffer.from(canary);
  const base64 = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .slice(offset === 0 ? 0 : 4)
      .replace(/=+$/, '')
      .slice(0, -1),
  );
  return [bytes.toString('hex'), ...base64.filter((form) => form.length >= 12)];
};

const escapedForJson = (canary: string): string =>
  JSON.stringify(canary)
    .slice(1, -1)
    .replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`);

export function createCanarySearch(canaries: readonly string[]): CanarySearch {
  const wanted = canaries.map((canary) => ({
    canary,
    texts: [canary, ...encodedForms(canary)].map((form) => form.toLowerCase()),
    bytes: [...new Set([canary, canary.toUpperCase(), canary.toLowerCase(), escapedForJson(canary), ...encodedForms(canary)])].map((form) =>
      Buffer.from(form),
    ),
    wide: Buffer.from(canary, 'utf16le'),
  }));
  return {
    inText(place, text) {
      const lower = text.toLowerCase();
      return wanted.filter(({ texts }) => texts.some((form) => lower.includes(form))).map(({ canary }) => ({ place, canary }));
    },
    inBytes(place, bytes) {
      return wanted
        .filter((candidate) => [...candidate.bytes, candidate.wide].some((form) => bytes.includes(form)))
        .map(({ canary }) => ({ place, canary }));
    },
  };
}
