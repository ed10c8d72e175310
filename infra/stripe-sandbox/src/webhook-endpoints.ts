/**
 * Webhook endpoints: created, read, changed, deleted and listed over HTTP, or made at start for the local stack. The secret of an
 * endpoint follows from its id and the key beside the journal, so that only the answer to its creation ever holds it.
 */
import { createHmac } from 'node:crypto';
import type { Stripe } from 'stripe';
import { endpoint, idIn, ok, type Endpoint } from './endpoint.ts';
import { invalidRequest, noSuch } from './errors.ts';
import type { EventType } from './event-types.ts';
import { base62, newId } from './ids.ts';
import { PAGE, page } from './lists.ts';
import { clearableText, flag, list, mergeMetadata, metadata, oneOf, required, text, type Values } from './parameters.ts';
import type { WebhookEndpointRecord } from './records.ts';
import type { Transaction } from './store.ts';
import { API_VERSION } from './version.ts';

const FIELDS = {
  description: clearableText(),
  enabled_events: list(text(200), 300),
  metadata: metadata(),
  url: text(2048),
};

/** Stripe allows 16 in test mode. */
const MAX_ENDPOINTS = 16;

/** The secret that an endpoint's deliveries are signed with. */
export function endpointSecret(key: Buffer, id: string): string {
  return `whsec_${base62(createHmac('sha256', key).update(`webhook secret ${id}`).digest())}`;
}

function matches({ object, scope, deleted }: WebhookEndpointRecord, type: EventType): boolean {
  if (deleted || object.status !== 'enabled') return false;
  const connected = type.startsWith('account.');
  if (scope !== 'all' && (scope === 'connect') !== connected) return false;
  return object.enabled_events.includes('*') || object.enabled_events.includes(type);
}

/** The ids of the endpoints that an event of this type goes to now. */
export function endpointsFor(tx: Transaction, type: EventType): string[] {
  return tx
    .list('webhook_endpoint')
    .filter((record) => matches(record, type))
    .map(({ object }) => object.id);
}

/** Test mode takes plain HTTP and local addresses, as this does. */
function checkUrl(url: string | undefined): void {
  if (url === undefined) return;
  if (!URL.canParse(url) || !['http:', 'https:'].includes(new URL(url).protocol)) {
    throw invalidRequest('Invalid URL: An explicit scheme (such as https) must be provided.', { code: 'url_invalid', param: 'url' });
  }
}

function checkEvents(events: string[] | undefined): void {
  if (events === undefined) return;
  const wrong = events.findIndex((name) => name !== '*' && !/^[a-z_]+(\.[a-z_]+)+$/.test(name));
  if (wrong !== -1 || events.length === 0) {
    const param = events.length === 0 ? 'enabled_events' : `enabled_events[${wrong}]`;
    throw invalidRequest('Invalid enabled_events: must be a list of event types, or "*" alone.', { param });
  }
}

function changed(object: Stripe.WebhookEndpoint, params: Partial<Values<typeof FIELDS>>): Stripe.WebhookEndpoint {
  checkUrl(params.url);
  checkEvents(params.enabled_events);
  return {
    ...object,
    description: params.description === undefined ? object.description : params.description,
    enabled_events: params.enabled_events ?? object.enabled_events,
    metadata: mergeMetadata(object.metadata, params.metadata),
    url: params.url ?? object.url,
  };
}

function newEndpoint(id: string, created: number): Stripe.WebhookEndpoint {
  return {
    id,
    object: 'webhook_endpoint',
    api_version: null,
    application: null,
    created,
    description: null,
    enabled_events: ['*'],
    livemode: false,
    metadata: {},
    status: 'enabled',
    url: '',
  };
}

/** The id of the endpoint that the sandbox's own options make in each account. */
const CONFIGURED_ID = 'we_1configured';

export function isConfigured(id: string): boolean {
  return id === CONFIGURED_ID;
}

/** Where events go without an endpoint being made at the API. */
export interface ConfiguredWebhook {
  readonly url: string;
  /** Types that are sent; all when absent. */
  readonly events?: readonly string[];
}

/** Makes the account's endpoint agree with the option; nothing is sent where there is none. Writes nothing where it agrees already. */
export function putConfiguredEndpoint(tx: Transaction, webhook: ConfiguredWebhook | undefined): void {
  const present = tx.get('webhook_endpoint', CONFIGURED_ID);
  if (webhook === undefined) {
    if (present !== undefined && !present.deleted) tx.put('webhook_endpoint', CONFIGURED_ID, { ...present, deleted: true });
    return;
  }
  const { url, events = ['*'] } = webhook;
  const agrees =
    present !== undefined && !present.deleted && present.object.url === url && String(present.object.enabled_events) === String(events);
  if (agrees) return;
  const object = { ...(present?.object ?? newEndpoint(CONFIGURED_ID, tx.at)), url, enabled_events: [...events] };
  tx.put('webhook_endpoint', CONFIGURED_ID, { object, scope: 'all', deleted: false });
}

function requireEndpoint(tx: Transaction, id: string): WebhookEndpointRecord {
  const record = tx.get('webhook_endpoint', id);
  if (record === undefined || record.deleted) throw noSuch('webhook endpoint', id, { param: 'id', inPath: true });
  return record;
}

function live(tx: Transaction): Stripe.WebhookEndpoint[] {
  return tx.list('webhook_endpoint').flatMap(({ object, deleted }) => (deleted ? [] : [object]));
}

export const webhookEndpointEndpoints: Endpoint[] = [
  endpoint(
    'POST',
    '/v1/webhook_endpoints',
    {
      ...FIELDS,
      api_version: oneOf(API_VERSION),
      connect: flag(),
      enabled_events: required(FIELDS.enabled_events),
      url: required(FIELDS.url),
    },
    ({ tx, params, secret }) => {
      if (live(tx).length >= MAX_ENDPOINTS) {
        throw invalidRequest(`You have reached the maximum of ${MAX_ENDPOINTS} test webhook endpoints.`);
      }
      const object = { ...changed(newEndpoint(newId('we'), tx.at), params), api_version: params.api_version ?? null };
      tx.put('webhook_endpoint', object.id, { object, scope: params.connect === true ? 'connect' : 'platform', deleted: false });
      return ok({ ...object, secret: endpointSecret(secret, object.id) });
    },
  ),
  endpoint('GET', '/v1/webhook_endpoints', PAGE, ({ tx, params }) =>
    ok(page(live(tx), '/v1/webhook_endpoints', 'webhook endpoint', params)),
  ),
  endpoint('GET', '/v1/webhook_endpoints/:id', {}, ({ tx, path }) => ok(requireEndpoint(tx, idIn(path)).object)),
  endpoint('POST', '/v1/webhook_endpoints/:id', { ...FIELDS, disabled: flag() }, ({ tx, path, params }) => {
    const record = requireEndpoint(tx, idIn(path));
    const status = params.disabled === undefined ? record.object.status : params.disabled ? 'disabled' : 'enabled';
    const object = { ...changed(record.object, params), status };
    tx.put('webhook_endpoint', object.id, { ...record, object });
    return ok(object);
  }),
  endpoint('DELETE', '/v1/webhook_endpoints/:id', {}, ({ tx, path }) => {
    const record = requireEndpoint(tx, idIn(path));
    const { id } = record.object;
    tx.put('webhook_endpoint', id, { ...record, deleted: true });
    return ok({ id, object: 'webhook_endpoint', deleted: true });
  }),
];
