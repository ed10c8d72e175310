/** API clients of partner sellers at the gateway: where they get tokens, and what those are worth. */
import type { FastifyInstance } from 'fastify';
import type { Redis } from 'ioredis';
import { createInternalClient, type IdentityKeys } from '@vitrine/runtime/identity';
import type { Logger } from '@vitrine/runtime/telemetry';
import { createSingleUse } from '../app-clients/single-use.ts';
import type { GatewayKeys } from '../gateway-keys.ts';
import { createClientAssertions } from './client-assertions.ts';
import { createClientDirectory } from './client-directory.ts';
import { createClientStates } from './client-states.ts';
import { createFailedAuthentications, type FailedAuthentications } from './failed-authentications.ts';
import { createKeyUses } from './key-uses.ts';
import { createPartnerTokens, type PartnerTokens } from './partner-tokens.ts';
import { registerTokenEndpoint, tokenPath } from './token-endpoint.ts';
import { createTokenFormat } from './token-format.ts';

export interface PartnerClients {
  readonly tokens: PartnerTokens;
  /** Puts `POST /oauth/token` on a server. */
  register(server: FastifyInstance): void;
  /** Tells what is left to tell, then ends the connections. */
  close(): Promise<void>;
}

export function createPartnerClients(options: {
  readonly gatewayKeys: GatewayKeys;
  readonly identityKeys: IdentityKeys;
  readonly sellerEligibilityUrl: string;
  readonly redis: Pick<Redis, 'set'>;
  /** Of the gateway, as its clients write it: assertions are meant for the token endpoint there. */
  readonly origin: string;
  readonly logger: Logger;
  /** Counted in this process unless told otherwise. */
  readonly failures?: FailedAuthentications;
  readonly now?: () => number;
}): PartnerClients {
  const { gatewayKeys, identityKeys: keys, sellerEligibilityUrl: baseUrl, redis, origin, logger, now } = options;
  const sellerEligibility = createInternalClient({ keys, from: 'gateway', to: 'seller-eligibility', baseUrl });
  const directory = createClientDirectory(sellerEligibility);
  const tokenFormat = createTokenFormat(gatewayKeys);
  const keyUses = createKeyUses({ directory, logger, now });
  const assertions = createClientAssertions({
    tokenEndpoint: new URL(tokenPath, origin).href,
    used: createSingleUse(redis, 'client-assertion'),
    now,
  });
  const { failures = createFailedAuthentications(now) } = options;
  return {
    tokens: createPartnerTokens({ tokenFormat, clients: createClientStates(directory, now), keyUses, now }),
    register: (server) => registerTokenEndpoint(server, { directory, assertions, tokenFormat, keyUses, failures, now }),
    async close() {
      await keyUses.stop();
      await sellerEligibility.close();
    },
  };
}
