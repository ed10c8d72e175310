/** Fetches of entities that are one request: how it is worded, and what of its answer is whose. */
import { describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { answerFor, joinedHead, readEntityQuery, type EntityQuery } from '../../src/execution/joined-fetches.ts';

const query = (operation: string): EntityQuery | null =>
  readEntityQuery({ kind: 'Fetch', serviceName: 'catalog', operation, operationKind: 'query' as never, operationName: 'Op' });
const known = (operation: string): EntityQuery => {
  const read = query(operation);
  if (read === null) throw new Error('not joined');
  return read;
};

test('each fetch has entities of its own, and a variable that both use is declared once', () => {
  const one = known(
    'query Op($representations:[_Any!]!$first:Int!=10){_entities(representations:$representations){...on Seller{products(first:$first){edges{cursor}}}}}',
  );
  const other = known(
    'query Op($representations:[_Any!]!$first:Int!=10){_entities(representations:$representations){...on Product{a:x(y:$first)}}}',
  );
  const { query: text, operationName } = JSON.parse(`${joinedHead([one, other])}}}`);
  expect(() => parse(text)).not.toThrow();
  expect([text, operationName]).toEqual([
    'query Op($entities0:[_Any!]! $entities1:[_Any!]! $first: Int! = 10)' +
      '{entities0:_entities(representations:$entities0){...on Seller{products(first:$first){edges{cursor}}}} ' +
      'entities1:_entities(representations:$entities1){...on Product{a:x(y:$first)}}}',
    'Op',
  ]);
});

test.each([
  ['fragments', 'query($representations:[_Any!]!){_entities(representations:$representations){...F}} fragment F on Product{id}'],
  [
    'something else beside the entities',
    'query($representations:[_Any!]!){_entities(representations:$representations){...on Product{id}} x}',
  ],
  ['directives', 'query($representations:[_Any!]!)@x{_entities(representations:$representations){...on Product{id}}}'],
  [
    'a variable of the same name',
    'query($representations:[_Any!]!$entities1:Int){_entities(representations:$representations){...on Product{a(b:$entities1)}}}',
  ],
])('a query with %s is not joined', (_name, operation) => {
  expect(query(operation)).toBeNull();
});

describe('an answer', () => {
  const data = { entities0: [{ a: 1 }], entities1: [{ b: 2 }] };
  const fault = (path?: readonly (string | number)[]) => ({ message: 'no', ...(path === undefined ? {} : { path }) });

  test('is taken apart, each error going where its entities are', () => {
    const answer = { data, errors: [fault(['entities1', 0, 'b']), fault(['entities0', 0, 'a'])] };
    expect([answerFor(0, answer), answerFor(1, answer)]).toEqual([
      { data: { _entities: [{ a: 1 }] }, errors: [fault(['_entities', 0, 'a'])] },
      { data: { _entities: [{ b: 2 }] }, errors: [fault(['_entities', 0, 'b'])] },
    ]);
  });

  test('that came has an error without a place once', () => {
    const answer = { data, errors: [fault()] };
    expect([answerFor(0, answer).errors, answerFor(1, answer).errors]).toEqual([[fault()], []]);
  });

  test('that did not come has a reason for each', () => {
    expect([0, 1].map((index) => answerFor(index, { data: null, errors: [fault()] }))).toEqual([
      { data: null, errors: [fault()] },
      { data: null, errors: [fault()] },
    ]);
    const because = { data: null, errors: [fault(['entities1', 0])] };
    expect([0, 1].map((index) => answerFor(index, because).errors)).toEqual([[fault()], [fault(['_entities', 0])]]);
  });
});
