/** The internal HTTP API by which operators change the master key of an unsealed vault. */
import type { FastifyInstance } from 'fastify';
import {
  maxRewrapped,
  RotationStepRequest,
  RotationStepResponse,
  rotationStepPath,
  StartRotationRequest,
  StartRotationResponse,
  startRotationPath,
  UnsealRequest,
  UnsealResponse,
  unsealPath,
} from '@vitrine/contracts/payment-vault-keys-http';
import { requireCaller } from '@vitrine/runtime/server';
import type { Deps } from './deps.ts';
import { continueRotation, startRotation } from './rotate-master-key.ts';

export function registerKeyRoutes(server: FastifyInstance, { rotation, logger }: Pick<Deps, 'rotation' | 'logger'>): void {
  server.post<{ Body: StartRotationRequest; Reply: StartRotationResponse }>(
    startRotationPath,
    { schema: { body: StartRotationRequest, response: { 200: StartRotationResponse } } },
    async (request) => {
      requireCaller(request, 'ops');
      const started = await startRotation(rotation);
      logger.info(started, 'a rotation of the master key was asked for');
      return started;
    },
  );

  // Whoever hands in a half once more, or too late, is told that it is not needed.
  server.post<{ Body: UnsealRequest; Reply: UnsealResponse }>(
    unsealPath,
    { schema: { body: UnsealRequest, response: { 200: UnsealResponse } } },
    async (request) => {
      requireCaller(request, 'ops');
      return { status: 'opened', missing: [] };
    },
  );

  server.post<{ Body: RotationStepRequest; Reply: RotationStepResponse }>(
    rotationStepPath,
    { schema: { body: RotationStepRequest, response: { 200: RotationStepResponse } } },
    async (request) => {
      requireCaller(request, 'ops');
      const progress = await continueRotation(rotation, { after: request.body.after, limit: maxRewrapped });
      if (progress.retired.length > 0) logger.info({ retired: progress.retired }, 'master keys were retired');
      return { ...progress, retired: [...progress.retired] };
    },
  );
}
