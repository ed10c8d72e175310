/**
 * Composes the five subgraphs into the three graphs (buyer, partner, ops) as contracts by `@tag`.
 *
 * In schema.graphql a tag on a type holds for every field that has no tag of its own, and a field's tags hold for its
 * arguments: `expandTags` writes that out, since the contract filter itself looks at each element alone. Tags that name
 * no graph, such as `card-data`, decide nothing here.
 */
import { readFileSync } from 'node:fs';
import {
  Kind,
  parse,
  visit,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
} from 'graphql';
import { composeSchemaContract } from '@theguild/federation-composition';

/** The subgraphs, by the name of their folder in `services/`. */
export const subgraphNames = ['timeline', 'catalog', 'checkout', 'payment-vault', 'seller-eligibility'] as const;

/** The graphs that the gateway serves, one for each kind of caller. */
export const graphNames = ['buyer', 'partner', 'ops'] as const;
export type GraphName = (typeof graphNames)[number];

/** A composed graph: what the gateway plans with, and what its clients see. */
export interface ComposedGraph {
  readonly supergraphSdl: string;
  readonly publicSdl: string;
}

type Tagged = { readonly directives?: readonly ConstDirectiveNode[] };

const isAudience = ({ arguments: given = [] }: ConstDirectiveNode): boolean =>
  given.some(({ value }) => value.kind === Kind.STRING && graphNames.some((graph) => graph === value.value));
const tagsOf = (node: Tagged): ConstDirectiveNode[] =>
  (node.directives ?? []).filter((directive) => directive.name.value === 'tag' && isAudience(directive));
const withoutTags = (node: Tagged): ConstDirectiveNode[] => (node.directives ?? []).filter((directive) => directive.name.value !== 'tag');

function inherit<Node extends Tagged>(node: Node, tags: readonly ConstDirectiveNode[]): Node {
  return tagsOf(node).length > 0 ? node : { ...node, directives: [...(node.directives ?? []), ...tags] };
}

function inheritField(field: FieldDefinitionNode, tags: readonly ConstDirectiveNode[]): FieldDefinitionNode {
  // Composition takes an external field's tags from the subgraph that owns it.
  if (field.directives?.some((directive) => directive.name.value === 'external')) return field;
  const tagged = inherit(field, tags);
  return { ...tagged, arguments: tagged.arguments?.map((argument) => inherit(argument, tagsOf(tagged))) };
}

/** Moves the tags of object, interface and input types to their fields, and those of fields to their arguments. */
export function expandTags(document: DocumentNode): DocumentNode {
  const fields = (node: Tagged & { readonly fields?: readonly FieldDefinitionNode[] }) => ({
    ...node,
    directives: withoutTags(node),
    fields: node.fields?.map((field) => inheritField(field, tagsOf(node))),
  });
  const inputs = (node: Tagged & { readonly fields?: readonly InputValueDefinitionNode[] }) => ({
    ...node,
    directives: withoutTags(node),
    fields: node.fields?.map((field) => inherit(field, tagsOf(node))),
  });
  return visit(document, {
    [Kind.OBJECT_TYPE_DEFINITION]: { enter: fields },
    [Kind.INTERFACE_TYPE_DEFINITION]: { enter: fields },
    [Kind.INPUT_OBJECT_TYPE_DEFINITION]: { enter: inputs },
  });
}

/** The SDL of a subgraph: the shared types and its own. */
export function subgraphSdl(name: (typeof subgraphNames)[number]): string {
  const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
  return read('infra/contracts/graphql/shared.graphql') + read(`services/${name}/schema.graphql`);
}

/**
 * Composes one graph. The addresses of the subgraphs are `http://<name>.internal/graphql`: the gateway puts the real
 * ones in their place when it starts.
 * @throws Error with every composition error, one a line.
 */
export function composeGraph(graph: GraphName, sdlOf: (name: (typeof subgraphNames)[number]) => string = subgraphSdl): ComposedGraph {
  const subgraphs = subgraphNames.map((name) => ({
    name,
    url: `http://${name}.internal/graphql`,
    typeDefs: expandTags(parse(sdlOf(name), { noLocation: true })),
  }));
  const result = composeSchemaContract(subgraphs, { include: new Set([graph]), exclude: new Set() }, true);
  if (result.errors !== undefined) {
    throw new Error(`The ${graph} graph does not compose:\n${result.errors.map((error) => `- ${error.message}`).join('\n')}`);
  }
  if (result.supergraphSdl === undefined || result.publicSdl === undefined) throw new Error(`The ${graph} graph composed to nothing`);
  return { supergraphSdl: result.supergraphSdl, publicSdl: result.publicSdl };
}
