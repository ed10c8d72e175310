/**
 * What the tests' Stripe sandboxes were asked and answered, for the judges at the end of a run. One call of each kind is kept, in a
 * folder that lives as long as the run: the forms hold numbers of test cards.
 */
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ObservedCall } from '@vitrine/stripe-sandbox/server';

/** How the test files of a run learn where to write; nothing is recorded without it. */
export const callsFolderVariable = 'TEST_STRIPE_CALLS';

const seen = new Set<string>();

/** Keeps the call when none of its kind was kept by this process. For `buildSandbox({ onCall })`. */
export function recordStripeCall(call: ObservedCall): void {
  const folder = process.env[callsFolderVariable];
  if (folder === undefined) return;
  const kind = kindOfCall(call);
  if (seen.has(kind)) return;
  seen.add(kind);
  appendFileSync(path.join(folder, `${process.pid}.ndjson`), `${JSON.stringify(call)}\n`, { mode: 0o600 });
}

/** One recorded call of each kind. */
export function readStripeCalls(folder: string): ObservedCall[] {
  const calls = new Map<string, ObservedCall>();
  for (const file of readdirSync(folder)) {
    for (const line of readFileSync(path.join(folder, file), 'utf8').split('\n')) {
      if (line === '') continue;
      const call = JSON.parse(line) as ObservedCall;
      calls.set(kindOfCall(call), call);
    }
  }
  return [...calls.values()];
}

/** Two calls of one kind get one verdict: the same route, parameters of the same names and sorts, status and shape of the answer. */
export function kindOfCall({ method, url, form, status, answer }: ObservedCall): string {
  const [route = '', query = ''] = url.split('?');
  const names = [...new URLSearchParams(query), ...new URLSearchParams(form)].map(([name, value]) => `${name}=${sortOfText(value)}`);
  const steps = route.split('/').map((step) => (/\d|[A-Z]/.test(step.slice(2)) ? '*' : step));
  return JSON.stringify([method, steps.join('/'), names.toSorted(), status, shapeOf(parsed(answer))]);
}

/** Short words are values of enumerations, each of which can be wrong by itself. */
function sortOfText(text: string): string {
  if (/^[a-z_]{0,40}$/.test(text)) return text;
  return /^-?\d+$/.test(text) ? '0' : 'text';
}

function shapeOf(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return [...new Set(value.map((item) => JSON.stringify(shapeOf(item))))].toSorted();
  if (typeof value === 'object' && value !== null) {
    return name === 'metadata' ? 'object' : Object.entries(value).map(([key, entry]) => [key, shapeOf(entry, key)]);
  }
  if (typeof value === 'string') return sortOfText(value);
  return value === null ? 'null' : typeof value;
}

function parsed(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    // The judge says so of it; one such answer is enough.
    return undefined;
  }
}
