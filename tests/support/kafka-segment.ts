/** Reads Kafka's log segments from disk as its batches hold them, decompressed: https://kafka.apache.org/documentation/#recordbatch. */
import { gunzipSync, zstdDecompressSync } from 'node:zlib';

/** Of a batch: where its length is counted from, where its attributes are, and where its records begin. */
const lengthEnd = 12;
const attributesAt = 21;
const recordsAt = 61;

const codecs: Readonly<Record<number, (records: Buffer) => Buffer>> = {
  0: (records) => records,
  1: gunzipSync,
  4: zstdDecompressSync,
};

/**
 * The records of every batch of a segment, in the bytes that Kafka calls uncompressed.
 * @throws Error for a codec that cannot be read here (snappy, LZ4): nothing is passed over in silence
 */
export function* recordsOfSegment(segment: Buffer): Generator<Buffer> {
  let start = 0;
  while (start + recordsAt <= segment.length) {
    const end = start + lengthEnd + segment.readInt32BE(start + 8);
    // The rest of a segment that is being written is zeros.
    if (end <= start + recordsAt || end > segment.length) return;
    const codec = segment.readInt16BE(start + attributesAt) & 0b111;
    const decompress = codecs[codec];
    if (decompress === undefined) throw new Error(`a batch is compressed with codec ${codec}, which is not read here`);
    yield decompress(segment.subarray(start + recordsAt, end));
    start = end;
  }
}
