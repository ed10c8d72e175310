/**
 * `POST /oauth/token`: access tokens for API clients (RFC 6749, section 4.4). A client proves itself with its secret in the
 * header `Authorization`, or with an assertion that it signs; one that fails is not told what was wrong.
 */
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiClientState } from '@vitrine/contracts/api-clients-http';
import { isId } from '@vitrine/runtime/ids';
import { createAllowList, networkOf } from './client-address.ts';
import type { ClientAssertions } from './client-assertions.ts';
import type { ClientDirectory } from './client-directory.ts';
import type { FailedAuthentications } from './failed-authentications.ts';
import type { KeyUses } from './key-uses.ts';
import type { TokenFormat } from './token-format.ts';
import { readTokenRequest, type Proof } from './token-request.ts';

export interface TokenEndpointDeps {
  readonly directory: ClientDirectory;
  readonly assertions: ClientAssertions;
  readonly tokenFormat: TokenFormat;
  readonly keyUses: KeyUses;
  readonly failures: FailedAuthentications;
  readonly now?: () => number;
}

type Authentication =
  | { readonly kind: 'proved'; readonly client: ApiClientState; readonly keyId: string }
  /** `reason` is for the log. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unavailable' };

/** RFC 6749, section 5.2, and `temporarily_unavailable` of section 4.1.2.1. */
type TokenError = 'invalid_request' | 'invalid_client' | 'unsupported_grant_type' | 'invalid_scope' | 'temporarily_unavailable';

export const tokenPath = '/oauth/token';
const tokenSeconds = 900;
const formType = 'application/x-www-form-urlencoded';
const maxRequestBytes = 16 * 1024;

export function registerTokenEndpoint(server: FastifyInstance, deps: TokenEndpointDeps): void {
  const { directory, assertions, tokenFormat, keyUses, failures, now = Date.now } = deps;

  const authenticate = async (proof: Proof, claimedId: string | null, requestId: string): Promise<Authentication> => {
    if (claimedId === null) return { kind: 'refused', reason: 'no client id' };
    if (proof.kind === 'secret') {
      const secretHash = createHash('sha256').update(proof.secret).digest('base64url');
      const check = await directory.checkSecret(claimedId, secretHash, requestId);
      if (check.kind === 'unavailable') return check;
      return check.proved === null ? { kind: 'refused', reason: 'wrong secret or client' } : { kind: 'proved', ...check.proved };
    }
    const found = await directory.find(claimedId, requestId);
    if (found.kind === 'unavailable') return found;
    if (found.client === null) return { kind: 'refused', reason: 'no such client' };
    const check = await assertions.check(proof.assertion, found.client);
    return check.kind === 'proved' ? { kind: 'proved', client: found.client, keyId: check.keyId } : check;
  };

  /** An id, or null: what else a stranger claims is neither looked up nor remembered. */
  const claimedIdOf = (proof: Proof): string | null => {
    const issuer = proof.kind === 'secret' ? proof.clientId : assertions.issuerOf(proof.assertion);
    return issuer !== null && isId('apc', issuer) && (proof.clientId === null || proof.clientId === issuer) ? issuer : null;
  };

  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const read = readTokenRequest(typeof request.body === 'string' ? request.body : '', request.headers.authorization);
    if (read.kind === 'refused') return refuse(reply, 400, read.error, read.description);
    if (read.kind === 'unproved') return refuseClient(reply);
    const { proof, scopes } = read.request;
    const clientId = claimedIdOf(proof);
    const attempt = { address: request.ip, clientId };
    const waitSeconds = await failures.waitSeconds(attempt);
    if (waitSeconds > 0) {
      return refuse(
        reply.header('retry-after', String(waitSeconds)),
        429,
        'temporarily_unavailable',
        'Too many attempts failed. Try again later.',
      );
    }

    const found = await authenticate(proof, clientId, request.id);
    if (found.kind === 'unavailable') {
      return refuse(
        reply.header('retry-after', '2'),
        503,
        'temporarily_unavailable',
        'Clients cannot be checked at the moment. Try again.',
      );
    }
    // Whoever has a client's secret elsewhere is not told that it is the right one.
    const checked: Authentication =
      found.kind === 'proved' && !createAllowList(found.client.ipAllowList)(request.ip)
        ? { kind: 'refused', reason: 'not from this address' }
        : found;
    if (checked.kind !== 'proved') {
      await failures.count(attempt);
      const { reason } = checked;
      request.log.info({ requestId: request.id, clientId, network: networkOf(request.ip), reason }, 'an API client did not prove itself');
      return refuseClient(reply);
    }

    const { client, keyId } = checked;
    if (scopes?.some((scope) => !client.scopes.includes(scope)) === true)
      return refuse(reply, 400, 'invalid_scope', 'The client does not have all of these scopes.');
    keyUses.note(keyId, request.ip);
    const issuedAtMs = now();
    const granted = client.scopes.filter((scope) => scopes?.includes(scope) ?? true);
    const accessToken = tokenFormat.write({
      clientId: client.clientId,
      keyId,
      scopes: granted,
      issuedAtMs,
      expiresAtMs: issuedAtMs + tokenSeconds * 1_000,
    });
    return reply.send({ access_token: accessToken, token_type: 'Bearer', expires_in: tokenSeconds, scope: granted.join(' ') });
  };

  // In a scope of its own: nowhere else is a form read.
  server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(formType, { parseAs: 'string' }, (_request, body, done) => done(null, body));
    scope.addHook('onRequest', async (_request, reply) => {
      reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' });
    });
    scope.setErrorHandler(async (error, request, reply) => {
      const status: unknown = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined;
      if (typeof status === 'number' && status < 500)
        return refuse(reply, status === 413 ? 413 : 400, 'invalid_request', `The request must be of type ${formType}, and small.`);
      request.log.error({ err: error, requestId: request.id, path: tokenPath }, 'request failed');
      return refuse(reply, 500, 'temporarily_unavailable', 'Something went wrong on our side. Try again.');
    });
    scope.post(tokenPath, { bodyLimit: maxRequestBytes }, answer);
    scope.route({
      method: ['GET', 'PUT', 'PATCH', 'DELETE'],
      url: tokenPath,
      handler: async (_request, reply) => refuse(reply.header('allow', 'POST'), 405, 'invalid_request', 'Tokens are given by POST.'),
    });
  });
}

const refuse = (reply: FastifyReply, status: number, error: TokenError, description: string): FastifyReply =>
  reply.code(status).send({ error, error_description: description });

const refuseClient = (reply: FastifyReply): FastifyReply =>
  refuse(
    reply.header('www-authenticate', 'Basic realm="vitrine", charset="UTF-8"'),
    401,
    'invalid_client',
    'The client did not prove itself.',
  );
