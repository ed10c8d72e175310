/**
 * Whether the gateway can do its work: it can once it has the identity provider's keys. A subgraph that is away costs
 * its part of the answers only, so it is reported and not required.
 */
import { Pool } from 'undici';
import { subgraphNames, type SubgraphName } from './graphs.ts';
import type { KeySet } from './key-set.ts';
import type { SafelistState } from './operations/operation-safelist.ts';

export interface Readiness {
  readonly ready: boolean;
  readonly identityProviderKeys: boolean;
  readonly safelist: SafelistState;
  readonly subgraphs: Readonly<Record<string, 'ready' | 'not ready' | 'unreachable'>>;
}

export interface ReadinessProbe {
  check(): Promise<Readiness>;
  close(): Promise<void>;
}

const probeTimeoutMs = 1_000;
/** Anybody may ask, so asking often must not cost the subgraphs anything. */
const keptMs = 500;

export function createReadinessProbe(
  subgraphUrls: Readonly<Record<SubgraphName, string>>,
  keySet: KeySet,
  safelistState: () => SafelistState,
): ReadinessProbe {
  const pools = subgraphNames.map(
    (name) => [name, new Pool(subgraphUrls[name], { connections: 1, connectTimeout: probeTimeoutMs })] as const,
  );
  let last: Promise<Readiness> | undefined;
  let lastAtMs = 0;

  const ask = async (pool: Pool): Promise<'ready' | 'not ready' | 'unreachable'> => {
    try {
      const { statusCode, body } = await pool.request({ path: '/readyz', method: 'GET', signal: AbortSignal.timeout(probeTimeoutMs) });
      await body.dump();
      return statusCode === 200 ? 'ready' : 'not ready';
    } catch {
      // The answer says it; who runs the subgraph finds the reason in its own log.
      return 'unreachable';
    }
  };
  const look = async (): Promise<Readiness> => {
    const [identityProviderKeys, ...states] = await Promise.all([keySet.isLoaded(), ...pools.map(([, pool]) => ask(pool))]);
    return {
      ready: identityProviderKeys,
      identityProviderKeys,
      safelist: safelistState(),
      subgraphs: Object.fromEntries(pools.map(([name], index) => [name, states[index] ?? 'unreachable'])),
    };
  };

  return {
    check() {
      if (last === undefined || Date.now() - lastAtMs > keptMs) {
        lastAtMs = Date.now();
        last = look();
      }
      return last;
    },
    async close() {
      await Promise.all(pools.map(([, pool]) => pool.destroy()));
    },
  };
}
