/** What a client is told when its request is not taken. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorCodes, unreachable, type ErrorCode } from '@vitrine/runtime/errors';
import type { TokenCheck } from './access-tokens.ts';
import type { AssertionCheck } from './app-clients/assertions.ts';
import type { ClientFault, Possession } from './app-clients/client-proof.ts';
import type { DpopCheck } from './app-clients/dpop.ts';
import type { Graph } from './graphs.ts';
import type { Admission as LimitCheck } from './limits/request-limits.ts';
import { publicFault } from './public-errors.ts';

/** Answers a fault in the shape of a GraphQL error, with the request's id. */
export function refuse(
  request: FastifyRequest,
  reply: FastifyReply,
  code: ErrorCode,
  message: string,
  status: number = errorCodes[code],
): FastifyReply {
  return reply.code(status).send({ errors: [publicFault(code, message, request.id)] });
}

/** As `refuse`, with more for the client's code to act on. */
export function refuseWith(
  request: FastifyRequest,
  reply: FastifyReply,
  code: ErrorCode,
  message: string,
  details: Readonly<Record<string, string | number>>,
): FastifyReply {
  const { extensions } = publicFault(code, message, request.id);
  return reply.code(errorCodes[code]).send({ errors: [{ message, extensions: { ...extensions, ...details } }] });
}

/** RFC 6750, section 3. */
export function refuseToken(
  request: FastifyRequest,
  reply: FastifyReply,
  graph: Graph,
  check: Exclude<TokenCheck, { kind: 'accepted' }>,
): FastifyReply {
  const challenge = (parameters: string): FastifyReply => reply.header('www-authenticate', `Bearer realm="vitrine"${parameters}`);
  switch (check.kind) {
    case 'missing':
      return refuse(
        request,
        challenge(''),
        'UNAUTHENTICATED',
        `Sign in: this needs an access token for ${graph.audience} in the header Authorization.`,
      );
    case 'expired':
      return refuse(
        request,
        challenge(', error="invalid_token", error_description="The access token has expired"'),
        'UNAUTHENTICATED',
        'Your sign-in has ended. Sign in again.',
      );
    case 'unproven':
      return refuse(
        request,
        challengeProof(reply, 'error="invalid_token", error_description="The access token is bound to a key"'),
        'UNAUTHENTICATED',
        'Sign in again: this access token is bound to a key, and is sent with the scheme DPoP and a proof of that key.',
      );
    case 'invalid':
      return refuse(
        request,
        challenge(`, error="invalid_token", error_description="The access token is not one for ${graph.audience}"`),
        'UNAUTHENTICATED',
        'The access token is not valid here. Sign in again.',
      );
    case 'forbidden':
      return refuse(
        request,
        challenge(', error="insufficient_scope"'),
        'FORBIDDEN',
        `This account does not have the role ${graph.role}, which the ${graph.name} graph is for.`,
      );
    case 'ip_not_allowed':
      return refuse(
        request,
        reply,
        'IP_NOT_ALLOWED',
        'This API client may not call from this address. Its seller decides from where it may.',
      );
    case 'unavailable':
      return refuse(request, reply.header('retry-after', '2'), 'UNAVAILABLE', 'Sign-ins cannot be checked at the moment. Try again.');
    default:
      return unreachable(check);
  }
}

/** RFC 9449, section 7.1. */
const challengeProof = (reply: FastifyReply, parameters: string): FastifyReply =>
  reply.header('www-authenticate', `DPoP realm="vitrine", algs="ES256", ${parameters}`);

const unavailableMessage = 'Your app cannot be checked at the moment. Try again.';

/** Answers a request that its client may not make. */
export function refuseClient(request: FastifyRequest, reply: FastifyReply, graph: Graph, fault: ClientFault): FastifyReply {
  switch (fault.kind) {
    case 'token':
      return refuseToken(request, reply, graph, fault.check);
    case 'proof_required':
      return refuse(
        request,
        challengeProof(reply, 'error="invalid_token", error_description="The access token is bound to no key"'),
        'UNAUTHENTICATED',
        'Sign in with an official app: only access tokens that are bound to a key are taken here.',
      );
    case 'dpop':
      return refuseProof(request, reply, fault.check);
    case 'app_unnamed':
      return refuse(request, reply, 'BAD_USER_INPUT', 'The header X-Vitrine-App must say which app it is, such as ios/5.2.0.');
    case 'too_old':
      return refuseWith(request, reply, 'UPGRADE_REQUIRED', 'This version of the app is no longer served. Get the current one.', {
        platform: fault.platform,
        minimumVersion: fault.minimumVersion,
        storeUrl: fault.storeUrl,
      });
    case 'unattested':
      return refuse(request, reply, 'ATTESTATION_REQUIRED', 'This installation of the app is not known. Attest its key and register it.');
    case 'unavailable':
      return refuse(request, reply.header('retry-after', '2'), 'UNAVAILABLE', unavailableMessage);
    default:
      return unreachable(fault);
  }
}

function refuseProof(request: FastifyRequest, reply: FastifyReply, check: Exclude<DpopCheck, { kind: 'accepted' }>): FastifyReply {
  switch (check.kind) {
    case 'missing':
      return refuseWith(
        request,
        challengeProof(reply, 'error="invalid_dpop_proof"'),
        'INVALID_DPOP_PROOF',
        'This access token is bound to a key: send a proof of it in the header DPoP.',
        { reason: 'missing' },
      );
    case 'nonce_needed':
      return refuse(
        request,
        challengeProof(reply, 'error="use_dpop_nonce"').header('dpop-nonce', check.nonce),
        'USE_DPOP_NONCE',
        'Make the DPoP proof again, with the nonce of the header DPoP-Nonce.',
      );
    case 'invalid':
      return refuseWith(
        request,
        challengeProof(reply, 'error="invalid_dpop_proof"'),
        'INVALID_DPOP_PROOF',
        'The DPoP proof is not one for this request.',
        { reason: check.fault },
      );
    case 'unavailable':
      return refuse(request, reply.header('retry-after', '2'), 'UNAVAILABLE', unavailableMessage);
    default:
      return unreachable(check);
  }
}

/** Answers a request that buys or changes something without an assertion that it may. */
export function refuseAssertion(
  request: FastifyRequest,
  reply: FastifyReply,
  check: Exclude<AssertionCheck, { kind: 'accepted' }>,
): FastifyReply {
  switch (check.kind) {
    case 'missing':
      return refuse(request, reply, 'ASSERTION_REQUIRED', 'This needs an assertion of the app in the header X-Vitrine-Assertion.');
    case 'refused':
      return refuseWith(request, reply, 'ASSERTION_REFUSED', 'The assertion is not one for this request.', { reason: check.fault });
    case 'unavailable':
      return refuse(request, reply.header('retry-after', '2'), 'UNAVAILABLE', unavailableMessage);
    default:
      return unreachable(check);
  }
}

/** Gives the client the nonce for its next proof, when its own will soon be over. */
export function tellNextNonce(reply: FastifyReply, possession: Possession | null): void {
  const nonce = possession?.nextNonce ?? null;
  if (nonce !== null) reply.header('dpop-nonce', nonce);
}

/** Answers a request that comes too soon after others, that asks for too much at once, or that cannot be counted and must be. */
export function refuseLimited(
  request: FastifyRequest,
  reply: FastifyReply,
  check: Exclude<LimitCheck, { kind: 'admitted' }>,
): FastifyReply {
  switch (check.kind) {
    case 'unavailable':
      return refuse(
        request,
        reply.header('retry-after', '2'),
        'UNAVAILABLE',
        'This cannot be done at the moment. Nothing was done; try again.',
      );
    case 'excessive':
      return refuse(
        request,
        reply,
        'OPERATION_TOO_EXPENSIVE',
        `${check.field} may be selected at most ${check.most} times in one request.`,
      );
    case 'limited': {
      const { retryAfterSeconds, headers } = check;
      return refuseWith(
        request,
        reply.headers(headers).header('retry-after', String(retryAfterSeconds)),
        'RATE_LIMITED',
        `Too many requests. Try again in ${retryAfterSeconds} s.`,
        { retryAfterSeconds },
      );
    }
    default:
      return unreachable(check);
  }
}
