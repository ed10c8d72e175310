/**
 * Judges recorded calls of the Stripe sandbox by others' truth: stripe-mock must not refuse a request whose parameters the sandbox
 * took, and each answer must fit Stripe's OpenAPI document. What differs on purpose is listed, and an entry that is no longer
 * needed is named as well. No finding holds a value of a call.
 */
import type { ObservedCall } from '@vitrine/stripe-sandbox/server';
import type { OpenApiJudge } from './openapi.ts';

/** A difference between the version of the SDK, which the sandbox speaks, and the older one of the judges. */
export interface KnownDifference {
  /** `POST /v1/payment_intents allowed_payment_method_types`, or a part of it with `[brackets]`, for a parameter; or what the judge of answers says of a field. */
  readonly text: string;
  readonly why: string;
}

export interface Verdict {
  readonly refusedRequests: readonly string[];
  readonly wrongAnswers: readonly string[];
  /** Texts of listed differences that no call had. */
  readonly unusedDifferences: readonly string[];
}

/** Sends a request to stripe-mock. @returns its refusal, or undefined when it was taken */
export type AskMock = (request: Pick<ObservedCall, 'method' | 'url' | 'form'>) => Promise<string | undefined>;

const concurrency = 8;

export async function judgeStripeCalls(options: {
  readonly calls: readonly ObservedCall[];
  readonly openApi: OpenApiJudge;
  readonly askMock: AskMock;
  readonly known: readonly KnownDifference[];
}): Promise<Verdict> {
  const { calls, openApi, askMock, known } = options;
  const texts = new Set(known.map(({ text }) => text));
  const used = new Set<string>();
  const isKnown = (text: string): boolean => {
    if (texts.has(text)) used.add(text);
    return texts.has(text);
  };
  const refusedRequests = new Set<string>();
  const wrongAnswers = new Set<string>();

  const judge = async (call: ObservedCall): Promise<void> => {
    const [path = ''] = call.url.split('?');
    const answer = parsed(call.answer);
    const judgement = openApi.judge(call.method, path, call.status, answer);
    const name = `${call.method} ${judgement?.route ?? withoutIds(path)}`;
    if (judgement === undefined) {
      // The sandbox refuses what Stripe does not have.
      if (call.status !== 404 && call.status !== 401) refusedRequests.add(`${name}: Stripe has no such operation`);
      return;
    }
    for (const difference of judgement.differences) {
      if (!isKnown(difference)) wrongAnswers.add(`${name} ${call.status}: ${difference}`);
    }
    if (!tookParameters(call.status, answer)) return;
    const refusal = await askMock(withoutParameters(call, (parameter) => isKnown(`${name} ${parameter}`)));
    if (refusal !== undefined) refusedRequests.add(`${name} with ${parameterNames(call).join(', ')}: ${masked(refusal)}`);
  };

  const queue = [...calls];
  const work = async (): Promise<void> => {
    for (let call = queue.pop(); call !== undefined; call = queue.pop()) await judge(call);
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return {
    refusedRequests: [...refusedRequests].toSorted(),
    wrongAnswers: [...wrongAnswers].toSorted(),
    unusedDifferences: [...texts].filter((text) => !used.has(text)),
  };
}

/** Asks a running stripe-mock. It wants a secret key for what Stripe lets a publishable one do, too. */
export function createAskMock(base: string): AskMock {
  return async ({ method, url, form }) => {
    const response = await fetch(`${base}${url}`, {
      method,
      headers: { Authorization: 'Bearer sk_test_judge', 'Content-Type': 'application/x-www-form-urlencoded' },
      ...(method === 'POST' ? { body: form } : {}),
    });
    const text = await response.text();
    if (response.status < 400) return undefined;
    const { error } = JSON.parse(text) as { error?: { message?: string } };
    return `${response.status} ${error?.message ?? ''}`;
  };
}

/**
 * Whether the sandbox got past the parameters: it answered, declined the card, or refused for the state of things. Then Stripe
 * must know the parameters, too; those that it refused may well be wrong, as tests make them.
 */
function tookParameters(status: number, answer: unknown): boolean {
  if (status < 400 || status === 402) return true;
  const { code } = (answer as { error?: { code?: string } } | undefined)?.error ?? {};
  return status === 400 && /_(unexpected_state|already_\w+|too_large|detached)$/.test(code ?? '');
}

function withoutParameters(call: ObservedCall, drop: (parameter: string) => boolean): Pick<ObservedCall, 'method' | 'url' | 'form'> {
  const [path = '', query = ''] = call.url.split('?');
  const filtered = (text: string): string =>
    text
      .split('&')
      .filter((pair) => pair !== '' && !namesWithin(new URLSearchParams(pair).keys().next().value ?? '').some(drop))
      .join('&');
  const kept = filtered(query);
  return { method: call.method, url: kept === '' ? path : `${path}?${kept}`, form: filtered(call.form) };
}

/** Stripe-mock does not say which one it refuses. */
function parameterNames({ url, form }: ObservedCall): string[] {
  const [, query = ''] = url.split('?');
  return [...new Set([...new URLSearchParams(query).keys(), ...new URLSearchParams(form).keys()])].toSorted();
}

/** `a[b][c]` → `a`, `a[b]`, `a[b][c]`. */
function namesWithin(parameter: string): string[] {
  const [first = '', ...rest] = parameter.split('[');
  return rest.reduce((names, step) => [...names, `${names.at(-1) ?? ''}[${step}`], [first]);
}

function parsed(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    // No JSON is no object of any schema: the judge of answers says so.
    return undefined;
  }
}

function withoutIds(path: string): string {
  return path.replaceAll(/[a-z]+_\w*\d\w*/gi, '{id}');
}

/** Without numbers as long as a card's, secrets, and addresses in stripe-mock's memory, which differ from run to run. */
function masked(text: string): string {
  return text.replaceAll(/0x[0-9a-f]+ |\d{8,}/g, '').replaceAll(/\w+_secret_\w+/g, '…');
}
