/** Lets a request in to a graph, or answers it with why not. Who was let in is whom the subgraphs are told of. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AcceptedClient, ClientProof } from './app-clients/client-proof.ts';
import type { Graph } from './graphs.ts';
import { refuseClient, tellNextNonce } from './refusals.ts';

export interface Admission {
  /** Null when the request was refused, and has its answer. */
  admit(graph: Graph, request: FastifyRequest, reply: FastifyReply): Promise<AcceptedClient | null>;
  /** Whether who was let in would not be refused by now because its app was signed out or revoked. */
  isLive(client: AcceptedClient): Promise<boolean>;
}

export function createAdmission(proof: ClientProof): Admission {
  return {
    isLive: (client) => proof.isLive(client),
    async admit(graph, request, reply) {
      reply.header('cache-control', 'no-store');
      const client = await proof.check(graph, request);
      if (client.kind === 'refused') {
        refuseClient(request, reply, graph, client.fault);
        return null;
      }
      tellNextNonce(reply, client.possession);
      return client;
    },
  };
}
