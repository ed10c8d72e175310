import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { createPool, withTransaction, type Pool } from '@vitrine/runtime/database';
import { identityHeader, parseIdentityKeys, signIdentity, type Actor, staffRoles } from '@vitrine/runtime/identity';
import { newId } from '@vitrine/runtime/ids';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/stack.ts';
import type { Deps } from '../src/deps.ts';
import { buildServer } from '../src/server.ts';
import { settleRefunds } from '../src/settle-refunds.ts';
import { storeDispute } from '../src/store/disputes.ts';
import { deliveredOrder, paidOrder, placedOrder } from './paid-order.ts';
import { productId, scriptServices, sellerId } from './scripted-services.ts';
import { createTestDeps, logger } from './test-deps.ts';

const key = () => randomBytes(32).toString('base64');
const keys = parseIdentityKeys(`gateway>checkout:k1:${key()},catalog>checkout:k1:${key()}`);

let database: TestDatabase;
let pool: Pool;
let deps: Deps;
let server: FastifyInstance;

const ada = { role: 'buyer', accountId: newId('usr'), country: 'US' } as const;
const grace = { role: 'buyer', accountId: newId('usr'), country: 'US' } as const;
const shop = { role: 'seller', accountId: newId('usr'), sellerId } as const;
const otherShop = { role: 'seller', accountId: newId('usr'), sellerId: newId('sel') } as const;
const staff = { role: 'operator', accountId: newId('usr'), staffRoles } as const;
const machine = { role: 'service' } as const;

beforeAll(async () => {
  database = await createTestDatabase('checkout');
  pool = createPool({ url: database.url, size: 8, name: 'test', logger });
  deps = { ...createTestDeps(pool, scriptServices()), duplicateWindowSeconds: 0 };
  server = buildServer(deps, keys);
  await server.ready();
});
afterAll(async () => {
  await server.close();
  await pool.end();
  await database.drop();
});

interface Answer {
  readonly data?: Record<string, never> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

async function ask(actor: Actor, query: string, variables: object = {}): Promise<Answer> {
  const response = await server.inject({
    method: 'POST',
    url: '/graphql',
    headers: { [identityHeader]: signIdentity(keys, { from: 'gateway', to: 'checkout', actor, requestId: randomUUID() }) },
    payload: { query, variables },
  });
  return response.json<Answer>();
}

const refundFields =
  'id kind status amount { amountMinor currency } shipping { amountMinor } lines { productId quantity amount { amountMinor } tax { amountMinor } } reason failure returnId requestedAt refundedAt';
const returnFields = `id state reason lines { productId quantity } received { productId quantity } refusal refund { ${refundFields} } requestedAt decidedAt receivedAt`;
const errors = '... on UserError { message } ... on InvalidInputError { path }';
const refundable = 'refundable { amount { amountMinor } shipping { amountMinor } lines { productId quantity } }';

const mutate = (actor: Actor, name: string, selection: string, input: object): Promise<Answer> => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return ask(
    actor,
    `mutation ($input: ${type}Input!) { ${name}(input: $input) { __typename ${errors} ... on ${type}Success { ${selection} } } }`,
    { input: { idempotencyKey: randomUUID(), ...input } },
  );
};
const refund = (actor: Actor, orderId: string, input: object = { kind: 'FULL' }) =>
  ask(
    actor,
    `mutation ($input: RefundOrderInput!) { refundOrder(input: $input) { __typename ${errors} ... on RefundExceedsError { ${refundable} }
       ... on OrderChangedError { currentVersion } ... on RefundOrderSuccess { order { id refunded { amountMinor } } refund { ${refundFields} } } } }`,
    { input: { idempotencyKey: randomUUID(), orderId, reason: 'REQUESTED_BY_BUYER', ...input } },
  );
const quote = (actor: Actor, orderId: string, input: object = { kind: 'FULL' }) =>
  ask(
    actor,
    `query ($input: RefundQuoteInput!) { refundQuote(input: $input) { __typename ${errors} ... on RefundExceedsError { ${refundable} }
       ... on RefundQuote { amount { amountMinor } shipping { amountMinor } lines { quantity amount { amountMinor } tax { amountMinor } } ${refundable} } } }`,
    { input: { orderId, ...input } },
  );
const requestReturn = (actor: Actor, orderId: string, quantity = 1) =>
  mutate(actor, 'requestReturn', `order { id returns } return { ${returnFields} }`, {
    orderId,
    lines: [{ productId, quantity }],
    reason: 'DAMAGED',
  });
const asSeller = (actor: Actor, orderId: string) =>
  ask(
    actor,
    `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on SellerOrder { id refunds { ${refundFields} requestedBy } ${refundable} returnRequests { ${returnFields} } } } }`,
    { representations: [{ __typename: 'SellerOrder', id: orderId }] },
  );
const asBuyer = (actor: Actor, orderId: string, disputeFields = 'state') =>
  ask(
    actor,
    `query ($id: ID!) { order(id: $id) { id refunds { ${refundFields} } returnRequests { ${returnFields} } returnable { until lines { productId quantity } reason } disputes { ${disputeFields} } } }`,
    { id: orderId },
  );

/** The result of one field, as a test compares it. */
const answerOf = ({ data }: Answer, field: string): unknown => data?.[field];
async function returnIdOf(answer: Promise<Answer>): Promise<string> {
  const result = answerOf(await answer, 'requestReturn') as { readonly return?: { readonly id: string } };
  if (result.return === undefined) throw new Error(`not requested: ${JSON.stringify(result)}`);
  return result.return.id;
}

describe('money back through the graphs', () => {
  test('a seller sees what a refund would come to, makes it, and both sides see it', async () => {
    const { orderId } = await paidOrder(deps, 2, ada.accountId);
    const lines = { kind: 'LINES', lines: [{ productId, quantity: 1 }] };
    expect(answerOf(await quote(shop, orderId, lines), 'refundQuote')).toMatchObject({
      __typename: 'RefundQuote',
      amount: { amountMinor: 1_931 },
      lines: [{ quantity: 1, amount: { amountMinor: 1_800 }, tax: { amountMinor: 131 } }],
    });
    expect(answerOf(await refund(shop, orderId, lines), 'refundOrder')).toMatchObject({
      __typename: 'RefundOrderSuccess',
      order: { id: orderId, refunded: { amountMinor: 0 } },
      refund: { kind: 'LINES', status: 'REQUESTED', amount: { amountMinor: 1_931, currency: 'USD' } },
    });
    await settleRefunds(deps);
    const seen = [{ status: 'REFUNDED', refundedAt: expect.any(String), failure: null }];
    expect(await asBuyer(ada, orderId)).toMatchObject({ data: { order: { refunds: seen } } });
    expect(await asSeller(shop, orderId)).toMatchObject({
      data: { _entities: [{ refunds: [{ ...seen[0], requestedBy: 'SELLER' }], refundable: { shipping: { amountMinor: 499 } } }] },
    });
    expect(
      answerOf(await refund(shop, orderId, { kind: 'GOODWILL', amount: { amountMinor: 9_000, currency: 'USD' } }), 'refundOrder'),
    ).toMatchObject({
      __typename: 'RefundExceedsError',
      refundable: { amount: { amountMinor: 1_800 + 130 + 499 }, lines: [{ productId, quantity: 1 }] },
    });
  });

  test.each<[string, object, readonly string[]]>([
    ['LINES without lines', { kind: 'LINES' }, ['lines']],
    ['GOODWILL without an amount', { kind: 'GOODWILL' }, ['amount']],
    ['RETURN without a return', { kind: 'RETURN' }, ['returnId']],
    ['FULL with lines', { kind: 'FULL', lines: [] }, ['lines']],
    ['SHIPPING with an amount', { kind: 'SHIPPING', amount: { amountMinor: 1, currency: 'USD' } }, ['amount']],
    ['a short key', { kind: 'FULL', idempotencyKey: 'short' }, ['idempotencyKey']],
  ])('%s is refused as input', async (_name, input, path) => {
    const { orderId } = await paidOrder(deps);
    expect(answerOf(await refund(shop, orderId, input), 'refundOrder')).toMatchObject({ __typename: 'InvalidInputError', path });
  });

  test('a buyer sends goods back, the seller takes and receives them, and the money follows', async () => {
    const { orderId } = await deliveredOrder(deps, 2, ada.accountId);
    expect(await asBuyer(ada, orderId)).toMatchObject({
      data: { order: { returnable: { until: expect.any(String), lines: [{ productId, quantity: 2 }], reason: null } } },
    });
    const returnId = await returnIdOf(requestReturn(ada, orderId));
    expect(answerOf(await requestReturn(ada, orderId), 'requestReturn')).toMatchObject({ __typename: 'NotReturnableError' });
    expect(answerOf(await mutate(shop, 'approveReturn', `return { ${returnFields} }`, { returnId }), 'approveReturn')).toMatchObject({
      __typename: 'ApproveReturnSuccess',
      return: { state: 'APPROVED', decidedAt: expect.any(String) },
    });
    const lines = [{ productId, quantity: 1, restock: true }];
    expect(
      answerOf(
        await mutate(shop, 'receiveReturn', `order { id returns } return { ${returnFields} }`, { returnId, lines, refundShipping: true }),
        'receiveReturn',
      ),
    ).toMatchObject({
      __typename: 'ReceiveReturnSuccess',
      order: { id: orderId, returns: 'RECEIVED' },
      return: { state: 'RECEIVED', refund: { status: 'REQUESTED', shipping: { amountMinor: 499 } } },
    });
    await settleRefunds(deps);
    expect(await asBuyer(ada, orderId)).toMatchObject({
      data: {
        order: {
          returnRequests: [{ id: returnId, state: 'REFUNDED', received: [{ productId, quantity: 1 }], refund: { status: 'REFUNDED' } }],
        },
      },
    });
    expect(answerOf(await mutate(ada, 'withdrawReturn', 'order { id }', { returnId }), 'withdrawReturn')).toMatchObject({
      __typename: 'ReturnStateError',
    });
  });

  test('a buyer withdraws, a seller refuses', async () => {
    const { orderId } = await deliveredOrder(deps, 1, ada.accountId);
    const first = await returnIdOf(requestReturn(ada, orderId));
    expect(
      answerOf(await mutate(ada, 'withdrawReturn', 'order { id returns } return { state }', { returnId: first }), 'withdrawReturn'),
    ).toMatchObject({
      order: { id: orderId, returns: 'NONE' },
      return: { state: 'WITHDRAWN' },
    });
    const second = await returnIdOf(requestReturn(ada, orderId));
    expect(
      answerOf(await mutate(shop, 'refuseReturn', 'return { state refusal }', { returnId: second, reason: 'USED' }), 'refuseReturn'),
    ).toMatchObject({ return: { state: 'REFUSED', refusal: 'USED' } });
  });

  test('a buyer learns of a dispute that there is one, staff learn all of it', async () => {
    const { orderId, total } = await paidOrder(deps, 1, ada.accountId);
    const disputeId = newId('dsp');
    await withTransaction(pool, (transaction) =>
      storeDispute(transaction, {
        disputeId,
        orderId,
        amount: total,
        reason: 'fraudulent',
        status: 'needs_response',
        state: 'open',
        evidenceDueAt: null,
        at: new Date(),
        sequence: 4,
      }),
    );
    expect(await asBuyer(ada, orderId)).toMatchObject({ data: { order: { disputes: [{ state: 'OPEN' }] } } });
    expect(await asBuyer(staff, orderId, 'state id reason amount { amountMinor }')).toMatchObject({
      data: { order: { disputes: [{ state: 'OPEN', id: disputeId, reason: 'fraudulent', amount: { amountMinor: total.amountMinor } }] } },
    });
  });
});

describe('who may reach what', () => {
  const refused = (answer: Answer, field: string): string =>
    answer.errors?.[0]?.extensions.code ?? (answerOf(answer, field) as { readonly __typename: string }).__typename;

  test.each([
    ['its seller', shop, 'RefundOrderSuccess'],
    ['network staff', staff, 'RefundOrderSuccess'],
    ['another seller', otherShop, 'NotFoundError'],
    ['its buyer', ada, 'FORBIDDEN'],
    ['another buyer', grace, 'FORBIDDEN'],
    ['a service', machine, 'FORBIDDEN'],
  ] as const)('refunding an order: %s', async (_who, actor, expected) => {
    const { orderId } = await paidOrder(deps, 1, ada.accountId);
    expect(refused(await refund(actor, orderId), 'refundOrder')).toBe(expected);
    const { rowCount } = await pool.query('select from refunds where order_id = $1', [orderId]);
    expect(rowCount).toBe(expected === 'RefundOrderSuccess' ? 1 : 0);
  });

  test.each([
    ['its seller', shop, 'RefundQuote'],
    ['network staff', staff, 'RefundQuote'],
    ['another seller', otherShop, 'NotFoundError'],
    ['its buyer', ada, 'FORBIDDEN'],
    ['a service', machine, 'FORBIDDEN'],
  ] as const)('seeing what a refund would come to: %s', async (_who, actor, expected) => {
    const { orderId } = await paidOrder(deps, 1, ada.accountId);
    expect(refused(await quote(actor, orderId), 'refundQuote')).toBe(expected);
  });

  test('an order that its seller does not know of yet is refunded by nobody', async () => {
    const { orderId } = await placedOrder(deps, 1, ada.accountId);
    for (const actor of [shop, staff]) expect(refused(await refund(actor, orderId), 'refundOrder')).toBe('NotFoundError');
  });

  test.each([
    ['its buyer', ada, 'RequestReturnSuccess'],
    ['another buyer', grace, 'NotFoundError'],
    ['its seller', shop, 'FORBIDDEN'],
    ['network staff', staff, 'FORBIDDEN'],
    ['a service', machine, 'FORBIDDEN'],
  ] as const)('asking for a return: %s', async (_who, actor, expected) => {
    const { orderId } = await deliveredOrder(deps, 1, ada.accountId);
    expect(refused(await requestReturn(actor, orderId), 'requestReturn')).toBe(expected);
  });

  test.each([
    ['another buyer', grace, 'NotFoundError'],
    ['its seller', shop, 'FORBIDDEN'],
    ['network staff', staff, 'FORBIDDEN'],
    ['its buyer', ada, 'WithdrawReturnSuccess'],
  ] as const)('withdrawing a return: %s', async (_who, actor, expected) => {
    const { orderId } = await deliveredOrder(deps, 1, ada.accountId);
    const returnId = await returnIdOf(requestReturn(ada, orderId));
    expect(refused(await mutate(actor, 'withdrawReturn', 'return { id }', { returnId }), 'withdrawReturn')).toBe(expected);
  });

  test.each([
    ['its seller', shop, null],
    ['network staff', staff, null],
    ['another seller', otherShop, 'NotFoundError'],
    ['its buyer', ada, 'FORBIDDEN'],
    ['a service', machine, 'FORBIDDEN'],
  ] as const)('deciding about a return: %s', async (_who, actor, expected) => {
    const { orderId } = await deliveredOrder(deps, 2, ada.accountId);
    const first = await returnIdOf(requestReturn(ada, orderId));
    const lines = [{ productId, quantity: 1, restock: false }];
    const steps = [
      ['refuseReturn', { returnId: first, reason: 'OTHER' }],
      ['approveReturn', { returnId: first }],
      ['receiveReturn', { returnId: first, lines }],
    ] as const;
    if (expected !== null) {
      for (const [name, input] of steps) expect(refused(await mutate(actor, name, 'return { id }', input), name)).toBe(expected);
      return;
    }
    expect(refused(await mutate(actor, 'refuseReturn', 'return { id }', steps[0][1]), 'refuseReturn')).toBe('RefuseReturnSuccess');
    const returnId = await returnIdOf(requestReturn(ada, orderId));
    expect(refused(await mutate(actor, 'approveReturn', 'return { id }', { returnId }), 'approveReturn')).toBe('ApproveReturnSuccess');
    expect(refused(await mutate(actor, 'receiveReturn', 'return { id }', { returnId, lines }), 'receiveReturn')).toBe(
      'ReceiveReturnSuccess',
    );
  });

  test('refunds and returns of an order are seen by its buyer, its seller and staff only, by reference as well', async () => {
    const { orderId } = await deliveredOrder(deps, 1, ada.accountId);
    await returnIdOf(requestReturn(ada, orderId));
    await refund(shop, orderId, { kind: 'SHIPPING' });
    for (const actor of [shop, staff]) {
      expect(await asSeller(actor, orderId)).toMatchObject({
        data: { _entities: [{ refunds: [{ kind: 'SHIPPING' }], returnRequests: [{}] }] },
      });
    }
    for (const actor of [otherShop, ada, grace, machine])
      expect(await asSeller(actor, orderId)).toMatchObject({ data: { _entities: [null] } });
    for (const actor of [ada, staff])
      expect(await asBuyer(actor, orderId)).toMatchObject({ data: { order: { refunds: [{}], returnRequests: [{}] } } });
    expect(await asBuyer(grace, orderId)).toMatchObject({ data: { order: null } });
    for (const actor of [shop, machine]) expect((await asBuyer(actor, orderId)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });
});
