/** SDL that is part of every subgraph: the federation link and the shared types. */
import { readFileSync } from 'node:fs';

export const sharedSdl: string = readFileSync(new URL('../graphql/shared.graphql', import.meta.url), 'utf8');
