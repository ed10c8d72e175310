/** Writes the table of who may do what as Markdown, for people: the same facts as in infra/contracts/src/access.ts, in its order. */
import { apiScopeMeanings } from '@vitrine/contracts/api-scopes';
import type { Grants, SubgraphAccess } from '@vitrine/runtime/access';
import { staffRoles } from '@vitrine/runtime/identity';

const rows = ({ buyer, seller, staff }: Grants): string[] => [
  buyer ?? '–',
  seller?.rows ?? '–',
  seller === undefined ? '–' : seller.clients === 'any' || seller.clients === 'none' ? seller.clients : `\`${seller.clients}\``,
  staff === undefined ? '–' : staff.roles.length === staffRoles.length ? 'all' : staff.roles.join(', '),
];

const tableOf = (head: readonly string[], lines: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** The Markdown document. */
export function accessDocument(access: Readonly<Record<string, SubgraphAccess>>): string {
  const parts = Object.entries(access).map(([subgraph, { Query, Mutation, entities, fields }]) => {
    const named = (prefix: string, entries: Readonly<Record<string, Grants>>) =>
      Object.entries(entries).map(([name, grants]) => [`\`${prefix}${name}\``, ...rows(grants)]);
    const lines = [...named('Query.', Query), ...named('Mutation.', Mutation), ...named('', entities), ...named('', fields)];
    return `## ${subgraph}\n\n${tableOf(['what', 'buyer', 'seller', 'API client needs', 'staff'], lines)}`;
  });
  const scopes = tableOf(
    ['scope', 'an API client may'],
    Object.entries(apiScopeMeanings).map(([scope, meaning]) => [`\`${scope}\``, meaning]),
  );
  return `# Who may do what

Written from infra/contracts/src/access.ts by \`npm run generate\`. Root fields first, then entities by their key, then
fields that fewer may have than their type. \`own\`: the caller's rows; \`public\`: everybody's, nothing private in them;
staff sees any row, personal data masked. Who may not gets FORBIDDEN for a root field, null for an entity.

${parts.join('\n\n')}

## Scopes of API clients

${scopes}
`;
}
