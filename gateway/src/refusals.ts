/** What a client is told when its request is not taken. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorCodes, unreachable, type ErrorCode } from '@vitrine/runtime/errors';
import type { TokenCheck } from './access-tokens.ts';
import type { Graph } from './graphs.ts';
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
    case 'unavailable':
      return refuse(request, reply.header('retry-after', '2'), 'UNAVAILABLE', 'Sign-ins cannot be checked at the moment. Try again.');
    default:
      return unreachable(check);
  }
}
