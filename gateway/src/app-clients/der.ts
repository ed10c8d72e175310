/**
 * Reads DER (X.690), the form of certificates and of what is attested in them. Strict: definite lengths in their shortest form, nothing
 * after the end. What is read was written by a client.
 */

/** The bytes are not DER, or not of the shape that was asked for. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

export interface DerValue {
  readonly tagClass: 'universal' | 'application' | 'context' | 'private';
  readonly tag: number;
  readonly isConstructed: boolean;
  readonly content: Buffer;
  /** Tag, length and content. */
  readonly bytes: Buffer;
}

/** Universal tags that are read here. */
export const derTags = {
  boolean: 1,
  integer: 2,
  bitString: 3,
  octetString: 4,
  null: 5,
  objectIdentifier: 6,
  enumerated: 10,
  sequence: 16,
  set: 17,
} as const;

const classes = ['universal', 'application', 'context', 'private'] as const;
const maxValues = 1_000;

/**
 * The values that follow one another in the bytes.
 * @throws DerError
 */
export function readDerSequence(bytes: Buffer): readonly DerValue[] {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length;) {
    if (values.length === maxValues) throw new DerError('too many values');
    const value = readAt(bytes, at);
    values.push(value);
    at += value.bytes.length;
  }
  return values;
}

/**
 * The one value that the bytes are.
 * @throws DerError
 */
export function readDer(bytes: Buffer): DerValue {
  const value = readAt(bytes, 0);
  if (value.bytes.length !== bytes.length) throw new DerError('bytes after the end');
  return value;
}

function readAt(bytes: Buffer, start: number): DerValue {
  let at = start;
  const next = (): number => {
    const byte = bytes[at];
    if (byte === undefined) throw new DerError('it ends too early');
    at += 1;
    return byte;
  };

  const first = next();
  let tag = first & 0x1f;
  if (tag === 0x1f) {
    tag = 0;
    for (let byte = 0x80; (byte & 0x80) !== 0;) {
      byte = next();
      if ((tag === 0 && byte === 0x80) || tag > 0xff_ff) throw new DerError('a tag is too long');
      tag = (tag << 7) | (byte & 0x7f);
    }
    if (tag < 0x1f) throw new DerError('a tag is longer than it has to be');
  }

  let length = next();
  if (length >= 0x80) {
    const count = length & 0x7f;
    if (count === 0 || count > 3) throw new DerError('a length is indefinite or too large');
    length = 0;
    for (let index = 0; index < count; index += 1) length = (length << 8) | next();
    if (length < 0x80 || length < 2 ** (8 * (count - 1))) throw new DerError('a length is longer than it has to be');
  }
  const end = at + length;
  if (end > bytes.length) throw new DerError('it ends too early');
  return {
    tagClass: classes[first >> 6] ?? 'universal',
    tag,
    isConstructed: (first & 0x20) !== 0,
    content: bytes.subarray(at, end),
    bytes: bytes.subarray(start, end),
  };
}

/**
 * The value, if it is universal and of this tag.
 * @throws DerError
 */
export function expectDer(value: DerValue | undefined, tag: number): DerValue {
  if (value?.tagClass !== 'universal' || value.tag !== tag) throw new DerError(`tag ${tag} was expected`);
  return value;
}

/**
 * The elements of a SEQUENCE or a SET.
 * @throws DerError
 */
export function derElements(value: DerValue | undefined, tag: 16 | 17 = derTags.sequence): readonly DerValue[] {
  return readDerSequence(expectDer(value, tag).content);
}

/**
 * A whole number from 0 to 2^47, of an INTEGER or an ENUMERATED.
 * @throws DerError
 */
export function derNumber(value: DerValue | undefined, tag: 2 | 10 = derTags.integer): number {
  const { content } = expectDer(value, tag);
  if (content.length === 0 || content.length > 6 || ((content[0] ?? 0) & 0x80) !== 0) throw new DerError('a number is out of range');
  return content.readUIntBE(0, content.length);
}

/**
 * Such as `2.5.29.15`.
 * @throws DerError
 */
export function derObjectIdentifier(value: DerValue | undefined): string {
  const { content } = expectDer(value, derTags.objectIdentifier);
  const arcs: number[] = [];
  let arc = 0;
  for (const [index, byte] of content.entries()) {
    if (arc > 0xff_ff_ff) throw new DerError('an object identifier is out of range');
    arc = arc * 128 + (byte & 0x7f);
    if ((byte & 0x80) !== 0) {
      if (index === content.length - 1) throw new DerError('an object identifier ends too early');
      continue;
    }
    if (arcs.length === 0) {
      const root = Math.min(2, Math.floor(arc / 40));
      arcs.push(root, arc - 40 * root);
    } else {
      arcs.push(arc);
    }
    arc = 0;
  }
  return arcs.join('.');
}
