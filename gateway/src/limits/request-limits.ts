/**
 * Whether a request may run now. Requests are counted in Redis for all gateway processes together; while Redis is away each
 * process counts for itself, lower, and what moves money is refused instead of run uncounted. No read waits for Redis longer than
 * `readDeadlineMs`, and while Redis is known to be away none waits at all.
 */
import type { Redis } from 'ioredis';
import { createCircuitBreaker, type CircuitBreaker } from '@vitrine/runtime/circuit-breaker';
import type { Actor } from '@vitrine/runtime/identity';
import type { Logger } from '@vitrine/runtime/telemetry';
import type { GraphName } from '../graphs.ts';
import { addressKey } from './client-address.ts';
import { createRateLimitHeaders, type RateLimitHeaders } from './rate-limit-headers.ts';
import {
  bytesOfOneRequest,
  closedWithoutCounting,
  failedAuthenticationCost,
  largestCountedBytes,
  localShare,
  rateLimitsOf,
  type RateLimitSettings,
} from './rate-limits.ts';
import { createSharedBuckets, type Charge, type Charged } from './shared-buckets.ts';
import { createLocalBuckets, type Bucket } from './token-bucket.ts';

/** A request whose operation is known. */
export interface CountedRequest {
  readonly graph: GraphName;
  readonly actor: Actor;
  /** The client's address, as Fastify's `request.ip`. */
  readonly ip: string;
  /** What the operation costs, at least 1. */
  readonly cost: number;
  /** `rootFieldsOf` the operation. */
  readonly rootFields: readonly string[];
}

export type Admission =
  | { readonly kind: 'admitted'; readonly headers: RateLimitHeaders }
  /** RATE_LIMITED. `retryAfterSeconds` is at least 1. */
  | { readonly kind: 'limited'; readonly retryAfterSeconds: number; readonly headers: RateLimitHeaders }
  /** OPERATION_TOO_EXPENSIVE: it selects `field` more often than that is ever allowed at once, under however many aliases. */
  | { readonly kind: 'excessive'; readonly field: string; readonly most: number }
  /** UNAVAILABLE: it moves money, and cannot be counted at the moment. */
  | { readonly kind: 'unavailable' };

export interface RequestLimits {
  /**
   * Before anything of a request is looked at. Asks nobody.
   * @param bodyBytes that it says to have: large ones count as several requests, up to the largest that is read
   */
  admitAddress(ip: string, bodyBytes?: number): Extract<Admission, { kind: 'admitted' | 'limited' }>;
  /** A request of this address had a token that is not accepted: the address may send fewer of those than of others. */
  noteFailedAuthentication(ip: string): void;
  /** Charges a request to everybody who has a part in it, or to nobody. Never rejects. */
  charge(request: CountedRequest): Promise<Admission>;
}

/** A Redis in the same data centre answers in less than one. */
const usualReadDeadlineMs = 50;
const pauseMs = 1_000;
const failureThreshold = 2;
/** Some 100 bytes each. */
const maxLocalBuckets = 100_000;
const maxAddresses = 100_000;

export function createRequestLimits(options: {
  readonly redis: Pick<Redis, 'evalsha' | 'eval'>;
  readonly settings: RateLimitSettings;
  readonly logger: Logger;
  /** How long a read waits for Redis at most. */
  readonly readDeadlineMs?: number;
}): RequestLimits {
  const { logger, readDeadlineMs = usualReadDeadlineMs } = options;
  const limits = rateLimitsOf(options.settings);
  const shared = createSharedBuckets(options.redis);
  const local = createLocalBuckets(maxLocalBuckets);
  const addresses = createLocalBuckets(maxAddresses);
  const breaker = createCircuitBreaker({ failureThreshold, pauseMs });
  const headers = createRateLimitHeaders();

  /** The root fields that have a limit, and how often each is selected. */
  const limitedFieldsOf = (rootFields: readonly string[]): ReadonlyMap<string, { readonly bucket: Bucket; readonly times: number }> => {
    const limited = new Map<string, { readonly bucket: Bucket; readonly times: number }>();
    for (const name of rootFields) {
      const bucket = Object.hasOwn(limits.fields, name) ? limits.fields[name] : undefined;
      if (bucket !== undefined) limited.set(name, { bucket, times: (limited.get(name)?.times ?? 0) + 1 });
    }
    return limited;
  };

  const chargesOf = (
    { graph, actor, ip, cost }: CountedRequest,
    limitedFields: ReturnType<typeof limitedFieldsOf>,
  ): readonly [Charge, ...Charge[]] => {
    const of = limits.graphs[graph];
    const subject = subjectOf(actor);
    const who: Charge = { policy: subject.policy, key: `limit:${graph}:${subject.key}`, bucket: of[subject.policy], cost };
    const charges: [Charge, ...Charge[]] = [who];
    if (actor.role === 'buyer' && actor.deviceId !== undefined)
      charges.push({ policy: 'device', key: `limit:${graph}:device:${actor.deviceId}`, bucket: of.device, cost });
    charges.push({ policy: 'address', key: `limit:${graph}:address:${addressKey(ip)}`, bucket: of.address, cost });
    for (const [name, { bucket, times }] of limitedFields)
      charges.push({ policy: name, key: `limit:${graph}:${subject.key}:${name}`, bucket, cost: times });
    return charges;
  };

  /** What is charged here while Redis is away; unlike there, a bucket that comes before the one that refuses stays charged. */
  const takeHere = (charges: readonly [Charge, ...Charge[]]): Charged => {
    let tightest: Extract<Charged, { kind: 'taken' }> | undefined;
    for (const charge of charges) {
      const { quota, windowSeconds } = charge.bucket;
      const taken = local.take(charge.key, { quota: Math.max(1, quota * localShare), windowSeconds }, charge.cost);
      if (taken.kind === 'short') return { ...taken, tightest: charge };
      if (tightest === undefined || taken.fullAfterMs / windowSeconds > tightest.fullAfterMs / tightest.tightest.bucket.windowSeconds)
        tightest = { ...taken, tightest: charge };
    }
    return tightest ?? { kind: 'taken', tightest: charges[0], left: 0, fullAfterMs: 0 };
  };

  const admissionOf = (charges: readonly Charge[], charged: Charged): Admission =>
    charged.kind === 'taken'
      ? { kind: 'admitted', headers: headers.of(charges, charged.tightest, charged.left, charged.fullAfterMs) }
      : {
          kind: 'limited',
          retryAfterSeconds: secondsOf(charged.retryAfterMs),
          headers: headers.of(charges, charged.tightest, charged.left, charged.retryAfterMs),
        };

  return {
    admitAddress(ip, bodyBytes = 0) {
      const cost = 1 + Math.floor(Math.min(Math.max(0, bodyBytes), largestCountedBytes) / bytesOfOneRequest);
      const charge: Charge = { policy: 'requests', key: addressKey(ip), bucket: limits.addressRequests, cost };
      const taken = addresses.take(charge.key, charge.bucket, charge.cost);
      if (taken.kind === 'taken') return { kind: 'admitted', headers: {} };
      return {
        kind: 'limited',
        retryAfterSeconds: secondsOf(taken.retryAfterMs),
        headers: headers.of([charge], charge, taken.left, taken.retryAfterMs),
      };
    },
    noteFailedAuthentication(ip) {
      addresses.drain(addressKey(ip), limits.addressRequests, failedAuthenticationCost);
    },
    async charge(request) {
      const limitedFields = limitedFieldsOf(request.rootFields);
      // A bucket gives no more than it holds, so what asks for more at once would pass for a full one.
      for (const [field, { bucket, times }] of limitedFields)
        if (times > bucket.quota) return { kind: 'excessive', field, most: bucket.quota };
      const charges = chargesOf(request, limitedFields);
      const mustBeShared = request.rootFields.some((name) => closedWithoutCounting.has(name));
      if (breaker.allows()) {
        try {
          const charging = shared.take(charges);
          const charged = await (mustBeShared ? charging : within(readDeadlineMs, charging));
          noteSuccess(breaker, logger);
          return admissionOf(charges, charged);
        } catch (error) {
          if (breaker.failed()) logger.warn({ err: error }, 'requests are counted by this process alone: Redis does not answer');
        }
      }
      return mustBeShared ? { kind: 'unavailable' } : admissionOf(charges, takeHere(charges));
    },
  };
}

function noteSuccess(breaker: CircuitBreaker, logger: Logger): void {
  if (breaker.succeeded()) logger.info('requests are counted in Redis again');
}

const secondsOf = (ms: number): number => Math.max(1, Math.ceil(ms / 1_000));

/** Whose quota a request uses: a program's own, else the person's. */
function subjectOf(actor: Actor): { readonly policy: 'account' | 'client'; readonly key: string } {
  if (actor.role === 'service') throw new Error('services do not send operations to the gateway');
  return actor.role === 'seller' && actor.clientId !== undefined
    ? { policy: 'client', key: `client:${actor.clientId}` }
    : { policy: 'account', key: `account:${actor.accountId}` };
}

class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/**
 * What comes later is dropped. What arrived while this process did something else is not late: an overdue timer fires before
 * it is read, so one more round of reading passes before the promise is given up.
 */
function within<Value>(deadlineMs: number, promise: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(new DeadlineError(`no answer within ${deadlineMs} ms`));
    const timer = setTimeout(() => setImmediate(giveUp), deadlineMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
