/** catalog's promises: pieces are held once for an order, sold when it is placed, given back once; who is released may never reserve. */
import type { OfferResponse, ReservationRequest, ReservationResponse } from '@vitrine/contracts/catalog-http';
import type { Order } from '../../services/checkout/src/order.ts';
import { RefusedRequest } from './network.ts';
import type { OutboxRow } from './simulated-orders.ts';
import type { World } from './world.ts';

export interface Product {
  readonly productId: string;
  readonly sellerId: string;
  readonly pieces: number;
  priceMinor: number;
  onHand: number;
  reserved: number;
}

interface Reservation {
  readonly productId: string | null;
  readonly quantity: number;
  status: 'held' | 'sold' | 'released' | 'returned';
  isCancelled: boolean;
  expiresAt: number;
  /** Each price that checkout was told with it. */
  readonly prices: number[];
}

export interface SimulatedCatalog {
  readonly products: ReadonlyMap<string, Product>;
  readonly reservations: ReadonlyMap<string, Reservation>;
  offer(productId: string): OfferResponse;
  reserve(request: ReservationRequest): ReservationResponse;
  release(orderId: string): void;
  /** Applies an event of an order. */
  consume(event: OutboxRow): void;
  hasHeld(): boolean;
}

export interface CatalogOptions {
  readonly products: readonly Product[];
  /** What checkout answers catalog about an order whose hold has expired. */
  readonly askClaim: (orderId: string) => 'placed' | 'pending' | 'none';
  /** Whether the purchase of an order is over, so that nobody will release its pieces any more. */
  readonly isOver: (orderId: string) => boolean;
}

const extensionMs = 60_000;

export function createSimulatedCatalog(world: World, { products, askClaim, isOver }: CatalogOptions): SimulatedCatalog {
  const byId = new Map(products.map((product) => [product.productId, product]));
  const reservations = new Map<string, Reservation>();
  const consumed = new Set<number>();

  const toOffer = ({ productId, sellerId, priceMinor }: Product) => ({
    productId,
    sellerId,
    sku: 'sku',
    title: 'Title',
    price: { amountMinor: priceMinor, currency: 'USD' },
  });
  const productOf = ({ productId }: Reservation): Product => {
    const product = byId.get(productId ?? '');
    if (product === undefined) throw new Error('a reservation of nothing');
    return product;
  };
  const check = (product: Product): void => {
    if (product.onHand < 0 || product.reserved < 0 || product.reserved > product.onHand) {
      world.violate('never oversold', `${product.onHand} on hand, ${product.reserved} reserved`);
    }
  };
  const settle = (orderId: string, reservation: Reservation, status: 'sold' | 'released' | 'returned'): void => {
    const product = productOf(reservation);
    if (reservation.status === 'held') product.reserved -= reservation.quantity;
    if (status === 'sold') product.onHand -= reservation.quantity;
    if (status === 'returned') product.onHand += reservation.quantity;
    reservation.status = status;
    world.note?.(`catalog: ${reservation.quantity} of ${world.nameOf(orderId)} are ${status}`);
    check(product);
  };
  const tombstone = (orderId: string): Reservation => {
    const reservation: Reservation = { productId: null, quantity: 0, status: 'released', isCancelled: false, expiresAt: 0, prices: [] };
    reservations.set(orderId, reservation);
    return reservation;
  };

  /** Asks checkout when the time of a hold is up; the answer may be old when it arrives. */
  const expireLater = (orderId: string, reservation: Reservation): void => {
    world.time.after(Math.max(0, reservation.expiresAt - world.time.now()), () => {
      if (reservation.status !== 'held') return;
      if (world.happens('requestLost') || world.happens('answerLost')) {
        reservation.expiresAt = world.time.now() + 5_000;
        expireLater(orderId, reservation);
        return;
      }
      const claim = askClaim(orderId);
      const over = isOver(orderId);
      world.note?.(`catalog asks about ${world.nameOf(orderId)}: ${claim}`);
      world.time.after(world.choices.next() * 2_000, () => {
        if (reservation.status !== 'held') return;
        if (claim === 'placed') settle(orderId, reservation, 'sold');
        else if (claim === 'none') {
          reservation.isCancelled = true;
          if (over)
            world.violate(
              'pieces are never forgotten',
              `the purchase of ${world.nameOf(orderId)} is over and held ${reservation.quantity}`,
            );
          settle(orderId, reservation, 'released');
        } else {
          reservation.expiresAt = world.time.now() + extensionMs;
          expireLater(orderId, reservation);
        }
      });
    });
  };

  const sell = (order: Order): void => {
    const [line] = order.lines;
    if (line === undefined) throw new Error('an order of nothing');
    const reservation = reservations.get(order.orderId) ?? tombstone(order.orderId);
    if (reservation.status === 'sold' || reservation.status === 'returned') return;
    if (reservation.status === 'held') {
      if (reservation.productId !== line.productId || reservation.quantity !== line.quantity) {
        world.violate('an order is for what was held', world.nameOf(order.orderId));
      }
      settle(order.orderId, reservation, 'sold');
    } else if (!reservation.isCancelled) world.violate('a placed order has its pieces', `${world.nameOf(order.orderId)} holds none`);
  };

  return {
    products: byId,
    reservations,
    hasHeld: () => [...reservations.values()].some(({ status }) => status === 'held'),
    offer(productId) {
      const product = byId.get(productId);
      return product === undefined
        ? { status: 'not_found' }
        : { status: 'offered', offer: toOffer(product), availableQuantity: product.onHand - product.reserved };
    },
    reserve({ orderId, productId, quantity, ttlSeconds }) {
      const product = byId.get(productId);
      const known = reservations.get(orderId);
      if (known !== undefined) {
        if (known.status === 'released' || known.status === 'returned') return { status: 'released' };
        if (product === undefined || known.productId !== productId || known.quantity !== quantity) {
          throw new RefusedRequest(`${orderId} has reserved something else before`);
        }
        known.prices.push(product.priceMinor);
        return { status: 'reserved', offer: toOffer(product) };
      }
      if (product === undefined) return { status: 'not_found' };
      const available = product.onHand - product.reserved;
      if (available < quantity) return { status: 'out_of_stock', availableQuantity: available };
      product.reserved += quantity;
      check(product);
      const reservation: Reservation = {
        productId,
        quantity,
        status: 'held',
        isCancelled: false,
        expiresAt: world.time.now() + ttlSeconds * 1_000,
        prices: [product.priceMinor],
      };
      reservations.set(orderId, reservation);
      expireLater(orderId, reservation);
      return { status: 'reserved', offer: toOffer(product) };
    },
    release(orderId) {
      const reservation = reservations.get(orderId) ?? tombstone(orderId);
      if (reservation.status === 'held') settle(orderId, reservation, 'released');
      else if (reservation.status === 'sold') world.violate('sold pieces are never asked back', world.nameOf(orderId));
    },
    consume({ eventId, type, order }) {
      if (consumed.has(eventId)) return;
      consumed.add(eventId);
      if (type === 'order.placed') sell(order);
      if (type !== 'order.cancelled') return;
      const reservation = reservations.get(order.orderId) ?? tombstone(order.orderId);
      if (reservation.status === 'held') settle(order.orderId, reservation, 'released');
      if (reservation.status === 'sold') settle(order.orderId, reservation, 'returned');
      reservation.isCancelled = true;
    },
  };
}
