/**
 * The attested instances of official apps. What was found is remembered for five seconds, so a revocation counts everywhere within
 * that; while the database is away, what was found within the last minute goes on to count.
 */
import { hash } from 'node:crypto';
import { isDatabaseUnavailable, type Pool } from '@vitrine/runtime/database';
import { unreachable } from '@vitrine/runtime/errors';
import { createBoundedCache } from '../bounded-cache.ts';
import { verifyAndroidAttestation } from './android-attestation.ts';
import { findLiveInstance, findRegistration, isAnyRevoked, revokeInstance, saveInstance, type AppInstance } from './app-client-store.ts';
import type { AppSettings } from './app-settings.ts';
import type { Platform } from './app-version.ts';
import { verifyAppleAttestation, type AttestationInput } from './apple-attestation.ts';
import { refuseAttestation, type AppEnvironment, type AttestationCheck, type AttestationFault } from './attested-key.ts';
import type { Challenges } from './challenges.ts';

export type InstanceCheck =
  | { readonly kind: 'found'; readonly instance: AppInstance }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unavailable' };

export interface RegistrationRequest {
  readonly jkt: string;
  readonly accountId: string;
  readonly platform: Platform;
  readonly version: string;
  /** base64 */
  readonly keyId: string;
  readonly attestation: Buffer;
  readonly challenge: string;
}

export type RegistrationResult =
  | { readonly kind: 'registered'; readonly instanceId: string; readonly environment: AppEnvironment }
  | { readonly kind: 'challenge_invalid' }
  | { readonly kind: 'refused'; readonly reason: AttestationFault }
  | { readonly kind: 'unavailable' };

export interface AppInstances {
  findByKey(jkt: string): Promise<InstanceCheck>;
  /** The same key again, and the same request again, give the same answer. */
  register(request: RegistrationRequest): Promise<RegistrationResult>;
  /** @returns whether there was one to revoke; null while the database is away */
  revoke(jkt: string): Promise<boolean | null>;
}

const rememberedInstances = 50_000;
const rememberedMs = 5_000;
const rememberedWithoutDatabaseMs = 60_000;

export function createAppInstances(options: {
  readonly pool: Pool;
  readonly challenges: Challenges;
  readonly apps: AppSettings;
  readonly now?: () => number;
}): AppInstances {
  const { pool, challenges, apps, now = Date.now } = options;
  const remembered = createBoundedCache<{ readonly instance: AppInstance; readonly foundAtMs: number }>(rememberedInstances);
  /** Of requests at the same time one asks. */
  const searches = new Map<string, Promise<InstanceCheck>>();

  const search = async (jkt: string): Promise<InstanceCheck> => {
    try {
      const instance = await findLiveInstance(pool, jkt);
      if (instance === null) {
        remembered.delete(jkt);
        return { kind: 'unknown' };
      }
      remembered.set(jkt, { instance, foundAtMs: now() });
      return { kind: 'found', instance };
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
      const last = remembered.get(jkt);
      return last !== undefined && now() - last.foundAtMs < rememberedWithoutDatabaseMs
        ? { kind: 'found', instance: last.instance }
        : { kind: 'unavailable' };
    } finally {
      searches.delete(jkt);
    }
  };

  const verify = (platform: Platform, input: AttestationInput): AttestationCheck => {
    switch (platform) {
      case 'ios':
        return apps.ios === null ? refuseAttestation('platform') : verifyAppleAttestation(input, apps.ios);
      case 'android':
        return apps.android === null ? refuseAttestation('platform') : verifyAndroidAttestation(input, apps.android);
      default:
        return unreachable(platform);
    }
  };

  const register = async (request: RegistrationRequest): Promise<RegistrationResult> => {
    const { jkt, platform, version, accountId, keyId, attestation, challenge } = request;
    const use = await challenges.use(challenge, hash('sha256', `${jkt}.${hash('sha256', attestation)}`, 'base64url'));
    if (use.kind === 'unavailable') return use;
    if (use.kind === 'invalid') return { kind: 'challenge_invalid' };
    if (use.kind === 'again') {
      const before = await findRegistration(pool, jkt, keyId);
      if (before?.isLive === true) return { kind: 'registered', instanceId: before.instanceId, environment: before.environment };
      // Signed out since then: what was sent once does not sign in again.
      if (before !== null) return { kind: 'challenge_invalid' };
    }
    const clientDataHash = Buffer.from(hash('sha256', `${challenge}.${jkt}`), 'hex');
    const key = verify(platform, { attestation, keyId, clientDataHash, nowMs: now() });
    if (key.kind === 'refused') return key;
    if (await isAnyRevoked(pool, key.serialNumbers)) return { kind: 'refused', reason: 'revoked' };
    const instanceId = await saveInstance(pool, { jkt, platform, version, accountId, key });
    remembered.delete(jkt);
    return { kind: 'registered', instanceId, environment: key.environment };
  };

  return {
    async findByKey(jkt) {
      const known = remembered.get(jkt);
      if (known !== undefined && now() - known.foundAtMs < rememberedMs) return { kind: 'found', instance: known.instance };
      let searching = searches.get(jkt);
      if (searching === undefined) {
        searching = search(jkt);
        searches.set(jkt, searching);
      }
      return searching;
    },
    async register(request) {
      try {
        return await register(request);
      } catch (error) {
        if (isDatabaseUnavailable(error)) return { kind: 'unavailable' };
        throw error;
      }
    },
    async revoke(jkt) {
      try {
        const revoked = await revokeInstance(pool, jkt);
        remembered.delete(jkt);
        return revoked;
      } catch (error) {
        if (isDatabaseUnavailable(error)) return null;
        throw error;
      }
    },
  };
}
