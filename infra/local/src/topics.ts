/** The topics of the system as Kafka gets them: event topics and the dead letters of their consumers. */
import { deadLetterTopic, subscriptions, topics } from '@vitrine/contracts/topics';
import type { Topic } from './kafka.ts';

// Events are the record from which projections are rebuilt: they do not expire.
const forEver = { 'retention.ms': '-1' };

export const eventTopics: readonly Topic[] = Object.keys(topics).map((name) => ({
  name,
  partitions: 6,
  config: forEver,
}));

export const deadLetterTopics: readonly Topic[] = Object.entries(subscriptions).flatMap(([consumerGroup, subscribed]) =>
  subscribed.map((topic) => ({
    name: deadLetterTopic(topic, consumerGroup),
    partitions: 1,
    config: forEver,
  })),
);
