/** Tries operations on the three graphs: the ones of the pages as samples, free text beside. Development only. */
import { connect } from '../scripts/connection.js';

/** Where somebody has signed in on a page in this tab, requests go out as that page's. */
const connections = { buyer: connect('buyer'), partner: connect('partner') };
const tokenOf = (name) => connections[name]?.session.current()?.accessToken ?? '';

const samples = {
  buyer: ['home-timeline', 'open-buy', 'place-order', 'orders', 'wallet', 'add-address', 'account', 'follow-account'],
  partner: ['orders', 'products', 'set-stock', 'create-post', 'order-address'],
};
const exampleKey = () => crypto.randomUUID();
const exampleVariables = {
  'open-buy': () => ({ input: { productId: 'prd_…', quantity: 1 } }),
  'place-order': () => ({
    input: { idempotencyKey: exampleKey(), productId: 'prd_…', quantity: 1, expectedTotal: { amountMinor: 2999, currency: 'USD' } },
  }),
  'add-address': () => ({
    input: {
      idempotencyKey: exampleKey(),
      name: 'Ada Example',
      line1: '1 Main Street',
      city: 'Springfield',
      region: 'IL',
      postalCode: '62701',
      country: 'US',
    },
  }),
  account: () => ({ handle: 'paperandpine' }),
  'follow-account': () => ({ input: { idempotencyKey: exampleKey(), accountId: 'usr_…' } }),
  'set-stock': () => ({ input: { idempotencyKey: exampleKey(), productId: 'prd_…', onHand: 100 } }),
  'create-post': () => ({ input: { idempotencyKey: exampleKey(), text: 'New in the shop', productId: null } }),
};
const opsQuery = `query Markets {
  markets {
    country
    currency
    isOpen
    buyerShareBps
    undoWindowSeconds
  }
}
`;
const introspection = `query Types {
  __schema {
    queryType { fields { name description } }
    mutationType { fields { name description } }
  }
}
`;

const [form, graph, sample, token, query, variables, answer, summary] = [
  'request',
  'graph',
  'sample',
  'token',
  'query',
  'variables',
  'answer',
  'summary',
].map((id) => document.getElementById(id));

async function showSample() {
  const name = sample.value;
  variables.value = JSON.stringify(exampleVariables[name]?.() ?? {}, null, 2);
  if (name === 'types') query.value = introspection;
  else if (graph.value === 'ops') query.value = opsQuery;
  else query.value = await (await fetch(`/operations/${graph.value}/${name}.graphql`)).text();
}

async function showGraph() {
  const names = [...(samples[graph.value] ?? ['markets']), 'types'];
  sample.replaceChildren(...names.map((name) => new Option(name)));
  token.value = tokenOf(graph.value);
  await showSample();
}

graph.addEventListener('change', () => void showGraph());
sample.addEventListener('change', () => void showSample());

const accept = 'application/graphql-response+json';

/** With a token that was pasted: one that is bound to no key. */
async function sendWithToken(path, content) {
  const headers = { 'content-type': 'application/json', accept, authorization: `Bearer ${token.value}` };
  const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(content) });
  return { status: response.status, body: await response.json() };
}

async function run() {
  const startedMs = performance.now();
  const path = `/graphql/${graph.value}`;
  try {
    const content = { query: query.value, variables: JSON.parse(variables.value || '{}') };
    const isOwn = token.value !== '' && token.value === tokenOf(graph.value);
    const { status, body } = isOwn
      ? await connections[graph.value].client.postJson(path, content, { accept, isAsserted: /^\s*mutation\b/m.test(query.value) })
      : await sendWithToken(path, content);
    answer.textContent = JSON.stringify(body, null, 2);
    summary.textContent = `${status} in ${Math.round(performance.now() - startedMs)} ms`;
  } catch (error) {
    answer.textContent = error.message;
    summary.textContent = 'not sent';
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void run();
});
await showGraph();
