/**
 * `npm start`: the whole of Vitrine until Ctrl-C or SIGTERM. `--fresh` begins without earlier data, `--port` sets the gateway's port.
 */
import { seed } from './seed.ts';
import { runStack } from './stack.ts';
import type { RunningStack } from './stack.ts';
import { explainFailure } from './start-failure.ts';
import { readFlags } from './start-flags.ts';
import { onTermination } from './termination.ts';

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

onTermination((why) => void stop(why, 0));

try {
  stack = await runStack({
    ...readFlags(process.argv.slice(2)),
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
    console.error(`\n${explainFailure(error)}`);
  } else {
    console.log('  stopped before it was ready');
  }
}
