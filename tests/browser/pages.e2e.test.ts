/** The pages in a real browser, on a whole stack: a buyer signs in, buys, and signs out, with everything that an app has to send. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RunningStack } from '@vitrine/local/stack';
import { startWholeStack, wholeStackTimeoutMs } from '../support/stack.ts';
import { until } from '../support/until.ts';
import { findChromium, launchChromium, type Browser, type SentRequest, type Tab } from './chromium.ts';

const executable = findChromium();
if (executable === undefined) console.warn('the pages are not tried in a browser: no Chromium is installed (apt-get install chromium)');

const oneMinuteMs = 60_000;

(executable === undefined ? describe.skip : describe)('the timeline, in a browser', () => {
  let stack: RunningStack;
  let browser: Browser;
  let tab: Tab;
  let url: string;

  beforeAll(async () => {
    stack = await startWholeStack();
    url = stack.state.gatewayUrl;
    browser = await launchChromium(executable ?? '');
    tab = await browser.openTab();
  }, wholeStackTimeoutMs);
  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  }, wholeStackTimeoutMs);

  const toGraph = ({ requests }: Tab): readonly SentRequest[] =>
    requests.filter(({ method, url: { pathname } }) => method === 'POST' && pathname === '/graphql/buyer');
  const claimsOf = ({ headers }: SentRequest): Readonly<Record<string, unknown>> =>
    JSON.parse(Buffer.from(headers['dpop']?.split('.')[1] ?? '', 'base64url').toString());
  const isAsserted = ({ headers }: SentRequest): boolean => 'x-vitrine-assertion' in headers;
  /** The operations are sent by the SHA-256 of their files. */
  const idOf = async (name: string): Promise<string> => {
    const text = await (await fetch(`${url}/operations/buyer/${name}.graphql`)).text();
    return createHash('sha256').update(text).digest('hex');
  };

  test(
    'a buyer signs in with two clicks and buys for the first time in less than a minute',
    async () => {
      await tab.open(url);
      await tab.click(/^Sign in$/);
      await tab.click(/Sign in as Grace/);
      await tab.see(/Paper & Pine/);

      const tappedAt = Date.now();
      await tab.click(/^Buy [^·]*$/);
      for (const [label, value] of [
        [/^Full name$/, 'Grace Example'],
        [/^Street and number$/, '1 Analytical Way'],
        [/^City$/, 'San Francisco'],
        [/^State$/, 'CA'],
        [/^ZIP code$/, '94107'],
      ] as const)
        await tab.fill(label, value);
      await tab.tick();
      await tab.click(/^Ship to this address$/);
      await tab.fill(/^Card number$/, '4242424242424242');
      await tab.fill(/^Expires$/, '1234');
      await tab.fill(/^Security code$/, '123');
      await tab.tick();
      await tab.click(/^Pay with this card$/);
      await tab.click(/^Buy .* now for /);
      await tab.see(/is yours for \$/);
      expect(Date.now() - tappedAt).toBeLessThan(oneMinuteMs);
      await tab.click(/^Keep looking$/);
    },
    2 * oneMinuteMs,
  );

  test(
    'the next purchase is one tap and one mutation, and can be taken back',
    async () => {
      const before = toGraph(tab).length;
      const title = await until('a product that can be bought with one tap', async () => {
        const labels = `[...document.querySelectorAll('article button.primary')].map((button) => button.getAttribute('aria-label'))`;
        const label = (await tab.evaluate<(string | null)[]>(labels)).at(-1);
        return /^Buy (.*) now for .* with shipping and tax$/.exec(label ?? '')?.[1];
      });
      await tab.click(`Buy ${title} now for`);
      await tab.see(`Ordered: ${title}`);
      const mutations = toGraph(tab)
        .slice(before)
        .filter((request) => isAsserted(request));
      expect(mutations.map(({ body }) => JSON.parse(body ?? '{}'))).toMatchObject([
        { extensions: { persistedQuery: { version: 1, sha256Hash: await idOf('place-order') } } },
      ]);
      await tab.click(/^Undo/, 'last');
      await tab.see(/Taken back: nothing is charged/);
    },
    oneMinuteMs,
  );

  test('every request is bound to the key of the browser and none has the text of an operation', () => {
    const requests = toGraph(tab);
    expect(requests.length).toBeGreaterThan(5);
    for (const request of requests) {
      const { headers, body } = request;
      expect(headers).toMatchObject({ authorization: expect.stringMatching(/^DPoP /), 'x-vitrine-app': expect.stringMatching(/^ios\/\d/) });
      expect(claimsOf(request)).toMatchObject({ htm: 'POST', htu: `${url}/graphql/buyer` });
      expect(Object.keys(JSON.parse(body ?? '{}')).toSorted()).toEqual(['extensions', 'variables']);
    }
    const proofs = requests.map((request) => claimsOf(request)['jti']);
    expect(new Set(proofs).size).toBe(proofs.length);
  });

  test(
    'two tabs buy and change things at the same time, and signing out in one signs the other out',
    async () => {
      const other = await browser.openTab();
      await other.open(url);
      await other.click(/^Sign in$/);
      await other.see(/Paper & Pine/);
      const setUps = `(async () => {
        const { connect } = await import('/scripts/connection.js');
        const { createGraph, mutate } = await import('/scripts/graph.js');
        const graph = createGraph('buyer', connect('buyer'), { signedOut() {}, unusable() {} });
        const results = await Promise.all([1, 2, 3, 4].map(() => mutate(graph, 'start-card-setup', {})));
        return results.map(({ __typename }) => __typename);
      })()`;
      const results = await Promise.all([tab, other].map((each) => each.evaluate<string[]>(setUps)));
      expect(new Set(results.flat())).toEqual(new Set(['StartCardSetupSuccess']));

      await other.click(/^Sign out$/);
      await other.see(/Sign out\?/);
      await other.click(/^Sign out$/);
      await other.see(/See it. Tap it/);
      await tab.click(/^Orders$/);
      await tab.see(/See it. Tap it/);

      const keyBefore = toGraph(tab).at(-1)?.headers['dpop']?.split('.')[0];
      await tab.click(/^Sign in$/);
      await tab.click(/Sign in as Grace/);
      await tab.see(/You took it back/);
      expect(toGraph(tab).at(-1)?.headers['dpop']?.split('.')[0]).not.toBe(keyBefore);
      expect([...tab.complaints, ...other.complaints]).toEqual([]);
    },
    2 * oneMinuteMs,
  );
});
