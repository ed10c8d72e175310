/** What a test may ask for at `/_sandbox/faults`: a counted rule or a seeded plan, read from JSON. A refusal says what is allowed. */

export const CALL_FAULTS = [
  'delay',
  'delay_after',
  'hang',
  'reset',
  '500_before',
  '500_after',
  'lose_response',
  'wrong_shape',
  '429',
  '409',
] as const;
export type CallFault = (typeof CALL_FAULTS)[number];

export const WEBHOOK_FAULTS = ['duplicate', 'reorder', 'webhook_delay', 'drop', 'forge', 'stale'] as const;
export type WebhookFault = (typeof WEBHOOK_FAULTS)[number];

const FAULTS = [...CALL_FAULTS, ...WEBHOOK_FAULTS];
export type FaultName = (typeof FAULTS)[number];

/** Regular expressions of the path and of the event's type; the method whole. */
export interface FaultMatch {
  method?: string;
  path?: string;
  event?: string;
}

export interface RuleRequest {
  kind: 'rule';
  match: FaultMatch;
  fault: FaultName;
  /** How many calls or deliveries it hits; null without end. */
  times: number | null;
  delayMs: number;
  /** Whether `wrong_shape` leaves its effect. */
  committed: boolean;
}

export interface PlanRequest {
  kind: 'plan';
  match: FaultMatch;
  seed: number;
  /** The share of calls, or of deliveries, that each fault hits. */
  rates: Partial<Record<FaultName, number>>;
  delayMs: number | undefined;
}

type Read<T> = { ok: true; value: T } | { ok: false; message: string };

const RULE_NAMES = ['match', 'fault', 'times', 'delayMs', 'committed'];
const PLAN_NAMES = ['match', 'seed', 'rates', 'delayMs'];
const MATCH_NAMES = ['method', 'path', 'event'];
const MAX_DELAY_MS = 10 * 60 * 1000;

/** How long a fault that waits does so when nobody says: a held event goes after ten seconds even if no later one comes. */
const DELAYS_MS: Partial<Record<FaultName, number>> = { reorder: 10_000, webhook_delay: 1000 };

export function defaultDelayMs(fault: FaultName): number {
  return DELAYS_MS[fault] ?? 0;
}

function refused(message: string): { ok: false; message: string } {
  return { ok: false, message };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wholeNumber(value: unknown, max: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= max;
}

export function isWebhookFault(fault: FaultName): fault is WebhookFault {
  return WEBHOOK_FAULTS.some((name) => name === fault);
}

function faultNamed(name: unknown): FaultName | undefined {
  return FAULTS.find((candidate) => candidate === name);
}

function readMatch(given: unknown): Read<FaultMatch> {
  if (given === undefined) return { ok: true, value: {} };
  if (!isObject(given) || Object.keys(given).some((name) => !MATCH_NAMES.includes(name))) {
    return refused('match takes method and path of a call, or event, the type of a webhook event');
  }
  for (const name of MATCH_NAMES) {
    const text = given[name];
    if (text !== undefined && typeof text !== 'string') return refused(`match.${name} must be a text`);
    if (name !== 'method' && text !== undefined && !compiles(text)) return refused(`match.${name} must be a regular expression`);
  }
  const { method, path, event } = given as FaultMatch;
  return {
    ok: true,
    value: {
      ...(method === undefined ? {} : { method: method.toUpperCase() }),
      ...(path === undefined ? {} : { path }),
      ...(event === undefined ? {} : { event }),
    },
  };
}

function compiles(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}

function readRule(given: Record<string, unknown>, match: FaultMatch): Read<RuleRequest> {
  const { times = 1, committed = true } = given;
  // `delay` of what an event matches is the delay of its delivery.
  const fault = given['fault'] === 'delay' && match.event !== undefined ? 'webhook_delay' : faultNamed(given['fault']);
  if (fault === undefined) return refused(`fault must be one of ${FAULTS.join(', ')}`);
  if (times !== null && !(wholeNumber(times, 1e9) && times > 0)) return refused('times must be a positive whole number or null');
  if (isWebhookFault(fault) && (match.method !== undefined || match.path !== undefined)) return refused(`${fault} matches by event only`);
  if (!isWebhookFault(fault) && match.event !== undefined) return refused(`${fault} matches by method and path only`);
  if (typeof committed !== 'boolean') return refused('committed must be true or false');
  if (given['committed'] !== undefined && fault !== 'wrong_shape') return refused('committed goes with wrong_shape only');
  const delayMs = given['delayMs'] === undefined ? defaultDelayMs(fault) : Number(given['delayMs']);
  return { ok: true, value: { kind: 'rule', match, fault, times, delayMs, committed } };
}

function readPlan(given: Record<string, unknown>, match: FaultMatch): Read<PlanRequest> {
  const { seed, rates } = given;
  if (!wholeNumber(seed, Number.MAX_SAFE_INTEGER)) return refused('seed must be a whole number from 0');
  if (!isObject(rates) || Object.keys(rates).length === 0) return refused('rates must be an object such as { "lose_response": 0.05 }');
  const read: Partial<Record<FaultName, number>> = {};
  const sums = { call: 0, webhook: 0 };
  for (const [name, rate] of Object.entries(rates)) {
    const fault = faultNamed(name);
    if (fault === undefined) return refused(`rates takes ${FAULTS.join(', ')}`);
    if (typeof rate !== 'number' || !(rate >= 0 && rate <= 1)) return refused(`rates.${fault} must be between 0 and 1`);
    read[fault] = rate;
    sums[isWebhookFault(fault) ? 'webhook' : 'call'] += rate;
  }
  if (sums.call > 1 + 1e-9 || sums.webhook > 1 + 1e-9) {
    return refused('rates of calls together, and rates of webhooks together, must not be above 1');
  }
  const delayMs = given['delayMs'] === undefined ? undefined : Number(given['delayMs']);
  return { ok: true, value: { kind: 'plan', match, seed, rates: read, delayMs } };
}

/**
 * Reads `{ match?, fault, times?, delayMs?, committed? }` (`times` is 1 when absent, null without end) or
 * `{ match?, seed, rates, delayMs? }`.
 */
export function readFaultRequest(given: unknown): Read<RuleRequest | PlanRequest> {
  if (!isObject(given)) return refused('A rule or a plan is a JSON object.');
  const names = 'seed' in given || 'rates' in given ? PLAN_NAMES : RULE_NAMES;
  if (Object.keys(given).some((name) => !names.includes(name))) return refused(`Unknown field; allowed are ${names.join(', ')}`);
  if (given['delayMs'] !== undefined && !wholeNumber(given['delayMs'], MAX_DELAY_MS)) {
    return refused(`delayMs must be a whole number between 0 and ${MAX_DELAY_MS}`);
  }
  const match = readMatch(given['match']);
  if (!match.ok) return match;
  return names === PLAN_NAMES ? readPlan(given, match.value) : readRule(given, match.value);
}
