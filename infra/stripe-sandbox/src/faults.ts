/**
 * Faults on demand, for tests of what happens when Stripe fails: rules match calls by method and path and each is used a number of
 * times, in the order in which they were made. Rules are not journalled: a restart forgets them.
 */

const FAULTS = ['delay', 'delay_after', 'hang', 'reset', '500_before', '500_after', 'lose_response', '429', '409'] as const;
export type FaultKind = (typeof FAULTS)[number];

export interface FaultRule {
  id: string;
  match: { method?: string; path?: string };
  fault: FaultKind;
  /** How many more calls it hits; null without end. */
  remaining: number | null;
  hits: number;
  delayMs: number;
}

type FaultResult = { ok: true; rule: FaultRule } | { ok: false; message: string };

const NAMES = ['match', 'fault', 'times', 'delayMs'];
const MATCH_NAMES = ['method', 'path'];
const MAX_DELAY_MS = 10 * 60 * 1000;

function wholeNumber(value: unknown, max: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= max;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export class Faults {
  #rules: { rule: FaultRule; path: RegExp | undefined }[] = [];
  #made = 0;
  readonly #waiting = new Set<() => void>();

  /** Adds `{ match?: { method?, path? }, fault, times?, delayMs? }`; `times` is 1 when absent, null without end. */
  add(given: unknown): FaultResult {
    if (!isObject(given)) return { ok: false, message: 'A rule is a JSON object.' };
    const { match = {}, fault, times = 1, delayMs = 0 } = given;
    const unknown = Object.keys(given).find((name) => !NAMES.includes(name));
    if (unknown !== undefined) return { ok: false, message: `Unknown field: ${unknown}` };
    const kind = FAULTS.find((candidate) => candidate === fault);
    if (kind === undefined) return { ok: false, message: `fault must be one of ${FAULTS.join(', ')}` };
    if (times !== null && !(wholeNumber(times, 1e9) && times > 0))
      return { ok: false, message: 'times must be a positive whole number or null' };
    if (!wholeNumber(delayMs, MAX_DELAY_MS)) return { ok: false, message: `delayMs must be between 0 and ${MAX_DELAY_MS}` };
    if (!isObject(match) || Object.keys(match).some((name) => !MATCH_NAMES.includes(name)))
      return { ok: false, message: 'match takes method and path' };
    const { method, path } = match;
    if ((method !== undefined && typeof method !== 'string') || (path !== undefined && typeof path !== 'string')) {
      return { ok: false, message: 'match.method and match.path are texts' };
    }
    const pattern = compile(path);
    if (!pattern.ok) return { ok: false, message: 'match.path must be a regular expression' };
    this.#made += 1;
    const rule: FaultRule = {
      id: `fault_${this.#made}`,
      match: { ...(method === undefined ? {} : { method: method.toUpperCase() }), ...(path === undefined ? {} : { path }) },
      fault: kind,
      remaining: times,
      hits: 0,
      delayMs,
    };
    this.#rules.push({ rule, path: pattern.expression });
    return { ok: true, rule: { ...rule } };
  }

  list(): FaultRule[] {
    return this.#rules.map(({ rule }) => ({ ...rule }));
  }

  /** Forgets all rules: calls that hang are cut, calls that are delayed go on. */
  clear(): void {
    this.#rules = [];
    for (const end of this.#waiting) end();
  }

  /** The fault for a call, whose rule it uses up by one. */
  take(method: string, path: string): { fault: FaultKind; delayMs: number } | undefined {
    const hit = this.#rules.find(
      ({ rule, path: expression }) =>
        rule.remaining !== 0 &&
        (rule.match.method === undefined || rule.match.method === method) &&
        (expression === undefined || expression.test(path)),
    );
    if (hit === undefined) return undefined;
    hit.rule.hits += 1;
    if (hit.rule.remaining !== null) hit.rule.remaining -= 1;
    return { fault: hit.rule.fault, delayMs: hit.rule.delayMs };
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
}

function compile(path: string | undefined): { ok: true; expression: RegExp | undefined } | { ok: false } {
  try {
    return { ok: true, expression: path === undefined ? undefined : new RegExp(path) };
  } catch {
    return { ok: false };
  }
}
