/** Instants as people and clients write them: RFC 3339. */

const shape = /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** The instant, to the millisecond; null for anything that is none, a 30th of February included. */
export function parseInstant(value: unknown): Date | null {
  const match = typeof value === 'string' ? shape.exec(value) : null;
  if (match === null) return null;
  const [text, year, month, day] = match;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return null;
  return new Date(text);
}
