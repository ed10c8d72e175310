/** The public configuration of this origin, fetched once. */
const response = await fetch('/config.json');
export const configuration = await response.json();
