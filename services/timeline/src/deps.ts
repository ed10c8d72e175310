/** What the use cases are given. */
import type { Pool } from '@vitrine/runtime/database';
import type { Logger } from '@vitrine/runtime/telemetry';
import type { HomeCache } from './home-cache.ts';

export interface Deps {
  readonly pool: Pool;
  readonly homeCache: HomeCache;
  readonly logger: Logger;
  /** Says that an event waits to be published. */
  readonly wakeRelay: () => void;
  /** Says that a post waits to be put into timelines. */
  readonly wakeFanOut: () => void;
}

/** On whose behalf a mutation is made, and by which request. */
export interface Call {
  readonly accountId: string;
  readonly idempotencyKey: string;
  readonly requestId: string;
}
