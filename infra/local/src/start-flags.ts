/** The command line of `npm start`. */
import { parseArgs } from 'node:util';

/** The command line cannot be read; the message says why and what it may be. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  constructor(why: string) {
    super(`${why}\nUsage: npm start -- [--fresh] [--port <port>]`);
  }
}

/** @throws UsageError */
export function readFlags(args: readonly string[]): { readonly fresh: boolean; readonly gatewayPort: number | undefined } {
  const options = {
    fresh: { type: 'boolean', default: false },
    port: { type: 'string' },
  } as const;
  let values;
  try {
    ({ values } = parseArgs({ args: [...args], options }));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  if (values.port === undefined) return { fresh: values.fresh, gatewayPort: undefined };
  const gatewayPort = Number(values.port);
  if (!Number.isInteger(gatewayPort) || gatewayPort < 1 || gatewayPort > 65_535) {
    throw new UsageError('--port must be a port number from 1 to 65535');
  }
  return { fresh: values.fresh, gatewayPort };
}
