/**
 * A key service over the sealed file of master keys. Several processes may share the file; who makes or destroys master
 * keys sees to it that no other does so at the same time.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { KeyServiceError, placeText, type DataKeyPlace, type KeyService, type WrappedKey } from './key-service.ts';
import { newMasterKey, type SealedFile } from './sealed-file.ts';

const nonceBytes = 12;
const tagBytes = 16;

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
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', keys[current] ?? missing(current), nonce).setAAD(associatedData(current, place));
      return { wrapped: Buffer.concat([nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]), masterKeyId: current };
    },
    async unwrap({ wrapped, masterKeyId }, place) {
      const { keys } = await file.read();
      const decipher = createDecipheriv('aes-256-gcm', keys[masterKeyId] ?? missing(masterKeyId), wrapped.subarray(0, nonceBytes))
        .setAAD(associatedData(masterKeyId, place))
        .setAuthTag(wrapped.subarray(-tagBytes));
      return Buffer.concat([decipher.update(wrapped.subarray(nonceBytes, -tagBytes)), decipher.final()]);
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
