/** Everything about official apps, put together: what lets their requests in, and the routes by which they become known. */
import type { FastifyInstance } from 'fastify';
import type { Redis } from 'ioredis';
import type { Pool } from '@vitrine/runtime/database';
import type { Logger } from '@vitrine/runtime/telemetry';
import type { TokenVerifier } from '../access-tokens.ts';
import type { GatewayKeys } from '../gateway-keys.ts';
import { createAppInstances } from './app-instances.ts';
import type { AppSettings } from './app-settings.ts';
import { createAssertionVerifier } from './assertions.ts';
import { createChallenges } from './challenges.ts';
import { createClientProof, type ClientProof } from './client-proof.ts';
import { createDpopNonces } from './dpop-nonces.ts';
import { createDpopVerifier } from './dpop.ts';
import { createMinimumVersions } from './minimum-versions.ts';
import { registerAppClientRoutes } from './routes.ts';

export interface AppClients {
  readonly proof: ClientProof;
  /** Adds `/app/challenges`, `/app/instances` and `/app/instances/current`. */
  register(server: FastifyInstance): void;
}

export function createAppClients(options: {
  readonly apps: AppSettings;
  /** Origin under which clients reach the gateway. */
  readonly publicOrigin: string;
  readonly isProofRequired: boolean;
  readonly keys: GatewayKeys;
  readonly tokens: TokenVerifier;
  readonly pool: Pool;
  readonly redis: Redis;
  readonly logger: Logger;
  readonly now?: () => number;
}): AppClients {
  const { apps, publicOrigin, isProofRequired, keys, tokens, pool, redis, logger, now = Date.now } = options;
  const nonces = createDpopNonces(keys, now);
  const challenges = createChallenges(keys, redis, now);
  const instances = createAppInstances({ pool, challenges, apps, now });
  const versions = createMinimumVersions(pool, logger, now);
  const proof = createClientProof({
    tokens,
    dpop: createDpopVerifier({ publicOrigin, nonces, redis, now }),
    versions,
    instances,
    assertions: createAssertionVerifier(pool),
    isRequired: isProofRequired,
  });
  return {
    proof,
    register: (server) => registerAppClientRoutes(server, { proof, nonces, challenges, instances, versions, logger }),
  };
}
