/**
 * A key service over AWS KMS: the master key never leaves it. Owner and version are the encryption context, which KMS
 * authenticates and writes to its audit trail. A new master key is another key of KMS, named by the configuration.
 */
import { DecryptCommand, EncryptCommand, KMSClient, KMSServiceException } from '@aws-sdk/client-kms';
import { KeyServiceError, KeyServiceUnavailableError, type DataKeyPlace, type KeyService } from './key-service.ts';

const prefix = 'aws-kms:';
const timeoutMs = 5_000;

const contextOf = ({ ownerId, version }: DataKeyPlace): Record<string, string> => ({
  service: 'payment-vault',
  owner: ownerId,
  version: String(version),
});

/** @param options.keyId id, ARN or alias of a symmetric key; credentials are found as the AWS SDK does */
export function createKmsKeyService(options: {
  readonly keyId: string;
  readonly region: string;
  readonly endpoint?: string | undefined;
}): KeyService {
  const client = new KMSClient({
    region: options.region,
    endpoint: options.endpoint,
    maxAttempts: 3,
    requestHandler: { requestTimeout: timeoutMs, connectionTimeout: 2_000 },
  });
  const attempt = async <T>(what: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      // Names of the SDK's errors are a closed list; their messages are not passed on.
      const name = error instanceof Error ? error.name : 'unknown';
      const refused =
        error instanceof KMSServiceException && (error.$metadata.httpStatusCode ?? 500) < 500 && error.$retryable === undefined;
      throw new (refused ? KeyServiceError : KeyServiceUnavailableError)(`AWS KMS could not ${what}: ${name}`);
    }
  };
  const masterKeyId = prefix + options.keyId;
  return {
    owns: (id) => id.startsWith(prefix),
    currentMasterKeyId: async () => masterKeyId,
    async wrap(dataKey, place) {
      const { CiphertextBlob: wrapped } = await attempt('encrypt', () =>
        client.send(new EncryptCommand({ KeyId: options.keyId, Plaintext: dataKey, EncryptionContext: contextOf(place) })),
      );
      if (wrapped === undefined) throw new KeyServiceError('AWS KMS answered without a ciphertext');
      return { wrapped: Buffer.from(wrapped), masterKeyId };
    },
    async unwrap(key, place) {
      const { Plaintext: plain } = await attempt('decrypt', () =>
        client.send(
          new DecryptCommand({
            KeyId: key.masterKeyId.slice(prefix.length),
            CiphertextBlob: key.wrapped,
            EncryptionContext: contextOf(place),
          }),
        ),
      );
      if (plain === undefined) throw new KeyServiceError('AWS KMS answered without a plaintext');
      return Buffer.from(plain);
    },
    makeMasterKey: async () => null,
    // Deleting a key of KMS is an administrator's act with a waiting time of its own.
    destroyMasterKeys: async () => {},
    close: async () => client.destroy(),
  };
}
