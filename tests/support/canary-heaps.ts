/** What is alive in the memory of the processes of a stack. */
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { processDefinitions } from '@vitrine/local/services';
import type { ProcessName } from '@vitrine/local/service-names';
import type { RunningStack } from '@vitrine/local/stack';
import type { CanarySearch, Finding } from './canary-search.ts';
import { until } from './until.ts';

export interface HeapProbe {
  /** For `startWholeStack`: makes every process of ours able to write a snapshot. */
  readonly serviceEnvironment: Partial<Record<ProcessName, Readonly<Record<string, string>>>>;
  /** Takes a snapshot of each of these processes, one after the other, and looks through it. */
  scan(stack: Pick<RunningStack, 'pids'>, search: CanarySearch, names?: readonly ProcessName[]): Promise<Finding[]>;
  /** Removes the folder of the snapshots. */
  remove(): void;
}

export function createHeapProbe(): HeapProbe {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'vitrine-heaps-'));
  const fileOf = (name: string) => path.join(folder, `${name}.heapsnapshot`);
  const preload = pathToFileURL(path.join(import.meta.dirname, 'heap-snapshots.ts')).href;
  const every = processDefinitions.map(({ name }) => name);
  return {
    serviceEnvironment: Object.fromEntries(
      every.map((name) => [name, { NODE_OPTIONS: `--import=${preload}`, HEAP_SNAPSHOT_FILE: fileOf(name) }]),
    ),
    async scan(stack, search, names = every) {
      const findings: Finding[] = [];
      for (const name of names) {
        const pid = stack.pids()[name];
        if (pid === undefined) throw new Error(`${name} does not run`);
        process.kill(pid, 'SIGUSR2');
        const bytes = await until(`the heap of ${name}`, () => readWhenThere(fileOf(name)), 60_000);
        rmSync(fileOf(name));
        findings.push(...search.inBytes(`heap ${name}`, bytes));
      }
      return findings;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function readWhenThere(file: string): Promise<Buffer | undefined> {
  const found = await stat(file).catch(() => undefined);
  return found === undefined ? undefined : readFile(file);
}
