/** Lint rules of this repository, as a plugin of oxlint (the rule API is ESLint's). */

interface LintNode {
  readonly name?: string;
  readonly value?: unknown;
}

interface LintContext {
  readonly filename: string;
  report(descriptor: { readonly node: LintNode; readonly message: string }): void;
}

/** What a service's file is called that may know the names of GraphQL types. */
const mayKnowTypename = /\/services\/[^/]+\/(src\/([a-z-]+-)?resolvers(\.ts|\/)|src\/answers\.ts|tests\/)/;
const inService = /\/services\/[^/]+\//;

/** Use cases answer discriminated unions of their own; what they are called in the schema is the resolvers' business. */
const typenameInResolversOnly = {
  create(context: LintContext) {
    if (!inService.test(context.filename) || mayKnowTypename.test(context.filename)) return {};
    const report = (node: LintNode) =>
      context.report({ node, message: 'Only resolvers know __typename: answer a `kind` and let src/…resolvers.ts name the type.' });
    return {
      Identifier: (node: LintNode) => {
        if (node.name === '__typename') report(node);
      },
      Literal: (node: LintNode) => {
        if (node.value === '__typename') report(node);
      },
    };
  },
};

const services = ['timeline', 'catalog', 'checkout', 'payment-vault', 'seller-eligibility'];

/** A service calls another one, or consumes its events; it never imports it. */
const noImportOfAnotherService = {
  create(context: LintContext) {
    const own = /\/services\/([^/]+)\//.exec(context.filename)?.[1];
    const check = (node: LintNode & { readonly source?: LintNode | null }) => {
      const source = typeof node.source?.value === 'string' ? node.source.value : '';
      const imported = services.find(
        (name) => source.startsWith(`@vitrine/${name}/`) || source.includes(`/services/${name}/`) || source.includes(`../${name}/src/`),
      );
      const foreign = imported !== undefined && own !== undefined && imported !== own;
      if (foreign || (own !== undefined && source.startsWith('@vitrine/gateway/'))) {
        context.report({ node, message: 'A service imports no other service and not the gateway: call it, or consume its events.' });
      }
    };
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check, ImportExpression: check };
  },
};

export default {
  meta: { name: 'vitrine' },
  rules: { 'typename-in-resolvers-only': typenameInResolversOnly, 'no-import-of-another-service': noImportOfAnotherService },
};
