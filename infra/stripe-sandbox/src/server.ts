/** The sandbox as a Fastify server: Stripe's API under `/v1`, the 3-D Secure page, and the test controls under `/_sandbox`. */
import Fastify, { type FastifyInstance } from 'fastify';
import { customerSessionEndpoints } from './customer-sessions.ts';
import { ephemeralKeyEndpoints } from './ephemeral-keys.ts';
import { paymentIntentChangeEndpoints } from './payment-intent-changes.ts';
import { chargeEndpoints } from './charge-endpoints.ts';
import { Deferrals } from './deferrals.ts';
import { addTestControls } from './test-controls.ts';
import { accountEndpoints } from './accounts.ts';
import { accountLinkEndpoints } from './account-links.ts';
import { addOnboardingPage } from './onboarding-page.ts';
import { balanceEndpoints } from './balance-transactions.ts';
import { applicationFeeEndpoints } from './application-fees.ts';
import { disputeEndpoints } from './disputes.ts';
import { transferReversalEndpoints } from './transfer-reversals.ts';
import { transferEndpoints } from './transfers.ts';
import { addChallengePage } from './challenge-page.ts';
import { customerEndpoints } from './customers.ts';
import { ApiError, invalidRequest } from './errors.ts';
import { eventEndpoints } from './events.ts';
import { Faults } from './faults.ts';
import { newId } from './ids.ts';
import { Latency } from './latency.ts';
import { paymentIntentEndpoints } from './payment-intents.ts';
import { paymentMethodEndpoints } from './payment-methods.ts';
import { answerCall, WRONG_SHAPE_BODY, type Machinery } from './pipeline.ts';
import { refundEndpoints } from './refunds.ts';
import { addSandboxRoutes } from './sandbox-routes.ts';
import { setupIntentEndpoints } from './setup-intents.ts';
import { Store } from './store.ts';
import { API_VERSION } from './version.ts';
import { WebhookDeliveries, type WebhookTiming } from './webhook-delivery.ts';
import { webhookEndpointEndpoints, type ConfiguredWebhook } from './webhook-endpoints.ts';
import { addWebhookRoutes } from './webhook-routes.ts';

/** One answered call of Stripe's API as it went over the wire. The body can hold a test card's number. */
export interface ObservedCall {
  method: string;
  /** Path and query. */
  url: string;
  /** The form; empty where there is none. */
  form: string;
  status: number;
  /** JSON text. */
  answer: string;
}

export interface SandboxOptions {
  /** Folder of the journal; made where it is missing. One process at a time. */
  dataDir: string;
  /** The clock, for tests of what expires. */
  now?: () => Date;
  /** Address under which browsers reach the sandbox; from the Host header when absent. */
  publicUrl?: string;
  /** One line of log for each call: method, route, status, milliseconds and request id. Silent when absent. */
  log?: (line: Record<string, unknown>) => void;
  /** Sees every answered call of Stripe's API, for tests that compare them with others' truth. */
  onCall?: (call: ObservedCall) => void;
  /** Where the events of every account go, beside the endpoints made over HTTP, and the secret that signs them. */
  webhook?: ConfiguredWebhook & { readonly secret: string };
  /** From how many bytes on the journal is rewritten while the sandbox runs; 16 MiB when absent. */
  compactBytes?: number;
  /** How deliveries are timed; Stripe's three days with a start of one second when absent. */
  webhookTiming?: Partial<WebhookTiming>;
}

const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'GET, HEAD, PUT, PATCH, POST, DELETE',
  'Access-Control-Expose-Headers': 'Request-Id, Stripe-Manage-Version, Stripe-Should-Retry, Idempotent-Replayed',
  'Access-Control-Max-Age': '300',
};

/** Opens the journal in `dataDir` and builds the server, not yet listening. `close()` ends both. */
export async function buildSandbox(options: SandboxOptions): Promise<FastifyInstance> {
  const now = options.now ?? (() => new Date());
  const store = await Store.open(options.dataDir, now, options.compactBytes);
  const machinery: Machinery = { store, faults: new Faults(), latency: new Latency(), now, publicUrl: options.publicUrl };
  await store.useWebhook(options.webhook);
  const deliveries = new WebhookDeliveries({
    store,
    faults: machinery.faults,
    now,
    secret: options.webhook?.secret,
    timing: options.webhookTiming,
  });
  const server = Fastify({ genReqId: () => newId('req'), requestIdHeader: false, bodyLimit: 1024 * 1024, forceCloseConnections: 'idle' });
  const log = options.log ?? (() => undefined);

  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  const bug = (cause: unknown): void =>
    log({ level: 'error', error: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) });
  const deferrals = new Deferrals(machinery, bug);
  server.addHook('onListen', async () => {
    deliveries.start();
    deferrals.start();
  });
  server.addHook('onClose', async () => {
    await deferrals.stop();
    await deliveries.close();
    await store.close();
  });
  let closing = false;
  server.addHook('preClose', async () => {
    closing = true;
    machinery.faults.clear();
  });
  // A kept-alive connection that is busy when the server closes would hold the close up until it times out.
  server.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('Connection', 'close');
  });
  server.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith('/v1/')) return;
    reply.headers({ ...CORS, 'Request-Id': request.id, 'Stripe-Version': API_VERSION, 'Cache-Control': 'no-cache, no-store' });
  });
  const { onCall } = options;
  if (onCall !== undefined) {
    server.addHook('onSend', async (request, reply, payload) => {
      if (!request.url.startsWith('/v1/') || request.method === 'OPTIONS' || typeof payload !== 'string') return;
      // That is a fault's answer, not one of the API.
      if (payload === WRONG_SHAPE_BODY) return;
      const form = typeof request.body === 'string' ? request.body : '';
      onCall({ method: request.method, url: request.url, form, status: reply.statusCode, answer: payload });
    });
  }
  // Path and query are left out: they can hold an e-mail address or a client secret.
  server.addHook('onResponse', async (request, reply) => {
    log({
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    });
  });
  const refuse = (error: ApiError): string => JSON.stringify({ error: error.body }, null, 2);
  server.setErrorHandler((cause: Error & { statusCode?: number }, request, reply) => {
    const clientError = cause.statusCode !== undefined && cause.statusCode >= 400 && cause.statusCode < 500;
    if (!clientError) log({ requestId: request.id, level: 'error', error: cause.stack ?? cause.message });
    const error = clientError
      ? invalidRequest('Invalid request: the body must be form encoded (application/x-www-form-urlencoded) and at most 1 MiB.')
      : new ApiError(500, { type: 'api_error', message: 'An unknown error occurred.' });
    return reply.code(error.status).type('application/json').send(refuse(error));
  });
  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const error = new ApiError(404, {
      type: 'invalid_request_error',
      message: `Unrecognized request URL (${request.method}: ${path.slice(0, 200)}). Please see https://docs.stripe.com or we can help at https://support.stripe.com/.`,
    });
    return reply.code(404).type('application/json').send(refuse(error));
  });

  server.options('/v1/*', (request, reply) =>
    reply
      .code(204)
      .header('Access-Control-Allow-Headers', request.headers['access-control-request-headers'] ?? 'Authorization, Content-Type')
      .send(),
  );
  for (const endpoint of [
    ...customerEndpoints,
    ...paymentMethodEndpoints,
    ...setupIntentEndpoints,
    ...paymentIntentEndpoints,
    ...refundEndpoints,
    ...chargeEndpoints,
    ...customerSessionEndpoints,
    ...ephemeralKeyEndpoints,
    ...paymentIntentChangeEndpoints,
    ...accountEndpoints,
    ...accountLinkEndpoints,
    ...transferEndpoints,
    ...transferReversalEndpoints,
    ...applicationFeeEndpoints,
    ...balanceEndpoints,
    ...disputeEndpoints,
    ...eventEndpoints,
    ...webhookEndpointEndpoints,
  ]) {
    server.route({
      method: endpoint.method,
      url: endpoint.path,
      handler: (request, reply) =>
        answerCall(endpoint, request, reply, machinery, (cause) =>
          log({ requestId: request.id, level: 'error', error: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) }),
        ),
    });
  }
  addChallengePage(server, machinery);
  addOnboardingPage(server, machinery);
  addTestControls(server, machinery);
  addSandboxRoutes(server, machinery);
  addWebhookRoutes(server, store, deliveries);
  return server;
}
