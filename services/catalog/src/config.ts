/** The environment of the catalog process. */
import { loadConfig, serviceVariables } from '@vitrine/runtime/config';
import { z } from 'zod';

/** @throws ConfigurationError that names each variable that is missing or wrong. */
export const readConfig = () =>
  loadConfig({
    ...serviceVariables,
    CHECKOUT_URL: z
      .url({ protocol: /^https?$/ })
      .describe('Address of checkout, which is asked whether stock whose hold has run out is still wanted.'),
  });
