/** What the use cases are handed. */
import type { Pool } from '@vitrine/runtime/database';
import type { Logger } from '@vitrine/runtime/telemetry';
import type { PurchaseStatements } from './store/purchase-statements.ts';

export interface Dependencies {
  readonly pool: Pool;
  readonly logger: Logger;
  /** Says after a commit that there are events to publish. */
  readonly wakeRelay: () => void;
  readonly purchases: PurchaseStatements;
}
