/**
 * The routes by which an installation of an official app becomes known: it takes a challenge, has its key attested for it, and is
 * registered with the key that its access tokens are bound to. What it registered ends with the sign-out.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { unreachable } from '@vitrine/runtime/errors';
import type { Logger } from '@vitrine/runtime/telemetry';
import { graphs } from '../graphs.ts';
import { refuse, refuseClient, tellNextNonce } from '../refusals.ts';
import type { AppInstances } from './app-instances.ts';
import { isVersion, platforms } from './app-version.ts';
import type { Challenges } from './challenges.ts';
import type { ClientProof, Possession } from './client-proof.ts';
import type { DpopNonces } from './dpop-nonces.ts';
import type { MinimumVersions } from './minimum-versions.ts';

/** A chain of certificates in base64 has 10 kB at most. */
const registrationBytes = 64 * 1024;

const registration = z.strictObject({
  platform: z.enum(platforms),
  version: z.string().refine(isVersion),
  keyId: z.string().regex(/^[\w+/-]{43}=?$/),
  attestation: z.string().regex(/^[\w+/-]+={0,2}$/),
  challenge: z.string().max(128),
});

interface Signed {
  readonly accountId: string;
  readonly possession: Possession;
}

export function registerAppClientRoutes(
  server: FastifyInstance,
  deps: {
    readonly proof: ClientProof;
    readonly nonces: DpopNonces;
    readonly challenges: Challenges;
    readonly instances: AppInstances;
    readonly versions: MinimumVersions;
    readonly logger: Logger;
  },
): void {
  const { proof, nonces, challenges, instances, versions, logger } = deps;

  /** Who is signed in with a bound token; null when the answer was given. */
  const checkSigned = async (request: FastifyRequest, reply: FastifyReply): Promise<Signed | null> => {
    reply.header('cache-control', 'no-store');
    const client = await proof.checkPossession(graphs.buyer, request);
    if (client.kind === 'refused') {
      await refuseClient(request, reply, graphs.buyer, client.fault);
      return null;
    }
    const { actor, possession } = client;
    if (actor.role !== 'buyer') throw new Error(`the buyers' graph was opened by a ${actor.role}`);
    if (possession === null) {
      await refuseClient(request, reply, graphs.buyer, { kind: 'proof_required' });
      return null;
    }
    tellNextNonce(reply, possession);
    if (possession.replayGuard === 'local') {
      await refuseClient(request, reply, graphs.buyer, { kind: 'unavailable' });
      return null;
    }
    return { accountId: actor.accountId, possession };
  };

  server.post('/app/challenges', async (_request, reply) => {
    const { challenge, expiresAtMs } = challenges.issue();
    reply.header('cache-control', 'no-store').header('dpop-nonce', nonces.current());
    return reply.code(201).send({ challenge, expiresAt: new Date(expiresAtMs).toISOString() });
  });

  server.post('/app/instances', { bodyLimit: registrationBytes }, async (request, reply) => {
    const signed = await checkSigned(request, reply);
    if (signed === null) return reply;
    const body = registration.safeParse(request.body);
    if (!body.success)
      return refuse(
        request,
        reply,
        'BAD_USER_INPUT',
        'A registration has platform (ios or android), version, keyId and attestation (base64) and challenge.',
      );
    const { platform, version, keyId, attestation, challenge } = body.data;
    const served = await versions.check({ platform, version });
    if (served.kind === 'too_old') return refuseClient(request, reply, graphs.buyer, served);
    const result = await instances.register({
      jkt: signed.possession.boundKey,
      accountId: signed.accountId,
      platform,
      version,
      keyId: Buffer.from(keyId, 'base64').toString('base64'),
      attestation: Buffer.from(attestation, 'base64'),
      challenge,
    });
    switch (result.kind) {
      case 'registered':
        return reply.code(201).send({ instanceId: result.instanceId, environment: result.environment });
      case 'challenge_invalid':
        return refuse(request, reply, 'INVALID_CHALLENGE', 'The challenge has expired, was used or is none. Take a new one.');
      case 'refused':
        logger.warn({ requestId: request.id, platform, version, reason: result.reason }, 'an attestation was refused');
        return refuse(request, reply, 'ATTESTATION_REFUSED', 'This device and app cannot be shown to be genuine.');
      case 'unavailable':
        return refuseClient(request, reply, graphs.buyer, result);
      default:
        return unreachable(result);
    }
  });

  server.delete('/app/instances/current', async (request, reply) => {
    const signed = await checkSigned(request, reply);
    if (signed === null) return reply;
    const revoked = await instances.revoke(signed.possession.boundKey);
    // Without one it is as it was to be.
    if (revoked === null) return refuseClient(request, reply, graphs.buyer, { kind: 'unavailable' });
    return reply.code(204).send();
  });
}
