/** Reads the CBOR (RFC 8949) that clients send: small maps with text keys, nothing that would be made into something else. */
import { Decoder, setSizeLimits } from 'cbor-x';

// An array is made as long as it says that it is: without a limit five bytes could ask for a gigabyte.
setSizeLimits({ maxArraySize: 64, maxMapSize: 64, maxObjectSize: 64 });
const decoder = new Decoder({ mapsAsObjects: false, useRecords: false });

/** Null for anything but one map. */
export function readCborMap(bytes: Uint8Array): ReadonlyMap<unknown, unknown> | null {
  let value: unknown;
  try {
    value = decoder.decode(bytes);
  } catch {
    // Written by a client: that it is no CBOR is the answer.
    return null;
  }
  return value instanceof Map ? value : null;
}

/** The byte string of a key; null when there is none. */
export function bytesAt(map: ReadonlyMap<unknown, unknown>, key: string): Buffer | null {
  const value = map.get(key);
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.length) : null;
}
