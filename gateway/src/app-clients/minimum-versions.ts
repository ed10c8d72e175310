/**
 * Which app versions are served; data that counts within ten seconds where requests come. While it cannot be read, what was read last goes
 * on to count. Only the first requests of a process wait for it, and not for long.
 */
import type { Queryable } from '@vitrine/runtime/database';
import type { Logger } from '@vitrine/runtime/telemetry';
import { readMinimumVersions, type MinimumVersion } from './app-client-store.ts';
import { compareVersions, type AppVersion } from './app-version.ts';

export type VersionCheck = { readonly kind: 'served' } | ({ readonly kind: 'too_old' } & MinimumVersion);

export interface MinimumVersions {
  check(app: AppVersion): Promise<VersionCheck>;
}

const keptMs = 10_000;
/** An app that is too old for a moment longer is a nuisance; one that waits is off. */
const firstReadMs = 1_000;

export function createMinimumVersions(pool: Queryable, logger: Logger, now: () => number = Date.now): MinimumVersions {
  let known: readonly MinimumVersion[] = [];
  let readAgainAtMs = 0;
  let reading: Promise<void> | null = null;
  let first: Promise<void> | null = null;

  const read = async (): Promise<void> => {
    try {
      known = await readMinimumVersions(pool);
    } catch (error) {
      // An old app is a nuisance, and no danger: better than none while the database is away.
      logger.warn({ err: error }, 'the minimum versions of the apps cannot be read');
    }
    readAgainAtMs = now() + keptMs;
    reading = null;
  };

  return {
    async check({ platform, version }) {
      if (now() >= readAgainAtMs) {
        reading ??= read();
        first ??= atMost(firstReadMs, reading);
      }
      await first;
      const minimum = known.find((each) => each.platform === platform);
      return minimum === undefined || compareVersions(version, minimum.minimumVersion) >= 0
        ? { kind: 'served' }
        : { kind: 'too_old', ...minimum };
    },
  };
}

function atMost(ms: number, promise: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void promise.finally(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
