/** `ops operations`: publishes the operations of app builds, says how much each is used and what a schema would break. */
import { readFile } from 'node:fs/promises';
import { readOperationFiles } from '@vitrine/gateway/operations/built-in-operations';
import { writeManifest } from '@vitrine/gateway/operations/manifest';
import { createOperationStore, type AppVersion, type OperationStore } from '@vitrine/gateway/operations/operation-store';
import { countedVersion } from '@vitrine/gateway/operations/operation-uses';
import { createPlanStore, type PlanStore } from '@vitrine/gateway/operations/plan-store';
import { findRunningStack } from '@vitrine/local/stack';
import { checkOperations, describeCheck, type PublishedOperations } from './check-operations.ts';
import { CommandError, type Command, type Terminal } from './command.ts';
import { withGatewayDatabase, type FindGatewayDatabase } from './gateway-database.ts';
import { committedSupergraphs, openOperationGraphs } from './operation-graphs.ts';
import { describeUses, usageLines } from './operation-usage.ts';
import { parseOperationsArguments, type OperationsArguments } from './operations-arguments.ts';
import { publishOperations, type Published } from './publish-operations.ts';

const usage = `npm run ops -- operations publish <manifest> --app <ios|android> --version <version> [--graph buyer] [--supergraphs <folder>]
npm run ops -- operations manifest <folder>
npm run ops -- operations list
npm run ops -- operations usage [--days 30]
npm run ops -- operations check [--supergraphs <folder>] [--from <file>] [--days 30]
npm run ops -- operations retire <ios|android> <version> [--force]

  publish   Checks the operations of an app build against the graph and stores them: all, or none and says why. The
            manifest is what Apollo's tools write (apollo-persisted-query-manifest, version 1). The same again changes
            nothing. Works at once on every gateway.
  manifest  Writes the manifest of the .graphql files in a folder, one operation each, to standard output.
  list      What is published, for which app versions.
  usage     How often each operation was used, by app version, and what it uses that is deprecated.
  check     Names the operations that a schema would break, with their app versions and how much they are used: the
            services' schemas in this checkout as they are now, or the supergraphs in a folder.
  retire    An app version is served no more: operations that no other has are refused. One that was used in the last
            30 days is retired with --force only.

  --supergraphs <folder>  With <graph>.supergraph.graphql files; for publish and usage the committed ones unless given.
  --from <file>  What \`list --json\` printed, in the place of the database: for a build that cannot reach it.
  --json         Print one JSON object instead of sentences.

Exit code 0 when it is done, 1 when it could not be or operations would break, 2 for wrong arguments.
Works on the stack that \`npm start\` runs, or on the gateway's database at DATABASE_URL_GATEWAY.`;

const retiredWithin = 30;

export const createOperationsCommand = (findStack: FindGatewayDatabase): Command => ({
  summary: "Publishes app builds' operations, counts their use, finds what a schema breaks.",
  usage,
  run: async (args, terminal) => {
    const wanted = parseOperationsArguments(args);
    switch (wanted.action) {
      case 'manifest':
        return terminal.out((await manifestOf(wanted.folder)).trimEnd());
      case 'check':
        return check(wanted, terminal, findStack);
      default:
        return withStore(terminal, findStack, (store, plans) => act(wanted, store, plans, terminal));
    }
  },
});

export const operationsCommand = createOperationsCommand(findRunningStack);

async function manifestOf(folder: string): Promise<string> {
  let operations;
  try {
    operations = await readOperationFiles(folder);
  } catch (error) {
    throw new CommandError(`No manifest of ${folder}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (operations.length === 0) throw new CommandError(`There is no .graphql file in ${folder}.`);
  return writeManifest(operations);
}

const withStore = <Result>(
  terminal: Terminal,
  findStack: FindGatewayDatabase,
  work: (store: OperationStore, plans: PlanStore) => Promise<Result>,
): Promise<Result> => withGatewayDatabase(terminal, findStack, (pool) => work(createOperationStore(pool), createPlanStore(pool)));

type StoreArguments = Exclude<OperationsArguments, { readonly action: 'manifest' | 'check' }>;

async function act(wanted: StoreArguments, store: OperationStore, plans: PlanStore, terminal: Terminal): Promise<void> {
  switch (wanted.action) {
    case 'publish': {
      const graphs = openOperationGraphs(wanted.supergraphs ?? committedSupergraphs);
      const published = await publishOperations({ operations: store, plans }, graphs, {
        manifest: await read(wanted.manifest),
        app: wanted.app,
        graph: wanted.graph,
      });
      for (const { name, uses } of published.deprecated) terminal.err(`${name}: ${uses.join(' ')}\n`);
      return terminal.out(wanted.json ? JSON.stringify(published) : describePublished(published));
    }
    case 'list': {
      const stored = await publishedIn(store, wanted.days);
      return terminal.out(wanted.json ? JSON.stringify(stored) : describeList(stored));
    }
    case 'usage': {
      const { uses, operations } = await publishedIn(store, wanted.days);
      const described = await describeUses(uses, operations, openOperationGraphs(wanted.supergraphs ?? committedSupergraphs));
      return terminal.out(wanted.json ? JSON.stringify({ days: wanted.days, operations: described }) : usageLines(described));
    }
    case 'retire':
      return retire(wanted, store, terminal);
  }
}

async function check(
  wanted: Extract<OperationsArguments, { readonly action: 'check' }>,
  terminal: Terminal,
  findStack: FindGatewayDatabase,
): Promise<void> {
  const stored =
    wanted.from === undefined
      ? await withStore(terminal, findStack, (store) => publishedIn(store, wanted.days))
      : readList(wanted.from, await read(wanted.from));
  const checked = await checkOperations(stored, openOperationGraphs(wanted.supergraphs), openOperationGraphs(committedSupergraphs));
  terminal.out(wanted.json ? JSON.stringify(checked) : describeCheck(checked, wanted.days));
  const { length } = checked.broken;
  if (length > 0)
    throw new CommandError(
      `${length} of ${checked.checked} operations would break. Keep what they use, or retire the app versions that have them first.`,
    );
}

const publishedIn = async (store: OperationStore, days: number): Promise<PublishedOperations> => ({
  operations: (await store.load()).operations,
  publications: await store.publications(),
  uses: await store.usesOf(days),
});

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What `list --json` printed. */
function readList(file: string, text: string): PublishedOperations {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Said below, in the same words as for JSON of something else.
    value = undefined;
  }
  const lists = ['operations', 'publications', 'uses'] as const;
  const isList = typeof value === 'object' && value !== null && lists.every((name) => Array.isArray(Reflect.get(value, name)));
  if (!isList) throw new CommandError(`${file} is not what \`operations list --json\` prints.`);
  return value as PublishedOperations;
}

async function retire(
  { app, force, json }: Extract<OperationsArguments, { readonly action: 'retire' }>,
  store: OperationStore,
  terminal: Terminal,
): Promise<void> {
  const isIt = ({ platform, version }: AppVersion): boolean => platform === app.platform && version === app.version;
  if (!(await store.publications()).some(isIt)) throw new CommandError(`Nothing of ${named(app)} is in force.`);
  // Builds are published apart, and used as one.
  const isUseOfIt = ({ platform, version }: AppVersion): boolean =>
    platform === app.platform && countedVersion(version) === countedVersion(app.version);
  const uses = (await store.usesOf(retiredWithin)).filter(isUseOfIt).reduce((sum, use) => sum + use.uses, 0);
  if (uses > 0 && !force)
    throw new CommandError(
      `${named(app)} was used ${uses} times in the last ${retiredWithin} days: the people who have it could not go on. --force retires it all the same.`,
    );
  const retired = await store.retire(app);
  terminal.out(
    json
      ? JSON.stringify({ app, operations: retired, uses })
      : `${named(app)} is retired with ${retired} operations; those that another version has are still served.`,
  );
}

const named = ({ platform, version }: AppVersion): string => `${platform} ${version}`;

const describePublished = ({ app, graph, operations, newOperations, newForApp }: Published): string =>
  newForApp === 0
    ? `${named(app)} had all ${operations} operations on the ${graph} graph already.`
    : `${named(app)} has ${operations} operations on the ${graph} graph: ${newForApp} new for it, ${newOperations} new altogether.`;

const describeList = ({ operations }: PublishedOperations): string =>
  operations.length === 0
    ? 'Nothing is published.'
    : operations
        .map(({ graph, kind, name, id, apps }) => `${graph} ${kind} ${name} (${id.slice(0, 12)}): ${apps.map(named).join(', ')}`)
        .join('\n');
