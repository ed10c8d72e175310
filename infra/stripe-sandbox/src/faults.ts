/**
 * Faults on demand, for tests of what happens when Stripe fails: counted rules, each used a number of times in the order in which they
 * were made, and seeded plans, asked where no rule matches. Neither is journalled: a restart forgets them.
 */
import { drawFault } from './fault-draw.ts';
import {
  CALL_FAULTS,
  defaultDelayMs,
  readFaultRequest,
  WEBHOOK_FAULTS,
  type CallFault,
  type FaultMatch,
  type FaultName,
  type PlanRequest,
  type WebhookFault,
} from './fault-requests.ts';

export interface FaultRule {
  id: string;
  match: FaultMatch;
  fault: FaultName;
  /** How many more calls it hits; null without end. */
  remaining: number | null;
  hits: number;
  delayMs: number;
  committed: boolean;
}

export interface FaultPlan extends Omit<PlanRequest, 'kind'> {
  id: string;
  hits: Partial<Record<FaultName, number>>;
}

interface Plan {
  plan: FaultPlan;
  matches: (target: Target) => boolean;
  /** How often each call was seen. */
  attempts: Map<string, number>;
}

type FaultResult = { ok: true; made: FaultRule | FaultPlan } | { ok: false; message: string };

interface Target extends FaultMatch {
  /** What makes the call or the event the same one when it comes again. */
  identity: string;
}

interface Taken<F> {
  fault: F;
  delayMs: number;
  committed: boolean;
}

function matcher(match: FaultMatch): (target: Target) => boolean {
  const path = match.path === undefined ? undefined : new RegExp(match.path);
  const event = match.event === undefined ? undefined : new RegExp(match.event);
  return (target) =>
    // What is about calls says nothing of webhooks, and the other way round.
    target.event === undefined
      ? (match.method === undefined || match.method === target.method) && (path === undefined || path.test(target.path ?? ''))
      : event === undefined || event.test(target.event);
}

export class Faults {
  #rules: { rule: FaultRule; matches: (target: Target) => boolean }[] = [];
  #plans: Plan[] = [];
  #made = 0;
  readonly #waiting = new Set<() => void>();

  /** Adds a counted rule or a seeded plan; see `readFaultRequest`. */
  add(given: unknown): FaultResult {
    const read = readFaultRequest(given);
    if (!read.ok) return read;
    this.#made += 1;
    const id = `fault_${this.#made}`;
    const matches = matcher(read.value.match);
    if (read.value.kind === 'plan') {
      const { match, seed, rates, delayMs } = read.value;
      const plan: FaultPlan = { id, match, seed, rates, delayMs, hits: {} };
      this.#plans.push({ plan, matches, attempts: new Map() });
      return { ok: true, made: structuredClone(plan) };
    }
    const { match, fault, times, delayMs, committed } = read.value;
    const rule: FaultRule = { id, match, fault, remaining: times, hits: 0, delayMs, committed };
    this.#rules.push({ rule, matches });
    return { ok: true, made: { ...rule } };
  }

  list(): { rules: FaultRule[]; plans: FaultPlan[] } {
    return { rules: this.#rules.map(({ rule }) => ({ ...rule })), plans: this.#plans.map(({ plan }) => structuredClone(plan)) };
  }

  /** Forgets all rules and plans: calls that hang are cut, calls and deliveries that are held up go on. */
  clear(): void {
    this.#rules = [];
    this.#plans = [];
    for (const end of this.#waiting) end();
  }

  /** The fault for a call, whose rule it uses up by one. */
  take(call: { method: string; path: string; identity: string }): Taken<CallFault> | undefined {
    return this.#take(call, CALL_FAULTS);
  }

  /** The fault for one delivery of an event. */
  takeWebhook(delivery: { event: string; identity: string }): Taken<WebhookFault> | undefined {
    return this.#take(delivery, WEBHOOK_FAULTS);
  }

  /** Resolves when the signal aborts, or when the rules are cleared. */
  async wait(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        this.#waiting.delete(end);
        signal.removeEventListener('abort', end);
        resolve();
      };
      this.#waiting.add(end);
      signal.addEventListener('abort', end);
    });
  }

  #take<F extends FaultName>(target: Target, faults: readonly F[]): Taken<F> | undefined {
    const isOf = (fault: FaultName): fault is F => faults.some((candidate) => candidate === fault);
    for (const { rule, matches } of this.#rules) {
      const { fault, delayMs, committed } = rule;
      if (rule.remaining === 0 || !isOf(fault) || !matches(target)) continue;
      rule.hits += 1;
      if (rule.remaining !== null) rule.remaining -= 1;
      return { fault, delayMs, committed };
    }
    for (const { plan, matches, attempts } of this.#plans) {
      if (!matches(target)) continue;
      const attempt = (attempts.get(target.identity) ?? 0) + 1;
      attempts.set(target.identity, attempt);
      const drawn = drawFault(plan.seed, target.identity, attempt, faults, plan.rates);
      if (drawn === undefined || !isOf(drawn.fault)) continue;
      plan.hits[drawn.fault] = (plan.hits[drawn.fault] ?? 0) + 1;
      // A delay without a length would be none.
      const delayMs = plan.delayMs ?? Math.max(defaultDelayMs(drawn.fault), /delay/.test(drawn.fault) ? 100 : 0);
      return { fault: drawn.fault, delayMs, committed: drawn.coin };
    }
    return undefined;
  }
}
