/**
 * The keys of internal identities as a process holds them: from the environment, or from a file that is read again when
 * it changes, so that keys are rotated without a restart. A file that does not fit changes nothing.
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { ConfigurationError } from './config.ts';
import { parseIdentityKeys, type IdentityKeys } from './identity.ts';
import type { Logger } from './telemetry.ts';

/** The keys themselves, or the file that has them. */
export type IdentityKeySource = string | { readonly file: string };

/** @throws ConfigurationError when not exactly one of the two is set. */
export function identityKeySource(given: {
  readonly IDENTITY_KEYS?: string | undefined;
  readonly IDENTITY_KEYS_FILE?: string | undefined;
}): IdentityKeySource {
  const { IDENTITY_KEYS: keys, IDENTITY_KEYS_FILE: file } = given;
  if (keys !== undefined && file === undefined) return keys;
  if (keys === undefined && file !== undefined) return { file };
  throw new ConfigurationError(`IDENTITY_KEYS and IDENTITY_KEYS_FILE are ${keys === undefined ? 'not set' : 'both set'}: set exactly one.`);
}

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
  if (typeof source === 'string') return parseIdentityKeys(source);
  const { logger, pollMs = 1_000, signal } = options;
  const { file } = source;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError(`IDENTITY_KEYS_FILE: the file cannot be read (${codeOf(error)}).`);
  }
  const keys = new Map(parseIdentityKeys(text));
  // As long as nothing about it changes, one thing that is wrong is logged once.
  let told = '';
  const refuse = (reason: string): void => {
    if (reason !== told) logger.error({ reason }, 'the file of the identity keys is refused; the keys that were read before go on');
    told = reason;
  };

  const look = async (): Promise<void> => {
    let found: string;
    try {
      found = await readFile(file, 'utf8');
    } catch (error) {
      refuse(codeOf(error));
      return;
    }
    if (found === text) {
      told = '';
      return;
    }
    let next: IdentityKeys;
    try {
      next = parseIdentityKeys(found);
    } catch (error) {
      refuse(error instanceof Error ? error.message : 'it does not parse');
      return;
    }
    const fault = faultOf(next, keys);
    if (fault !== null) {
      refuse(fault);
      return;
    }
    text = found;
    told = '';
    // In one turn of the event loop: nobody sees the map half changed.
    for (const [pair, ofPair] of next) keys.set(pair, ofPair);
    logger.info(
      { keyIds: [...keys].map(([pair, ofPair]) => `${pair}:${ofPair.map(({ keyId }) => keyId).join('+')}`) },
      'identity keys read again',
    );
  };
  const lookAgain = (): void => {
    if (signal?.aborted === true) return;
    setTimeout(() => void look().then(lookAgain), pollMs).unref();
  };
  lookAgain();
  return keys;
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';
