/** Wraps data keys with a master key. The local implementation keeps the master key in the process's memory. */
import { createCipheriv, createDecipheriv, createHash, createSecretKey, randomBytes } from 'node:crypto';

export interface WrappedKey {
  readonly wrapped: Buffer;
  /** Which master key wrapped it. */
  readonly masterKeyId: string;
}

export interface KeyService {
  /** `context` is bound to the result: unwrapping with another one fails. */
  wrap(dataKey: Buffer, context: string): Promise<WrappedKey>;
  /** @throws Error when it was wrapped by another master key or for another context, or was changed. */
  unwrap(key: WrappedKey, context: string): Promise<Buffer>;
}

const nonceBytes = 12;
const tagBytes = 16;

/** A key service over one master key of 32 bytes. */
export function createLocalKeyService(masterKey: Buffer): KeyService {
  const key = createSecretKey(masterKey);
  const masterKeyId = `local-${createHash('sha256').update('payment-vault master key id').update(masterKey).digest('hex').slice(0, 16)}`;
  return {
    async wrap(dataKey, context) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
      const wrapped = Buffer.concat([nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
      return { wrapped, masterKeyId };
    },
    async unwrap({ wrapped, masterKeyId: usedKeyId }, context) {
      if (usedKeyId !== masterKeyId)
        throw new Error(`the data key was wrapped by the master key ${usedKeyId}, and ${masterKeyId} is configured`);
      const decipher = createDecipheriv('aes-256-gcm', key, wrapped.subarray(0, nonceBytes))
        .setAAD(Buffer.from(context))
        .setAuthTag(wrapped.subarray(-tagBytes));
      return Buffer.concat([decipher.update(wrapped.subarray(nonceBytes, -tagBytes)), decipher.final()]);
    },
  };
}
