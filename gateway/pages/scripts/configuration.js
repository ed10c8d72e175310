/** The public configuration of this origin, fetched once. */
import { setClockBy } from './clock.js';

const response = await fetch('/config.json');
setClockBy(response);
export const configuration = await response.json();
