/** What the use cases are given. */
import type { Pool } from '@vitrine/runtime/database';
import type { Logger } from '@vitrine/runtime/telemetry';
import type { Clients } from './clients.ts';

export interface Deps {
  readonly pool: Pool;
  readonly clients: Clients;
  readonly logger: Logger;
  /** Says that an event waits to be published. */
  readonly wakeRelay: () => void;
  /** Says that an order may be due for capture. */
  readonly wakeCapture: () => void;
  readonly reservationTtlSeconds: number;
  readonly buyerActionTimeoutSeconds: number;
}
