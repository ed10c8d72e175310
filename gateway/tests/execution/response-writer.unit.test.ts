/** What becomes of the values that subgraphs answer: the rules one by one. */
import { describe, expect, test } from '@jest/globals';
import { buildSchema, getOperationAST, parse } from 'graphql';
import { compileResponseWriter, createWriterChoice, UnexpectedShape } from '../../src/execution/response-writer.ts';
import { checkCompilable, conditionVariables, createSelectionCollector } from '../../src/execution/selected-fields.ts';
import { Uncompilable } from '../../src/execution/uncompilable.ts';

const schema = buildSchema(`
  scalar Any
  enum Colour { RED GREEN }
  interface Named { name: String! }
  type Cat implements Named { name: String! lives: Int! friend: Cat }
  type Dog implements Named { name: String! colour: Colour }
  union Pet = Cat | Dog
  type Query {
    text: String
    whole: Int
    fraction: Float
    yes: Boolean
    id: ID
    any: Any
    colour: Colour
    cat: Cat
    sureCat: Cat!
    cats: [Cat!]
    somePets: [Pet]
    named: Named
    matrix: [[Int!]!]
  }
`);

function written(source: string, data: Record<string, unknown>, conditions: Record<string, boolean> = {}): unknown {
  const document = parse(source);
  const operation = getOperationAST(document);
  const root = schema.getQueryType();
  if (!operation || !root) throw new Error('no operation');
  const write = compileResponseWriter(schema, createSelectionCollector(schema, document, conditions), {
    set: operation.selectionSet,
    declared: root,
  });
  const text = write(data);
  return text === null ? null : JSON.parse(text);
}

describe('a value', () => {
  test.each<[string, string, unknown, unknown]>([
    ['text', 'text', 'a "b" \\ \n \u2028 \ud83d\ude00', 'a "b" \\ \n \u2028 \ud83d\ude00'],
    ['text that is long', 'text', 'x'.repeat(5_000), 'x'.repeat(5_000)],
    ['a number where text belongs', 'text', 7, null],
    ['a whole number', 'whole', -7, -7],
    ['a fraction where a whole number belongs', 'whole', 1.5, null],
    ['a number too large to be written as a whole one', 'whole', 1e21, null],
    ['a text where a number belongs', 'whole', '7', null],
    ['a fraction', 'fraction', 1e-9, 1e-9],
    ['a truth value', 'yes', false, false],
    ['a number where a truth value belongs', 'yes', 1, null],
    ['an id', 'id', 'x', 'x'],
    ['an id that is a number', 'id', 12, 12],
    ['an id that is a truth value', 'id', true, null],
    ['anything in a scalar of our own', 'any', { deep: [1, null, '"'] }, { deep: [1, null, '"'] }],
    ['an enum value', 'colour', 'RED', 'RED'],
    ['an enum value that the graph does not have', 'colour', 'ULTRAVIOLET', null],
    ['a name that every object has', 'colour', 'constructor', null],
    ['nothing at all', 'text', undefined, null],
  ])('%s', (_name, field, given, expected) => {
    expect(written(`{ ${field} }`, { [field]: given })).toEqual({ [field]: expected });
  });
});

describe('a null where none may be', () => {
  test('makes the object around it null', () => {
    expect(written('{ text cat { name lives } }', { text: 'x', cat: { name: 'Tom', lives: null } })).toEqual({ text: 'x', cat: null });
  });
  test('goes on upwards as long as none may be there either', () => {
    expect(written('{ sureCat { lives } }', { sureCat: { lives: 'nine' } })).toBeNull();
  });
  test('makes a list null, and the list around that', () => {
    expect(written('{ cats { lives } matrix }', { cats: [{ lives: 9 }, { lives: null }], matrix: [[1], [2, null]] })).toEqual({
      cats: null,
      matrix: null,
    });
  });
  test('stays where it is allowed', () => {
    const somePets = [null, { __typename: 'Cat', lives: null }, { __typename: 'Dog', colour: null }];
    expect(written('{ somePets { ... on Cat { lives } ... on Dog { colour } } }', { somePets })).toEqual({
      somePets: [null, null, { colour: null }],
    });
  });
});

describe('a type', () => {
  test('decides which fragments count, nested and named ones too', () => {
    const source = `
      { somePets { ...P } named { name ... on Cat { lives } ... on Dog { colour } } }
      fragment P on Pet { ... on Named { name } ...C }
      fragment C on Cat { kind: __typename lives }
    `;
    const cat = { __typename: 'Cat', kind: 'Cat', name: 'Tom', lives: 9 };
    expect(written(source, { somePets: [cat, { __typename: 'Dog', name: 'Rex' }], named: cat })).toEqual({
      somePets: [{ name: 'Tom', kind: 'Cat', lives: 9 }, { name: 'Rex' }],
      named: { name: 'Tom', lives: 9 },
    });
  });
  test('that the graph does not have makes its object null', () => {
    const hidden = { __typename: 'Fox', name: 'Renard' };
    expect(written('{ somePets { __typename } named { name } }', { somePets: [hidden], named: hidden })).toEqual({
      somePets: [null],
      named: null,
    });
  });
  test('is known where the subgraph was not asked for it', () => {
    expect(written('{ __typename cat { __typename kind: __typename lives } }', { cat: { lives: 9 } })).toEqual({
      __typename: 'Query',
      cat: { __typename: 'Cat', kind: 'Cat', lives: 9 },
    });
  });
});

test('selections of one name are put together', () => {
  const source = '{ cat { name } ... { cat { lives } } ...F } fragment F on Query { cat { friend { name } } cat { friend { lives } } }';
  const cat = { name: 'Tom', lives: 9, friend: { name: 'Kit', lives: 1 } };
  expect(written(source, { cat })).toEqual({ cat: { name: 'Tom', lives: 9, friend: { name: 'Kit', lives: 1 } } });
});

test('@skip and @include leave out what they should', () => {
  const source =
    'query ($a: Boolean!, $b: Boolean!) { text @skip(if: $a) whole @include(if: $b) ... @include(if: $a) @skip(if: $b) { yes } id @skip(if: true) }';
  const data = { text: 't', whole: 1, yes: true, id: 'x' };
  expect(written(source, data, { a: false, b: true })).toEqual({ text: 't', whole: 1 });
  expect(written(source, data, { a: true, b: false })).toEqual({ yes: true });
});

test('fields may have the names of what every object has', () => {
  const source = '{ constructor: text toString: whole __proto__: yes hasOwnProperty: id }';
  expect(written(source, JSON.parse('{"__proto__":true}'))).toEqual(
    JSON.parse('{"constructor":null,"toString":null,"__proto__":true,"hasOwnProperty":null}'),
  );
});

test.each([
  ['text for an object', '{ cat { lives } }', { cat: 'Tom' }],
  ['an object for a list', '{ cats { lives } }', { cats: {} }],
  ['a number for the name of a type', '{ cat { lives } }', { cat: { __typename: 7 } }],
])('%s is no answer at all', (_name, source, data) => {
  expect(() => written(source, data)).toThrow(UnexpectedShape);
});

test.each([
  ['introspection', '{ __schema { types { name } } }'],
  ['a field under the name of the type', '{ cat { __typename: name } }'],
  [
    'more conditions than are compiled apart',
    `query (${'abcdefg'.replaceAll(/./g, '$$$&: Boolean!')}) { ${'abcdefg'.replaceAll(/./g, '$&: text @skip(if: $$$&) ')} }`,
  ],
])('%s is not compiled', (_name, source) => {
  const document = parse(source);
  const operation = getOperationAST(document);
  expect(() => operation && checkCompilable(document, operation, conditionVariables(document, operation))).toThrow(Uncompilable);
});

test('a writer is made once for a choice of conditions; of more choices than a client has, those of long ago are made again', () => {
  const made: string[] = [];
  const writerFor = createWriterChoice(['a', 'b', 'c'], ({ a, b, c }) => {
    const choice = `${a} ${b} ${c}`;
    made.push(choice);
    return () => choice;
  });
  const choices = Array.from({ length: 8 }, (_, bits) => ({ a: (bits & 4) > 0, b: (bits & 2) > 0, c: (bits & 1) > 0 }));
  const write = (choice: (typeof choices)[number]): void => {
    expect(writerFor(choice)({})).toBe(`${choice.a} ${choice.b} ${choice.c}`);
  };
  for (const choice of [...choices.slice(0, 4), ...choices.slice(0, 4)]) write(choice);
  expect(made).toHaveLength(4);
  for (const choice of choices.slice(4)) write(choice);
  expect(made).toHaveLength(8);
  for (const choice of choices.slice(0, 4)) write(choice);
  expect(made).toHaveLength(12);
});
