/**
 * The gateway's own secrets. Every process of it has the same, so what one hands out another accepts; each purpose signs
 * with a subkey of its own, so that nothing made for one can be passed off as something of another.
 */
import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { readKeys, type KeySource } from '@vitrine/runtime/key-file';
import type { Logger } from '@vitrine/runtime/telemetry';

export interface Subkey {
  readonly keyId: string;
  /** 32 bytes. */
  readonly secret: KeyObject;
}

export interface GatewayKeys {
  /**
   * The keys of a purpose, derived by HKDF-SHA-256 (RFC 5869): the first signs, all verify. At least one. To be asked for at each use, as
   * they may be rotated; the same list as before unless they were.
   */
  subkeys(purpose: string): readonly [Subkey, ...Subkey[]];
}

const minKeyBytes = 32;

/**
 * Parses `GATEWAY_KEYS`: `keyId:base64` entries separated by commas.
 * @throws Error that names the entry's key id, never its key.
 */
export function parseGatewayKeys(text: string): GatewayKeys {
  const [first, ...others] = text.split(',').map((entry) => {
    const [keyId = '', encoded = '', ...rest] = entry.trim().split(':');
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(keyId) || rest.length > 0) throw new Error('GATEWAY_KEYS: an entry is not of the form keyId:base64');
    const master = Buffer.from(encoded, 'base64');
    if (master.length < minKeyBytes) throw new Error(`GATEWAY_KEYS: the key ${keyId} has fewer than ${minKeyBytes} bytes`);
    return { keyId, master };
  });
  if (first === undefined) throw new Error('GATEWAY_KEYS: there is no key');
  const keyIds = [first, ...others].map(({ keyId }) => keyId);
  if (new Set(keyIds).size < keyIds.length) throw new Error('GATEWAY_KEYS: two keys have the same id');

  const derived = new Map<string, readonly [Subkey, ...Subkey[]]>();
  return {
    subkeys(purpose) {
      let subkeys = derived.get(purpose);
      if (subkeys === undefined) {
        const derive = ({ keyId, master }: typeof first): Subkey => ({
          keyId,
          secret: createSecretKey(Buffer.from(hkdfSync('sha256', master, 'vitrine-gateway', purpose, 32))),
        });
        subkeys = [derive(first), ...others.map(derive)];
        derived.set(purpose, subkeys);
      }
      return subkeys;
    },
  };
}

/**
 * The keys, from the environment or from a file that is read again when it changes. To rotate them, add the new key as the second on
 * every process, then put it first, then, when what the old one made is over (15 minutes), leave that out.
 * @throws Error when they cannot be read or do not parse.
 */
export function openGatewayKeys(
  source: KeySource,
  options: { readonly logger: Logger; readonly pollMs?: number; readonly signal?: AbortSignal },
): GatewayKeys {
  let current = readKeys(source, {
    ...options,
    name: 'GATEWAY_KEYS',
    parse: parseGatewayKeys,
    take(next) {
      current = next;
      options.logger.info({ keyIds: next.subkeys('').map(({ keyId }) => keyId) }, 'gateway keys read again');
      return null;
    },
  });
  return { subkeys: (purpose) => current.subkeys(purpose) };
}
