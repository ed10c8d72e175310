/**
 * Writes the generated files: resolver types of each service, the three supergraphs of the gateway and the
 * document of who may do what. With `--check`
 * it writes nothing and fails when a committed file is not what would be written. Either way it fails when a seller, a
 * member of staff or an event could be shown card data.
 */
import { glob, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import * as resolvers from '@graphql-codegen/typescript-resolvers';
import { parse, type DocumentNode } from 'graphql';
import { planOperations } from '@vitrine/gateway/execution/query-plans';
import { access } from '@vitrine/contracts/access';
import { accessDocument } from './access-document.ts';
import { contractCarriers, findCardData } from './card-data-check.ts';
import { composeGraph, graphNames, subgraphNames, subgraphSdl, type ComposedGraph, type GraphName } from './compose.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** What a resolver returns for a type, where that is less than the whole type: an entity of which only the key is known. */
const reference = '{ readonly id: string }';
const mappers: Readonly<Record<(typeof subgraphNames)[number], Readonly<Record<string, string>>>> = {
  timeline: {
    Account: '../account.ts#Account as AccountModel',
    Post: '../post.ts#Post as PostModel',
    Viewer: reference,
    Product: reference,
  },
  catalog: { Product: '../product.ts#Product as StoredProduct', Seller: reference },
  checkout: {
    Viewer: reference,
    Order: '../order.ts#Order as OrderModel',
    SellerOrder: '../order.ts#Order as OrderModel',
    Shipment: '../shipment.ts#Shipment as ShipmentModel',
    Receipt: '../receipt.ts#Receipt as ReceiptModel',
    OrderStep: '../store/order-history.ts#OrderStep as OrderStepModel',
    Purchase: '../store/order-history.ts#PurchaseTrace',
    Seller: reference,
    Product: '{ readonly id: string; readonly price?: Money }',
    PaymentMethod: reference,
    Address: reference,
  },
  'payment-vault': { Viewer: reference, Order: reference, SellerOrder: reference, Seller: reference },
  'seller-eligibility': {
    Seller: '../seller.ts#Seller as SellerModel',
    SellerOrder: '../seller-order.ts#SellerOrder as SellerOrderModel',
    Market: '../market.ts#Market as MarketModel',
    ApiClient: '../api-client.ts#ApiClient as ApiClientModel',
    ApiClientKey: '../api-client.ts#ApiKey',
    Product: '../buy-button.ts#ProductReference',
  },
};

async function resolverTypes(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const name of subgraphNames) {
    const content = await codegen({
      filename: 'schema.ts',
      schema: parse(subgraphSdl(name)),
      documents: [],
      pluginMap: { typescript, resolvers },
      plugins: [{ typescript: {} }, { resolvers: {} }],
      config: {
        federation: true,
        useTypeImports: true,
        enumsAsTypes: true,
        immutableTypes: true,
        avoidOptionals: { field: true, inputValue: false, object: false, defaultValue: true },
        contextType: '../context.ts#Context',
        scalars: { ID: 'string', DateTime: 'string' },
        resolversNonOptionalTypename: { unionMember: true },
        makeResolverTypeCallable: true,
        mappers: mappers[name],
      },
    });
    files.set(
      `${root}services/${name}/src/generated/schema.ts`,
      `/* Generated from schema.graphql by \`npm run generate\`; not to be edited. */\n${content}`,
    );
  }
  return files;
}

function supergraphs(composed: Readonly<Record<GraphName, ComposedGraph>>): Map<string, string> {
  const files = new Map<string, string>();
  for (const graph of graphNames) {
    const { supergraphSdl, publicSdl } = composed[graph];
    files.set(`${root}gateway/supergraphs/generated/${graph}.supergraph.graphql`, supergraphSdl);
    files.set(`${root}gateway/supergraphs/generated/${graph}.api.graphql`, publicSdl);
  }
  return files;
}

/** Where the operations of a graph are kept: those of the pages, and those of the apps. */
const operationFolders = (graph: GraphName): readonly string[] => [`gateway/pages/operations/${graph}`, `gateway/operations/${graph}`];

async function operationPlans(composed: Readonly<Record<GraphName, ComposedGraph>>): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const graph of graphNames) {
    const documents: DocumentNode[] = [];
    for (const folder of operationFolders(graph)) {
      for await (const path of glob(`${root}${folder}/**/*.graphql`))
        documents.push(parse(await readFile(path, 'utf8'), { noLocation: true }));
    }
    const plans = planOperations(composed[graph].supergraphSdl, documents);
    files.set(`${root}gateway/supergraphs/generated/${graph}.plans.json`, JSON.stringify(plans, null, 1));
  }
  return files;
}

const composed = { buyer: composeGraph('buyer'), partner: composeGraph('partner'), ops: composeGraph('ops') };
const files = new Map([
  ...(await resolverTypes()),
  ...supergraphs(composed),
  ...(await operationPlans(composed)),
  [`${root}infra/contracts/generated/access.md`, accessDocument(access)] as const,
]);
const stale: string[] = [];
for (const [path, content] of files) {
  const written = content.endsWith('\n') ? content : `${content}\n`;
  if (process.argv.includes('--check')) {
    const committed = await readFile(path, 'utf8').catch(() => '');
    if (committed !== written) stale.push(relative(root, path));
  } else {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, written);
  }
}
if (stale.length > 0) {
  process.stderr.write(`Not current, run npm run generate:\n${stale.map((path) => `  ${path}\n`).join('')}`);
  process.exitCode = 1;
}

const leaks = findCardData({
  subgraphSdls: subgraphNames.map(subgraphSdl),
  graphs: { partner: composed.partner, ops: composed.ops },
  ...(await contractCarriers()),
});
if (leaks.length > 0) {
  process.stderr.write(`Card data could get to where it must not:\n${leaks.map((leak) => `  ${leak}\n`).join('')}`);
  process.exitCode = 1;
}
