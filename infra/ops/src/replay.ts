/** `ops replay`: lets one consumer apply past events again, to rebuild or repair what it keeps of them. */
import { parseArgs } from 'node:util';
import { orderTopic } from '@vitrine/contracts/order-events';
import { orderProjectionReplayPath } from '@vitrine/contracts/replay-http';
import { findRunningStack, type StackState } from '@vitrine/local/stack';
import type { ServiceName } from '@vitrine/local/service-names';
import { createKafka } from '@vitrine/runtime/events';
import { createInternalClient, parseIdentityKeys, type IdentityKeys } from '@vitrine/runtime/identity';
import { isId, newId } from '@vitrine/runtime/ids';
import { parseInstant } from '@vitrine/contracts/instant';
import { createLogger } from '@vitrine/runtime/telemetry';
import { StackNotRunningError, UnknownConsumerError, UsageError, type Command, type Terminal } from './command.ts';
import { createProgressBar } from './progress-bar.ts';
import { replayEvents, type ReplayCounts } from './replay-events.ts';
import type { TopicRange } from './topic-range.ts';

interface ReplayableConsumer {
  readonly service: ServiceName;
  readonly topic: string;
  readonly path: string;
  /** Environment variable with the service's address. */
  readonly urlVariable: string;
}

/** Consumers that can apply events again without an effect outside their own store. */
const consumers: Readonly<Record<string, ReplayableConsumer>> = {
  'seller-eligibility': {
    service: 'seller-eligibility',
    topic: orderTopic,
    path: orderProjectionReplayPath,
    urlVariable: 'SELLER_ELIGIBILITY_URL',
  },
};

const usage = `npm run ops -- replay --consumer <name> (--from <time> | --order <id>) [--dry-run] [--json]

  --consumer <name>  Who applies the events again: ${Object.keys(consumers).join(', ')}.
  --from <time>      Events from this RFC 3339 time on, for example 2026-11-23T08:30:00Z.
  --order <id>       All events of one order, ord_….
  --dry-run          Count what would change, and change nothing.
  --json             Print one JSON object instead of a sentence.

Works on the stack that \`npm start\` runs, or on the one that KAFKA_BROKERS, SELLER_ELIGIBILITY_URL and
IDENTITY_KEYS (with the ops>seller-eligibility key) name together. Running it twice changes nothing.`;

interface ReplayArguments {
  readonly consumer: ReplayableConsumer;
  readonly consumerName: string;
  readonly select: TopicRange['select'];
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** @throws UsageError */
function parseArguments(args: readonly string[]): ReplayArguments {
  const { consumer: consumerName, from, order, 'dry-run': dryRun, json } = parseOptions(args);
  if (consumerName === undefined) throw new UsageError('--consumer is missing.');
  const consumer = Object.hasOwn(consumers, consumerName) ? consumers[consumerName] : undefined;
  if (consumer === undefined) {
    throw new UnknownConsumerError(`There is no consumer ${consumerName} that can replay. Known: ${Object.keys(consumers).join(', ')}.`);
  }
  if ((from === undefined) === (order === undefined)) throw new UsageError('Give either --from or --order.');
  return { consumer, consumerName, select: from === undefined ? selectOrder(order ?? '') : selectFrom(from), dryRun, json };
}

function parseOptions(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        consumer: { type: 'string' },
        from: { type: 'string' },
        order: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')) throw new UsageError(error.message);
    throw error;
  }
}

function selectFrom(text: string): TopicRange['select'] {
  const from = parseInstant(text);
  if (from === null) throw new UsageError(`--from ${text} is not an RFC 3339 time like 2026-11-23T08:30:00Z.`);
  return { from };
}

function selectOrder(key: string): TopicRange['select'] {
  if (!isId('ord', key)) throw new UsageError(`--order ${key} is not an order id: ord_ and a UUIDv7.`);
  return { key };
}

/** Where the local stack of this checkout can be reached, when it is running. */
type FindStack = () => Pick<StackState, 'kafkaBrokers' | 'serviceUrls' | 'opsIdentityKeys'> | undefined;

interface Target {
  readonly brokers: readonly string[];
  readonly baseUrl: string;
  readonly identityKeys: string;
}

/**
 * The system that is worked on: named by the environment as a whole, or the local stack. Never a mixture, which could
 * pour the events of one system into another.
 * @throws UsageError for an environment that names only a part
 * @throws StackNotRunningError
 */
function findTarget({ service, urlVariable }: ReplayableConsumer, env: Terminal['env'], findStack: FindStack): Target {
  const variables = ['KAFKA_BROKERS', urlVariable, 'IDENTITY_KEYS'];
  const [brokers, baseUrl, identityKeys] = variables.map((name) => env[name] || undefined);
  if (brokers !== undefined && baseUrl !== undefined && identityKeys !== undefined) {
    return { brokers: brokers.split(',').map((broker) => broker.trim()), baseUrl, identityKeys };
  }
  const missing = variables.filter((name) => !env[name]);
  if (missing.length < variables.length)
    throw new UsageError(`The environment names a part of a system only: ${missing.join(' and ')} must be set, too.`);
  const stack = findStack();
  if (stack === undefined)
    throw new StackNotRunningError(`No stack is running: start one with \`npm start\`, or set ${variables.join(', ')}.`);
  return { brokers: stack.kafkaBrokers, baseUrl: stack.serviceUrls[service], identityKeys: stack.opsIdentityKeys };
}

/** @throws UsageError for keys with which the service cannot be called */
function readKeys(text: string, service: ServiceName): IdentityKeys {
  let keys: IdentityKeys;
  try {
    keys = parseIdentityKeys(text);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  if (!keys.has(`ops>${service}`)) throw new UsageError(`IDENTITY_KEYS has no key for ops>${service}.`);
  return keys;
}

async function run(args: readonly string[], terminal: Terminal, findStack: FindStack): Promise<void> {
  const { consumer, consumerName, select, dryRun, json } = parseArguments(args);
  const { brokers, baseUrl, identityKeys } = findTarget(consumer, terminal.env, findStack);
  const startedAt = performance.now();
  const replayId = newId('rpl');
  const client = createInternalClient({ keys: readKeys(identityKeys, consumer.service), from: 'ops', to: consumer.service, baseUrl });
  const bar = createProgressBar(terminal);
  let counts: ReplayCounts;
  try {
    counts = await replayEvents({
      replayId,
      range: { topic: consumer.topic, select },
      dryRun,
      kafka: createKafka({ name: 'ops', brokers, logger: createLogger({ name: 'ops', level: 'silent' }) }),
      client,
      path: consumer.path,
      signal: terminal.signal,
      onProgress: (done, total, { changed }) => bar.update(done, total, `${changed} ${dryRun ? 'would change' : 'changed'}`),
      onRefused: (eventId, cause) => terminal.err(`\n${eventId} was left out: ${cause}\n`),
    });
  } finally {
    bar.end();
    await client.close();
  }
  const seconds = Math.round(performance.now() - startedAt) / 1_000;
  if (json) terminal.out(JSON.stringify({ replayId, consumer: consumerName, topic: consumer.topic, dryRun, ...counts, seconds }));
  else terminal.out(describe(counts, { consumerName, topic: consumer.topic, dryRun, seconds }));
}

function describe(
  counts: ReplayCounts,
  about: { readonly consumerName: string; readonly topic: string; readonly dryRun: boolean; readonly seconds: number },
): string {
  const { read, applied, changed, refused } = counts;
  const leftOut = refused === 0 ? '' : `, ${refused} left out`;
  const outcome = about.dryRun ? `${changed} rows would change (dry run)` : `${changed} rows changed`;
  return `${about.consumerName}: ${read} events read from ${about.topic}, ${applied} applied${leftOut}, ${outcome}, ${about.seconds.toFixed(1)} s`;
}

export const createReplayCommand = (findStack: FindStack): Command => ({
  summary: 'Lets a consumer apply past events again.',
  usage,
  run: async (args, terminal) => run(args, terminal, findStack),
});

export const replayCommand = createReplayCommand(findRunningStack);
