/**
 * Stripe's OpenAPI document as a judge of answers: finds the operation of a call and names each place where the answer differs from
 * its schema. Stricter than the document in one respect: a field that it does not describe is a difference, too.
 */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';

/** The part of an OpenAPI 3.0 schema that Stripe's document uses. */
export interface OpenApiSchema {
  $ref?: string;
  type?: string;
  nullable?: boolean;
  enum?: unknown[];
  maxLength?: number;
  pattern?: string;
  required?: string[];
  properties?: Record<string, OpenApiSchema>;
  additionalProperties?: boolean | OpenApiSchema;
  items?: OpenApiSchema;
  anyOf?: OpenApiSchema[];
  /** The enumeration is not complete. */
  'x-stripeBypassValidation'?: boolean;
}

interface Operation {
  responses: Record<string, { content: { 'application/json': { schema: OpenApiSchema } } }>;
}

export interface OpenApiDocument {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, OpenApiSchema> };
}

type Json = Record<string, unknown>;
/** Undefined where the document has no such operation. */
type Judgement = { readonly route: string; readonly differences: readonly string[] } | undefined;

export type OpenApiJudge = {
  /** The template of the path, such as `/v1/refunds/{refund}`. */
  readonly routeOf: (method: string, path: string) => string | undefined;
  /** Differences read as `payment_intent.last_payment_error.code: is not in the schema`; array positions as `[]`. */
  readonly judge: (method: string, path: string, status: number, body: unknown) => Judgement;
};

const documentId = 'openapi';
const schemasAt = '#/components/schemas/';

export function createOpenApiJudge(document: OpenApiDocument): OpenApiJudge {
  const { schemas } = document.components;
  const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false, inlineRefs: false, code: { optimize: false } });
  ajv.addSchema({
    $id: documentId,
    components: { schemas: Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, toJsonSchema(schema, schemas)])) },
  });
  const routes = Object.keys(document.paths)
    // A word in a path is meant before an id that would fit, too.
    .toSorted((a, b) => a.split('{').length - b.split('{').length)
    .map((route) => ({ route, pattern: new RegExp(`^${route.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`) }));
  const compiled = new Map<OpenApiSchema, ValidateFunction>();
  const validatorOf = (schema: OpenApiSchema): ValidateFunction => {
    const known = compiled.get(schema);
    if (known !== undefined) return known;
    const made = ajv.compile(toJsonSchema(schema, schemas));
    compiled.set(schema, made);
    return made;
  };
  const routeOf = (method: string, path: string): string | undefined =>
    routes.find(({ route, pattern }) => pattern.test(path) && document.paths[route]?.[method.toLowerCase()] !== undefined)?.route;

  return {
    routeOf,
    judge: (method, path, status, body) => {
      const route = routeOf(method, path);
      const operation = route === undefined ? undefined : document.paths[route]?.[method.toLowerCase()];
      if (route === undefined || operation === undefined) return undefined;
      const response = operation.responses[String(status)] ?? operation.responses['default'];
      if (response === undefined) return { route, differences: [`${status}: the operation has no such status`] };
      const validate = validatorOf(response.content['application/json'].schema);
      validate(body);
      const found = (validate.errors ?? []).map((error) => describe(error, body)).filter((text) => text !== undefined);
      return { route, differences: [...new Set(found)] };
    },
  };
}

function toJsonSchema(schema: OpenApiSchema, schemas: OpenApiDocument['components']['schemas']): Json {
  const convert = (inner: OpenApiSchema): Json => toJsonSchema(inner, schemas);
  const orNull = (json: Json): Json => (schema.nullable === true ? { if: { type: 'null' }, else: json } : json);
  if (schema.$ref !== undefined) return orNull({ $ref: `${documentId}${schema.$ref}` });
  if (schema.anyOf !== undefined) return orNull(choice(schema.anyOf, schemas, convert));
  const { type, maxLength, pattern, required, items, properties, additionalProperties } = schema;
  const values = schema['x-stripeBypassValidation'] === true ? undefined : schema.enum;
  return orNull({
    ...(type === undefined ? {} : { type }),
    ...(values === undefined ? {} : { enum: values }),
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(pattern === undefined ? {} : { pattern }),
    ...(required === undefined ? {} : { required }),
    ...(items === undefined ? {} : { items: convert(items) }),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, convert(inner)])) }),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: convert(additionalProperties) } : {}),
    ...(properties !== undefined && additionalProperties === undefined ? { additionalProperties: false } : {}),
  });
}

/** An object is judged by the one schema that its `object` (and `deleted`) names, so that its errors are not those of all others. */
function choice(
  options: readonly OpenApiSchema[],
  schemas: OpenApiDocument['components']['schemas'],
  convert: (schema: OpenApiSchema) => Json,
): Json {
  const tagged: { condition: Json; schema: Json; deleted: boolean }[] = [];
  const others: Json[] = [];
  for (const option of options) {
    const target = option.$ref === undefined ? option : schemas[option.$ref.slice(schemasAt.length)];
    const [tag, ...more] = target?.properties?.['object']?.enum ?? [];
    if (tag === undefined || more.length > 0) {
      others.push(convert(option));
      continue;
    }
    const deleted = target?.required?.includes('deleted') === true;
    const required = ['object', ...(deleted ? ['deleted'] : [])];
    tagged.push({
      condition: { type: 'object', properties: { object: { const: tag } }, required },
      schema: convert(option),
      deleted,
    });
  }
  const rest: Json = others.length === 1 ? (others[0] ?? {}) : others.length === 0 ? { not: {} } : { anyOf: others };
  return tagged
    .toSorted((a, b) => Number(a.deleted) - Number(b.deleted))
    .reduce(
      (otherwise, { condition, schema }) => ({
        allOf: [
          { if: { not: condition }, else: schema },
          { if: condition, else: otherwise },
        ],
      }),
      rest,
    );
}

const containers = new Set(['if', 'anyOf', 'oneOf']);

function describe(error: ErrorObject, body: unknown): string | undefined {
  // What failed inside of them has an error of its own.
  if (containers.has(error.keyword)) return undefined;
  const place = placeOf(error.instancePath.split('/').slice(1), body);
  switch (error.keyword) {
    case 'additionalProperties':
      return `${place}.${String(error.params['additionalProperty'])}: is not in the schema`;
    case 'required':
      return `${place}.${String(error.params['missingProperty'])}: is missing`;
    // The schema's words, never the value: it can be a card number or a secret.
    case 'enum':
      return `${place}: is not one of ${JSON.stringify(error.params['allowedValues'])}`;
    case 'not':
      return `${place}: is of no kind that may stand here`;
    default:
      return `${place}: ${error.message ?? error.keyword}`;
  }
}

/** Beginning with the nearest object that says what it is, so that an expanded object is named as a retrieved one. */
function placeOf(steps: readonly string[], body: unknown): string {
  let place = nameOf(body) ?? 'answer';
  let value = body;
  for (const step of steps) {
    value = typeof value === 'object' && value !== null ? (value as Json)[step] : undefined;
    place = nameOf(value) ?? (/^\d+$/.test(step) ? `${place}[]` : `${place}.${step}`);
  }
  return place;
}

function nameOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { object } = value as Json;
  return typeof object === 'string' && object !== 'list' ? object : undefined;
}
