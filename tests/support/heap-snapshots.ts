/**
 * Loaded into the processes of a stack under test, never into others (`--import` in NODE_OPTIONS): at SIGUSR2 the process
 * writes what is alive in its heap to `HEAP_SNAPSHOT_FILE`, which is there once it is complete.
 */
import { renameSync } from 'node:fs';
import { setFlagsFromString, writeHeapSnapshot } from 'node:v8';

// V8 cuts strings off after 1,024 characters; a request's body is longer.
setFlagsFromString('--heap-snapshot-string-limit=16777216');

process.on('SIGUSR2', () => {
  const file = process.env['HEAP_SNAPSHOT_FILE'];
  if (file === undefined) throw new Error('HEAP_SNAPSHOT_FILE does not say where the snapshot goes');
  renameSync(writeHeapSnapshot(`${file}.part`), file);
});
