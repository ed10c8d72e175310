/**
 * `npm start`: the whole of Vitrine until Ctrl-C or SIGTERM. `--fresh` begins without earlier data, `--port` sets the gateway's port.
 */
import { parseArgs } from 'node:util';
import { NotReadyError } from './processes.ts';
import { MissingPrerequisiteError } from './prerequisites.ts';
import { seed } from './seed.ts';
import { findRunningStack, runStack } from './stack.ts';
import type { RunningStack } from './stack.ts';
import { StackFolderInUseError } from './stack-folder.ts';
import { onTermination } from './termination.ts';

class UsageError extends Error {}

const broken = new AbortController();
const forced = new AbortController();
let stack: RunningStack | undefined;
let stoppingSince: number | undefined;

// Ctrl-C comes twice: from the terminal and, an instant later, passed on by npm.
const sameCtrlCMs = 700;

async function stop(why: string, exitCode: number): Promise<void> {
  if (stoppingSince !== undefined) {
    if (performance.now() - stoppingSince < sameCtrlCMs) return;
    console.log('  again: ending everything at once');
    forced.abort();
    return;
  }
  stoppingSince = performance.now();
  process.exitCode = exitCode;
  console.log(`\n  ${why}: stopping`);
  // A start that is under way stops by itself what it has started.
  broken.abort(new Error(why));
  await stack?.stop();
  if (stack === undefined) return;
  console.log(`  stopped in ${seconds(performance.now() - stoppingSince)}; the data is kept`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function readFlags(): { readonly fresh: boolean; readonly gatewayPort: number | undefined } {
  const options = {
    fresh: { type: 'boolean', default: false },
    port: { type: 'string' },
  } as const;
  let values;
  try {
    ({ values } = parseArgs({ options }));
  } catch (error) {
    throw new UsageError(`${String(error)}\nUsage: npm start -- [--fresh] [--port <port>]`);
  }
  if (values.port === undefined) return { fresh: values.fresh, gatewayPort: undefined };
  const gatewayPort = Number(values.port);
  if (!Number.isInteger(gatewayPort) || gatewayPort < 1 || gatewayPort > 65_535) {
    throw new UsageError('--port must be a port number from 1 to 65535');
  }
  return { fresh: values.fresh, gatewayPort };
}

onTermination((why) => void stop(why, 0));

try {
  stack = await runStack({
    ...readFlags(),
    env: process.env,
    restart: true,
    seed,
    write: (text) => console.log(text),
    onFailure: (error) => void stop(error.message, 1),
    signal: broken.signal,
    force: forced.signal,
  });
  const { gatewayUrl, identityProviderUrl, logFolder } = stack.state;
  console.log(
    [
      '',
      `  Vitrine is ready in ${seconds(performance.now())}`,
      `    timeline           ${gatewayUrl}/`,
      `    seller             ${gatewayUrl}/seller`,
      `    identity provider  ${identityProviderUrl}`,
      `    logs               ${logFolder}`,
      '  Ctrl-C stops it and keeps the data; `npm start -- --fresh` begins anew.',
    ].join('\n'),
  );
} catch (error) {
  if (stoppingSince === undefined) {
    process.exitCode = 1;
    console.error(`\n${explain(error)}`);
  } else {
    console.log('  stopped before it was ready');
  }
}

/** What went wrong, without a stack trace where the message says what to do. */
function explain(error: unknown): string {
  if (error instanceof StackFolderInUseError) {
    const running = findRunningStack();
    const where = running === undefined ? 'it is still starting or stopping' : running.gatewayUrl;
    return `Vitrine runs already (process ${error.pid}): ${where}`;
  }
  const saysWhatToDo = error instanceof MissingPrerequisiteError || error instanceof NotReadyError || error instanceof UsageError;
  if (saysWhatToDo) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
