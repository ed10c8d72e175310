/** How large an operation may be. Counted before validation, whose own cost grows with the square of some of these. */
import { BREAK, Kind, visit, type DocumentNode, type FragmentDefinitionNode, type SelectionSetNode } from 'graphql';
import { faultOfText } from './limits/request-body.ts';

/** Tokens of a document, comments aside; graphql-js stops reading there. */
export const maxTokens = 2_000;
/** Fields within fields. The deepest operation of the pages has 8. */
export const maxDepth = 15;
/** Fields with an alias, `__typename` among them, after fragments are spread. */
export const maxAliases = 100;
/** Fields after fragments are spread: a few fragments that spread each other write out to millions. */
export const maxFields = 2_000;
/** Of an operation. Those of the pages have up to 4. */
export const maxVariables = 50;
/** Brackets of any kind in one another. What reads a document calls itself for each of them, and the stack has an end. */
export const maxNesting = 100;
/** At one place of a document: `@skip` and `@include`, and room for others. */
export const maxDirectives = 5;

interface Size {
  readonly depth: number;
  readonly aliases: number;
  readonly fields: number;
}

const nothing: Size = { depth: 0, aliases: 0, fields: 0 };

/** Why the document is too large, as a sentence for its author; null when it is not. */
export function exceededLimit(document: DocumentNode): string | null {
  const fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );
  const sizeOfFragment = memoize(fragments);
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const variables = definition.variableDefinitions?.length ?? 0;
    if (variables > maxVariables) return `The operation has ${variables} variables; at most ${maxVariables} are allowed.`;
    const { depth, aliases, fields } = sizeOf(definition.selectionSet, sizeOfFragment);
    if (depth > maxDepth) return `The operation is ${depth} fields deep; at most ${maxDepth} are allowed.`;
    if (aliases > maxAliases) return `The operation has ${aliases} aliases; at most ${maxAliases} are allowed.`;
    if (fields > maxFields) return `The operation has ${fields} fields once its fragments are spread; at most ${maxFields} are allowed.`;
  }
  return exceededDirectives(document);
}

/** Strings, comments and brackets; the rest of a document does not matter for its nesting. */
const nestingTokens = /"""(?:\\"""|[^])*?(?:"""|$)|"(?:\\.|[^"\\\n])*"?|#[^\n\r]*|[[{(]|[\]})]/g;

/** Whether the text has more brackets in one another than are read. Knows nothing else of GraphQL, and takes no stack. */
export function isNestedTooDeep(source: string): boolean {
  let nesting = 0;
  for (const [token] of source.matchAll(nestingTokens)) {
    if (token === '{' || token === '[' || token === '(') nesting += 1;
    else if (token === '}' || token === ']' || token === ')') nesting -= 1;
    if (nesting > maxNesting) return true;
  }
  return false;
}

/** Why the document's strings, as they read without their escapes, cannot be taken; null when they can. */
export function faultOfStrings(document: DocumentNode): string | null {
  let fault: string | null = null;
  visit(document, {
    StringValue({ value }) {
      fault = faultOfText(value);
      return fault === null ? undefined : BREAK;
    },
  });
  return fault;
}

function exceededDirectives(document: DocumentNode): string | null {
  let most = 0;
  visit(document, {
    enter(node) {
      if ('directives' in node) most = Math.max(most, node.directives?.length ?? 0);
    },
  });
  return most > maxDirectives ? `There are ${most} directives at one place of the document; at most ${maxDirectives} are allowed.` : null;
}

function memoize(fragments: ReadonlyMap<string, FragmentDefinitionNode>): (name: string) => Size {
  const known = new Map<string, Size>();
  const sizeOfFragment = (name: string): Size => {
    const done = known.get(name);
    if (done !== undefined) return done;
    // A fragment that spreads itself counts as nothing inside itself; validation refuses it.
    known.set(name, nothing);
    const fragment = fragments.get(name);
    const size = fragment === undefined ? nothing : sizeOf(fragment.selectionSet, sizeOfFragment);
    known.set(name, size);
    return size;
  };
  return sizeOfFragment;
}

function sizeOf(selectionSet: SelectionSetNode | undefined, sizeOfFragment: (name: string) => Size): Size {
  let depth = 0;
  let aliases = 0;
  let fields = 0;
  for (const selection of selectionSet?.selections ?? []) {
    const isField = selection.kind === Kind.FIELD;
    const inner =
      selection.kind === Kind.FRAGMENT_SPREAD ? sizeOfFragment(selection.name.value) : sizeOf(selection.selectionSet, sizeOfFragment);
    depth = Math.max(depth, inner.depth + (isField ? 1 : 0));
    aliases += inner.aliases + (isField && selection.alias !== undefined ? 1 : 0);
    fields += inner.fields + (isField ? 1 : 0);
  }
  return { depth, aliases, fields };
}
