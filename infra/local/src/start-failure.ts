/** Why `npm start` failed, for the person who typed it: without a stack trace where the message says what to do. */
import { GivenDatabaseError } from './databases.ts';
import { PortInUseError } from './ports.ts';
import { MissingPrerequisiteError } from './prerequisites.ts';
import { NotReadyError } from './processes.ts';
import { findRunningStack } from './stack.ts';
import { StackFolderInUseError } from './stack-folder.ts';
import { UsageError } from './start-flags.ts';
import { StripeAccountError } from './stripe-account.ts';

const selfExplaining = [GivenDatabaseError, MissingPrerequisiteError, NotReadyError, StripeAccountError, UsageError];

export function explainFailure(error: unknown): string {
  if (error instanceof StackFolderInUseError) {
    const running = findRunningStack();
    const where = running === undefined ? 'it is still starting or stopping' : running.gatewayUrl;
    return `Vitrine runs already (process ${error.pid}): ${where}`;
  }
  if (error instanceof PortInUseError) return `${error.message}, as in \`npm start -- --port <port>\``;
  if (!(error instanceof Error)) return String(error);
  return selfExplaining.some((type) => error instanceof type) ? error.message : (error.stack ?? error.message);
}
