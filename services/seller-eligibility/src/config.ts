/** The environment of seller-eligibility. */
import { loadConfig, serviceVariables } from '@vitrine/runtime/config';

/** @throws ConfigurationError that names every variable that does not fit. */
export const readConfig = () => loadConfig(serviceVariables);
