/**
 * How much who may ask for, in units of cost (operation-cost.ts): the one place where the numbers are. Each is a bucket that may be
 * emptied at once and is refilled evenly within its window.
 */
import { z } from 'zod';
import { graphNames, graphs, type GraphName } from '../graphs.ts';
import type { Bucket } from './token-bucket.ts';

const aMinute = 60;
const perMinute = (quota: number): Bucket => ({ quota, windowSeconds: aMinute });

export interface GraphLimits {
  /** The person, on all devices. */
  readonly account: Bucket;
  /** The app instance, or browser, that the token is bound to: one that is taken over does not use up the person's others. */
  readonly device: Bucket;
  /** One IPv4 address or /64, with a token: half a town may be behind one of a mobile network. */
  readonly address: Bucket;
  /** A partner's program, whoever's account made it. */
  readonly client: Bucket;
}

/**
 * A page of the timeline costs 304: somebody who scrolls without a pause sees one every three seconds, which is half of what an
 * account has. No bucket is smaller than the dearest operation of its graph.
 */
const graphLimits: Readonly<Record<GraphName, GraphLimits>> = {
  buyer: { account: perMinute(12_000), device: perMinute(9_000), address: perMinute(600_000), client: perMinute(12_000) },
  // A dashboard polls; programs synchronize thousands of orders, page by page.
  partner: { account: perMinute(20_000), device: perMinute(20_000), address: perMinute(200_000), client: perMinute(60_000) },
  ops: { account: perMinute(40_000), device: perMinute(40_000), address: perMinute(200_000), client: perMinute(40_000) },
};

/**
 * Root fields that an account may select only so often, whatever they cost, and why. Purchases and cards have limits of their own in their
 * services as well, by the hour, where they cannot be lost.
 */
const fieldLimits: Readonly<Record<string, Bucket>> = {
  // Nobody taps Buy every three seconds for a minute.
  placeOrder: perMinute(20),
  // Its price and stock questions would show what other buyers do.
  openBuy: perMinute(120),
  // Stolen cards are tried out where cards are added.
  startCardSetup: perMinute(10),
  finishCardSetup: perMinute(20),
  addAddress: perMinute(20),
  saveProfile: perMinute(20),
  // Writes to everything there is about a person.
  deleteEverything: perMinute(5),
  requestReturn: perMinute(20),
  createPost: perMinute(30),
  followAccount: perMinute(60),
  unfollowAccount: perMinute(60),
  // A seller's desk, or a program that refunds a recalled product.
  refundOrder: perMinute(120),
  cancelOrderAsSeller: perMinute(120),
  startPayoutSetup: perMinute(10),
  // Feeds of 1 MiB.
  importProducts: perMinute(30),
  acceptSellerInvitation: perMinute(10),
};

/**
 * Mutations that are not taken while requests cannot be counted everywhere: what moves money to somebody or gives a way to pay. Undoing and
 * cancelling an order stay open, since they only give money back to the buyer, once, and have a deadline.
 */
export const closedWithoutCounting: ReadonlySet<string> = new Set([
  'placeOrder',
  'startCardSetup',
  'finishCardSetup',
  'addAddress',
  'refundOrder',
  'approveReturn',
  'receiveReturn',
  'cancelOrderAsSeller',
  'startPayoutSetup',
]);

/** Of the shared quotas, what each process lets through by its own count while Redis is away: four processes are as strict as usual. */
export const localShare = 0.25;

/** Requests of one address before anything is known about them, counted by each process alone. */
const addressRequests: Bucket = { quota: 3_000, windowSeconds: 30 };
/**
 * What a request with a token that is not accepted takes out of it besides its own 1: 33 such requests a second are answered. Everybody else
 * behind the address is admitted out of the same bucket, so it is little: tokens cannot be guessed at any rate, and what is saved is work.
 */
export const failedAuthenticationCost = 2;

/** A body is as many requests more as it is larger than this: feeds of 2 MiB go in at 0.8 a second from one address. */
export const bytesOfOneRequest = 16 * 1024;
/** What is announced to be larger is refused unread, and counts as no more than what is read. */
export const largestCountedBytes = Math.max(...graphNames.map((name) => graphs[name].bodyLimitBytes));

export interface RateLimits {
  readonly graphs: Readonly<Record<GraphName, GraphLimits>>;
  readonly fields: Readonly<Record<string, Bucket>>;
  readonly addressRequests: Bucket;
}

/** For the environment of the gateway. */
export const rateLimitVariables = {
  RATE_LIMITS_PERCENT: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000_000)
    .default(100)
    .describe('All rate limits, in percent of what they are unless told: 200 doubles them.'),
  RATE_LIMIT_API_CLIENT: z.coerce
    .number()
    .int()
    .min(10_000)
    .max(1_000_000_000)
    .default(graphLimits.partner.client.quota)
    .describe('Cost of the operations that an API client may send a minute; a page of 20 orders costs about 540.'),
} as const;

export interface RateLimitSettings {
  /** 100: as written here. */
  readonly percent: number;
  /** Cost a minute of one API client, before the percentage. */
  readonly apiClientCost: number;
}

export const usualRateLimits: RateLimitSettings = { percent: 100, apiClientCost: graphLimits.partner.client.quota };

/** The limits as the environment sets them. */
export function rateLimitsOf({ percent, apiClientCost }: RateLimitSettings): RateLimits {
  const scaled = ({ quota, windowSeconds }: Bucket): Bucket => ({ quota: Math.max(1, Math.round((quota * percent) / 100)), windowSeconds });
  const scaledGraph = (limits: GraphLimits, client: Bucket): GraphLimits => ({
    account: scaled(limits.account),
    device: scaled(limits.device),
    address: scaled(limits.address),
    client: scaled(client),
  });
  return {
    graphs: {
      buyer: scaledGraph(graphLimits.buyer, graphLimits.buyer.client),
      partner: scaledGraph(graphLimits.partner, perMinute(apiClientCost)),
      ops: scaledGraph(graphLimits.ops, graphLimits.ops.client),
    },
    fields: Object.fromEntries(Object.entries(fieldLimits).map(([name, bucket]) => [name, scaled(bucket)])),
    addressRequests: scaled(addressRequests),
  };
}
