/**
 * What the gateway counts, for a monitoring system: `GET /metrics` on a port of its own, which clients do not reach, in the text
 * format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/).
 */
import Fastify, { type FastifyInstance } from 'fastify';
import { executionCounts } from './execution/execution-counts.ts';

const contentType = 'text/plain; version=0.0.4; charset=utf-8';

/** The counters as text. */
export function metricsText(): string {
  const lines = [
    '# HELP vitrine_gateway_operations_total Operations that were executed: compiled, or left to the executor of @apollo/gateway (fallback).',
    '# TYPE vitrine_gateway_operations_total counter',
  ];
  for (const [graph, counts] of Object.entries(executionCounts()))
    for (const [mode, count] of Object.entries(counts))
      lines.push(`vitrine_gateway_operations_total{graph="${graph}",mode="${mode}"} ${count}`);
  return `${lines.join('\n')}\n`;
}

/** Builds the server without listening. */
export function createMetricsServer(): FastifyInstance {
  const server = Fastify({ forceCloseConnections: true });
  server.get('/metrics', async (_request, reply) => reply.header('content-type', contentType).send(metricsText()));
  return server;
}
