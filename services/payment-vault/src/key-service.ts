/** What wraps data keys with master keys. Where the master keys are is each implementation's own matter. */

/** Whose data key it is. Bound to the wrapped key: unwrapping it for another owner or version fails. */
export interface DataKeyPlace {
  readonly ownerId: string;
  readonly version: number;
}

export interface WrappedKey {
  readonly wrapped: Buffer;
  /** Which master key wrapped it. */
  readonly masterKeyId: string;
}

export interface KeyService {
  /** Whether a master key of this id is, or was, one of this service's. */
  owns(masterKeyId: string): boolean;
  /** The id of the master key that `wrap` uses now. */
  currentMasterKeyId(): Promise<string>;
  wrap(dataKey: Buffer, place: DataKeyPlace): Promise<WrappedKey>;
  /** @throws Error when its master key is gone, it was wrapped for another place, or was changed. */
  unwrap(key: WrappedKey, place: DataKeyPlace): Promise<Buffer>;
  /** Makes a new master key the current one. Null when this service cannot: an administrator configures another one. */
  makeMasterKey(): Promise<string | null>;
  /**
   * Destroys master keys by which nothing is wrapped any more, as far as this service can; some may be gone already.
   * The current one stays.
   */
  destroyMasterKeys(masterKeyIds: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** The key service refuses what it is asked. The message holds no key material. */
export class KeyServiceError extends Error {
  override readonly name: string = 'KeyServiceError';
}

/** Nobody answered, or not now: the same may work later. */
export class KeyServiceUnavailableError extends KeyServiceError {
  override readonly name = 'KeyServiceUnavailableError';
}

/** What a wrapped key is bound to, as one text. Owner ids hold no `|`. */
export const placeText = ({ ownerId, version }: DataKeyPlace): string => `payment-vault|buyer_keys|${ownerId}|${version}`;

/** One service for what is new, and others that still unwrap what they wrapped: data keys move over when they are re-wrapped. */
export function combineKeyServices(current: KeyService, earlier: readonly KeyService[]): KeyService {
  if (earlier.length === 0) return current;
  const all = [current, ...earlier];
  return {
    ...current,
    owns: (masterKeyId) => all.some((service) => service.owns(masterKeyId)),
    async unwrap(key, place) {
      const owner = all.find((service) => service.owns(key.masterKeyId));
      if (owner === undefined) throw new KeyServiceError(`no configured key service has the master key ${key.masterKeyId}`);
      return owner.unwrap(key, place);
    },
    async destroyMasterKeys(ids) {
      for (const service of all) await service.destroyMasterKeys(ids.filter((id) => service.owns(id)));
    },
    async close() {
      await Promise.all(all.map((service) => service.close()));
    },
  };
}
