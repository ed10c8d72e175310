/** `npm run compose`: the whole of Vitrine in containers, ready and seeded. `docker compose down` ends it. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { sandboxUrl, writeContainerEnvironments } from './compose-environment.ts';
import { seed } from './seed.ts';
import { defaultRoot } from './stack.ts';

// The first asks for Compose, which answers without an engine; the second for the engine.
if (!dockerAnswers('compose', 'version') || !dockerAnswers('version')) {
  console.error('no container engine with Compose answers here: use `npm start`, which needs none');
  process.exit(1);
}

const access = writeContainerEnvironments(path.join(defaultRoot, 'compose'));

// Returns when the gateway has started, which waits for everything else to be healthy.
const up = spawnSync('docker', ['compose', 'up', '--build', '--detach', 'gateway'], {
  cwd: path.dirname(defaultRoot),
  stdio: 'inherit',
});
if (up.error !== undefined) throw up.error;
if (up.status !== 0) process.exit(up.status ?? 1);

const deadline = Date.now() + 60_000;
while (!(await isReady())) {
  if (Date.now() > deadline) throw new Error('the gateway is not ready: docker compose logs gateway');
  await new Promise((resolve) => setTimeout(resolve, 250));
}
await seed(access, sandboxUrl);
console.log(`Vitrine is ready: ${access.gatewayUrl}/`);

function dockerAnswers(...args: readonly string[]): boolean {
  return spawnSync('docker', args, { stdio: 'ignore', timeout: 30_000 }).status === 0;
}

async function isReady(): Promise<boolean> {
  try {
    return (await fetch(`${access.gatewayUrl}/readyz`)).ok;
  } catch {
    // Not listening yet.
    return false;
  }
}
