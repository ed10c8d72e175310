import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  parse,
  type GraphQLSchema,
} from 'graphql';
import { topics } from '@vitrine/contracts/topics';
import { composeGraph, expandTags, graphNames } from '@vitrine/ops/compose';
import { toEnvelope, toHeaders } from '@vitrine/runtime/events';

const root = path.resolve(import.meta.dirname, '..');
const ajv = new Ajv({ strict: false });
addFormats.default(ajv);

const eventTypes = Object.entries(topics).flatMap(([topic, types]) =>
  Object.entries(types).map(([type, schema]) => ({ topic, type, schema })),
);

interface Sample {
  readonly headers: Readonly<Record<string, string>>;
  readonly value: unknown;
}

const sampleOf = (topic: string, type: string): Sample =>
  JSON.parse(readFileSync(path.join(root, 'infra/contracts/samples', topic, `${type}.v1.json`), 'utf8')) as Sample;

describe('event contracts', () => {
  test.each(eventTypes)('the golden sample of $type is still readable', ({ topic, type, schema }) => {
    const { headers, value } = sampleOf(topic, type);
    const validate = ajv.compile(schema);
    expect({ valid: validate(value), errors: validate.errors }).toEqual({ valid: true, errors: null });
    const event = toEnvelope({ topic, key: Buffer.from(headers['ce_subject'] ?? ''), value: Buffer.from(JSON.stringify(value)), headers });
    expect(event).toMatchObject({ topic, type, payload: value });
    expect(toHeaders({ ...event, source: (headers['ce_source'] ?? '').replace('urn:vitrine:', '') })).toEqual(headers);
  });

  test.each(eventTypes)('a $type without its content is refused', ({ schema }) => {
    expect(ajv.compile(schema)({})).toBe(false);
  });
});

describe('the graphs', () => {
  const composed = Object.fromEntries(graphNames.map((graph) => [graph, composeGraph(graph)]));
  const api = (graph: string): GraphQLSchema => buildSchema(composed[graph]?.publicSdl ?? '');

  test('compose, and the committed files are what they compose to', () => {
    for (const graph of graphNames) {
      const committed = readFileSync(path.join(root, 'gateway/supergraphs/generated', `${graph}.supergraph.graphql`), 'utf8');
      expect(`${composed[graph]?.supergraphSdl.trimEnd()}\n`).toBe(`${committed.trimEnd()}\n`);
    }
  });

  test.each(['Viewer', 'PaymentMethod', 'Address', 'Order', 'BuySheet', 'Disclosure', 'EligibilityDecision'])(
    'a partner cannot name %s',
    (type) => {
      expect(api('partner').getType(type)).toBeUndefined();
      expect(composed['partner']?.publicSdl).not.toContain(`type ${type} `);
    },
  );

  test.each(['PaymentMethod', 'Address', 'PostalAddress', 'BuySheet'])('the ops graph has no %s', (type) => {
    expect(api('ops').getType(type)).toBeUndefined();
  });

  test('a buyer cannot name what is for partners and staff', () => {
    const buyer = api('buyer');
    expect(buyer.getType('SellerOrder')).toBeUndefined();
    expect(buyer.getType('ProductStock')).toBeUndefined();
    expect(Object.keys(buyer.getMutationType()?.getFields() ?? {})).not.toEqual(expect.arrayContaining(['inviteSeller']));
  });

  test.each([...graphNames])('every type, field and value of the %s graph is described', (graph) => {
    const undescribed: string[] = [];
    for (const type of Object.values(api(graph).getTypeMap())) {
      if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
      if (!type.description) undescribed.push(type.name);
      if (isEnumType(type))
        undescribed.push(
          ...type
            .getValues()
            .filter(({ description }) => !description)
            .map(({ name }) => `${type.name}.${name}`),
        );
      if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
      for (const field of Object.values(type.getFields())) if (!field.description) undescribed.push(`${type.name}.${field.name}`);
    }
    expect(undescribed).toEqual([]);
  });

  test('a tag on a type holds for its fields, and a field with tags of its own for its arguments', () => {
    const expanded = JSON.stringify(
      expandTags(parse('type A @tag(name: "buyer") { a: Int b(c: Int): Int @tag(name: "ops") }', { noLocation: true })),
    );
    expect(expanded.match(/"value":"buyer"/g)).toHaveLength(1);
    expect(expanded.match(/"value":"ops"/g)).toHaveLength(2);
  });
});
