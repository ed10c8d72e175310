/** How the size of an operation is counted. */
import { describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import {
  exceededLimit,
  faultOfStrings,
  isNestedTooDeep,
  maxAliases,
  maxDepth,
  maxDirectives,
  maxFields,
  maxNesting,
  maxVariables,
} from '../src/operation-limits.ts';

const exceeded = (source: string): string | null => exceededLimit(parse(source));
const deep = (levels: number): string => `{ ${'a { '.repeat(levels - 1)} b ${'} '.repeat(levels - 1)} }`;
const aliases = (count: number): string => Array.from({ length: count }, (_, index) => `x${index}: __typename`).join(' ');

describe('exceededLimit', () => {
  test('allows exactly the deepest, and refuses one more', () => {
    expect(exceeded(deep(maxDepth))).toBeNull();
    expect(exceeded(deep(maxDepth + 1))).toContain(`${maxDepth + 1} fields deep`);
  });

  test('counts depth through named and inline fragments, which add none themselves', () => {
    expect(exceeded(`{ ... on Query { ...F } } fragment F on Query ${deep(maxDepth)}`)).toBeNull();
    expect(exceeded(`{ a { ...F } } fragment F on Query ${deep(maxDepth)}`)).toContain('deep');
  });

  test('counts aliases in every place where a fragment is spread', () => {
    expect(exceeded(`{ ${aliases(maxAliases)} }`)).toBeNull();
    expect(exceeded(`{ ${aliases(maxAliases + 1)} }`)).toContain('aliases');
    expect(exceeded(`{ ...F a { ...F } } fragment F on Query { ${aliases(maxAliases / 2 + 1)} }`)).toContain(`${maxAliases + 2} aliases`);
  });

  test('counts fields after fragments are spread', () => {
    const fragments = Array.from({ length: 30 }, (_, index) => `fragment F${index} on Q { ...F${index + 1} ...F${index + 1} }`).join(' ');
    expect(exceeded(`{ ...F0 } ${fragments} fragment F30 on Q { a }`)).toContain(`at most ${maxFields}`);
  });

  test('ends for fragments in a circle and for ones that are not there', () => {
    expect(exceeded('{ ...A ...Missing } fragment A on Q { ...B } fragment B on Q { ...A }')).toBeNull();
  });

  test('looks at each operation of a document', () => {
    expect(exceeded(`query A { a } query B ${deep(maxDepth + 1)}`)).toContain('deep');
  });

  test('counts the variables of an operation', () => {
    const withVariables = (count: number): string =>
      `query A(${Array.from({ length: count }, (_, index) => `$v${index}: Int`).join(' ')}) { a }`;
    expect(exceeded(withVariables(maxVariables))).toBeNull();
    expect(exceeded(withVariables(maxVariables + 1))).toContain('variables');
  });

  test('counts the directives at one place, wherever that is', () => {
    const directives = (count: number): string => '@include(if: true) '.repeat(count);
    expect(exceeded(`{ a ${directives(maxDirectives)} b ${directives(maxDirectives)} }`)).toBeNull();
    for (const source of [
      `{ a { b ${directives(6)} } }`,
      `query A ${directives(6)} { a }`,
      `{ ...F } fragment F on Q ${directives(6)} { a }`,
    ])
      expect(exceeded(source)).toContain('directives');
  });
});

describe('faultOfStrings', () => {
  test('finds NUL behind an escape, wherever a value may be', () => {
    for (const source of ['{ a(b: "x\\u0000") }', 'query A($b: [String] = [{ c: "\\u{0}" }]) { a }', '{ a @include(if: "\\u0000") }'])
      expect(faultOfStrings(parse(source))).toContain('U+0000');
    expect(faultOfStrings(parse('{ a(b: "\\u0001 \\\\u0000") }'))).toBeNull();
  });
});

describe('isNestedTooDeep', () => {
  const lists = (levels: number): string => `{ a(b: ${'['.repeat(levels)}${']'.repeat(levels)}) }`;
  // The selection set and the arguments are around the lists.
  test('allows exactly so many brackets in one another', () => {
    expect(isNestedTooDeep(lists(maxNesting - 2))).toBe(false);
    expect(isNestedTooDeep(lists(maxNesting - 1))).toBe(true);
    expect(isNestedTooDeep(lists(1).repeat(1_000))).toBe(false);
  });

  test('counts those in strings and comments no more than graphql-js does', () => {
    const many = '{[('.repeat(maxNesting);
    for (const source of [`"${many}"`, `"\\"${many}"`, `"""\n"${many}" \\"""${many}\n"""`, `# ${many}\n`])
      expect(isNestedTooDeep(`{ a(b: ${source}) }`)).toBe(false);
    for (const source of [`"" ${many}`, `"""""" ${many}`, `"\\\\" ${many}`, `# "\n ${many}`, `"open\n ${many}`])
      expect(isNestedTooDeep(`{ a(b: ${source}`)).toBe(true);
  });

  test('takes a megabyte of anything in its stride', () => {
    for (const piece of ['"', '"""', '\\"', '#', '{}', '"a', ' '])
      expect(isNestedTooDeep(piece.repeat(1_048_576 / piece.length))).toBe(false);
  });
});
