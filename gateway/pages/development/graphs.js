/** Tries operations on the three graphs: the ones of the pages as samples, free text beside. Development only. */

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
  token.value = JSON.parse(sessionStorage.getItem(`vitrine.session.${graph.value}`) ?? '{}').accessToken ?? '';
  await showSample();
}

graph.addEventListener('change', () => void showGraph());
sample.addEventListener('change', () => void showSample());
async function run() {
  const startedMs = performance.now();
  try {
    const response = await fetch(`/graphql/${graph.value}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', authorization: `Bearer ${token.value}` },
      body: JSON.stringify({ query: query.value, variables: JSON.parse(variables.value || '{}') }),
    });
    answer.textContent = JSON.stringify(await response.json(), null, 2);
    summary.textContent = `${response.status} in ${Math.round(performance.now() - startedMs)} ms`;
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
