/**
 * Delivers events to webhook endpoints: at least once, only after the change is on the disk, in no promised order. What is not
 * answered with 2xx in time is sent again with exponential back-off, newly signed; what is left when the process dies is found in the
 * journal at the next start.
 */
import { randomBytes } from 'node:crypto';
import type { LoggedEvent } from './event-log.ts';
import { identityOfEvent } from './fault-identity.ts';
import type { WebhookFault } from './fault-requests.ts';
import type { Faults } from './faults.ts';
import { forgedBody, STALE_SECONDS } from './forged-delivery.ts';
import type { Store } from './store.ts';
import { endpointSecret, isConfigured } from './webhook-endpoints.ts';
import { signatureHeader } from './webhook-signature.ts';

/** All in milliseconds. */
export interface WebhookTiming {
  /** Before the second attempt; it doubles with each further one. */
  firstRetryMs: number;
  longestRetryMs: number;
  /** How old an event may be when it is tried for the last time. */
  giveUpMs: number;
  /** How long an endpoint may take to answer. */
  timeoutMs: number;
}

const TIMING: WebhookTiming = {
  firstRetryMs: 1000,
  longestRetryMs: 60 * 60 * 1000,
  giveUpMs: 3 * 24 * 60 * 60 * 1000,
  timeoutMs: 10_000,
};

/** Requests at a time to one endpoint. */
const CONCURRENCY = 8;

interface Delivery {
  /** The order in which deliveries became due. */
  sequence: number;
  account: string;
  event: string;
  endpoint: string;
  attempts: number;
  /** What the last attempt met: an HTTP status, or why there is none. */
  last: number | 'no answer' | null;
  /** Asked for once more while it was running. */
  again: boolean;
  /** What is to go wrong with the next attempt. */
  fault: WebhookFault | undefined;
  /** Ends the wait for the next attempt. */
  wake: (() => void) | undefined;
}

interface Lane {
  ready: Delivery[];
  running: number;
  /** Held back until a later one has gone. */
  held: Set<Delivery>;
}

interface Options {
  store: Store;
  faults: Faults;
  now: () => Date;
  /** Signs what goes to the endpoint of the sandbox's own options. */
  secret: string | undefined;
  timing: Partial<WebhookTiming> | undefined;
}

export class WebhookDeliveries {
  readonly #store: Store;
  readonly #faults: Faults;
  readonly #now: () => Date;
  readonly #secret: string | undefined;
  readonly #timing: WebhookTiming;
  /** Deliveries that have not ended, by account, event and endpoint. */
  readonly #open = new Map<string, Delivery>();
  readonly #lanes = new Map<string, Lane>();
  readonly #work = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  #started = false;
  #sequence = 0;

  constructor({ store, faults, now, secret, timing }: Options) {
    this.#store = store;
    this.#faults = faults;
    this.#now = now;
    this.#secret = secret;
    this.#timing = { ...TIMING, ...timing };
    store.onEvents = (account, events) => this.#add(account, events);
  }

  /** Begins with what the journal says is pending. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    for (const account of this.#store.accounts()) {
      for (const { event, endpoint, state } of this.#store.begin(account).events().deliveries()) {
        if (state === 'pending') this.#enqueue(account, event, endpoint);
      }
    }
  }

  /** How the last attempts of a delivery that is still open went. */
  attempts(account: string, event: string, endpoint: string): { attempts: number; last: Delivery['last'] } | undefined {
    const open = this.#open.get(keyOf(account, event, endpoint));
    return open === undefined ? undefined : { attempts: open.attempts, last: open.last };
  }

  /** Sends an event to an endpoint now, also where it was delivered before. */
  async redeliver(account: string, event: string, endpoint: string): Promise<void> {
    const open = this.#open.get(keyOf(account, event, endpoint));
    if (open === undefined) {
      await this.#store.mark(account, [{ event, endpoint, state: 'pending', attempts: 0 }]);
      this.#enqueue(account, event, endpoint);
      return;
    }
    if (open.wake === undefined) open.again = true;
    else open.wake();
  }

  /** Ends what is running; what was not answered stays pending. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const { wake } of this.#open.values()) wake?.();
    await Promise.all(this.#work);
  }

  #add(account: string, events: LoggedEvent[]): void {
    // Before the start they are pending in the journal's state, where the start finds them.
    if (!this.#started) return;
    for (const { event, endpoints } of events) for (const endpoint of endpoints) this.#enqueue(account, event.id, endpoint);
  }

  #enqueue(account: string, event: string, endpoint: string): void {
    const key = keyOf(account, event, endpoint);
    if (this.#closing.signal.aborted || this.#open.has(key)) return;
    this.#sequence += 1;
    const delivery: Delivery = {
      sequence: this.#sequence,
      account,
      event,
      endpoint,
      attempts: 0,
      last: null,
      again: false,
      fault: undefined,
      wake: undefined,
    };
    this.#open.set(key, delivery);
    this.#ready(delivery);
  }

  #laneOf({ account, endpoint }: Delivery): Lane {
    const key = `${account}/${endpoint}`;
    const lane = this.#lanes.get(key) ?? { ready: [], running: 0, held: new Set() };
    this.#lanes.set(key, lane);
    return lane;
  }

  /** Puts the next attempt in line, at once or, where a fault wants it, later. */
  #ready(delivery: Delivery): void {
    const lane = this.#laneOf(delivery);
    const event = this.#store.begin(delivery.account).events().get(delivery.event);
    const taken = event === undefined ? undefined : this.#faults.takeWebhook({ event: event.type, identity: identityOfEvent(event) });
    delivery.fault = taken?.fault;
    if (taken === undefined || (taken.fault !== 'reorder' && taken.fault !== 'webhook_delay')) {
      lane.ready.push(delivery);
      this.#pump(lane);
      return;
    }
    if (taken.fault === 'reorder') lane.held.add(delivery);
    this.#track(
      this.#hold(delivery, taken.delayMs).then(() => {
        lane.held.delete(delivery);
        lane.ready.push(delivery);
        this.#pump(lane);
      }),
    );
  }

  /** Resolves after the time, when the delivery is asked for at once, or when the faults are cleared. */
  async #hold(delivery: Delivery, delayMs: number): Promise<void> {
    const released = new AbortController();
    const timer = setTimeout(() => released.abort(), delayMs);
    delivery.wake = () => released.abort();
    await this.#faults.wait(released.signal);
    clearTimeout(timer);
    delivery.wake = undefined;
  }

  #pump(lane: Lane): void {
    while (lane.running < CONCURRENCY && !this.#closing.signal.aborted) {
      const delivery = lane.ready.shift();
      if (delivery === undefined) return;
      lane.running += 1;
      this.#track(
        this.#attempt(delivery).finally(() => {
          lane.running -= 1;
          this.#pump(lane);
        }),
      );
    }
  }

  #track(work: Promise<void>): void {
    // A journal that cannot be written refuses every later call too, so the failure is seen there.
    const settled = work.catch(() => undefined).finally(() => this.#work.delete(settled));
    this.#work.add(settled);
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const { account, event: id, endpoint: endpointId } = delivery;
    const tx = this.#store.begin(account);
    const event = tx.events().get(id);
    const endpoint = tx.get('webhook_endpoint', endpointId);
    if (event === undefined) return this.#forget(delivery);
    // Stripe makes no further attempt at an endpoint that was deleted or disabled meanwhile.
    if (endpoint === undefined || endpoint.deleted || endpoint.object.status !== 'enabled') return this.#end(delivery, 'abandoned');
    const secret = isConfigured(endpointId) ? (this.#secret ?? '') : endpointSecret(this.#store.secret, endpointId);
    delivery.attempts += 1;
    const { url } = endpoint.object;
    const body = JSON.stringify(event, null, 2);
    const real: Promise<Delivery['last']> = delivery.fault === 'drop' ? Promise.resolve('no answer') : this.#send(url, secret, body);
    const [last] = await Promise.all([real, this.#sendMore(delivery, url, secret, body)]);
    delivery.last = last;
    if (this.#closing.signal.aborted) return undefined;
    if (typeof delivery.last === 'number' && delivery.last >= 200 && delivery.last < 300) return this.#end(delivery, 'delivered');
    if (this.#now().getTime() - event.created * 1000 >= this.#timing.giveUpMs) return this.#end(delivery, 'abandoned');
    this.#retryLater(delivery);
    return undefined;
  }

  #forget(delivery: Delivery): void {
    this.#open.delete(keyOf(delivery.account, delivery.event, delivery.endpoint));
  }

  async #end(delivery: Delivery, state: 'delivered' | 'abandoned'): Promise<void> {
    const { account, event, endpoint, attempts } = delivery;
    if (delivery.again) {
      delivery.again = false;
      this.#ready(delivery);
      return;
    }
    for (const held of this.#laneOf(delivery).held) if (held.sequence < delivery.sequence) held.wake?.();
    await this.#store.mark(account, [{ event, endpoint, state, attempts }]);
    this.#forget(delivery);
  }

  #retryLater(delivery: Delivery): void {
    const { firstRetryMs, longestRetryMs } = this.#timing;
    const delayMs = delivery.again ? 0 : Math.min(firstRetryMs * 2 ** Math.min(delivery.attempts - 1, 30), longestRetryMs);
    delivery.again = false;
    this.#track(
      this.#wait(delivery, delayMs).then(() => {
        if (!this.#closing.signal.aborted) this.#ready(delivery);
      }),
    );
  }

  /** Resolves after the time, or when the delivery is asked for at once. */
  async #wait(delivery: Delivery, delayMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      delivery.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    delivery.wake = undefined;
  }

  /** The deliveries that a fault adds to the real one; how they are answered does not matter. */
  async #sendMore({ fault }: Delivery, url: string, secret: string, body: string): Promise<void> {
    if (fault === 'duplicate') await this.#send(url, secret, body);
    if (fault === 'stale') await this.#send(url, secret, body, STALE_SECONDS);
    if (fault === 'forge') await this.#send(url, `whsec_${randomBytes(24).toString('hex')}`, forgedBody(body));
  }

  async #send(url: string, secret: string, body: string, ageSeconds = 0): Promise<Delivery['last']> {
    const at = Math.floor(this.#now().getTime() / 1000) - ageSeconds;
    try {
      const response = await fetch(url, {
        method: 'POST',
        body,
        headers: {
          'Content-Type': 'application/json; charset=utf-8',
          'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
          'Stripe-Signature': signatureHeader(secret, body, at),
        },
        // Stripe takes a redirect for a failure.
        redirect: 'manual',
        signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(this.#timing.timeoutMs)]),
      });
      await response.body?.cancel();
      return response.status;
    } catch {
      // Whatever kept the answer away, the delivery is tried again; the state shows that there was none.
      return 'no answer';
    }
  }
}

function keyOf(account: string, event: string, endpoint: string): string {
  return `${account}/${event}/${endpoint}`;
}
