/** The pages as a browser gets them: what may run, what is told, what is not served. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startGateway, testOrigin, type TestGateway } from './support/gateway.ts';

const nowhere = 'http://127.0.0.1:9';
const surroundings = {
  issuer: 'https://identity.example',
  jwksUrl: 'https://identity.example/jwks',
  subgraphUrls: { timeline: nowhere, catalog: nowhere, checkout: nowhere, 'payment-vault': nowhere, 'seller-eligibility': nowhere },
};
const folder = new URL('../pages/', import.meta.url);
const files = readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
  entry.isFile() ? [`${entry.parentPath}/${entry.name}`.slice(folder.pathname.length).replace(/^\/+/, '')] : [],
);
const textOf = (file: string): string => readFileSync(new URL(file, folder), 'utf8');

let production: TestGateway;
let development: TestGateway;

beforeAll(async () => {
  production = await startGateway(surroundings);
  development = await startGateway({ ...surroundings, environment: 'development' });
});
afterAll(() => Promise.all([production?.close(), development?.close()]));

const policyOf = (response: Response): Map<string, string[]> =>
  new Map(
    (response.headers.get('content-security-policy') ?? '').split('; ').map((directive) => {
      const [name = '', ...values] = directive.split(' ');
      return [name, values];
    }),
  );

describe('the pages', () => {
  test.each([
    '/',
    '/seller',
    '/config.json',
    '/scripts/app.js',
    '/styles/base.css',
    '/operations/buyer/place-order.graphql',
    '/images/notebook.svg',
    '/confirmed.html',
  ])('%s is served', async (path) => {
    const response = await fetch(`${production.url}${path}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    await response.arrayBuffer();
  });

  test('may run own scripts only, and connect to the identity provider and Stripe only', async () => {
    const policy = policyOf(await fetch(`${production.url}/`));
    expect(policy.get('default-src')).toEqual(["'none'"]);
    expect(policy.get('script-src')).toEqual(["'self'"]);
    expect(policy.get('style-src')).toEqual(["'self'"]);
    expect(policy.get('connect-src')).toEqual(["'self'", 'https://identity.example', 'https://stripe.example']);
    expect(policy.get('img-src')).toEqual(["'self'", 'https:']);
    expect(policy.get('form-action')).toEqual(["'none'"]);
    expect(policy.get('frame-ancestors')).toEqual(["'none'"]);
    expect(policyOf(await fetch(`${development.url}/`)).get('img-src')).toContain('http://127.0.0.1:*');
  });

  test('are told public values only', async () => {
    const text = await (await fetch(`${production.url}/config.json`)).text();
    expect(JSON.parse(text)).toEqual({
      publicOrigin: testOrigin,
      issuer: 'https://identity.example',
      clients: { buyer: 'vitrine-app', partner: 'vitrine-seller' },
      resources: { buyer: 'urn:vitrine:graph:buyer', partner: 'urn:vitrine:graph:partner' },
      stripe: { publishableKey: 'pk_test_gateway', apiBase: 'https://stripe.example' },
      app: { id: null, platform: 'ios', version: '1.0.0', attester: null },
      showTestCards: false,
      development: false,
    });
    const { app } = (await (await fetch(`${development.url}/config.json`)).json()) as { readonly app: { readonly attester: string } };
    expect(app.attester).toBe('https://identity.example/software-attester/attestations');
  });

  test('of development are not there in production', async () => {
    for (const path of [
      '/graphql',
      '/development/graphs.html',
      '/development/graphs.js',
      '//development/graphs.html',
      '/%64evelopment/graphs.html',
      '/scripts/../development/graphs.html',
    ]) {
      const { status } = await fetch(`${production.url}${path}`);
      expect([path, [403, 404].includes(status)]).toEqual([path, true]);
    }
    for (const path of ['/graphql', '/development/graphs.js']) expect((await fetch(`${development.url}${path}`)).status).toBe(200);
  });

  test.each([
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/src/main.ts',
    '/images/..%2f..%2fsrc%2fmain.ts',
    '/.env',
    '/images/',
    '/nothing',
  ])('%s is not served', async (path) => {
    const response = await fetch(`${production.url}${path}`);
    expect([403, 404]).toContain(response.status);
    expect(await response.text()).not.toContain('vitrine/gateway');
  });

  test('have no inline script, no inline style and nothing of other origins', () => {
    for (const file of files.filter((name) => name.endsWith('.html'))) {
      const html = textOf(file);
      expect([
        file,
        /<script(?![^>]*\ssrc="\/)/.test(html),
        /<style|\sstyle=|\son\w+=/.test(html),
        /(src|href)="(https?:)?\/\//.test(html),
      ]).toEqual([file, false, false, false]);
    }
  });

  test('put nothing into the document as HTML, and evaluate nothing', () => {
    for (const file of files.filter((name) => name.endsWith('.js'))) {
      expect([file, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/.test(textOf(file))]).toEqual([
        file,
        false,
      ]);
    }
  });

  test('name only operations that are there', () => {
    const used = new Set(
      files
        .filter((name) => name.startsWith('scripts/'))
        .flatMap((name) =>
          [...textOf(name).matchAll(/(?:graph\.run\(|mutate\(graph, |act\()'([\w-]+)'/g)].map(([, operation]) => operation),
        ),
    );
    const there = files.filter((name) => name.startsWith('operations/')).map((name) => name.replace(/.*\/(.*)\.graphql/, '$1'));
    expect(used.size).toBeGreaterThan(15);
    expect([...used].filter((operation) => !there.includes(operation ?? ''))).toEqual([]);
    expect(there.filter((operation) => !used.has(operation))).toEqual([]);
  });
});
