/**
 * A file of keys that is read again when it changes, so that keys are rotated without a restart. A file that cannot be
 * read, or does not fit, changes nothing, and is logged once as long as nothing about it changes.
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { ConfigurationError } from './config.ts';
import type { Logger } from './telemetry.ts';

/** The keys themselves, or the file that has them. */
export type KeySource = string | { readonly file: string };

/**
 * Which of the two variables is set, `NAME` or `NAME_FILE`.
 * @throws ConfigurationError when not exactly one of them is.
 */
export function keySource(name: string, keys: string | undefined, file: string | undefined): KeySource {
  if (keys !== undefined && file === undefined) return keys;
  if (keys === undefined && file !== undefined) return { file };
  throw new ConfigurationError(`${name} and ${name}_FILE are ${keys === undefined ? 'not set' : 'both set'}: set exactly one.`);
}

/**
 * Reads keys, and again when their file changes.
 * @param options.name of the variable with the keys; that with the file is called `NAME_FILE`
 * @param options.parse throws an Error with a message that holds no key
 * @param options.take has the keys used from now on, or answers why they cannot be; asked for every reading but the first
 * @param options.pollMs how often the file is looked at, in milliseconds
 * @param options.signal ends the looking; without it, it lasts as long as the process
 * @throws ConfigurationError when the keys cannot be read, and what `parse` throws when they do not parse
 */
export function readKeys<Keys>(
  source: KeySource,
  options: {
    readonly name: string;
    readonly parse: (text: string) => Keys;
    readonly take: (next: Keys) => string | null;
    readonly logger: Logger;
    readonly pollMs?: number;
    readonly signal?: AbortSignal;
  },
): Keys {
  const { name, parse, take, logger, pollMs = 1_000, signal } = options;
  if (typeof source === 'string') return parse(source);
  const { file } = source;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError(`${name}_FILE: the file cannot be read (${codeOf(error)}).`);
  }
  const first = parse(text);
  let told = '';
  const refuse = (reason: string): void => {
    if (reason !== told) logger.error({ reason }, `the file of ${name} is refused; the keys that were read before go on`);
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
    let fault: string | null;
    try {
      fault = take(parse(found));
    } catch (error) {
      fault = error instanceof Error ? error.message : 'it does not parse';
    }
    if (fault !== null) {
      refuse(fault);
      return;
    }
    text = found;
    told = '';
  };
  const lookAgain = (): void => {
    if (signal?.aborted === true) return;
    setTimeout(() => void look().then(lookAgain), pollMs).unref();
  };
  lookAgain();
  return first;
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';
