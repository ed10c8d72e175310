/** The operations among the gateway's own files, against the committed supergraphs. */
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { createPlanner, type SupergraphPlanner } from '../../src/execution/query-plans.ts';
import { graphNames, type GraphName } from '../../src/graphs.ts';
import { readBuiltInOperations } from '../../src/operations/built-in-operations.ts';
import { checkOperation } from '../../src/operations/operation-check.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const planners = new Map<GraphName, SupergraphPlanner>();
for (const name of graphNames)
  planners.set(name, createPlanner(readFileSync(`${root}supergraphs/generated/${name}.supergraph.graphql`, 'utf8')));
const operations = await readBuiltInOperations();

test('every file is an operation of the list, under the SHA-256 of its text', () => {
  const files = globSync(['pages/operations/*/*.graphql', 'operations/*/*.graphql'], { cwd: root });
  expect(files.length).toBeGreaterThan(30);
  const idOf = (file: string): string =>
    createHash('sha256')
      .update(readFileSync(`${root}${file}`))
      .digest('hex');
  expect(operations.map(({ id }) => id).toSorted()).toEqual(files.map(idOf).toSorted());
  for (const file of files) expect(graphNames).toContain(/operations\/(\w+)\//.exec(file)?.[1]);
  expect(existsSync(`${root}operations/buyer`)).toBe(true);
});

test('no two operations of a graph have the same name, so that each can be listed by it', () => {
  const names = operations.map(({ graph, name }) => `${graph} ${name}`);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test.each(operations.map((operation) => [`${operation.graph} ${operation.name}`, operation] as const))(
  '%s fits its graph, within the limits, and can be planned',
  (_name, { graph, body, name }) => {
    const planner = planners.get(graph);
    const check = planner === undefined ? undefined : checkOperation(body, planner.publicSchema());
    expect(check?.kind === 'unfit' ? check.reasons : []).toEqual([]);
    if (check?.kind !== 'fits') throw new Error('not checked');
    expect(planner?.plan(check.document, name)).toMatchObject({ kind: expect.any(String) });
  },
);

test.each(
  operations
    .filter(({ kind }) => kind === 'mutation')
    .map((operation) => [`${operation.graph} ${operation.name}`, operation.body] as const),
)('%s asks each failure for the sentence that an app shows', (_name, body) => {
  expect(body).toContain('__typename');
  expect(body).toMatch(/\.\.\. on UserError \{\s+message/);
});
