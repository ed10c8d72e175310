/** Runs the identity provider as the process it is for a test file. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isFree } from '../src/ports.ts';

const entry = fileURLToPath(new URL('../src/identity-provider.ts', import.meta.url));

const startTimeoutMs = 30_000;

export type IdentityProcess = { readonly issuer: string; output(): string; stop(): Promise<void> };

/** A port that is free now, below the range from which outgoing connections take theirs. */
export async function freePort(): Promise<number> {
  const port = randomInt(20_000, 30_000);
  return (await isFree(port)) ? port : freePort();
}

/** Starts the provider and waits until its discovery document answers; a provider that does not get there is ended. */
export async function startIdentityProcess(port: number, env: Record<string, string>): Promise<IdentityProcess> {
  const { child, output } = spawnIdentityProcess({ PORT: String(port), ...env });
  const issuer = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  const deadline = Date.now() + startTimeoutMs;
  while (!(await answers(`${issuer}/.well-known/openid-configuration`))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`the identity provider is not ready: ${output()}`);
    }
    await delay(20);
  }
  return { issuer, output, stop };
}

/** Starts the provider in an environment that it is to refuse, and gives its exit code and output. */
export async function runIdentityProcess(env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const { child, output } = spawnIdentityProcess(env);
  await once(child, 'close');
  return { code: child.exitCode, output: output() };
}

function spawnIdentityProcess(env: Record<string, string>): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [entry], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  return { child, output: () => text };
}

/** Whether the provider answers yet; a connection that is refused says no. */
function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}
