/**
 * Parcels: what of an order can still be shipped, how a parcel is followed, and what its news makes of the order. Pure
 * decisions: of a line never more pieces are shipped than were ordered.
 */
import type { Carrier, ShipmentStatus } from '@vitrine/contracts/order-events';
import { holdsCardNumber } from '@vitrine/runtime/card-numbers';
import type { MoveName } from './order-moves.ts';
import type { Order } from './order.ts';

/** Pieces of one of an order's lines. */
export interface PieceCount {
  readonly productId: string;
  readonly quantity: number;
}

/** Who carries a parcel, and how it is followed. */
export interface Tracking {
  readonly carrier: Carrier;
  /** For the buyer; null unless the carrier is `other`. */
  readonly carrierName: string | null;
  readonly trackingNumber: string | null;
  /** Begins with `https://`. */
  readonly trackingUrl: string | null;
}

export interface Shipment extends Tracking {
  readonly shipmentId: string;
  readonly orderId: string;
  readonly lines: readonly PieceCount[];
  readonly status: ShipmentStatus;
  /** When it got to this status. */
  readonly statusAt: Date;
  readonly shippedAt: Date;
}

/** One piece of news of a parcel. */
export interface ShipmentEvent {
  readonly status: ShipmentStatus;
  readonly at: Date;
}

export interface InvalidShipment {
  readonly kind: 'invalid_input';
  readonly path: readonly string[];
  readonly message: string;
}

const invalid = (path: string | readonly string[], message: string): InvalidShipment => ({
  kind: 'invalid_input',
  path: typeof path === 'string' ? [path] : path,
  message,
});

/** A parcel that came back counts as never sent. */
const isOut = ({ status }: Pick<Shipment, 'status'>): boolean => status !== 'returned_to_sender';

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** How many pieces of a line are on their way or have arrived. */
export const shippedPieces = (shipments: readonly Shipment[], productId: string): number =>
  sum(shipments.filter(isOut).flatMap(({ lines }) => lines.filter((line) => line.productId === productId).map(({ quantity }) => quantity)));

/** What of an order is not shipped: the lines of which pieces are left. */
export const unshippedPieces = (order: Pick<Order, 'lines'>, shipments: readonly Shipment[]): PieceCount[] =>
  order.lines
    .map(({ productId, quantity }) => ({ productId, quantity: quantity - shippedPieces(shipments, productId) }))
    .filter(({ quantity }) => quantity > 0);

export type ParcelPlan =
  | { readonly kind: 'parcel'; readonly lines: readonly PieceCount[]; readonly move: Extract<MoveName, 'ship_a_part' | 'ship_the_rest'> }
  /** More than what is left. */
  | { readonly kind: 'too_many'; readonly left: readonly PieceCount[] }
  | InvalidShipment;

/** What a parcel with these pieces (null: all that is left) makes of the order. */
export function planParcel(order: Pick<Order, 'lines'>, shipments: readonly Shipment[], wanted: readonly PieceCount[] | null): ParcelPlan {
  const left = unshippedPieces(order, shipments);
  if (wanted === null) return left.length === 0 ? { kind: 'too_many', left } : { kind: 'parcel', lines: left, move: 'ship_the_rest' };
  if (wanted.length === 0) return invalid('lines', 'Name at least one line, or leave lines out to ship all that is left.');
  const named = new Set<string>();
  for (const [index, { productId, quantity }] of wanted.entries()) {
    const path = ['lines', String(index)];
    if (named.has(productId)) return invalid([...path, 'productId'], 'Name each line once.');
    named.add(productId);
    if (!order.lines.some((line) => line.productId === productId)) return invalid([...path, 'productId'], 'The order has no such line.');
    if (!Number.isSafeInteger(quantity) || quantity < 1) return invalid([...path, 'quantity'], 'quantity must be at least 1.');
  }
  const leftOf = (productId: string): number => left.find((line) => line.productId === productId)?.quantity ?? 0;
  if (wanted.some(({ productId, quantity }) => quantity > leftOf(productId))) return { kind: 'too_many', left };
  const isTheRest = sum(wanted.map(({ quantity }) => quantity)) === sum(left.map(({ quantity }) => quantity));
  return { kind: 'parcel', lines: wanted.map((line) => ({ ...line })), move: isTheRest ? 'ship_the_rest' : 'ship_a_part' };
}

export type NewsPlan =
  | {
      readonly kind: 'news';
      readonly shipment: Shipment;
      readonly move: Extract<MoveName, 'note' | 'deliver' | 'come_back_in_part' | 'come_back_whole'>;
    }
  /** The parcel has arrived or come back: nothing follows. */
  | { readonly kind: 'over' };

/** What news of one of an order's parcels (all of them are given) makes of the parcel and of the order. */
export function planNews(
  order: Pick<Order, 'lines'>,
  shipments: readonly Shipment[],
  shipment: Shipment,
  { status, at }: ShipmentEvent,
): NewsPlan {
  if (shipment.status === 'delivered' || shipment.status === 'returned_to_sender') return { kind: 'over' };
  const isEnd = status === 'delivered' || status === 'returned_to_sender';
  // What is told late is kept among the parcel's news, but where the parcel is goes by the latest.
  const changed = isEnd || at >= shipment.statusAt ? { ...shipment, status, statusAt: at } : shipment;
  const after = shipments.map((other) => (other.shipmentId === shipment.shipmentId ? changed : other));
  if (status === 'returned_to_sender') {
    return { kind: 'news', shipment: changed, move: after.some(isOut) ? 'come_back_in_part' : 'come_back_whole' };
  }
  const hasArrived =
    status === 'delivered' &&
    unshippedPieces(order, after).length === 0 &&
    after.filter(isOut).every((other) => other.status === 'delivered');
  return { kind: 'news', shipment: changed, move: hasArrived ? 'deliver' : 'note' };
}

/** When all of an order had arrived, by its parcels. */
export const arrivedAt = (shipments: readonly Shipment[]): Date =>
  new Date(Math.max(...shipments.filter(isOut).map(({ statusAt }) => statusAt.getTime())));

interface KnownCarrier {
  readonly name: string;
  /** Where its parcels are followed; what a seller names instead has to be there, too. */
  readonly site: string;
  readonly trackingPath: (trackingNumber: string) => string;
}

const knownCarriers: Readonly<Record<Exclude<Carrier, 'other'>, KnownCarrier>> = {
  usps: { name: 'USPS', site: 'usps.com', trackingPath: (number) => `https://tools.usps.com/go/TrackConfirmAction?tLabels=${number}` },
  ups: { name: 'UPS', site: 'ups.com', trackingPath: (number) => `https://www.ups.com/track?tracknum=${number}` },
  fedex: { name: 'FedEx', site: 'fedex.com', trackingPath: (number) => `https://www.fedex.com/fedextrack/?trknbr=${number}` },
  dhl: { name: 'DHL', site: 'dhl.com', trackingPath: (number) => `https://www.dhl.com/us-en/home/tracking.html?tracking-id=${number}` },
  ontrac: { name: 'OnTrac', site: 'ontrac.com', trackingPath: (number) => `https://www.ontrac.com/tracking/?number=${number}` },
};

/** A carrier's name for people. */
export const carrierNameOf = ({ carrier, carrierName }: Tracking): string =>
  carrier === 'other' ? (carrierName ?? 'Another carrier') : knownCarriers[carrier].name;

/** Checks how a seller says that a parcel is followed. The page of a known carrier is filled in when only the number is given. */
export function checkTracking(given: {
  readonly carrier: Carrier;
  readonly carrierName: string | null;
  readonly trackingNumber: string | null;
  readonly trackingUrl: string | null;
}): { readonly kind: 'tracking'; readonly tracking: Tracking } | InvalidShipment {
  const { carrier } = given;
  const carrierName = given.carrierName?.trim() ?? null;
  if (carrier === 'other') {
    if (carrierName === null || !/^[\p{L}\p{N}][\p{L}\p{N} .&'-]{0,39}$/u.test(carrierName) || holdsCardNumber(carrierName))
      return invalid('carrierName', 'carrierName must name the carrier in 1 to 40 letters and digits.');
  } else if (carrierName !== null) {
    return invalid('carrierName', 'carrierName is for the carrier OTHER only.');
  }
  const trackingNumber = given.trackingNumber?.replaceAll(/[ -]/g, '').toUpperCase() ?? null;
  if (trackingNumber !== null && !/^[A-Z0-9]{4,40}$/.test(trackingNumber))
    return invalid('trackingNumber', 'trackingNumber must have 4 to 40 letters and digits.');
  const site = carrier === 'other' ? null : knownCarriers[carrier].site;
  if (given.trackingUrl !== null && !isTrackingUrl(given.trackingUrl, site)) {
    return invalid(
      'trackingUrl',
      site === null
        ? 'trackingUrl must be an address of up to 500 characters that begins with https:// and a domain name.'
        : `trackingUrl must begin with https:// and be a page of ${site}; leave it out to take the carrier's page for the number.`,
    );
  }
  const ownPage = carrier === 'other' || trackingNumber === null ? null : knownCarriers[carrier].trackingPath(trackingNumber);
  return { kind: 'tracking', tracking: { carrier, carrierName, trackingNumber, trackingUrl: given.trackingUrl ?? ownPage } };
}

/** Whether buyers can be sent there: https, a domain name (the carrier's, if known), no port, no user. */
function isTrackingUrl(text: string, site: string | null): boolean {
  if (text.length > 500 || !text.startsWith('https://') || !URL.canParse(text)) return false;
  const { hostname, port, username, password } = new URL(text);
  if (port !== '' || username !== '' || password !== '') return false;
  if (!/^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/.test(hostname)) return false;
  return site === null || hostname === site || hostname.endsWith(`.${site}`);
}

/** How far a clock of another may be ahead of ours. */
const clockSkewMs = 5 * 60_000;

/** A time that a seller tells, no earlier than `notBefore`; now, when none is given. */
export function checkTime(given: Date | null, notBefore: Date, now: Date, path: string): { readonly at: Date } | InvalidShipment {
  if (given === null) return { at: now };
  if (given.getTime() > now.getTime() + clockSkewMs) return invalid(path, `${path} must not be in the future.`);
  // A dashboard's clock, or its minutes, may be a little behind the server's.
  if (given.getTime() < notBefore.getTime() - clockSkewMs) return invalid(path, `${path} must not be before what it follows.`);
  return { at: new Date(Math.min(given.getTime(), now.getTime())) };
}
