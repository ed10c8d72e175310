/** What the use cases are given. */
import type { Pool } from '@vitrine/runtime/database';
import type { Batcher } from '@vitrine/runtime/group-commit';
import type { Logger } from '@vitrine/runtime/telemetry';
import type { Clients, PurchaseClients } from './clients.ts';
import type { OrderStore } from './order-store.ts';
import type { Tariff } from './pricing.ts';
import type { PurchaseLimits } from './purchase-limits.ts';
import type { PurchaseStore } from './purchase-store.ts';
import type { OrderChange } from './store/orders.ts';

/** Time, so that the saga can be run without waiting. */
export interface Clock {
  now(): Date;
  /** Calls `run` each `intervalMs` until the answer is called. */
  every(intervalMs: number, run: () => void): () => void;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  every: (intervalMs, run) => {
    const timer = setInterval(run, intervalMs);
    return () => clearInterval(timer);
  },
};

/** What a purchase needs. No database: the saga knows its store by an interface. */
export interface SagaDeps {
  readonly purchases: PurchaseStore;
  readonly limits: PurchaseLimits;
  readonly tariff: Tariff;
  readonly clients: PurchaseClients;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Says that an event waits to be published. */
  readonly wakeRelay: () => void;
  /** Says that an order may be due for capture. */
  readonly wakeCapture: () => void;
  readonly reservationTtlSeconds: number;
  readonly buyerActionTimeoutSeconds: number;
  /** How long a second purchase of the same product by the same buyer is taken for the same tap. */
  readonly duplicateWindowSeconds: number;
}

export interface Deps extends SagaDeps {
  readonly clients: Clients;
  readonly pool: Pool;
  readonly orders: OrderStore;
  /** Writes changes of orders that are made at the same time together; answers whether the order still was as it was read. */
  readonly changes: Batcher<OrderChange, boolean>;
  /** Says that the authorization of a cancelled order is to be let go. */
  readonly wakeVoid: () => void;
  /** Says that a refund is to be made. */
  readonly wakeRefunds: () => void;
  /** For how many days after the delivery goods can be sent back, where the sale's own terms do not say. */
  readonly returnWindowDays: number;
  /** Says that payment-vault is to be told of a delivery. */
  readonly wakeDeliveries: () => void;
  /** How long a seller has to ship something of an order. */
  readonly shipWithinDays: number;
}
