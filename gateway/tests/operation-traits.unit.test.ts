/** Which operations need an assertion of the app, by the schemas as they are: a mutation that is added needs one. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { buildSchema, getOperationAST, parse } from 'graphql';
import { graphNames, type GraphName } from '../src/graphs.ts';
import { traitsOf } from '../src/operation-traits.ts';

const mutationsOf = (graph: GraphName): string[] => {
  const sdl = readFileSync(new URL(`../supergraphs/generated/${graph}.api.graphql`, import.meta.url), 'utf8');
  return Object.keys(buildSchema(sdl).getMutationType()?.getFields() ?? {});
};
const traits = (graph: GraphName, text: string, operationName?: string) => {
  const document = parse(text);
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new Error('there is no such operation');
  return traitsOf(graph, document, operation);
};

describe('an assertion of the app', () => {
  test('is needed by every mutation of buyers but following', () => {
    const names = mutationsOf('buyer');
    expect(names).toEqual(expect.arrayContaining(['placeOrder', 'addAddress', 'deleteEverything', 'deletePost', 'saveProfile']));
    expect(names.filter((name) => !traits('buyer', `mutation { ${name} }`).needsAssertion)).toEqual(['followAccount', 'unfollowAccount']);
  });

  test.each([
    ['an alias', 'mutation { followAccount: placeOrder }'],
    ['a second field', 'mutation { followAccount placeOrder }'],
    ['an inline fragment', 'mutation { ... on Mutation { ... { placeOrder } } }'],
    ['fragments', 'mutation { ...A } fragment A on Mutation { ...B } fragment B on Mutation { placeOrder }'],
  ])('is needed by what is bought behind %s', (_name, text) => {
    expect(traits('buyer', text).needsAssertion).toBe(true);
  });

  test('is asked of the operation that is run', () => {
    const text = 'query Read { viewer { id } } mutation Buy { placeOrder } mutation Follow { followAccount }';
    expect(['Read', 'Buy', 'Follow'].map((name) => traits('buyer', text, name).needsAssertion)).toEqual([false, true, false]);
    expect(['Read', 'Buy', 'Follow'].map((name) => traits('buyer', text, name).isMutation)).toEqual([false, true, true]);
  });

  test('is not asked of sellers and staff, who have no app', () => {
    for (const graph of graphNames.filter((name) => name !== 'buyer'))
      for (const name of mutationsOf(graph))
        expect(traits(graph, `mutation { ${name} }`)).toMatchObject({ isMutation: true, needsAssertion: false });
  });
});
