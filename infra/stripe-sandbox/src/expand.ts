/** `expand[]`: replaces ids in an answer by the objects they name, along dotted paths; `data.` steps through a list. */
import { invalidRequest } from './errors.ts';
import type { Kind } from './records.ts';
import type { Transaction } from './store.ts';

const MAX_DEPTH = 4;

const KIND_OF_FIELD = new Map<string, Kind>([
  ['customer', 'customer'],
  ['payment_method', 'payment_method'],
  ['payment_intent', 'payment_intent'],
  ['latest_charge', 'charge'],
  ['charge', 'charge'],
  ['balance_transaction', 'balance_transaction'],
  ['failure_balance_transaction', 'balance_transaction'],
  ['transfer', 'transfer'],
  ['source_transaction', 'charge'],
  ['destination', 'account'],
  ['account', 'account'],
  ['application_fee', 'application_fee'],
  ['fee', 'application_fee'],
  ['originating_transaction', 'charge'],
  ['source_refund', 'refund'],
  ['transfer_reversal', 'transfer_reversal'],
]);

/** A balance transaction's `source` can be any of these; its id tells which. */
const KIND_OF_SOURCE = new Map<string, Kind>([
  ['ch', 'charge'],
  ['re', 'refund'],
  ['tr', 'transfer'],
  ['trr', 'transfer_reversal'],
  ['fee', 'application_fee'],
  ['fr', 'fee_refund'],
  ['du', 'dispute'],
]);

type Json = Record<string, unknown>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function cannotExpand(path: string): Error {
  return invalidRequest(`This property cannot be expanded (${path}).`, { param: 'expand' });
}

function expandedField(target: Json, field: string, tx: Transaction, path: string): unknown {
  const value = target[field];
  if (typeof value !== 'string') return value;
  const kind = field === 'source' ? KIND_OF_SOURCE.get(value.split('_', 1)[0] ?? '') : KIND_OF_FIELD.get(field);
  if (kind === undefined) throw cannotExpand(path);
  const record = tx.get(kind, value);
  if (record === undefined || !('object' in record)) return value;
  if ('deleted' in record && record.deleted) return { id: value, object: kind, deleted: true };
  return structuredClone(record.object);
}

function expandPath(target: Json, segments: string[], tx: Transaction, path: string): void {
  const [field, ...rest] = segments;
  if (field === undefined) return;
  if (field === 'data' && Array.isArray(target['data'])) {
    for (const item of target['data']) if (isObject(item)) expandPath(item, rest, tx, path);
    return;
  }
  if (!Object.hasOwn(target, field)) throw cannotExpand(path);
  const value = expandedField(target, field, tx, path);
  target[field] = value;
  if (isObject(value)) expandPath(value, rest, tx, path);
}

/** A copy of the answer with the paths expanded; throws ApiError 400 for a path that names nothing expandable. */
export function expand(body: object, paths: string[] | undefined, tx: Transaction): object {
  if (paths === undefined || paths.length === 0) return body;
  const copy = structuredClone(body) as Json;
  for (const path of paths) {
    const segments = path.split('.');
    if (segments.length > MAX_DEPTH)
      throw invalidRequest(`You cannot expand more than ${MAX_DEPTH} levels of a property (${path}).`, { param: 'expand' });
    expandPath(copy, segments, tx, path);
  }
  return copy;
}
