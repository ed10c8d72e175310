/** Configuration: one schema of the environment for each process, read once at start. A wrong value names itself. */
import { z } from 'zod';

/** Variables that every service has. */
export const serviceVariables = {
  PORT: z.coerce.number().int().min(0).max(65_535).describe('TCP port to listen on; 0 takes a free one.'),
  HOST: z.string().min(1).default('127.0.0.1').describe('Address to listen on.'),
  NODE_ENV: z
    .enum(['development', 'test', 'production'])
    .default('production')
    .describe('`development` and `test` allow what production must not.'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('Least severe level that is logged.'),
  IDENTITY_KEYS: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Keys that sign calls between processes: `from>to:keyId:base64` entries, separated by commas; for each pair the first one signs and all verify.',
    ),
  IDENTITY_KEYS_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('Instead of IDENTITY_KEYS: a file with the same entries, read again within seconds of a change.'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).describe("PostgreSQL address of the service's own database, with its own role."),
  DATABASE_POOL_SIZE: z.coerce
    .number()
    .int()
    .min(2)
    .max(200)
    .default(16)
    .describe('Connections to PostgreSQL at most; the relay of the outbox keeps one.'),
  KAFKA_BROKERS: z
    .string()
    .min(1)
    .transform((value) => value.split(',').map((broker) => broker.trim()))
    .describe('Kafka brokers, `host:port` separated by commas.'),
} as const;

/** The environment does not fit: one line for each variable. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/**
 * Reads the environment by a schema. An empty value counts as not set. Keys (`…_KEYS`) may come from a file (`…_KEYS_FILE`) instead: one
 * of the two has to be set.
 * @throws ConfigurationError that names each variable, what is wrong with it and what it is for; never its value.
 */
export function loadConfig<Shape extends z.ZodRawShape>(
  shape: Shape,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): z.output<z.ZodObject<Shape>> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  const result = z.object(shape).safeParse(given);
  const meaningOf = (name: string): string => {
    const schema: { readonly description?: string } | undefined = Object.entries(shape).find(([key]) => key === name)?.[1] as
      | { readonly description?: string }
      | undefined;
    return schema?.description ?? '';
  };
  const faults = (result.error?.issues ?? []).map((issue) => {
    const name = String(issue.path[0]);
    return { name, problem: name in given ? issue.message : 'is not set' };
  });
  for (const name of Object.keys(shape)) {
    const file = `${name}_FILE`;
    if (name.endsWith('_KEYS') && file in shape && !(name in given) && !(file in given))
      faults.push({ name, problem: `is not set, nor is ${file}` });
  }
  if (result.success && faults.length === 0) return result.data;
  const lines = faults.map(({ name, problem }) => `- ${name}: ${problem}. ${meaningOf(name)}`.trimEnd());
  throw new ConfigurationError(`The environment is not complete:\n${lines.join('\n')}`);
}
