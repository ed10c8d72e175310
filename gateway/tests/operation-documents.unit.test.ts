/** Documents are read once and kept within bounds. */
import { describe, expect, test } from '@jest/globals';
import { buildSchema } from 'graphql';
import { createOperationDocuments } from '../src/operation-documents.ts';

const schema = buildSchema('type Query { name: String other: Int }');

describe('operation documents', () => {
  test('the same text is read once', () => {
    const documents = createOperationDocuments(schema, { introspection: false });
    const [first, second] = [documents.read('{ name }'), documents.read('{ name }')];
    expect(first.kind).toBe('valid');
    expect(second).toEqual(first);
    expect(first.kind === 'valid' && second.kind === 'valid' && first.document === second.document).toBe(true);
  });

  /** 4 KiB of text in which only the number differs. */
  const padded = (selection: string): string => `{ ${selection} }${' '.repeat(4_096)}`;
  const documentOf = (result: ReturnType<ReturnType<typeof createOperationDocuments>['read']>) =>
    result.kind === 'valid' ? result.document : null;

  test('refused documents are not kept: a stream of them pushes out nothing', () => {
    const documents = createOperationDocuments(schema, { introspection: false });
    const first = documentOf(documents.read('{ name }'));
    for (let index = 0; index < 300; index += 1) expect(documents.read(padded(`nothing${index}`)).kind).toBe('invalid');
    for (let index = 0; index < 300; index += 1) expect(documents.read(padded(`(${index}`)).kind).toBe('unreadable');
    expect(first).not.toBeNull();
    expect(documentOf(documents.read('{ name }'))).toBe(first);
  });

  test('valid documents are kept up to 512 KiB of text, those used last', () => {
    const documents = createOperationDocuments(schema, { introspection: false });
    const [oldest, used] = [documentOf(documents.read(padded('oldest: name'))), documentOf(documents.read('{ name }'))];
    for (let index = 0; index < 200; index += 1) {
      documents.read(padded(`a${index}: name`));
      documents.read('{ name }');
    }
    expect(documentOf(documents.read('{ name }'))).toBe(used);
    expect(documentOf(documents.read(padded('oldest: name')))).not.toBe(oldest);
  });
});
