/** What gateways are asked in the benchmark: operations of the pages and the apps, each with 900 different sets of variables. */
import { readFileSync } from 'node:fs';
import { orderId, pageCursor, productId, timelinePages } from './gateway-shop.ts';

/** `timeline-identical`: the timeline, every client asking for the same page at the same time. */
export const operationNames = ['timeline', 'read', 'mutation', 'timeline-identical'] as const;
export type OperationName = (typeof operationNames)[number];

export type BenchOperation = {
  /** As the document names it. */
  readonly graphqlName: string;
  /** The document, as it is in its file. */
  readonly source: string;
  readonly isMutation: boolean;
  readonly variables: readonly Readonly<Record<string, unknown>>[];
};

/** As it is, blank at the end and all: its hash is its id. */
const textOf = (file: string): string => readFileSync(new URL(`../../gateway/${file}`, import.meta.url), 'utf8');
const differently = (variables: (number: number) => Readonly<Record<string, unknown>>) =>
  Array.from({ length: 900 }, (_, number) => variables(number));
const key = (number: number): string => `01900000-0000-7000-8000-${(0x2_0000 + number).toString(16).padStart(12, '0')}`;

const timeline = { graphqlName: 'HomeTimeline', source: textOf('pages/operations/buyer/home-timeline.graphql'), isMutation: false };
const postsOnPage = 20;

export const benchOperations: Readonly<Record<OperationName, BenchOperation>> = {
  timeline: { ...timeline, variables: differently((number) => ({ first: postsOnPage, after: pageCursor(number % timelinePages) })) },
  read: {
    graphqlName: 'Receipt',
    source: textOf('operations/buyer/receipt.graphql'),
    isMutation: false,
    variables: differently((number) => ({ orderId: orderId(number) })),
  },
  mutation: {
    graphqlName: 'PlaceOrder',
    source: textOf('pages/operations/buyer/place-order.graphql'),
    isMutation: true,
    variables: differently((number) => ({
      input: {
        idempotencyKey: key(number),
        productId: productId(number),
        quantity: 1 + (number % 3),
        expectedTotal: { amountMinor: 1_699 + number, currency: 'USD' },
      },
    })),
  },
  'timeline-identical': { ...timeline, variables: [{ first: postsOnPage, after: pageCursor(0) }] },
};
