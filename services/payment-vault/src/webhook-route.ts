/** `POST /webhooks/stripe`: the one route that Stripe calls. It authenticates by Stripe's signature alone. */
import type { FastifyInstance } from 'fastify';
import { PublicError } from '@vitrine/runtime/errors';
import type { Deps } from './deps.ts';
import { receiveWebhook } from './receive-webhook.ts';

export const webhookPath = '/webhooks/stripe';

/** Stripe's events are a few KiB. */
const bodyLimitBytes = 512 * 1024;

export function registerWebhookRoute(server: FastifyInstance, deps: Deps): void {
  server.register(async (scope) => {
    // The signature is over the bytes as they came.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.post(webhookPath, { bodyLimit: bodyLimitBytes }, async (request, reply) => {
      const signature = request.headers['stripe-signature'];
      if (typeof signature !== 'string' || !Buffer.isBuffer(request.body)) throw notVerified();
      const { kind } = await receiveWebhook(deps, request.body, signature);
      if (kind === 'not_verified') throw notVerified();
      if (kind === 'malformed') throw new PublicError('BAD_USER_INPUT', 'This is not an event of the Stripe account that is configured.');
      return reply.code(200).send({ received: true });
    });
  });
}

const notVerified = (): PublicError =>
  new PublicError('BAD_USER_INPUT', "The signature is missing, is not by the endpoint's secret, or is older than 5 minutes.");
