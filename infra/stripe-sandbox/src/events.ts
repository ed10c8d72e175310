/** Events in Stripe's shape: how one is made of what a change says, and how they are read back over HTTP. */
import type { Stripe } from 'stripe';
import { endpoint, idIn, ok, type Endpoint } from './endpoint.ts';
import { invalidRequest, noSuch } from './errors.ts';
import type { EventDraft } from './event-types.ts';
import { newId } from './ids.ts';
import { CREATED, createdWithin, PAGE, page } from './lists.ts';
import { flag, list, text } from './parameters.ts';
import { API_VERSION } from './version.ts';

/** The call that caused a change; both null where none did. */
export interface Cause {
  id: string | null;
  idempotency_key: string | null;
}

/** An event of now; `at` in seconds since 1970. */
export function newEvent({ type, object, previousAttributes }: EventDraft, cause: Cause, at: number): Stripe.Event {
  const data = { object, ...(previousAttributes === undefined ? {} : { previous_attributes: previousAttributes }) };
  // An event of a connected account names it, as those of the platform itself do not.
  const account = type.startsWith('account.') && 'id' in object ? { account: object.id } : {};
  return {
    id: newId('evt'),
    object: 'event',
    ...account,
    api_version: API_VERSION,
    created: at,
    data,
    livemode: false,
    pending_webhooks: 0,
    request: cause,
    type,
  } as Stripe.Event;
}

/** Whether a list's `type` names the event: a whole name, or a group such as `charge.*`. */
export function typeMatches(pattern: string, type: string): boolean {
  if (!pattern.endsWith('*')) return pattern === type;
  return type.startsWith(pattern.slice(0, -1));
}

export const eventEndpoints: Endpoint[] = [
  endpoint(
    'GET',
    '/v1/events',
    { ...PAGE, ...CREATED, delivery_success: flag(), type: text(), types: list(text(), 20) },
    ({ tx, params }) => {
      if (params.type !== undefined && params.types !== undefined) {
        throw invalidRequest('You may only specify one of these parameters: type, types.', {
          code: 'parameters_exclusive',
          param: 'types',
        });
      }
      const found = tx
        .events()
        .list(params.delivery_success)
        .filter(
          (event) =>
            createdWithin(event.created, params.created) &&
            (params.type === undefined || typeMatches(params.type, event.type)) &&
            (params.types === undefined || params.types.includes(event.type)),
        );
      return ok(page(found, '/v1/events', 'event', params));
    },
  ),
  endpoint('GET', '/v1/events/:id', {}, ({ tx, path }) => {
    const id = idIn(path);
    const event = tx.events().get(id);
    if (event === undefined) throw noSuch('event', id, { param: 'id', inPath: true });
    return ok(event);
  }),
];
