/** The gateway as a process. Ready when `/readyz` answers 200. */
import { runProcess } from '@vitrine/runtime/server';
import { createLogger } from '@vitrine/runtime/telemetry';
import { readGatewayConfig } from './config.ts';
import { buildGateway } from './gateway.ts';
import { createMetricsServer } from './metrics.ts';

await runProcess('gateway', async () => {
  const config = readGatewayConfig();
  const logger = createLogger({ name: 'gateway', level: config.logLevel });
  const gateway = await buildGateway(config, logger);
  const metrics = createMetricsServer();
  if (config.metricsPort !== null)
    logger.info({ address: await metrics.listen({ port: config.metricsPort, host: config.host }) }, 'metrics are served');
  await gateway.server.listen({ port: config.port, host: config.host });
  return {
    logger,
    async stop() {
      await gateway.close();
      await metrics.close();
    },
  };
});
