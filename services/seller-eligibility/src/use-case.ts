/** What every use case is given, and the results that they share. */
import type { Pool } from '@vitrine/runtime/database';

export interface UseCaseDeps {
  readonly pool: Pool;
  /** Says that a committed event waits to be published. */
  readonly wakeRelay: () => void;
}

/** On whose behalf a use case runs. */
export interface Caller {
  /** `usr_…` */
  readonly accountId: string;
  readonly requestId: string;
}

/** A value that cannot be accepted; nothing was changed. */
export interface InvalidInput {
  readonly kind: 'invalid_input';
  /** Where it is in the mutation's input. */
  readonly path: readonly string[];
  readonly message: string;
}

export const invalidInput = (field: string, message: string): InvalidInput => ({ kind: 'invalid_input', path: [field], message });

/** What was named is not there, or is another's. */
export interface NotFound {
  readonly kind: 'not_found';
  readonly id: string;
  readonly message: string;
}

export const notFound = (id: string, what: string): NotFound => ({ kind: 'not_found', id, message: `There is no such ${what}.` });
