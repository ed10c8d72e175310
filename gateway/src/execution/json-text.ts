/** JSON written piece by piece: the same text as JSON.stringify writes, without building the value first. */

/** Strings that are their own JSON text: without what is escaped, and without halves of surrogate pairs, which may be lone. */
const isPlain = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

/** From this length on JSON.stringify is faster. */
const longText = 1_000;

/** A string as JSON. */
export const quote = (text: string): string => (text.length < longText && isPlain.test(text) ? `"${text}"` : JSON.stringify(text));

/** Any value that came from JSON, as JSON. */
export const jsonOf = (value: unknown): string => (typeof value === 'string' ? quote(value) : JSON.stringify(value));
