/** What the build is held to: no way to card data from the graphs of sellers and staff, from an event or from an internal call. */
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { topics } from '@vitrine/contracts/topics';
import { cardDataInSchema, cardDataPaths, taggedCoordinates, untaggedCardData } from './card-data-paths.ts';
import type { ComposedGraph } from './compose.ts';

/** Everything that could carry card data to somebody. */
export interface Carriers {
  /** Of every subgraph, by its name. */
  readonly subgraphSdls: readonly string[];
  /** The graphs that no buyer is served by. */
  readonly graphs: Readonly<Record<string, ComposedGraph>>;
  /** Schema of each event type, by topic. */
  readonly events: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Schemas of the internal HTTP API, by file and name. */
  readonly calls: Readonly<Record<string, unknown>>;
}

/**
 * What checkout and payment-vault say to each other about a buyer's own purchase: which card by our reference to it, and
 * the secret with which the buyer's app goes on after a 3-D Secure challenge. Neither leaves for anybody else.
 */
const allowedInCalls: ReadonlySet<string> = new Set([
  'payment-vault-http ReadinessRequest.paymentMethodId',
  'payment-vault-http ReadinessResponse.paymentMethod',
  'payment-vault-http ReadinessResponse.paymentMethod.paymentMethodId',
  'payment-vault-http AuthorizationRequest.paymentMethodId',
  'payment-vault-http AuthorizationResponse.clientSecret',
]);

/** One line for each way that was found, and for each that is allowed and is not there any more. */
export function findCardData({ subgraphSdls, graphs, events, calls }: Carriers): string[] {
  const tagged = taggedCoordinates(subgraphSdls);
  const inGraphs = Object.entries(graphs).flatMap(([graph, { publicSdl, supergraphSdl }]) =>
    [...new Set([...cardDataPaths(publicSdl, tagged), ...cardDataPaths(supergraphSdl, tagged)])].map((path) => `${graph} graph: ${path}`),
  );
  const inEvents = Object.entries(events).flatMap(([topic, types]) =>
    Object.entries(types).flatMap(([type, schema]) => cardDataInSchema(`event ${topic}: ${type}`, schema)),
  );
  const inCalls = Object.entries(calls).flatMap(([name, schema]) => cardDataInSchema(name, schema));
  return [
    ...untaggedCardData(subgraphSdls).map((coordinate) => `not tagged: ${coordinate}`),
    ...inGraphs,
    ...inEvents,
    ...inCalls.filter((path) => !allowedInCalls.has(path)).map((path) => `call ${path}`),
    ...[...allowedInCalls].filter((path) => !inCalls.includes(path)).map((path) => `allowed, but not there: ${path}`),
  ];
}

/** The events and calls of the repository: all of them, whatever file they are added in. */
export async function contractCarriers(): Promise<Pick<Carriers, 'events' | 'calls'>> {
  const folder = fileURLToPath(new URL('../../contracts/src/', import.meta.url));
  const calls: Record<string, unknown> = {};
  for (const file of globSync('*-http.ts', { cwd: folder }).sort()) {
    const contract = (await import(`${folder}${file}`)) as Readonly<Record<string, unknown>>;
    for (const [name, schema] of Object.entries(contract)) {
      if (typeof schema === 'object' && schema !== null) calls[`${file.replace('.ts', '')} ${name}`] = schema;
    }
  }
  return { events: topics, calls };
}
