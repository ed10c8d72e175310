/** The identity provider's environment: one schema, which refuses production. */
import { z } from 'zod';
import { loadConfig } from '@vitrine/runtime/config';

/** An origin such as `http://127.0.0.1:4000`: nothing after the port, so that it can be compared with the header `Origin`. */
const origin = z
  .string()
  .refine((value) => URL.parse(value)?.origin === value, 'must be an origin such as http://127.0.0.1:4000, without a path');

const variables = {
  NODE_ENV: z
    .enum(['development', 'test'], 'the identity provider signs anyone in without a password: it does not start here')
    .default('development')
    .describe('`development` or `test`; any other value keeps it from starting.'),
  PORT: z.coerce.number().int().min(1).max(65_535).describe('TCP port to listen on.'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on.'),
  DATA_DIR: z.string().describe('Folder of the signing keys and of the software attester’s authority.'),
  ISSUER: origin.optional().describe('Origin under which clients reach the provider, and `iss` of every token.'),
  GATEWAY_ORIGIN: origin.describe('Origin of the pages that people sign in from; redirects lead there only.'),
  DEVELOPMENT_CLIENT_SECRET: z
    .string()
    .min(16)
    .optional()
    .describe('Secret of the client `vitrine-development`; without one that client does not exist.'),
};

export type IdentityConfig = {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly issuer: string;
  readonly gatewayOrigin: string;
  readonly developmentClientSecret: string | undefined;
};

/**
 * The configuration that an environment describes.
 * @throws ConfigurationError that names each variable that does not fit, `NODE_ENV=production` among them.
 */
export function readIdentityConfig(environment: Readonly<Record<string, string | undefined>>): IdentityConfig {
  const given = loadConfig(variables, environment);
  return {
    host: given.HOST,
    port: given.PORT,
    dataDir: given.DATA_DIR,
    issuer: given.ISSUER ?? `http://${given.HOST}:${given.PORT}`,
    gatewayOrigin: given.GATEWAY_ORIGIN,
    developmentClientSecret: given.DEVELOPMENT_CLIENT_SECRET,
  };
}
