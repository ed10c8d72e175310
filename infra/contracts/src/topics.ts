/** Every topic with the schemas of its event types: what the contract tests, the local stack and `ops` go by. */
import type { TSchema } from 'typebox';
import { marketEvents, marketTopic } from './market-events.ts';
import { orderEvents, orderTopic } from './order-events.ts';
import { paymentEvents, paymentTopic } from './payment-events.ts';
import { postEvents, postTopic } from './post-events.ts';
import { productEvents, productTopic } from './product-events.ts';
import { sellerEvents, sellerTopic } from './seller-events.ts';
import { stockEvents, stockTopic } from './stock-events.ts';

/** Event types of each topic, `<service>.<entity>.v<major>`. */
export const topics: Readonly<Record<string, Readonly<Record<string, TSchema>>>> = {
  [orderTopic]: orderEvents,
  [paymentTopic]: paymentEvents,
  [productTopic]: productEvents,
  [stockTopic]: stockEvents,
  [sellerTopic]: sellerEvents,
  [marketTopic]: marketEvents,
  [postTopic]: postEvents,
};

/** Which topics each consumer group (a service's name) reads. Each pair has a dead-letter topic. */
export const subscriptions: Readonly<Record<string, readonly string[]>> = {
  'seller-eligibility': [orderTopic],
  catalog: [orderTopic, sellerTopic],
  checkout: [paymentTopic],
  timeline: [productTopic, sellerTopic],
};

/** Where a consumer group puts an event that it cannot apply. */
export const deadLetterTopic = (topic: string, consumerGroup: string): string => `${topic}.${consumerGroup}.dlt`;
