import { expect, test } from '@jest/globals';
import { countExecution } from '../src/execution/execution-counts.ts';
import { createMetricsServer } from '../src/metrics.ts';

test('operations that could not be compiled are counted apart, by graph', async () => {
  const server = createMetricsServer();
  const count = async (series: string): Promise<number> => {
    const { body } = await server.inject('/metrics');
    return Number(
      body
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.split(' ')[1],
    );
  };
  const fallback = 'vitrine_gateway_operations_total{graph="partner",mode="fallback"}';
  const before = await count(fallback);
  countExecution('partner', 'fallback');
  countExecution('partner', 'compiled');
  countExecution('buyer', 'fallback');
  expect(await count(fallback)).toBe(before + 1);
  await server.close();
});
