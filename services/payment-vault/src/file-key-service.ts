/**
 * A key service over the sealed file of master keys. Several processes may share the file; who makes or destroys master
 * keys sees to it that no other does so at the same time.
 */
import { open, seal } from './authenticated-encryption.ts';
import { KeyServiceError, placeText, type DataKeyPlace, type KeyService, type WrappedKey } from './key-service.ts';
import { newMasterKey, type SealedFile } from './sealed-file.ts';

/** Of a master key from before there was a file. */
const isEarlier = (masterKeyId: string): boolean => masterKeyId.startsWith('local-');

const associatedData = (masterKeyId: string, place: DataKeyPlace): Buffer =>
  Buffer.from(isEarlier(masterKeyId) ? placeText(place) : `${masterKeyId}|${placeText(place)}`);

export function createFileKeyService(file: SealedFile): KeyService {
  const owns = (masterKeyId: string): boolean => masterKeyId.startsWith('file-') || isEarlier(masterKeyId);
  return {
    owns,
    currentMasterKeyId: async () => (await file.read()).current,
    async wrap(dataKey, place): Promise<WrappedKey> {
      const { current, keys } = await file.read();
      const masterKey = keys[current] ?? missing(current);
      return { wrapped: seal(masterKey, associatedData(current, place), dataKey), masterKeyId: current };
    },
    async unwrap({ wrapped, masterKeyId }, place) {
      const { keys } = await file.read();
      return open(keys[masterKeyId] ?? missing(masterKeyId), associatedData(masterKeyId, place), wrapped);
    },
    async makeMasterKey() {
      const { keys } = await file.read();
      const { id, bytes } = newMasterKey();
      await file.write({ current: id, keys: { ...keys, [id]: bytes } });
      return id;
    },
    async destroyMasterKeys(masterKeyIds) {
      const { current, keys } = await file.read();
      const gone = new Set(masterKeyIds.filter((id) => id !== current && id in keys));
      if (gone.size === 0) return;
      await file.write({ current, keys: Object.fromEntries(Object.entries(keys).filter(([id]) => !gone.has(id))) });
    },
    close: async () => {},
  };
}

function missing(masterKeyId: string): never {
  throw new KeyServiceError(`the key file has no master key ${masterKeyId}`);
}
