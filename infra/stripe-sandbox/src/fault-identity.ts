/**
 * What makes a call or an event the same one in another run: never an id, which is random, but the idempotency key and the metadata
 * that the client chose. Seeded faults are decided by it.
 */
import type { Stripe } from 'stripe';
import { KINDS, type Kind } from './records.ts';
import type { Transaction } from './store.ts';

function metadataOf(object: unknown): string {
  if (typeof object !== 'object' || object === null || !('metadata' in object) || object.metadata === null) return '';
  const pairs = Object.entries(object.metadata as Record<string, string>);
  return pairs
    .map(([key, value]) => `${key}=${value}`)
    .toSorted()
    .join(',');
}

function nameOf(tx: Transaction, id: string): string {
  const prefix = id.slice(0, id.indexOf('_') + 1);
  const kind = KINDS.find((candidate) => tx.get(candidate, id) !== undefined);
  const record: object | undefined = kind === undefined ? undefined : tx.get<Kind>(kind, id);
  return `${prefix}${record !== undefined && 'object' in record ? metadataOf(record.object) : ''}`;
}

/** Names a call by its method, its path with the objects' metadata in place of their ids, and its idempotency key. */
export function identityOfCall(tx: Transaction, method: string, path: string, key: string | undefined): string {
  const named = path.replaceAll(/[a-z]+_[A-Za-z0-9]{8,}/g, (id) => nameOf(tx, id));
  return `${method} ${named} ${key ?? ''}`;
}

/** Names an event by its type, its object's metadata and the idempotency key of the call that caused it. */
export function identityOfEvent(event: Stripe.Event): string {
  return `${event.type} ${metadataOf(event.data.object)} ${event.request?.idempotency_key ?? ''}`;
}
