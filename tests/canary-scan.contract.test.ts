import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { createCanarySearch } from './support/canary-search.ts';
import { recordsOfSegment } from './support/kafka-segment.ts';

/** A batch of Kafka's format, of which only the parts that are read are filled in. */
function batchOf(codec: number, records: Buffer): Buffer {
  const head = Buffer.alloc(61);
  head.writeInt32BE(61 - 12 + records.length, 8);
  head.writeInt16BE(codec, 21);
  return Buffer.concat([head, records]);
}

describe('a segment of Kafka', () => {
  test('is read batch by batch, decompressed, up to where it was written', () => {
    const segment = Buffer.concat([
      batchOf(0, Buffer.from('plain')),
      batchOf(1, gzipSync('from gzip')),
      batchOf(4, zstdCompressSync('from zstd')),
      Buffer.alloc(4_096),
    ]);
    expect([...recordsOfSegment(segment)].map(String)).toEqual(['plain', 'from gzip', 'from zstd']);
  });

  test.each([2, 3])('that is compressed with codec %i is not passed over in silence', (codec) => {
    expect(() => [...recordsOfSegment(batchOf(codec, Buffer.from('…')))]).toThrow(`codec ${codec}`);
  });
});

describe('a canary', () => {
  const canary = '4711 Kanarienvögel "Parkway"';
  const search = createCanarySearch([canary, '5555555555554444']);

  test.each([
    ['as it is', canary],
    ['in capitals', canary.toUpperCase()],
    ['in hexadecimal', Buffer.from(canary).toString('hex')],
    ...[0, 1, 2].map((offset) => [
      `in Base64 after ${offset} bytes`,
      Buffer.from(`${'x'.repeat(offset)}${canary} and more`).toString('base64'),
    ]),
  ])('is found in a text %s', (_how, text) => {
    expect(search.inText('there', `before ${text} after`)).toEqual([{ place: 'there', canary }]);
    expect(search.inBytes('there', Buffer.from(`before ${text} after`))).toEqual([{ place: 'there', canary }]);
  });

  test('is found in bytes in UTF-16, and as a heap snapshot escapes it', () => {
    expect(search.inBytes('there', Buffer.from(`x${canary}`, 'utf16le'))).toEqual([{ place: 'there', canary }]);
    expect(search.inBytes('there', Buffer.from('"4711 Kanarienv\\u00F6gel \\"Parkway\\""'))).toEqual([{ place: 'there', canary }]);
  });

  test('is not found where it is not', () => {
    expect(search.inText('there', '4711 Kanarienvogel Parkway 5555-5555-5555-4444')).toEqual([]);
  });
});
