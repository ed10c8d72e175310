/** Operations that come as text are read once and kept within bounds. */
import { describe, expect, test } from '@jest/globals';
import { buildSchema } from 'graphql';
import { createOperationTexts } from '../src/operation-texts.ts';
import type { PrepareOperation } from '../src/prepared-operation.ts';

const schema = buildSchema('type Query { name: String other: Int }');
const prepare: PrepareOperation = ({ operation }) => ({
  operation,
  traits: { isMutation: false, needsAssertion: false, rootFields: [] },
  cost: () => 1,
  executable: { mode: 'compiled', execute: async () => ({ body: '{}', executed: true }) },
});
const openTexts = () => {
  const texts = createOperationTexts(schema, prepare, { introspection: false });
  return {
    ...texts,
    prepared: (text: string, operationName?: string) => {
      const result = texts.read(text, operationName);
      return result.kind === 'prepared' ? result.operation : null;
    },
  };
};

describe('operation texts', () => {
  test('the same text is read once, for each of its operations', () => {
    const texts = openTexts();
    const first = texts.prepared('{ name }');
    expect(first).not.toBeNull();
    expect(texts.prepared('{ name }')).toBe(first);
    const two = 'query A { name } query B { other }';
    expect([texts.prepared(two, 'A')?.operation.name?.value, texts.prepared(two, 'B')?.operation.name?.value]).toEqual(['A', 'B']);
    expect(texts.prepared(two, 'A')).toBe(texts.prepared(two, 'A'));
    expect(texts.read(two, undefined).kind).toBe('invalid');
  });

  /** 4 KiB of text in which only the number differs. */
  const padded = (selection: string): string => `{ ${selection} }${' '.repeat(4_096)}`;

  test('refused texts are not kept: a stream of them pushes out nothing', () => {
    const texts = openTexts();
    const first = texts.prepared('{ name }');
    for (let index = 0; index < 300; index += 1) expect(texts.read(padded(`nothing${index}`), undefined).kind).toBe('invalid');
    for (let index = 0; index < 300; index += 1) expect(texts.read(padded(`(${index}`), undefined).kind).toBe('unreadable');
    expect(first).not.toBeNull();
    expect(texts.prepared('{ name }')).toBe(first);
  });

  test('valid texts are kept up to 512 KiB, those used last', () => {
    const texts = openTexts();
    const [oldest, used] = [texts.prepared(padded('oldest: name')), texts.prepared('{ name }')];
    for (let index = 0; index < 200; index += 1) {
      texts.prepared(padded(`a${index}: name`));
      texts.prepared('{ name }');
    }
    expect(texts.prepared('{ name }')).toBe(used);
    expect(texts.prepared(padded('oldest: name'))).not.toBe(oldest);
  });
});
