/** The three graphs that the gateway serves and the subgraphs that they are composed from. */
import type { CardNumberOptions } from '@vitrine/runtime/card-numbers';

/** The subgraphs, by the names that they sign and are called by. */
export const subgraphNames = ['timeline', 'catalog', 'checkout', 'payment-vault', 'seller-eligibility'] as const;
export type SubgraphName = (typeof subgraphNames)[number];

export const graphNames = ['buyer', 'partner', 'ops'] as const;
export type GraphName = (typeof graphNames)[number];

export interface Graph {
  readonly name: GraphName;
  /** `aud` of the access tokens that open it, and of no other. */
  readonly audience: string;
  /** What a token's `roles` must hold. */
  readonly role: 'buyer' | 'seller' | 'operator';
  /** Largest request body, in bytes. */
  readonly bodyLimitBytes: number;
  /** What may look like a card number and is none. */
  readonly cardNumbers: CardNumberOptions;
}

const requestBytes = 256 * 1024;
/** `importProducts` takes a feed of 1 MiB, which JSON escapes make longer. */
const feedRequestBytes = 2 * 1024 * 1024;

export const graphs: Readonly<Record<GraphName, Graph>> = {
  buyer: { name: 'buyer', audience: 'urn:vitrine:graph:buyer', role: 'buyer', bodyLimitBytes: requestBytes, cardNumbers: {} },
  partner: {
    name: 'partner',
    audience: 'urn:vitrine:graph:partner',
    role: 'seller',
    bodyLimitBytes: feedRequestBytes,
    cardNumbers: { goods: true },
  },
  ops: { name: 'ops', audience: 'urn:vitrine:graph:ops', role: 'operator', bodyLimitBytes: requestBytes, cardNumbers: {} },
};
