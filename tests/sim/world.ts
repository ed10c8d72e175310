/** What everything in a simulated run shares: time, chance, the faults of this seed, the trace and what was found wrong. */
import { choicesOf, type Choices } from './seeded-choices.ts';
import { createVirtualTime, type VirtualTime } from './virtual-time.ts';

/** How likely each fault is, by occasion. Each seed has some kinds of fault and not others, so that some runs are rough. */
export interface FaultRates {
  readonly requestLost: number;
  readonly requestTwice: number;
  readonly answerLost: number;
  readonly late: number;
  readonly refused: number;
  readonly statementFails: number;
  readonly statementAnswerLost: number;
  readonly statementStalls: number;
  readonly crash: number;
  readonly pause: number;
  readonly stripeUnknown: number;
  readonly vaultDies: number;
  readonly newsLost: number;
}

export type FaultKind = keyof FaultRates;

const usualRates: FaultRates = {
  requestLost: 0.06,
  requestTwice: 0.1,
  answerLost: 0.06,
  late: 0.06,
  refused: 0.05,
  statementFails: 0.05,
  statementAnswerLost: 0.05,
  statementStalls: 0.03,
  crash: 0.025,
  pause: 0.025,
  stripeUnknown: 0.15,
  vaultDies: 0.06,
  newsLost: 0.4,
};

/** What can be away for a while. */
export type Service = 'catalog' | 'payment-vault' | 'seller-eligibility' | 'database' | 'stripe';
const services: readonly Service[] = ['catalog', 'payment-vault', 'seller-eligibility', 'database', 'stripe'];

export interface Violation {
  readonly invariant: string;
  readonly detail: string;
}

export interface World {
  readonly time: VirtualTime;
  readonly choices: Choices;
  /** Writes a line of the trace; null when nobody reads it. Arguments are not even made then: `note?.(…)`. */
  readonly note: ((line: string) => void) | null;
  readonly violations: readonly Violation[];
  readonly counts: Record<string, number>;
  /** Whether this fault happens on this occasion. */
  happens(kind: FaultKind): boolean;
  isAway(service: Service): boolean;
  /** When the last fault is over, in milliseconds. */
  readonly faultsUntil: number;
  violate(invariant: string, detail: string): void;
  count(what: string): void;
  /** What an id is called in traces and findings: ids differ from run to run, the order in which they appear does not. */
  nameOf(id: string): string;
}

export function createWorld(seed: number, lines: string[] | null): World {
  const time = createVirtualTime();
  const choices = choicesOf(seed);
  const violations: Violation[] = [];
  const counts: Record<string, number> = {};
  const names = new Map<string, string>();

  const faultsUntil = choices.weighted([
    [10, 0],
    [70, choices.integer(5_000, 60_000)],
    [15, choices.integer(60_000, 300_000)],
    [5, choices.integer(900_000, 1_500_000)],
  ]);
  const roughness = choices.pick([0.5, 1, 1, 2, 4]);
  const rates = Object.fromEntries(
    Object.entries(usualRates).map(([kind, rate]) => [kind, choices.chance(0.5) ? Math.min(0.8, rate * roughness) : 0]),
  ) as Record<FaultKind, number>;
  const outages = choices.chance(0.3)
    ? Array.from({ length: choices.integer(1, 2) }, () => {
        const from = choices.integer(0, 30_000);
        const length = choices.chance(0.15) ? choices.integer(900_000, 1_300_000) : choices.integer(200, 60_000);
        return { service: choices.pick(services), from, until: from + length };
      })
    : [];

  const nameOf = (id: string): string => {
    const known = names.get(id);
    if (known !== undefined) return known;
    const name = `${id.slice(0, 3)}#${names.size + 1}`;
    names.set(id, name);
    return name;
  };
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  return {
    time,
    choices,
    note: lines === null ? null : (line) => lines.push(`${(time.now() / 1_000).toFixed(3).padStart(9)}  ${line}`),
    violations,
    counts,
    happens(kind) {
      const rate = rates[kind];
      if (rate === 0 || time.now() >= faultsUntil || !choices.chance(rate)) return false;
      count(kind);
      return true;
    },
    isAway: (service) => outages.some((outage) => outage.service === service && time.now() >= outage.from && time.now() < outage.until),
    faultsUntil: Math.max(faultsUntil, ...outages.map(({ until }) => until)),
    violate(invariant, detail) {
      violations.push({ invariant, detail });
      lines?.push(`${(time.now() / 1_000).toFixed(3).padStart(9)}  VIOLATED ${invariant}: ${detail}`);
    },
    count,
    nameOf,
  };
}
