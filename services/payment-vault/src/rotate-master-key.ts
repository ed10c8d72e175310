/**
 * Changes the master key while the vault works: a new one is made, every data key is wrapped by it instead, and what
 * wraps nothing any more is destroyed. Each step may be repeated, by several processes at once, after an end at any moment.
 */
import { KeyServiceUnavailableError, type DataKeyPlace, type KeyService, type WrappedKey } from './key-service.ts';
import type { KeyStore } from './store/keys.ts';

export interface RotationStart {
  /** The master key that new data keys are wrapped by. */
  readonly masterKeyId: string;
  /** False when an earlier rotation is not finished, which is gone on with, or the key service makes no master keys itself. */
  readonly made: boolean;
}

export interface RotationProgress {
  readonly rewrapped: number;
  /** Data keys that could not be unwrapped, and keep their master key. */
  readonly failed: number;
  /** Where to go on; null when the end was reached. */
  readonly next: DataKeyPlace | null;
  /** How many data keys are still wrapped by an earlier master key. */
  readonly remaining: number;
  /** Master keys that were retired by this step. */
  readonly retired: readonly string[];
  /** Whether an earlier master key is still in use, or could not be retired at this moment. */
  readonly unfinished: boolean;
}

export interface RotationDeps {
  readonly keyStore: Pick<
    KeyStore,
    | 'exclusively'
    | 'findEarlierMasterKeys'
    | 'registerMasterKey'
    | 'findToRewrap'
    | 'countToRewrap'
    | 'isUnchanged'
    | 'replace'
    | 'retire'
    | 'findRetired'
  >;
  readonly keyService: KeyService;
}

/** Makes the new master key. Repeated before the rotation has ended, it makes no other. */
export async function startRotation({ keyStore, keyService }: RotationDeps): Promise<RotationStart> {
  const started = await keyStore.exclusively(async (): Promise<RotationStart> => {
    const before = await keyService.currentMasterKeyId();
    await keyStore.registerMasterKey(before);
    if ((await keyStore.findEarlierMasterKeys(before)).length > 0) return { masterKeyId: before, made: false };
    const masterKeyId = await keyService.makeMasterKey();
    if (masterKeyId === null) return { masterKeyId: before, made: false };
    await keyStore.registerMasterKey(masterKeyId);
    return { masterKeyId, made: true };
  });
  return started ?? { masterKeyId: await keyService.currentMasterKeyId(), made: false };
}

/**
 * Wraps some data keys anew; at the end retires and destroys the master keys that wrap nothing any more.
 * @throws KeyServiceUnavailableError when it cannot be gone on with now
 */
export async function continueRotation(
  { keyStore, keyService }: RotationDeps,
  step: { readonly after: DataKeyPlace | null; readonly limit: number },
): Promise<RotationProgress> {
  const current = await keyService.currentMasterKeyId();
  await keyStore.registerMasterKey(current);
  const batch = await keyStore.findToRewrap(current, step.after, step.limit);
  let rewrapped = 0;
  let failed = 0;
  for (const { place, key } of batch) {
    const wrapped = await rewrap(keyService, place, key);
    // Reads and other writes go on: only a key that is still as it was read is replaced.
    if (wrapped !== null && (await keyStore.replace(place, key, wrapped))) rewrapped += 1;
    // Else another process has wrapped it anew, or it was destroyed.
    if (wrapped === null && (await keyStore.isUnchanged(place, key))) failed += 1;
  }
  const last = batch.length === step.limit ? batch.at(-1) : undefined;
  const retired = last === undefined ? await retireMasterKeys({ keyStore, keyService }, current) : [];
  return {
    rewrapped,
    failed,
    next: last?.place ?? null,
    remaining: await keyStore.countToRewrap(current),
    retired,
    unfinished: (await keyStore.findEarlierMasterKeys(current)).length > 0,
  };
}

/** Null when the key cannot be unwrapped. */
async function rewrap(keyService: KeyService, place: DataKeyPlace, key: WrappedKey): Promise<WrappedKey | null> {
  let bytes: Buffer;
  try {
    bytes = await keyService.unwrap(key, place);
  } catch (error) {
    if (error instanceof KeyServiceUnavailableError) throw error;
    return null;
  }
  const wrapped = await keyService.wrap(bytes, place);
  bytes.fill(0);
  return wrapped;
}

async function retireMasterKeys({ keyStore, keyService }: RotationDeps, current: string): Promise<readonly string[]> {
  const retired = await keyStore.exclusively(async () => {
    // Another rotation may have begun since: its new master key must not be retired before it wraps anything.
    if ((await keyService.currentMasterKeyId()) !== current) return [];
    const done: string[] = [];
    for (const id of await keyStore.findEarlierMasterKeys(current)) if (await keyStore.retire(id)) done.push(id);
    // All that are retired, not these alone: an earlier attempt may have ended in between.
    await keyService.destroyMasterKeys((await keyStore.findRetired()).filter((id) => keyService.owns(id)));
    return done;
  });
  return retired ?? [];
}
