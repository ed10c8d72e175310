/** What checkout does with the events that it consumes: news of payments, of refunds and of disputes. */
import { paymentEvents, paymentTopic } from '@vitrine/contracts/payment-events';
import type { BatchHandler, EventHandler, Handlers } from '@vitrine/runtime/consumer';
import type { Transaction } from '@vitrine/runtime/database';
import { PermanentError } from '@vitrine/runtime/errors';
import type { EventEnvelope } from '@vitrine/runtime/events';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { wakePurchases } from './store/purchases.ts';
import { takeInDispute, takeInRefunded, takeInRefundFailed } from './take-in-payment-news.ts';

/** Reads events of one schema. @throws PermanentError for one that has not the shape that the contract promises. */
function reader<Schema extends TSchema>(schema: Schema): (event: EventEnvelope) => Static<Schema> {
  const validator = Compile(schema);
  return (event) => {
    if (!validator.Check(event.payload)) throw new PermanentError(`${event.type} ${event.eventId} does not have the shape of its contract`);
    return event.payload;
  };
}

/** A handler that gets the payload as its contract says. */
function handle<Schema extends TSchema>(
  schema: Schema,
  apply: (transaction: Transaction, payload: Static<Schema>, event: EventEnvelope) => Promise<void>,
): EventHandler {
  const read = reader(schema);
  return async (transaction, event) => apply(transaction, read(event), event);
}

export interface ConsumedEvents {
  /** What is done with each event, by topic and type. */
  readonly handlers: Handlers;
  /** Whether a purchase became due since the last call. */
  takeNews(): boolean;
}

export function consumedEvents(): ConsumedEvents {
  let hasNews = false;

  /** A buyer's challenge is over: the purchase goes on without waiting for the app. */
  const wakeWaiting = (schema: TSchema): BatchHandler => {
    const read = reader(schema);
    return {
      async applyBatch(transaction, events) {
        for (const event of events) read(event);
        const woken = await wakePurchases(
          transaction,
          events.map(({ key }) => key),
        );
        if (woken > 0) hasNews = true;
      },
    };
  };

  return {
    handlers: {
      [paymentTopic]: {
        'payment.authorized': wakeWaiting(paymentEvents['payment.authorized']),
        'payment.declined': wakeWaiting(paymentEvents['payment.declined']),
        'payment.voided': wakeWaiting(paymentEvents['payment.voided']),
        'payment.refunded': handle(paymentEvents['payment.refunded'], takeInRefunded),
        'payment.refund_failed': handle(paymentEvents['payment.refund_failed'], takeInRefundFailed),
        'payment.disputed': handle(paymentEvents['payment.disputed'], takeInDispute),
        'payment.dispute_closed': handle(paymentEvents['payment.dispute_closed'], takeInDispute),
      },
    },
    takeNews() {
      const had = hasNews;
      hasNews = false;
      return had;
    },
  };
}
