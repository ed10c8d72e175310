/** Events on Kafka: CloudEvents 1.0 in binary mode (https://github.com/cloudevents/spec, Kafka protocol binding). */
import kafkajs, { type IHeaders, type Kafka, type logCreator } from 'kafkajs';
import { restIdleConnections } from './kafka-request-queue.ts';
import type { Logger } from './telemetry.ts';

/** An event as a consumer gets it. `payload` has been parsed, not validated. */
export interface EventEnvelope {
  readonly topic: string;
  /** Partition key: the id of the thing that changed. */
  readonly key: string;
  /** Unique, `evt_…`: what a consumer remembers to apply it once. */
  readonly eventId: string;
  /** In the past tense, for example `order.placed`. */
  readonly type: string;
  /** Counts the events of one key from 1, without gaps. */
  readonly sequence: number;
  /** When the change was committed, RFC 3339. */
  readonly occurredAt: string;
  /** The request that began it all. */
  readonly correlationId: string;
  /** The event that caused this one, if one did. */
  readonly causationId: string | null;
  /** Set on events that are replayed: no effect outside the consumer's own store may follow. */
  readonly replayId: string | null;
  readonly payload: unknown;
}

/** Headers of an event on the wire. The topic carries the major version; `ce_dataschema` names the contract. */
export function toHeaders(event: Omit<EventEnvelope, 'payload'> & { readonly source: string }): Record<string, string> {
  return {
    ce_specversion: '1.0',
    ce_id: event.eventId,
    ce_source: `urn:vitrine:${event.source}`,
    ce_type: event.type,
    ce_subject: event.key,
    ce_time: event.occurredAt,
    ce_dataschema: `urn:vitrine:${event.topic}:${event.type}`,
    ce_sequence: String(event.sequence),
    ce_correlationid: event.correlationId,
    ...(event.causationId === null ? {} : { ce_causationid: event.causationId }),
    ...(event.replayId === null ? {} : { ce_replayid: event.replayId }),
    'content-type': 'application/json',
  };
}

/** The type of a message on the wire, without reading the rest. @throws SyntaxError when it has none. */
export function eventTypeOf(headers: IHeaders | undefined): string {
  const type = headers?.['ce_type']?.toString();
  if (type === undefined) throw new SyntaxError('the message has no ce_type header');
  return type;
}

/**
 * Reads a Kafka message as an event.
 * @throws SyntaxError for a message that is not one (a header is missing, or the value is no JSON).
 */
export function toEnvelope(message: {
  readonly topic: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: IHeaders;
}): EventEnvelope {
  const header = (name: string): string | undefined => message.headers?.[name]?.toString();
  const required = (name: string): string => {
    const value = header(name);
    if (value === undefined) throw new SyntaxError(`the message has no ${name} header`);
    return value;
  };
  const sequence = Number(required('ce_sequence'));
  if (!Number.isInteger(sequence)) throw new SyntaxError('ce_sequence is not an integer');
  return {
    topic: message.topic,
    key: message.key?.toString() ?? required('ce_subject'),
    eventId: required('ce_id'),
    type: eventTypeOf(message.headers),
    sequence,
    occurredAt: required('ce_time'),
    correlationId: required('ce_correlationid'),
    causationId: header('ce_causationid') ?? null,
    replayId: header('ce_replayid') ?? null,
    payload: JSON.parse(message.value?.toString() ?? ''),
  };
}

/** A Kafka client whose log lines go to the process's logger. */
export function createKafka(options: { readonly name: string; readonly brokers: readonly string[]; readonly logger: Logger }): Kafka {
  const toLogger: logCreator =
    () =>
    ({ level, log }) => {
      const line = { kafka: { message: log.message, groupId: log['groupId'], topic: log['topic'], error: log['error'] } };
      if (level === kafkajs.logLevel.ERROR) options.logger.warn(line, 'kafka client');
      else options.logger.debug(line, 'kafka client');
    };
  restIdleConnections();
  return new kafkajs.Kafka({
    clientId: options.name,
    brokers: [...options.brokers],
    logCreator: toLogger,
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 8 },
  });
}
