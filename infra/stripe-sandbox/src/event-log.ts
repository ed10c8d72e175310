/**
 * The events of one account, for 30 days, and to which webhook endpoints each has still to go. Its state follows from the journal
 * alone: an event comes with its change, a mark with each delivery that has ended.
 */
import type { Stripe } from 'stripe';

const RETENTION_SECONDS = 30 * 24 * 60 * 60;

type DeliveryState = 'pending' | 'delivered' | 'abandoned';

/** An event as the journal holds it, with the endpoints that were to get it when it happened. */
export interface LoggedEvent {
  event: Stripe.Event;
  endpoints: string[];
}

/** The end of a delivery, or, as `pending`, that it is to be made once more. */
export interface DeliveryMark {
  event: string;
  endpoint: string;
  state: DeliveryState;
  attempts: number;
}

interface Delivery {
  endpoint: string;
  state: DeliveryState;
  attempts: number;
}

interface Entry {
  event: Stripe.Event;
  deliveries: Map<string, Delivery>;
}

export interface DeliveryReport extends Delivery {
  event: string;
  type: string;
}

export class EventLog {
  readonly #entries = new Map<string, Entry>();

  add({ event, endpoints }: LoggedEvent): void {
    const deliveries = endpoints.map((endpoint): [string, Delivery] => [endpoint, { endpoint, state: 'pending', attempts: 0 }]);
    this.#entries.set(event.id, { event, deliveries: new Map(deliveries) });
  }

  mark({ event, endpoint, state, attempts }: DeliveryMark): void {
    // The event may be gone by now: then nobody asks about its delivery either.
    this.#entries.get(event)?.deliveries.set(endpoint, { endpoint, state, attempts });
  }

  /** The event as it reads now: `pending_webhooks` counts what was not delivered. */
  get(id: string): Stripe.Event | undefined {
    const entry = this.#entries.get(id);
    return entry === undefined ? undefined : present(entry);
  }

  /** Newest first; with `delivered`, only those that have, or have not, reached all their endpoints. */
  list(delivered?: boolean): Stripe.Event[] {
    const events = [...this.#entries.values()].map(present).toReversed();
    return delivered === undefined ? events : events.filter(({ pending_webhooks: pending }) => (pending === 0) === delivered);
  }

  deliveries(): DeliveryReport[] {
    return [...this.#entries.values()].flatMap(({ event, deliveries }) =>
      [...deliveries.values()].map((delivery) => ({ event: event.id, type: event.type, ...delivery })),
    );
  }

  stateOf(event: string, endpoint: string): DeliveryState | undefined {
    return this.#entries.get(event)?.deliveries.get(endpoint)?.state;
  }

  /** Drops what is older than 30 days at `now`, in seconds since 1970. */
  prune(now: number): void {
    for (const [id, { event }] of this.#entries) if (now - event.created > RETENTION_SECONDS) this.#entries.delete(id);
  }

  /** What a journal that begins here must hold. */
  snapshot(): { events: LoggedEvent[]; marks: DeliveryMark[] } {
    const entries = [...this.#entries.values()];
    return {
      events: entries.map(({ event, deliveries }) => ({ event, endpoints: [...deliveries.keys()] })),
      marks: entries.flatMap(({ event, deliveries }) =>
        [...deliveries.values()].filter(({ state }) => state !== 'pending').map((delivery) => ({ event: event.id, ...delivery })),
      ),
    };
  }
}

function present({ event, deliveries }: Entry): Stripe.Event {
  let undelivered = 0;
  for (const { state } of deliveries.values()) if (state !== 'delivered') undelivered += 1;
  return { ...event, pending_webhooks: undelivered };
}
