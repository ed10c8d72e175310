/**
 * Starts the vault when both custodian halves are known. Until then it is sealed: its server says in its readiness which
 * half is missing, takes the missing ones from operators, and serves nothing else; no loop runs, no database is read.
 */
import type { FastifyInstance } from 'fastify';
import { UnsealRequest, UnsealResponse, unsealPath } from '@vitrine/contracts/payment-vault-keys-http';
import { PublicError } from '@vitrine/runtime/errors';
import type { IdentityKeys } from '@vitrine/runtime/identity';
import { createServer, requireCaller } from '@vitrine/runtime/server';
import type { Logger } from '@vitrine/runtime/telemetry';
import type { Config } from './config.ts';
import { checkHalves, missingHalves, parseHalf, readHalves, type HalfNumber, type Halves } from './open-key-service.ts';
import { webhookPath } from './webhook-route.ts';

interface Running {
  readonly stop: () => Promise<void>;
}

interface Options {
  readonly config: Config;
  readonly logger: Logger;
  readonly identityKeys: IdentityKeys;
  /** Starts what serves, on this port. */
  readonly start: (halves: Halves, port: number) => Promise<Running>;
  /** What started later than asked for could not start. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * @throws WrongHalvesError when both halves are given and do not open the key file
 * @throws ConfigurationError
 */
export async function startUnsealed(options: Options): Promise<Running> {
  const { config } = options;
  const given = await readHalves(config);
  if (missingHalves(config, given).length === 0) return options.start(given, config.PORT);
  return startSealed(options, given);
}

async function startSealed({ config, logger, identityKeys, start, onFailure }: Options, given: Halves): Promise<Running> {
  let halves = given;
  let serving: Promise<Running | undefined> | undefined;
  const server = buildSealedServer({
    logger,
    identityKeys,
    missing: () => missingHalves(config, halves),
    async accept(number, half) {
      const next = { ...halves, [number]: half };
      if (missingHalves(config, next).length === 0) {
        try {
          await checkHalves(config, next);
        } catch (error) {
          // Which of the two is wrong cannot be told: those that were handed in are forgotten.
          halves = given;
          logger.warn({ reason: error instanceof Error ? error.name : 'unknown' }, 'the custodian halves were refused');
          return false;
        }
      }
      halves = next;
      return true;
    },
    opened() {
      serving ??= (async () => {
        const { port } = server.server.address() as { readonly port: number };
        await server.close();
        logger.info('unsealed: both custodian halves are known');
        return start(halves, port);
      })().catch((error: unknown) => {
        onFailure(error);
        return undefined;
      });
    },
  });
  await server.listen({ port: config.PORT, host: config.HOST });
  logger.warn({ missingHalves: missingHalves(config, halves) }, 'sealed: nothing is served until both custodian halves are given');
  return {
    stop: async () => {
      await server.close();
      await (await serving)?.stop();
    },
  };
}

/** Builds the server of a sealed vault without listening. */
function buildSealedServer(options: {
  readonly logger: Logger;
  readonly identityKeys: IdentityKeys;
  readonly missing: () => readonly HalfNumber[];
  readonly accept: (number: HalfNumber, half: Buffer) => Promise<boolean>;
  readonly opened: () => void;
}): FastifyInstance {
  const { missing } = options;
  const server = createServer({
    name: 'payment-vault',
    logger: options.logger,
    identityKeys: options.identityKeys,
    openPaths: [webhookPath],
    readiness: { custodianHalf1: () => !missing().includes(1), custodianHalf2: () => !missing().includes(2) },
  });
  server.post<{ Body: UnsealRequest; Reply: UnsealResponse }>(
    unsealPath,
    { schema: { body: UnsealRequest, response: { 200: UnsealResponse } } },
    async (request, reply) => {
      requireCaller(request, 'ops');
      const half = parseHalf(request.body.value);
      if (half === null || !(await options.accept(request.body.half, half))) return { status: 'refused', missing: [...missing()] };
      if (missing().length > 0) return { status: 'sealed', missing: [...missing()] };
      // The answer goes out first: the server makes room for the one that serves.
      reply.raw.once('close', options.opened);
      return { status: 'opened', missing: [] };
    },
  );
  server.all('/*', async () => {
    throw new PublicError('UNAVAILABLE', `The vault is sealed: custodian half ${missing().join(' and ')} is not given.`);
  });
  return server;
}
