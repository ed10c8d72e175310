/**
 * The pages: static files, the public configuration that they read, and the headers that keep anything else from
 * running in them. A card number cannot be sent to Vitrine from here: forms may not be submitted at all, and scripts
 * connect to this origin, the identity provider and Stripe only.
 */
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { GatewayConfig } from './config.ts';

const directory = fileURLToPath(new URL('../pages', import.meta.url));
/** Pages below this folder are not for production. */
const developmentFolder = '/development/';

/** The Content-Security-Policy of everything that the gateway answers. */
export function contentSecurityPolicy(config: Pick<GatewayConfig, 'environment' | 'issuer' | 'stripe'>): string {
  const origins = [config.issuer, config.stripe.apiBase].map((url) => new URL(url).origin);
  const localImages = config.environment === 'production' ? [] : ['http://127.0.0.1:*', 'http://localhost:*'];
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    ['img-src', "'self'", 'https:', ...localImages].join(' '),
    ['connect-src', "'self'", ...origins].join(' '),
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The version of the official app that the pages pass for, where they may. */
const pagesVersion = '1.0.0';

/** What a page may know: public values only. */
function pageConfiguration(config: GatewayConfig) {
  const isProduction = config.environment === 'production';
  return {
    /** What proofs name: the gateway as its clients write it. */
    publicOrigin: config.publicOrigin,
    issuer: config.issuer,
    clients: { buyer: 'vitrine-app', partner: 'vitrine-seller' },
    resources: { buyer: 'urn:vitrine:graph:buyer', partner: 'urn:vitrine:graph:partner' },
    stripe: config.stripe,
    /**
     * The app that the buyers' page speaks as. In development the identity provider's software attester attests it; in production
     * nobody attests a browser, and the page says that buying is done in the app.
     */
    app: {
      id: config.apps.ios?.appIds[0] ?? null,
      platform: 'ios',
      version: pagesVersion,
      attester: isProduction ? null : `${new URL(config.issuer).origin}/software-attester/attestations`,
    },
    /** Whether to show Stripe's test cards beside the card form. */
    showTestCards: !isProduction && config.stripe.publishableKey.startsWith('pk_test_'),
    development: !isProduction,
  };
}

/** Adds the pages and their headers to the server. */
export function registerPages(server: FastifyInstance, config: GatewayConfig): void {
  const ofEverything = {
    'x-content-type-options': 'nosniff',
    ...(config.environment === 'production' ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {}),
  };
  const ofPages = {
    ...ofEverything,
    'content-security-policy': contentSecurityPolicy(config),
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin-allow-popups',
  };
  server.addHook('onRequest', (request, reply, done) => {
    // Answers of the graphs are JSON, which no browser shows as a page.
    reply.headers(request.url.startsWith('/graphql/') ? ofEverything : ofPages);
    done();
  });

  const isAllowed = (path: string): boolean => config.environment !== 'production' || !path.startsWith(developmentFolder);
  server.register(fastifyStatic, {
    root: directory,
    index: false,
    cacheControl: false,
    dotfiles: 'deny',
    allowedPath: isAllowed,
    setHeaders: (reply, path) => {
      if (path.endsWith('.graphql')) reply.header('content-type', 'text/plain; charset=utf-8');
      // Pictures of products are shown by other origins too; everything else is asked for anew, and answered by its ETag.
      if (path.endsWith('.svg')) reply.header('cross-origin-resource-policy', 'cross-origin');
      reply.header('cache-control', path.endsWith('.svg') ? 'public, max-age=3600' : 'no-cache');
    },
  });
  server.get('/', (_request, reply) => reply.sendFile('index.html'));
  server.get('/seller', (_request, reply) => reply.sendFile('seller.html'));
  if (config.environment !== 'production') server.get('/graphql', (_request, reply) => reply.sendFile('development/graphs.html'));
  server.get('/config.json', (_request, reply) => reply.header('cache-control', 'no-cache').send(pageConfiguration(config)));
}
