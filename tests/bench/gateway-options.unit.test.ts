import { expect, test } from '@jest/globals';
import { gatewayNames } from './gateway-contestants.ts';
import { benchOperations, operationNames } from './gateway-operations.ts';
import { readGatewayOptions } from './gateway-options.ts';
import { timelinePage } from './gateway-shop.ts';

test('everything is measured unless told otherwise', () => {
  expect(readGatewayOptions([])).toMatchObject({
    gateways: gatewayNames,
    operations: operationNames,
    seconds: 3,
    rounds: 3,
    clients: 32,
    memory: true,
    json: false,
  });
});

test('gateways and operations can be chosen, other gateways left out, and the memory looked at alone', () => {
  expect(readGatewayOptions(['--only', 'read,executor,vitrine'])).toMatchObject({
    gateways: ['vitrine', 'executor'],
    operations: ['read'],
    memory: false,
  });
  expect(readGatewayOptions(['--skip-rivals']).gateways).toEqual(['vitrine', 'vitrine-checked', 'executor']);
  expect(readGatewayOptions(['--memory'])).toMatchObject({ gateways: [], memory: true });
});

test.each([['--seconds', '0'], ['--rounds', 'x'], ['--clients', '1000'], ['--only', 'nothing'], ['--profile', 'read'], ['--what']])(
  'a wrong option is refused: %s %s',
  (...args) => {
    expect(() => readGatewayOptions(args.filter((each) => each !== undefined))).toThrow();
  },
);

test('the requests of an operation are all different, and pages of the timeline have no fetch in common', () => {
  for (const name of ['timeline', 'read', 'mutation'] as const) {
    const { variables } = benchOperations[name];
    expect(new Set(variables.map((each) => JSON.stringify(each))).size).toBe(900);
  }
  const pages = benchOperations.timeline.variables.map(({ first, after }) => timelinePage(Number(first), String(after)).edges);
  const distinct = (of: (edges: (typeof pages)[number]) => readonly string[]): number =>
    new Set(pages.map((edges) => of(edges).join())).size;
  expect(distinct((edges) => edges.map(({ node }) => node.product.id))).toBe(900);
  expect(distinct((edges) => [...new Set(edges.map(({ node }) => node.author.id))])).toBe(900);
  expect(pages.every((edges) => edges.length === 20 && new Set(edges.map(({ node }) => node.author.id)).size === 7)).toBe(true);
});
