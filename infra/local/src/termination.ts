/** When a command that was started from a terminal or by `npm run` is to end. */

const pollMs = 500;

/**
 * Calls `end` for every SIGINT, SIGTERM and SIGHUP, and when the npm that runs this process dies without passing a
 * signal on (SIGKILL): nobody could stop the processes that it started any more.
 */
export function onTermination(end: (why: string) => void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(signal));
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const npm = process.ppid;
  const poll = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(poll);
    end('npm has ended');
  }, pollMs);
  poll.unref();
}
