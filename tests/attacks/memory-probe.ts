/** Loaded into a process that is attacked: tells who started it how much memory is in use once everything that can be freed is. */

process.on('message', (message) => {
  if (message !== 'memory' || globalThis.gc === undefined) return;
  globalThis.gc();
  // What the first pass has made free of finalizers.
  globalThis.gc();
  process.send?.(process.memoryUsage());
});
// Whoever started it may leave it to end by itself.
process.channel?.unref();
