/** The environment of timeline. */
import { loadConfig, serviceVariables } from '@vitrine/runtime/config';
import { z } from 'zod';

const variables = {
  ...serviceVariables,
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).describe('Redis that holds the home timelines. All that is in it can be rebuilt.'),
} as const;

/** @throws ConfigurationError that names every variable that does not fit. */
export const readConfig = () => loadConfig(variables);
