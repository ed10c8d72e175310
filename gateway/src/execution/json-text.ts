/** JSON written piece by piece: the same text as JSON.stringify writes, without building the value first. */

/** What a string must be free of to be its own JSON text: what is escaped, and halves of surrogate pairs, which may be lone. */
const needsEscaping = /[\u0000-\u001f"\\\ud800-\udfff]/;

/** From this length on JSON.stringify is faster. */
const longText = 1_000;

/** A string as JSON. */
export const quote = (text: string): string => (text.length < longText && !needsEscaping.test(text) ? `"${text}"` : JSON.stringify(text));

/** Any value that came from JSON, as JSON. */
export const jsonOf = (value: unknown): string => (typeof value === 'string' ? quote(value) : JSON.stringify(value));
