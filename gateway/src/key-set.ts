/**
 * The identity provider's public keys. While the provider cannot be reached the last keys that it gave go on checking
 * tokens; without any, the answer is "cannot tell", which is not the same as "no".
 */
import { createLocalJWKSet, createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';
import type { Logger } from '@vitrine/runtime/telemetry';

/** The keys that would decide about a token cannot be fetched. */
export class KeySetUnavailableError extends Error {
  override readonly name = 'KeySetUnavailableError';
}

export interface KeySet {
  /** @throws KeySetUnavailableError when it cannot be told whether there is a key for the token. */
  readonly keyOf: JWTVerifyGetKey;
  /** Whether keys were fetched since the start; tries to fetch them when not. */
  isLoaded(): Promise<boolean>;
}

const fetchTimeoutMs = 2_000;
/** Keys are fetched again after this, and for a token with an unknown key. */
const keptMs = 600_000;
/** A token with an unknown key makes the keys be fetched at most this often. */
const unknownKeyPauseMs = 30_000;
/** After a failed fetch the provider is left alone this long. */
const failurePauseMs = 1_000;

/** Errors of jose that speak about the token, not about reaching the keys. */
const aboutTheToken: ReadonlySet<unknown> = new Set([
  'ERR_JWKS_NO_MATCHING_KEY',
  'ERR_JWKS_MULTIPLE_MATCHING_KEYS',
  'ERR_JOSE_NOT_SUPPORTED',
]);

const codeOf = (error: unknown): unknown => (typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined);

export function createKeySet(jwksUrl: string, logger: Logger): KeySet {
  const remote = createRemoteJWKSet(new URL(jwksUrl), {
    timeoutDuration: fetchTimeoutMs,
    cacheMaxAge: keptMs,
    cooldownDuration: unknownKeyPauseMs,
  });
  let pausedUntilMs = 0;

  const fetchFailed = (error: unknown): void => {
    pausedUntilMs = Date.now() + failurePauseMs;
    logger.warn({ err: error }, 'the keys of the identity provider cannot be fetched');
  };

  const keyOf: JWTVerifyGetKey = async (header, token) => {
    if (Date.now() >= pausedUntilMs) {
      try {
        return await remote(header, token);
      } catch (error) {
        if (aboutTheToken.has(codeOf(error))) throw error;
        fetchFailed(error);
      }
    }
    const last = remote.jwks();
    if (last === undefined) throw new KeySetUnavailableError('no keys were fetched yet');
    try {
      return await createLocalJWKSet(last)(header, token);
    } catch (error) {
      // It may be signed with a key that is newer than the last that was fetched.
      if (codeOf(error) === 'ERR_JWKS_NO_MATCHING_KEY') throw new KeySetUnavailableError('the key may be a new one', { cause: error });
      throw error;
    }
  };

  return {
    keyOf,
    async isLoaded() {
      if (remote.jwks() !== undefined) return true;
      if (Date.now() < pausedUntilMs) return false;
      try {
        await remote.reload();
      } catch (error) {
        fetchFailed(error);
        return false;
      }
      return true;
    },
  };
}
