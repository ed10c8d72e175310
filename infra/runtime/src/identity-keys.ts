/**
 * The keys of internal identities as a process holds them: from the environment, or from a file that is read again when
 * it changes.
 */
import { parseIdentityKeys, type IdentityKeys } from './identity.ts';
import { keySource, readKeys, type KeySource } from './key-file.ts';
import type { Logger } from './telemetry.ts';

export type IdentityKeySource = KeySource;

/** @throws ConfigurationError when not exactly one of the two is set. */
export const identityKeySource = (given: {
  readonly IDENTITY_KEYS?: string | undefined;
  readonly IDENTITY_KEYS_FILE?: string | undefined;
}): IdentityKeySource => keySource('IDENTITY_KEYS', given.IDENTITY_KEYS, given.IDENTITY_KEYS_FILE);

/**
 * What is wrong with keys that are to take the place of others; null when nothing is. A pair that is gone is no
 * rotation, but a file that is still being written.
 */
function faultOf(next: IdentityKeys, current: IdentityKeys): string | null {
  const gone = [...current.keys()].find((pair) => !next.has(pair));
  return gone === undefined ? null : `there is no key for ${gone} any more`;
}

/**
 * The keys, as a map that changes with the file. To rotate the keys of a pair, give the new one to both processes as
 * the second, then put it first, then leave the old one out; each step a poll after the one before.
 * @param options.pollMs How often the file is looked at, in milliseconds.
 * @param options.signal Ends the looking; without it, it lasts as long as the process.
 * @throws ConfigurationError when the keys cannot be read or do not parse.
 */
export function openIdentityKeys(
  source: IdentityKeySource,
  options: { readonly logger: Logger; readonly pollMs?: number; readonly signal?: AbortSignal },
): IdentityKeys {
  const { logger } = options;
  const keys = new Map<string, NonNullable<ReturnType<IdentityKeys['get']>>>();
  const use = (next: IdentityKeys): void => {
    // In one turn of the event loop: nobody sees the map half changed.
    for (const [pair, ofPair] of next) keys.set(pair, ofPair);
  };
  use(
    readKeys(source, {
      ...options,
      name: 'IDENTITY_KEYS',
      parse: parseIdentityKeys,
      take(next) {
        const fault = faultOf(next, keys);
        if (fault !== null) return fault;
        use(next);
        logger.info(
          { keyIds: [...keys].map(([pair, ofPair]) => `${pair}:${ofPair.map(({ keyId }) => keyId).join('+')}`) },
          'identity keys read again',
        );
        return null;
      },
    }),
  );
  return keys;
}
