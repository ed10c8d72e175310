/** A real Chromium without a window, spoken to by its DevTools protocol (https://chromedevtools.github.io/devtools-protocol/). */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { until } from '../support/until.ts';

/** Where a Chromium is installed; undefined when none is. */
export function findChromium(): string | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Not there: the next place is looked at.
    return false;
  }
}

/** A request as the page sent it; header names in lower case. */
export interface SentRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** A tab. What is looked for is waited for. */
export interface Tab {
  readonly requests: readonly SentRequest[];
  /** What the console says when something is wrong: exceptions, violations of the policy. */
  readonly complaints: readonly string[];
  open(url: string): Promise<void>;
  /** The value of an expression in the page. */
  evaluate<Value>(expression: string): Promise<Value>;
  /** Clicks the first button or link that can be seen and is called so, or has this text in its name; `last` takes the last one. */
  click(name: RegExp | string, which?: 'first' | 'last'): Promise<void>;
  /** Types into the field with this label. */
  fill(label: RegExp, value: string): Promise<void>;
  /** Ticks the box that can be seen. */
  tick(): Promise<void>;
  /** Until this can be read on the page. */
  see(text: RegExp | string): Promise<void>;
}

export interface Browser {
  openTab(): Promise<Tab>;
  close(): Promise<void>;
}

type Event = { readonly method: string; readonly sessionId?: string; readonly params: Readonly<Record<string, unknown>> };
type Reply = { readonly id: number; readonly result?: Readonly<Record<string, unknown>>; readonly error?: { readonly message: string } };

/** Starts Chromium with an empty profile. */
export async function launchChromium(executable: string): Promise<Browser> {
  const profile = await mkdtemp(path.join(os.tmpdir(), 'vitrine-chromium-'));
  const child = spawn(
    executable,
    [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      '--window-size=430,900',
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const socket = await connect(await readAddress(child));
  const pending = new Map<number, { resolve(result: Reply['result']): void; reject(error: Error): void }>();
  const listeners = new Map<string, (event: Event) => void>();
  let lastId = 0;
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Reply | Event;
    if ('method' in message) return listeners.get(message.sessionId ?? '')?.(message);
    const waiting = pending.get(message.id);
    pending.delete(message.id);
    if (message.error === undefined) return waiting?.resolve(message.result);
    return waiting?.reject(new Error(message.error.message));
  });
  const call = (method: string, params: object = {}, sessionId?: string): Promise<Readonly<Record<string, unknown>>> =>
    new Promise((resolve, reject) => {
      lastId += 1;
      pending.set(lastId, { resolve: (result) => resolve(result ?? {}), reject });
      socket.send(JSON.stringify({ id: lastId, method, params, sessionId }));
    });

  return {
    async openTab() {
      const { targetId } = await call('Target.createTarget', { url: 'about:blank' });
      const { sessionId } = await call('Target.attachToTarget', { targetId, flatten: true });
      const id = String(sessionId);
      const requests: SentRequest[] = [];
      const complaints: string[] = [];
      listeners.set(id, (event) => keep(event, requests, complaints));
      const inTab = (method: string, params?: object) => call(method, params, id);
      for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await inTab(`${domain}.enable`);
      return tabOf(inTab, requests, complaints);
    },
    async close() {
      socket.close();
      const exited = once(child, 'exit');
      child.kill();
      await exited;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function readAddress(child: ChildProcess): Promise<string> {
  let told = '';
  child.stderr?.on('data', (chunk: Buffer) => (told += chunk.toString()));
  return until('Chromium to listen', async () => /DevTools listening on (ws:\S+)/.exec(told)?.[1]);
}

async function connect(address: string): Promise<WebSocket> {
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', () => reject(new Error('Chromium does not take a connection')), { once: true });
  });
  return socket;
}

function keep({ method, params }: Event, requests: SentRequest[], complaints: string[]): void {
  if (method === 'Network.requestWillBeSent') {
    const { request } = params as { readonly request: { method: string; url: string; headers: Record<string, string>; postData?: string } };
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]));
    requests.push({ method: request.method, url: new URL(request.url), headers, body: request.postData });
  } else if (method === 'Runtime.exceptionThrown') {
    const { exceptionDetails } = params as { readonly exceptionDetails: { text: string; exception?: { description?: string } } };
    complaints.push(`${exceptionDetails.text} ${exceptionDetails.exception?.description ?? ''}`);
  } else if (method === 'Log.entryAdded') {
    const { entry } = params as { readonly entry: { level: string; source: string; text: string } };
    // A refusal that the page answers is told as a failed load of a resource.
    if (entry.level === 'error' && entry.source !== 'network') complaints.push(`${entry.source}: ${entry.text}`);
  }
}

/** In the page: elements of a selector that can be seen. */
const seen = (selector: string): string =>
  `[...document.querySelectorAll(${JSON.stringify(selector)})].filter((node) => node.checkVisibility())`;
const nameOf = `((node) => (node.getAttribute('aria-label') ?? node.textContent).replaceAll(/\\s+/g, ' ').trim())`;

/** In the page: whether an expression's text is meant. */
const says = (wanted: RegExp | string, text: string): string =>
  typeof wanted === 'string' ? `${text}.includes(${JSON.stringify(wanted)})` : `${String(wanted)}.test(${text})`;

function tabOf(
  call: (method: string, params?: object) => Promise<Readonly<Record<string, unknown>>>,
  requests: readonly SentRequest[],
  complaints: readonly string[],
): Tab {
  const evaluate = async <Value>(expression: string): Promise<Value> => {
    const { result, exceptionDetails } = (await call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })) as {
      readonly result: { readonly value: Value };
      readonly exceptionDetails?: { readonly text: string; readonly exception?: { readonly description?: string } };
    };
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  /** Until the expression is true, also across the loading of pages. */
  const untilTrue = (what: string, expression: string): Promise<true> =>
    until(what, async () => ((await evaluate<boolean>(expression).catch(() => false)) ? true : undefined), 20_000);
  return {
    requests,
    complaints,
    evaluate,
    async open(url) {
      await call('Page.navigate', { url });
    },
    async click(name, which = 'first') {
      await untilTrue(
        `something to click called ${String(name)}`,
        `(() => {
          const node = ${seen('button, a')}.filter((each) => ${says(name, `${nameOf}(each)`)} && each.ariaDisabled !== 'true').at(${which === 'first' ? 0 : -1});
          // Not at once: a click that leaves the page would take this answer with it.
          setTimeout(() => node?.click());
          return node !== undefined;
        })()`,
      );
    },
    async fill(label, value) {
      await untilTrue(
        `a field called ${String(label)}`,
        `(() => {
          const input = ${seen('label')}.find((each) => ${says(label, `${nameOf}(each)`)})?.control;
          if (!input) return false;
          input.value = ${JSON.stringify(value)};
          input.dispatchEvent(new Event('input', { bubbles: true }));
          return true;
        })()`,
      );
    },
    async tick() {
      await untilTrue(
        'a box to tick',
        `(() => {
          const box = ${seen('input[type=checkbox]:enabled')}[0];
          if (box?.checked === false) box.click();
          return box !== undefined;
        })()`,
      );
    },
    async see(text) {
      await untilTrue(`${String(text)} on the page`, says(text, `document.body.innerText.replaceAll(/\\s+/g, ' ')`));
    },
  };
}
