/** Brings both schemas up to date and opens what the vault keeps things in: data, wrapped keys, and what opens the keys. */
import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '@vitrine/runtime/config';
import { createPool, migrate, type Pool, type Queryable } from '@vitrine/runtime/database';
import { createPipeline } from '@vitrine/runtime/pipeline';
import type { Logger } from '@vitrine/runtime/telemetry';
import type { Config } from './config.ts';
import type { KeyService } from './key-service.ts';
import { hasUnmovedKeys, moveBuyerKeys } from './move-buyer-keys.ts';
import { openKeyService, type Halves } from './open-key-service.ts';
import { WrongHalvesError } from './sealed-file.ts';
import { createKeyStore } from './store/keys.ts';

/** Keys are read once a minute for each buyer. */
const keysPoolSize = 8;
const pipelineConnections = 3;

const folder = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

export interface OpenedStores {
  readonly pool: Pool;
  readonly pipeline: Queryable;
  readonly keysPool: Pool;
  readonly keyService: KeyService;
  readonly close: () => Promise<void>;
}

/** @throws ConfigurationError when the halves do not open the key file, or there is none and none may be made */
export async function openStores(config: Config, halves: Halves, logger: Logger): Promise<OpenedStores> {
  const name = 'payment-vault';
  await migrate({ url: config.DATABASE_URL, directory: folder('migrations'), logger });
  await migrate({ url: config.KEYS_DATABASE_URL, directory: folder('migrations-keys'), schema: 'keys', logger });
  const pool = createPool({ url: config.DATABASE_URL, size: config.DATABASE_POOL_SIZE, name, logger });
  const keysPool = createPool({ url: config.KEYS_DATABASE_URL, size: keysPoolSize, name: `${name}-keys`, logger });
  // A purchase's statements are transactions by themselves, and cheaper on few connections that they share.
  const pipeline = createPipeline({ url: config.DATABASE_URL, name, connections: pipelineConnections, logger });
  try {
    const keyStore = createKeyStore(keysPool);
    const keyService = await openKeyService(config, halves, async () => (await keyStore.hasKeys()) || hasUnmovedKeys(pool));
    const moved = await moveBuyerKeys(pool, keyStore);
    if (moved > 0) logger.info({ moved }, 'data keys were moved to the schema of the keys');
    return {
      pool,
      pipeline,
      keysPool,
      keyService,
      close: async () => {
        await keyService.close();
        await Promise.all([pipeline.end(), pool.end(), keysPool.end()]);
      },
    };
  } catch (error) {
    await Promise.all([pool.end(), keysPool.end()]);
    // The person who starts it is to set it right: a sentence, and no stack.
    throw error instanceof WrongHalvesError ? new ConfigurationError(error.message) : error;
  }
}
