/**
 * How far an app has followed its orders, as the id of the last message that it got. A place in the history would not do:
 * of two changes that are made at the same time the one with the lower place may be committed later. So a position is a
 * moment, and the last version of each order that changed shortly before it.
 */
import { isId } from '@vitrine/runtime/ids';

/** A change is visible at the latest this long after its time: no transaction lasts longer. */
export const overlapMs = 120_000;
/** What is older is not told again: the app reads its orders anew. */
export const replayMs = 24 * 60 * 60_000;

/** Of an order: the last version that was told, and when that change was made, ms since 1970. */
interface Told {
  readonly sequence: number;
  readonly at: number;
}

export interface StreamPosition {
  /** Ms since 1970, by the database's clock. */
  readonly at: number;
  readonly told: ReadonlyMap<string, Told>;
}

/** An id is a header of the next request, which must stay small. */
const maxOrders = 60;

/** The position after a change was told; what no longer matters is forgotten. */
export function advance(
  position: StreamPosition,
  change: { readonly orderId: string; readonly sequence: number; readonly at: number },
): StreamPosition {
  const at = Math.max(position.at, change.at);
  const told = new Map(position.told).set(change.orderId, { sequence: change.sequence, at: change.at });
  return moveTo({ at: position.at, told }, at);
}

/** The position at a later moment, until which everything was told. */
export const moveTo = ({ told }: StreamPosition, at: number): StreamPosition => ({
  at,
  told: new Map([...told].filter(([, last]) => last.at >= at - overlapMs)),
});

/** Whether a change that is visible now was told before this position. */
export const wasTold = (
  { told }: StreamPosition,
  { orderId, sequence }: { readonly orderId: string; readonly sequence: number },
): boolean => sequence <= (told.get(orderId)?.sequence ?? 0);

/** As the id of a message: visible ASCII, at most 4 KB. */
export function encodePosition({ at, told }: StreamPosition): string {
  // One that does not fit cannot be resumed: the app is told to read its orders anew.
  if (told.size > maxOrders) return '1.full';
  const orders = [...told].map(([orderId, last]) => `${orderId}:${last.sequence.toString(36)}:${(at - last.at).toString(36)}`);
  return ['1', at.toString(36), ...orders].join('.');
}

/** Null for what is no position, and for one that is too old or yet to come. */
export function decodePosition(id: string, now: number): StreamPosition | null {
  const [version, moment = '', ...orders] = id.split('.');
  if (version !== '1' || orders.length > maxOrders || !isNumber(moment)) return null;
  const at = parseInt(moment, 36);
  if (at < now - replayMs || at > now + overlapMs) return null;
  const told = new Map<string, Told>();
  for (const order of orders) {
    const [orderId = '', sequence = '', age = ''] = order.split(':');
    if (!isId('ord', orderId) || !isNumber(sequence) || !isNumber(age)) return null;
    told.set(orderId, { sequence: parseInt(sequence, 36), at: at - parseInt(age, 36) });
  }
  return { at, told };
}

const isNumber = (text: string): boolean => /^[0-9a-z]{1,10}$/.test(text);
