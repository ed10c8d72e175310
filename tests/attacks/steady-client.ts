/** Somebody who goes on using the gateway, and notices when it becomes slow or stops answering. */
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';

export interface SteadyClient {
  /** Ends, and says how it went. */
  stop(): Promise<{
    readonly requests: number;
    /** Statuses that are not 200, and errors of the connection, with how often. */
    readonly failures: Readonly<Record<string, number>>;
    readonly p50Ms: number;
    readonly p99Ms: number;
  }>;
}

export interface SteadyRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends a request every `intervalMs`, whether or not those before it were answered. */
export function startSteadyClient(origin: string, makeRequest: () => SteadyRequest, intervalMs = 25): SteadyClient {
  const pool = new Pool(origin, { connections: 16 });
  const latencies: number[] = [];
  const failures: Record<string, number> = {};
  const open = new Set<Promise<void>>();
  let isStopping = false;

  const send = async (): Promise<void> => {
    const startedMs = performance.now();
    let outcome: string;
    try {
      const { path, headers, body } = makeRequest();
      const response = await pool.request({ method: 'POST', path, headers: { 'content-type': 'application/json', ...headers }, body });
      await response.body.dump();
      outcome = String(response.statusCode);
    } catch (error) {
      outcome = error instanceof Error ? error.message : String(error);
    }
    latencies.push(performance.now() - startedMs);
    if (outcome !== '200') failures[outcome] = (failures[outcome] ?? 0) + 1;
  };
  const run = async (): Promise<void> => {
    while (!isStopping) {
      const sent = send();
      open.add(sent);
      // `send` never rejects.
      void sent.then(() => open.delete(sent));
      await wait(intervalMs);
    }
    await Promise.all(open);
  };
  const running = run();
  const percentile = (share: number): number =>
    latencies.toSorted((a, b) => a - b)[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;

  return {
    async stop() {
      isStopping = true;
      await running;
      await pool.destroy();
      return { requests: latencies.length, failures, p50Ms: percentile(0.5), p99Ms: percentile(0.99) };
    },
  };
}
