/**
 * Enforces a subgraph's table of who may do what, before any resolver runs: a root field or an entity that the table
 * does not name cannot be served at all. Whose rows a caller gets is the resolvers' to check; here it is said.
 */
import {
  defaultFieldResolver,
  isNonNullType,
  isObjectType,
  isUnionType,
  Kind,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { PublicError } from './errors.ts';
import type { Actor, Identity, StaffRole } from './identity.ts';

/**
 * Who may use a root field, an entity or a field, and whose rows it gives them: `own` ones, those that are `public`, or
 * `any`, which is for staff only. A role that is absent may not. No service is ever granted anything: services call each
 * other's internal routes, which name their callers.
 */
export interface Grants {
  readonly buyer?: 'own' | 'public';
  readonly seller?: {
    readonly rows: 'own' | 'public';
    /** A person in the dashboard may always; an API client with this scope, `any` API client, or `none`. */
    readonly clients: string;
  };
  readonly staff?: { readonly rows: 'any' | 'public'; readonly roles: readonly StaffRole[] };
}

/** Everything that a subgraph serves, and to whom. */
export interface SubgraphAccess {
  readonly Query: Readonly<Record<string, Grants>>;
  readonly Mutation: Readonly<Record<string, Grants>>;
  /** By type: who may have one by its key. Null for anybody else. */
  readonly entities: Readonly<Record<string, Grants>>;
  /** Fields that fewer may have than their type, by `Type.field`. */
  readonly fields: Readonly<Record<string, Grants>>;
}

/** Why an actor may not, in words for the caller; null when it may. */
type Judge = (actor: Actor) => string | null;

const rolesOf = ({ buyer, seller, staff }: Grants): string =>
  [buyer === undefined ? [] : 'a buyer', seller === undefined ? [] : 'a seller', staff === undefined ? [] : 'network staff']
    .flat()
    .join(' or ') || 'nobody';

/** The decision for one entry, with everything but the caller known beforehand: it makes nothing while it decides. */
export function judgeOf(grants: Grants): Judge {
  const otherRole = `Only ${rolesOf(grants)} may do this.`;
  const clients = grants.seller?.clients ?? 'none';
  const noClient = 'A seller does this in the dashboard; an API client may not.';
  const noScope = `This API client does not have the scope ${clients}.`;
  const roles = grants.staff?.roles ?? [];
  const noStaffRole = `This is for staff with one of these roles: ${roles.join(', ')}.`;
  return (actor) => {
    switch (actor.role) {
      case 'buyer':
        return grants.buyer === undefined ? otherRole : null;
      case 'seller':
        if (grants.seller === undefined) return otherRole;
        if (actor.clientId === undefined && actor.scopes === undefined) return null;
        if (clients === 'none') return noClient;
        return clients === 'any' || actor.scopes?.includes(clients) === true ? null : noScope;
      case 'operator':
        if (grants.staff === undefined) return otherRole;
        for (const role of actor.staffRoles) if (roles.includes(role)) return null;
        return noStaffRole;
      default:
        return otherRole;
    }
  };
}

const roleIsGranted = (grants: Grants, { role }: Actor): boolean =>
  (role === 'buyer' && grants.buyer !== undefined) ||
  (role === 'seller' && grants.seller !== undefined) ||
  (role === 'operator' && grants.staff !== undefined);

/** What every subgraph's resolvers have of the request. */
export interface WithIdentity {
  readonly identity: Identity;
}

type Field = GraphQLField<unknown, WithIdentity>;
type ResolveReference = (reference: object, context: WithIdentity, info: unknown) => unknown;
interface EntityExtensions {
  readonly apollo?: { readonly subgraph?: { readonly resolveReference?: ResolveReference } };
}

/** Root fields of federation itself: `_entities` is decided by type, `_service` tells its one caller the schema. */
const federationFields: readonly string[] = ['_entities', '_service'];

function guardField(field: Field, judge: Judge): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = (source, args, context, info) => {
    const refusal = judge(context.identity.actor);
    if (refusal !== null) throw new PublicError('FORBIDDEN', refusal);
    return resolve(source, args, context, info);
  };
}

/** As `guardField`; but a field that is not made for the caller's role at all, and can be null, is. */
function guardInnerField(field: Field, grants: Grants): void {
  const judge = judgeOf(grants);
  const canBeNull = !isNonNullType(field.type);
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = (source, args, context, info) => {
    const { actor } = context.identity;
    const refusal = judge(actor);
    if (refusal === null) return resolve(source, args, context, info);
    if (canBeNull && !roleIsGranted(grants, actor)) return null;
    throw new PublicError('FORBIDDEN', refusal);
  };
}

/** The names of the fields of each `@key` of an entity. */
const keysOf = ({ astNode }: GraphQLObjectType): string[][] =>
  (astNode?.directives ?? [])
    .filter(({ name }) => name.value === 'key')
    .flatMap(({ arguments: given = [] }) => given)
    .flatMap(({ value }) => (value.kind === Kind.STRING ? [value.value.trim().split(/\s+/)] : []));

/**
 * Lets through representations that name an entity by a whole key of strings, as all keys are. Of a type that is no
 * entity, @apollo/subgraph would hand the representation back as if it had been found.
 */
function refuseOtherRepresentations(field: Field, entities: readonly GraphQLObjectType[]): void {
  const keys = new Map<unknown, string[][]>(entities.map((type) => [type.name, keysOf(type)]));
  const isNamed = (given: unknown): boolean => {
    if (typeof given !== 'object' || given === null) return false;
    const read = (name: string): unknown => Reflect.get(given, name);
    return keys.get(read('__typename'))?.some((names) => names.every((name) => typeof read(name) === 'string')) === true;
  };
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = (source, args, context, info) => {
    const representations: readonly unknown[] = args['representations'];
    if (!representations.every(isNamed))
      throw new PublicError('BAD_USER_INPUT', 'A representation names no entity of this subgraph by its key.');
    return resolve(source, args, context, info);
  };
}

/**
 * Puts the table in front of the resolvers of an executable subgraph schema, in place.
 * @throws Error that names what the schema has and the table has not, or the other way round.
 */
export function enforceAccess(schema: GraphQLSchema, access: SubgraphAccess): void {
  const faults: string[] = [];
  const compare = (kind: string, served: readonly string[], named: readonly string[]): void => {
    faults.push(...served.filter((name) => !named.includes(name)).map((name) => `${kind}${name} is not in the table of who may do what`));
    faults.push(...named.filter((name) => !served.includes(name)).map((name) => `${kind}${name} is in the table of who may do what only`));
  };

  for (const root of ['Query', 'Mutation'] as const) {
    const type = schema.getType(root);
    const fields = isObjectType(type) ? Object.values(type.getFields()).filter(({ name }) => !federationFields.includes(name)) : [];
    compare(
      `${root}.`,
      fields.map(({ name }) => name),
      Object.keys(access[root]),
    );
    for (const field of fields) {
      const grants = access[root][field.name];
      if (grants !== undefined) guardField(field, judgeOf(grants));
    }
  }

  const union = schema.getType('_Entity');
  const entities = isUnionType(union) ? union.getTypes() : [];
  compare(
    'entity ',
    entities.map(({ name }) => name),
    Object.keys(access.entities),
  );
  const entitiesField = schema.getQueryType()?.getFields()['_entities'];
  if (entitiesField !== undefined) refuseOtherRepresentations(entitiesField, entities);
  for (const type of entities) {
    const grants = access.entities[type.name];
    if (grants === undefined) continue;
    const judge = judgeOf(grants);
    const extensions: EntityExtensions = type.extensions;
    const given = extensions.apollo?.subgraph?.resolveReference;
    // By itself @apollo/subgraph would take the representation for the entity: who means that has to say so.
    if (given === undefined && rolesOf(grants) !== 'nobody') faults.push(`entity ${type.name} is granted and has no __resolveReference`);
    const resolve: ResolveReference = given ?? (() => null);
    const resolveReference: ResolveReference = (reference, context, info) =>
      judge(context.identity.actor) === null ? resolve(reference, context, info) : null;
    type.extensions = {
      ...type.extensions,
      apollo: { ...extensions.apollo, subgraph: { ...extensions.apollo?.subgraph, resolveReference } },
    };
  }

  for (const [name, grants] of Object.entries(access.fields)) {
    const [typeName = '', fieldName = ''] = name.split('.');
    const type = schema.getType(typeName);
    const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    if (field === undefined) faults.push(`${name} is in the table of who may do what only`);
    else guardInnerField(field, grants);
  }
  if (faults.length > 0) throw new Error(`The subgraph cannot be served:\n${faults.map((fault) => `- ${fault}`).join('\n')}`);
}
