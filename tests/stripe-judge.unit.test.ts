import { describe, expect, test } from '@jest/globals';
import { createOpenApiJudge, type OpenApiDocument, type OpenApiSchema } from './support/openapi.ts';
import { kindOfCall } from './support/stripe-calls.ts';
import { judgeStripeCalls, type KnownDifference } from './support/stripe-judge.ts';
import { callsStripe } from './support/stripe-mock.ts';

const text: OpenApiSchema = { type: 'string', maxLength: 20 };
const tag = (name: string): OpenApiSchema => ({ type: 'string', enum: [name] });
const ref = (name: string): OpenApiSchema => ({ $ref: `#/components/schemas/${name}` });
const answered = (schema: OpenApiSchema) => ({ content: { 'application/json': { schema } } });

/** A small document with all that Stripe's own uses: expandable fields, deleted objects, nullable ones, lists and open enumerations. */
const document: OpenApiDocument = {
  paths: {
    '/v1/coins': { post: { responses: { '200': answered(ref('coin')), default: answered(ref('error')) } } },
    '/v1/coins/{coin}': { get: { responses: { '200': answered(ref('coin')), default: answered(ref('error')) } } },
    '/v1/coins/search': {
      get: {
        responses: {
          '200': answered({
            type: 'object',
            required: ['data', 'object'],
            properties: { object: tag('list'), data: { type: 'array', items: ref('coin') } },
          }),
        },
      },
    },
  },
  components: {
    schemas: {
      coin: {
        type: 'object',
        required: ['id', 'object'],
        properties: {
          id: text,
          object: tag('coin'),
          side: { type: 'string', nullable: true, enum: ['heads', 'tails'] },
          metal: { type: 'string', enum: ['gold'], 'x-stripeBypassValidation': true },
          owner: { nullable: true, anyOf: [text, ref('owner'), ref('deleted_owner')] },
          metadata: { type: 'object', additionalProperties: text },
        },
      },
      owner: { type: 'object', required: ['object', 'name'], properties: { object: tag('owner'), name: text } },
      deleted_owner: {
        type: 'object',
        required: ['object', 'deleted'],
        properties: { object: tag('owner'), deleted: { type: 'boolean', enum: [true] } },
      },
      error: { type: 'object', required: ['error'], properties: { error: { type: 'object', properties: { code: text } } } },
    },
  },
};
const openApi = createOpenApiJudge(document);
const differences = (body: unknown, method = 'GET', path = '/v1/coins/coin_1', status = 200) =>
  openApi.judge(method, path, status, body)?.differences;

describe('the judge of answers', () => {
  test.each<[string, object]>([
    ['the least', {}],
    ['null where it may be', { side: null, owner: null }],
    ['an id', { owner: 'own_1' }],
    ['an expanded object', { owner: { object: 'owner', name: 'Ada' } }],
    ['a deleted object', { owner: { object: 'owner', deleted: true } }],
    ['a value of an open enumeration', { metal: 'tin' }],
    ['metadata of any name', { metadata: { anything: 'x' } }],
  ])('takes %s', (_name, more) => {
    expect(differences({ id: 'coin_1', object: 'coin', ...more })).toEqual([]);
  });

  test.each<[object, string]>([
    [{ planted: 1 }, 'coin.planted: is not in the schema'],
    [{ id: undefined }, 'coin.id: is missing'],
    [{ id: 7 }, 'coin.id: must be string'],
    [{ id: 'coin_12345678901234567890' }, 'coin.id: must NOT have more than 20 characters'],
    [{ side: 'edge' }, 'coin.side: is not one of ["heads","tails"]'],
    [{ metal: null }, 'coin.metal: must be string'],
    [{ owner: 7 }, 'coin.owner: must be string'],
    [{ owner: { object: 'owner', name: 'Ada', planted: 1 } }, 'owner.planted: is not in the schema'],
    [{ owner: { object: 'owner', deleted: false } }, 'owner.deleted: is not one of [true]'],
    [{ metadata: { key: 1 } }, 'coin.metadata.key: must be string'],
  ])('names the one difference of %j', (more, difference) => {
    expect(differences(JSON.parse(JSON.stringify({ id: 'coin_1', object: 'coin', ...more })))).toEqual([difference]);
  });

  test('judges the members of a list, and a word of a path before an id', () => {
    const body = { object: 'list', data: [{ id: 'coin_1', object: 'coin', planted: 1 }] };
    expect(openApi.judge('GET', '/v1/coins/search', 200, body)).toEqual({
      route: '/v1/coins/search',
      differences: ['coin.planted: is not in the schema'],
    });
  });

  test('judges an error by the schema of errors', () => {
    expect(differences({ error: { code: 'x' } }, 'GET', '/v1/coins/coin_1', 402)).toEqual([]);
    expect(differences({ error: { planted: 'x' } }, 'GET', '/v1/coins/coin_1', 402)).toEqual([
      'answer.error.planted: is not in the schema',
    ]);
  });

  test('does not repeat a value, and has no judgement on what Stripe does not have', () => {
    expect(JSON.stringify(differences({ id: 'coin_1', object: 'coin', side: '4242424242424242' }))).not.toContain('4242');
    expect(differences({}, 'GET', '/v1/notes')).toBeUndefined();
    expect(differences({}, 'DELETE', '/v1/coins/coin_1')).toBeUndefined();
  });
});

describe('the verdict', () => {
  const coin = JSON.stringify({ id: 'coin_1', object: 'coin' });
  const call = { method: 'POST', url: '/v1/coins', form: 'side=heads', status: 200, answer: coin };
  const asked: string[] = [];
  const verdictOn = (more: object, known: readonly KnownDifference[] = []) => {
    asked.length = 0;
    const askMock = async ({ form }: { form: string }) => {
      asked.push(form);
      return form.includes('planted') ? '400 4242424242424242 is not allowed, nor pi_1_secret_2' : undefined;
    };
    return judgeStripeCalls({ calls: [{ ...call, ...more }], openApi, askMock, known });
  };
  const clean = { refusedRequests: [], wrongAnswers: [], unusedDifferences: [] };

  test('is clean for a call that both judges take', async () => {
    expect(await verdictOn({})).toEqual(clean);
  });

  test('names a refused request by route and parameters, without any value', async () => {
    const { refusedRequests } = await verdictOn({ form: 'side=heads&planted[number]=4242424242424242' });
    expect(refusedRequests).toEqual(['POST /v1/coins with planted[number], side: 400  is not allowed, nor …']);
  });

  test('names a call of what Stripe does not have, unless the sandbox has it neither', async () => {
    expect((await verdictOn({ url: '/v1/coins/coin_1/flip' })).refusedRequests).toEqual([
      'POST /v1/coins/{id}/flip: Stripe has no such operation',
    ]);
    expect(await verdictOn({ url: '/v1/notes', status: 404, answer: '{"error":{}}' })).toEqual(clean);
  });

  test('names an answer that is no JSON', async () => {
    expect((await verdictOn({ answer: '<html>' })).wrongAnswers).not.toEqual([]);
  });

  test.each([
    [402, 'card_declined', 1],
    [400, 'payment_intent_unexpected_state', 1],
    [400, 'charge_already_refunded', 1],
    [400, 'parameter_unknown', 0],
    [429, 'rate_limit', 0],
  ])('a request that the sandbox answers with %d %s is sent to stripe-mock %d times', async (status, code, times) => {
    await verdictOn({ status, answer: JSON.stringify({ error: { code } }) });
    expect(asked).toHaveLength(times);
  });

  test('a listed difference is left out, the rest of the request is judged, and an unused entry is named', async () => {
    const known = ['POST /v1/coins newer[deep]', 'coin.newer: is not in the schema', 'coin.forgotten: is not in the schema'];
    const verdict = await verdictOn(
      { form: 'side=heads&newer[deep][er]=1&newer%5Bdeep%5D[er]=2', answer: JSON.stringify({ id: 'coin_1', object: 'coin', newer: 1 }) },
      known.map((entry) => ({ text: entry, why: 'a test' })),
    );
    expect(verdict).toEqual({ ...clean, unusedDifferences: ['coin.forgotten: is not in the schema'] });
    expect(asked).toEqual(['side=heads']);
  });
});

describe('what is recorded', () => {
  const call = { method: 'POST', url: '/v1/coins/coin_1a/flip', form: 'n=1', status: 200, answer: '{"id":"coin_1a","n":1}' };

  test('two calls that differ in ids and numbers only are of one kind', () => {
    expect(kindOfCall({ ...call, url: '/v1/coins/coin_2b/flip', form: 'n=2', answer: '{"id":"coin_2b","n":2}' })).toBe(kindOfCall(call));
  });

  test.each([
    [{ form: 'n=x1' }],
    [{ form: 'n=1&m=1' }],
    [{ form: 'n=heads' }],
    [{ status: 400 }],
    [{ answer: '{"id":"coin_1a","n":null}' }],
    [{ url: '/v1/coins/coin_1a/toss' }],
    [{ method: 'GET' }],
  ])('a call with %j is of another kind', (change) => {
    expect(kindOfCall({ ...call, ...change })).not.toBe(kindOfCall(call));
  });

  test("the calls of the sandbox's and the vault's integration tests are judged", () => {
    expect(callsStripe('infra/stripe-sandbox/tests/payments.int.test.ts')).toBe(true);
    expect(callsStripe('services/payment-vault/tests/process.int.test.ts')).toBe(true);
    expect(callsStripe('services/checkout/tests/process.int.test.ts')).toBe(false);
  });
});
