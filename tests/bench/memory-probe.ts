/**
 * Loaded into a process whose memory is looked at, never into others (`--import` in NODE_OPTIONS): at SIGUSR2 the process collects its
 * garbage and writes what is left to `MEMORY_FILE`, which is there once it is complete.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export type MemoryReading = { readonly heapUsed: number; readonly rss: number };

const file = process.env['MEMORY_FILE'];
if (file === undefined) throw new Error('MEMORY_FILE does not say where the reading goes');
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

process.on('SIGUSR2', () => {
  // What the first finds only weakly held, the second frees.
  collect();
  collect();
  const { heapUsed, rss } = process.memoryUsage();
  writeFileSync(`${file}.part`, JSON.stringify({ heapUsed, rss } satisfies MemoryReading));
  renameSync(`${file}.part`, file);
});
