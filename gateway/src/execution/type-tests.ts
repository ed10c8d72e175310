/** Which types of a supergraph are of which interfaces and unions, those included that the graph's clients do not see. */
import { Kind, parse } from 'graphql';
import type { TypeTest } from './representations.ts';

/** The SDL is read when the first question needs it: most are about a type and itself. */
export function createTypeTest(supergraphSdl: string): TypeTest {
  let members: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  return (typename, condition) => {
    if (typename === condition) return true;
    members ??= readMembers(supergraphSdl);
    return members.get(condition)?.has(typename) === true;
  };
}

function readMembers(supergraphSdl: string): ReadonlyMap<string, ReadonlySet<string>> {
  const members = new Map<string, Set<string>>();
  const add = (abstract: string, member: string): void => {
    const known = members.get(abstract);
    if (known === undefined) members.set(abstract, new Set([member]));
    else known.add(member);
  };
  for (const definition of parse(supergraphSdl, { noLocation: true }).definitions) {
    if (definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION) {
      for (const { name } of definition.interfaces ?? []) add(name.value, definition.name.value);
    } else if (definition.kind === Kind.UNION_TYPE_DEFINITION) {
      for (const { name } of definition.types ?? []) add(definition.name.value, name.value);
    }
  }
  return members;
}
