/** Runs after all others: what Stripe's own artefacts say of every call that the tests made to the sandbox. */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import type { ObservedCall } from '@vitrine/stripe-sandbox/server';
import { createOpenApiJudge, type OpenApiDocument, type OpenApiJudge } from './support/openapi.ts';
import { callsFolderVariable, readStripeCalls } from './support/stripe-calls.ts';
import { knownDifferences } from './support/stripe-differences.ts';
import { createAskMock, judgeStripeCalls, type AskMock, type Verdict } from './support/stripe-judge.ts';
import { completeRunVariable, stripeMockVariable, type StripeMockFacts } from './support/stripe-mock.ts';

let calls: ObservedCall[];
let openApi: OpenApiJudge;
let askMock: AskMock;
let verdict: Verdict;

beforeAll(async () => {
  const facts = JSON.parse(process.env[stripeMockVariable] ?? '') as StripeMockFacts;
  openApi = createOpenApiJudge(JSON.parse(readFileSync(facts.specFile, 'utf8')) as OpenApiDocument);
  askMock = createAskMock(facts.url);
  calls = readStripeCalls(process.env[callsFolderVariable] ?? '');
  verdict = await judgeStripeCalls({ calls, openApi, askMock, known: knownDifferences });
}, 120_000);

test('stripe-mock refuses no request whose parameters the sandbox takes', () => {
  expect(calls.length).toBeGreaterThan(0);
  expect(verdict.refusedRequests).toEqual([]);
});

test("every answer of the sandbox fits Stripe's OpenAPI document", () => {
  expect(verdict.wrongAnswers).toEqual([]);
});

test('every listed difference of the API versions is met by a call', () => {
  // A part of the suites makes a part of the calls.
  if (process.env[completeRunVariable] === 'yes') expect(verdict.unusedDifferences).toEqual([]);
});

test('the judges see a planted parameter, a planted field, a field of the wrong type and a lost one', async () => {
  const refund = {
    id: 're_3planted',
    object: 'refund',
    amount: 'one',
    charge: null,
    created: 1,
    status: 'succeeded',
    balance_transaction: null,
    metadata: {},
    payment_intent: null,
    reason: null,
    receipt_number: null,
    source_transfer_reversal: null,
    transfer_reversal: null,
    planted: true,
  };
  const planted = { method: 'POST', url: '/v1/refunds', form: 'charge=ch_3planted&planted=1', status: 200, answer: JSON.stringify(refund) };
  const found = await judgeStripeCalls({ calls: [planted], openApi, askMock, known: [] });
  expect(found.refusedRequests).toEqual([
    expect.stringMatching(/^POST \/v1\/refunds with charge, planted: 400 .*additional properties are not allowed/),
  ]);
  expect(found.wrongAnswers).toEqual([
    'POST /v1/refunds 200: refund.amount: must be integer',
    'POST /v1/refunds 200: refund.currency: is missing',
    'POST /v1/refunds 200: refund.planted: is not in the schema',
  ]);
});
