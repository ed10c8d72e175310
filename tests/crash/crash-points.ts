/** Where checkout is killed: before and after each call of another service, and on both sides of the commit of each write. */
import { callPaths, type CallName } from './call-gate.ts';
import type { WriteName } from './write-gate.ts';

/** What becomes of a purchase that nothing happens to. */
export type Scenario =
  | 'bought'
  /** The card is declined, and everything is undone. */
  | 'declined'
  /** The bank asks the buyer, who confirms. */
  | 'authenticated'
  /** The buyer takes the order back. */
  | 'undone';

export type CrashPlace =
  | { readonly kind: 'call'; readonly call: CallName; readonly moment: 'before' | 'after' }
  | { readonly kind: 'write'; readonly write: WriteName; readonly how: 'committed' | 'rolled_back' };

export interface CrashPoint {
  readonly scenario: Scenario;
  readonly place: CrashPlace;
  /** Whether it is met only when the buyer has come back from the bank. */
  readonly afterBank: boolean;
  /** Whether the app asks again. If not, the purchase ends without it. */
  readonly appReturns: boolean;
}

/** One kill, with a purchase at each of its points; they are reached in this order. */
export interface CrashRound {
  readonly points: readonly CrashPoint[];
  readonly undoWindowSeconds: number;
}

export const scenarioCards: Readonly<Record<Scenario, string>> = {
  bought: '4242424242424242',
  declined: '4000000000000341',
  authenticated: '4000002760003184',
  undone: '4242424242424242',
};

export function nameOf({ scenario, place, afterBank, appReturns }: CrashPoint): string {
  const where = place.kind === 'call' ? `${place.moment} ${place.call}` : `${place.write}, ${place.how}`;
  return `${scenario}: ${where}${afterBank ? ', after the bank' : ''}${appReturns ? '' : ', and the app is gone'}`;
}

const closedAtOnce = 0;
const openForLong = 60;

const calls = (scenario: Scenario, names: readonly CallName[], options: Partial<CrashPoint> = {}): CrashPoint[] =>
  names.flatMap((call) =>
    (['before', 'after'] as const).map((moment) => ({
      scenario,
      place: { kind: 'call' as const, call, moment },
      afterBank: false,
      appReturns: true,
      ...options,
    })),
  );
const gone = { appReturns: false };
const atBank = { afterBank: true };

type Place = readonly [scenario: Scenario, write: WriteName, undoWindowSeconds: number, options?: Partial<CrashPoint>];

/** Each is the only one of its round: writes that are made together, or over one connection, wait for each other. */
const writePlaces: readonly Place[] = [
  ['bought', 'purchase begun', closedAtOnce],
  ['bought', 'purchase to stock_reserved', closedAtOnce],
  ['bought', 'purchase to finished', closedAtOnce],
  ['bought', 'purchase to finished', closedAtOnce, gone],
  ['bought', 'payment authorized to capturing', closedAtOnce],
  ['bought', 'payment capturing to captured', closedAtOnce],
  ['authenticated', 'purchase to awaiting_buyer', closedAtOnce],
  ['authenticated', 'purchase let go', closedAtOnce],
  ['authenticated', 'purchase to finished', closedAtOnce, atBank],
  ['declined', 'purchase to compensating', closedAtOnce],
  ['declined', 'undone void_payment', closedAtOnce],
  ['declined', 'undone release_stock', closedAtOnce],
  ['declined', 'purchase to finished', closedAtOnce],
  ['declined', 'purchase to finished', closedAtOnce, gone],
  ['undone', 'payment authorized to voiding', openForLong],
  ['undone', 'payment voiding to voided', openForLong],
];

/** Calls that may take long come first: the others are given up after seconds. */
const callRounds: readonly CrashRound[] = [
  {
    points: [
      ...calls('bought', ['capture']),
      ...calls('declined', ['voidPayment']),
      ...calls('declined', ['voidPayment'], gone),
      ...calls('bought', ['authorize']),
      ...calls('bought', ['authorize'], gone),
      ...calls('declined', ['release']),
      ...calls('bought', ['offer', 'readiness', 'decide', 'reserve']),
    ],
    undoWindowSeconds: closedAtOnce,
  },
  {
    points: [
      ...calls('authenticated', ['authorize'], atBank),
      ...calls('authenticated', ['authorize'], { ...atBank, ...gone }),
      ...calls('authenticated', ['decide'], atBank),
      ...calls('bought', ['reserve'], gone),
      ...calls('declined', ['release'], gone),
    ],
    undoWindowSeconds: closedAtOnce,
  },
  { points: calls('undone', ['voidPayment']), undoWindowSeconds: openForLong },
];

const writeRounds: readonly CrashRound[] = writePlaces.flatMap(([scenario, write, undoWindowSeconds, options]) =>
  (['committed', 'rolled_back'] as const).map((how) => ({
    points: [{ scenario, place: { kind: 'write' as const, write, how }, afterBank: false, appReturns: true, ...options }],
    undoWindowSeconds,
  })),
);

export const crashRounds: readonly CrashRound[] = [...callRounds, ...writeRounds];

const taken: ReadonlySet<string> = new Set([
  'bought: purchase to finished, committed',
  'bought: purchase to finished, rolled_back',
  'bought: payment capturing to captured, committed',
]);

/** What a test in CI takes: a kill before and after most calls, one at a commit that does not take effect, and two at one that does. */
export const representativeRounds: readonly CrashRound[] = crashRounds.filter(
  ({ points }, index) => index < 2 || points.some((point) => taken.has(nameOf(point))),
);

/** Every call is held somewhere. */
export const callNames = Object.keys(callPaths) as CallName[];
