/** The internal HTTP API by which operators let a service apply past events again. */
import { Type, type Static } from 'typebox';

/** Events in one replay request at most. */
export const maxReplayedEvents = 500;

/** An event as it was read from its topic; the payload is checked by the service that applies it. */
export const ReplayedEvent = Type.Object({
  topic: Type.String({ minLength: 1 }),
  key: Type.String({ minLength: 1 }),
  eventId: Type.String({ minLength: 1 }),
  type: Type.String({ minLength: 1 }),
  sequence: Type.Integer(),
  occurredAt: Type.String({ format: 'date-time' }),
  correlationId: Type.String(),
  causationId: Type.Union([Type.String(), Type.Null()]),
  payload: Type.Unknown(),
});
export type ReplayedEvent = Static<typeof ReplayedEvent>;

/** `POST /internal/order-projection/replays` of seller-eligibility: events of `checkout.order.v1` for the sellers' orders. */
export const orderProjectionReplayPath = '/internal/order-projection/replays';

export const ReplayRequest = Type.Object({
  /** `rpl_…`, the same for all requests of one replay. */
  replayId: Type.String({ pattern: '^rpl_[0-9a-f-]{36}$' }),
  /** Whether to count what would change, and change nothing. */
  dryRun: Type.Boolean(),
  events: Type.Array(ReplayedEvent, { maxItems: maxReplayedEvents }),
});
export type ReplayRequest = Static<typeof ReplayRequest>;

export const ReplayResponse = Type.Object({
  /** Events in the request. */
  examined: Type.Integer({ minimum: 0 }),
  /** Rows that were inserted or altered, or would be in a dry run. */
  changed: Type.Integer({ minimum: 0 }),
  /** Events that can never be applied, each with the cause: when they first came they went to the dead letters. */
  refused: Type.Array(Type.Object({ eventId: Type.String(), cause: Type.String() })),
});
export type ReplayResponse = Static<typeof ReplayResponse>;
