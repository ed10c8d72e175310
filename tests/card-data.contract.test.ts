/** Proof that nothing but the buyer's own graph can name card data: not the sellers' graph, not the staff's, no event, no internal call. */
import { describe, expect, test } from '@jest/globals';
import { contractCarriers, findCardData, type Carriers } from '@vitrine/ops/card-data-check';
import { cardDataInSchema, cardDataPaths, taggedCoordinates } from '@vitrine/ops/card-data-paths';
import { composeGraph, subgraphNames, subgraphSdl } from '@vitrine/ops/compose';

type SubgraphName = (typeof subgraphNames)[number];
type Plant = Partial<Record<SubgraphName, (sdl: string) => string>>;

const contracts = await contractCarriers();

/** The schemas of this repository with something planted into a copy. */
function carriers(plant: Plant = {}): Carriers {
  const sdlOf = (name: SubgraphName) => plant[name]?.(subgraphSdl(name)) ?? subgraphSdl(name);
  return {
    subgraphSdls: subgraphNames.map(sdlOf),
    graphs: { partner: composeGraph('partner', sdlOf), ops: composeGraph('ops', sdlOf) },
    ...contracts,
  };
}

/** A further field, argument or member in a type of a schema. */
const into = (type: string, addition: string) => (sdl: string) => {
  const found = new RegExp(`^((?:type|input) ${type}\\b[^{]*\\{)`, 'm');
  if (!found.test(sdl)) throw new Error(`there is no ${type} to plant into`);
  return sdl.replace(found, `$1\n${addition}\n`);
};
const append = (addition: string) => (sdl: string) => `${sdl}\n${addition}\n`;
const both =
  (...steps: readonly ((sdl: string) => string)[]) =>
  (sdl: string) =>
    steps.reduce((changed, step) => step(changed), sdl);
/** PaymentMethod with all that it has, opened to sellers. */
const opened = (sdl: string) =>
  sdl.replace(
    /^((?:type PaymentMethod|enum PaymentMethodStatus)\b[^{]*)@tag\(name: "buyer"\)/gm,
    '$1@tag(name: "buyer") @tag(name: "partner")',
  );

test('no seller, no member of staff, no event and no call can reach card data', () => {
  expect(findCardData(carriers())).toEqual([]);
});

test('the walk sees what is there: the buyer’s own graph does reach card data', () => {
  const tagged = taggedCoordinates(subgraphNames.map(subgraphSdl));
  for (const sdl of Object.values(composeGraph('buyer'))) {
    const paths = cardDataPaths(sdl, tagged);
    expect(paths).toContain('Query.viewer → Viewer.paymentMethods → PaymentMethod.last4');
    expect(paths.some((path) => path.endsWith('StartCardSetupSuccess.clientSecret'))).toBe(true);
  }
});

test('what a visible field makes the gateway fetch is reached, also where the field itself is hidden', () => {
  const sdl = `
    type Query { order: Order }
    type Order @join__type(graph: A, key: "id") {
      id: ID!
      label: String @join__field(graph: A, requires: "card { number }")
      card: Instrument @inaccessible
    }
    type Instrument @inaccessible { number: String @inaccessible }
    type Unseen { last4: String }`;
  expect(cardDataPaths(sdl, new Set(['Instrument.number']))).toEqual([
    'Query.order → Order.label → @requires → Order.card',
    'Query.order → Order.label → @requires → Order.card → Instrument.number',
  ]);
});

test('the key by which the gateway asks another subgraph is reached, also where it is hidden', () => {
  const sdl = `
    type Query { order: Order }
    type Order @join__type(graph: A, key: "id") @join__type(graph: B, key: "mark") { id: ID!, mark: ID! @inaccessible }`;
  expect(cardDataPaths(sdl, new Set(['Order.mark']))).toEqual(['Query.order → Order @key → Order.mark']);
});

describe('a planted path turns the build red:', () => {
  const planted: readonly (readonly [string, Plant, string])[] = [
    [
      'a card on the seller’s order',
      { 'payment-vault': both(opened, into('SellerOrder', 'paidWith: PaymentMethod')) },
      'partner graph: Query.sellerOrder → SellerOrder.paidWith → PaymentMethod',
    ],
    [
      'a field of it under another name that is tagged',
      { 'payment-vault': into('SellerOrder', 'ending: String @tag(name: "partner") @tag(name: "card-data")') },
      'partner graph: Query.sellerOrder → SellerOrder.ending',
    ],
    [
      'a scalar that nobody tagged',
      { 'payment-vault': into('SellerOrder', 'cardLast4: String') },
      'partner graph: Query.sellerOrder → SellerOrder.cardLast4',
    ],
    [
      'a member of a union, two types away',
      {
        'payment-vault': both(
          opened,
          into('SellerOrder', 'settledBy: Settlement'),
          append('union Settlement @tag(name: "partner") = Voucher | PaymentMethod\ntype Voucher @tag(name: "partner") { code: String }'),
        ),
      },
      'partner graph: Query.sellerOrder → SellerOrder.settledBy → Settlement → PaymentMethod',
    ],
    [
      'an implementation of an interface',
      {
        'payment-vault': both(
          into('SellerOrder', 'settledBy: Instrument'),
          append(
            'interface Instrument @tag(name: "partner") { id: ID! }\ntype Plastic implements Instrument @tag(name: "partner") @tag(name: "card-data") { id: ID! ending: String }',
          ),
        ),
      },
      'partner graph: Query.sellerOrder → SellerOrder.settledBy → Instrument → Plastic',
    ],
    [
      'an input',
      { catalog: into('CreateProductInput', 'payoutPan: String') },
      'partner graph: Mutation.createProduct(input:) → CreateProductInput.payoutPan',
    ],
    [
      'an argument',
      {
        'payment-vault': into(
          'SellerOrder',
          'charge(fingerprint: String, by: String @tag(name: "partner") @tag(name: "card-data")): String',
        ),
      },
      'partner graph: Query.sellerOrder → SellerOrder.charge(by:)',
    ],
    [
      'a card on the order that staff see',
      { 'payment-vault': both(into('SellerOrder', 'brand: String @tag(name: "ops")')) },
      'ops graph: Query.sellerOrder → SellerOrder.brand',
    ],
  ];

  test.each(planted)('%s', (_what, plant, path) => {
    expect(findCardData(carriers(plant))).toContain(path);
  });

  test('a field of the vault that is named like card data and not tagged', () => {
    expect(findCardData(carriers({ 'payment-vault': into('Viewer', 'cardFingerprint: String') }))).toEqual([
      'not tagged: Viewer.cardFingerprint',
    ]);
  });

  test('an event with the last four digits, with a reference to a card, or with a secret', () => {
    const object = (properties: object) => ({ type: 'object', properties });
    const leaking = object({
      payment: object({ last4: { type: 'string' } }),
      parts: { type: 'array', items: { anyOf: [object({ source: { type: 'string', pattern: '^pm_' } }), { type: 'null' }] } },
      next: object({ clientSecret: { type: 'string' } }),
    });
    const { events } = contracts;
    const found = findCardData({ ...carriers(), events: { ...events, 'payment-vault.payment.v1': { 'payment.shown': leaking } } });
    expect(found).toEqual([
      'event payment-vault.payment.v1: payment.shown.next.clientSecret',
      'event payment-vault.payment.v1: payment.shown.parts[].source',
      'event payment-vault.payment.v1: payment.shown.payment.last4',
    ]);
  });

  test('an internal call that says more than is allowed, and an allowance that is not needed any more', () => {
    const { calls } = contracts;
    const more = {
      ...calls,
      'seller-eligibility-http PurchaseDecisionRequest': { type: 'object', properties: { brand: { type: 'string' } } },
    };
    expect(findCardData({ ...carriers(), calls: more })).toEqual(['call seller-eligibility-http PurchaseDecisionRequest.brand']);
    expect(findCardData({ ...carriers(), calls: { ...calls, 'payment-vault-http AuthorizationResponse': {} } })).toEqual([
      'allowed, but not there: payment-vault-http AuthorizationResponse.clientSecret',
    ]);
  });
});

test.each([
  'last4',
  'cardLast4',
  'lastFour',
  'card_number',
  'pan',
  'cvcCheck',
  'expMonth',
  'paymentMethods',
  'client-secret',
  'stripeCustomerId',
  'brands',
])('a property called %s is card data', (name) => {
  expect(cardDataInSchema('event', { properties: { [name]: {} } })).toEqual([`event.${name}`]);
});
test.each(['orderId', 'panel', 'expiresAt', 'discard', 'company', 'capturedMinor', 'branding'])('a property called %s is not', (name) => {
  expect(cardDataInSchema('event', { properties: { [name]: {} } })).toEqual([]);
});
