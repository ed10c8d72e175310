/** Stripe's lists: newest first, `limit` 1–100 (10), `starting_after` or `ending_before` an id, `created` bounds in seconds. */
import { noSuch } from './errors.ts';
import { integer, object, text, type Param, type Values } from './parameters.ts';

const CREATED_RANGE = { gt: integer(), gte: integer(), lt: integer(), lte: integer() };

type CreatedRange = Values<typeof CREATED_RANGE>;

function created(): Param<CreatedRange> {
  const range = object(CREATED_RANGE);
  const exact = integer();
  return {
    ...range,
    read: (value, name) => {
      if (typeof value !== 'string') return range.read(value, name);
      const at = exact.read(value, name);
      return { gt: undefined, gte: at, lt: undefined, lte: at };
    },
  };
}

export const PAGE = { limit: integer({ min: 1, max: 100 }), starting_after: text(100), ending_before: text(100) };
export const CREATED = { created: created() };

interface Page<T> {
  object: 'list';
  url: string;
  has_more: boolean;
  data: T[];
}

export function createdWithin(at: number, range: CreatedRange | undefined): boolean {
  if (range === undefined) return true;
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = range;
  return at > gt && at >= gte && at < lt && at <= lte;
}

/**
 * Cuts one page out of `items`, which are newest first.
 * Throws ApiError 400 for a cursor that names nothing.
 */
export function page<T extends { id: string }>(items: T[], url: string, noun: string, params: Values<typeof PAGE>): Page<T> {
  const limit = params.limit ?? 10;
  const indexOf = (id: string, param: string): number => {
    const index = items.findIndex((item) => item.id === id);
    if (index === -1) throw noSuch(noun, id, { param });
    return index;
  };
  if (params.ending_before !== undefined) {
    const end = indexOf(params.ending_before, 'ending_before');
    const start = Math.max(0, end - limit);
    return { object: 'list', url, has_more: start > 0, data: items.slice(start, end) };
  }
  const start = params.starting_after === undefined ? 0 : indexOf(params.starting_after, 'starting_after') + 1;
  return { object: 'list', url, has_more: items.length > start + limit, data: items.slice(start, start + limit) };
}
