/** What `ops operations` is asked to do. */
import { parseArgs } from 'node:util';
import { isPlatform, isVersion } from '@vitrine/gateway/app-clients/app-version';
import type { AppVersion } from '@vitrine/gateway/operations/operation-store';
import { unreachable } from '@vitrine/runtime/errors';
import { UsageError } from './command.ts';
import { graphNames, type GraphName } from './compose.ts';

interface Output {
  readonly json: boolean;
}

export type OperationsArguments =
  | ({
      readonly action: 'publish';
      readonly manifest: string;
      readonly app: AppVersion;
      readonly graph: GraphName;
      readonly supergraphs: string | undefined;
    } & Output)
  | { readonly action: 'manifest'; readonly folder: string }
  | ({ readonly action: 'list'; readonly days: number } & Output)
  | ({ readonly action: 'usage'; readonly days: number; readonly supergraphs: string | undefined } & Output)
  | ({
      readonly action: 'check';
      readonly days: number;
      readonly supergraphs: string | undefined;
      readonly from: string | undefined;
    } & Output)
  | ({ readonly action: 'retire'; readonly app: AppVersion; readonly force: boolean } & Output);

const isAction = (value: string): value is OperationsArguments['action'] => Object.hasOwn(forms, value);
const isGraph = (value: string): value is GraphName => graphNames.some((name) => name === value);

/** Options that each action takes, and how many words after it. */
const forms: Readonly<Record<OperationsArguments['action'], { readonly words: readonly string[]; readonly options: readonly string[] }>> = {
  publish: { words: ['the file of the manifest'], options: ['app', 'version', 'graph', 'supergraphs', 'json'] },
  manifest: { words: ['the folder of the operations'], options: [] },
  list: { words: [], options: ['days', 'json'] },
  usage: { words: [], options: ['days', 'supergraphs', 'json'] },
  check: { words: [], options: ['days', 'supergraphs', 'from', 'json'] },
  retire: { words: ['the app', 'its version'], options: ['force', 'json'] },
};

/** @throws UsageError that says what is wrong */
export function parseOperationsArguments(args: readonly string[]): OperationsArguments {
  const { values, positionals } = parse(args);
  const [action, ...words] = positionals;
  if (action === undefined) throw new UsageError(`Say what to do: ${Object.keys(forms).join(', ')}.`);
  if (!isAction(action)) throw new UsageError(`There is no ${action} for operations.`);
  const form = forms[action];
  const missing = form.words[words.length];
  if (missing !== undefined) throw new UsageError(`${action} needs ${missing}.`);
  if (words.length > form.words.length) throw new UsageError(`There is a word too many: ${words[form.words.length]}.`);
  const stray = Object.keys(values).find((option) => !form.options.includes(option));
  if (stray !== undefined) throw new UsageError(`--${stray} does not go with ${action}.`);

  const { supergraphs, json = false } = values;
  const [first = '', second = ''] = words;
  switch (action) {
    case 'publish': {
      const graph = values.graph ?? 'buyer';
      if (!isGraph(graph)) throw new UsageError('--graph has to be buyer, partner or ops.');
      if (values.app === undefined || values.version === undefined)
        throw new UsageError('--app and --version have to say which app build has these operations.');
      return { action: 'publish', manifest: first, app: appOf(values.app, values.version), graph, supergraphs, json };
    }
    case 'manifest':
      return { action: 'manifest', folder: first };
    case 'list':
      return { action: 'list', days: daysOf(values.days), json };
    case 'usage':
      return { action: 'usage', days: daysOf(values.days), supergraphs, json };
    case 'check':
      return { action: 'check', days: daysOf(values.days), supergraphs, from: values.from, json };
    case 'retire':
      return { action: 'retire', app: appOf(first, second), force: values.force ?? false, json };
    default:
      return unreachable(action);
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        app: { type: 'string' },
        version: { type: 'string' },
        graph: { type: 'string' },
        supergraphs: { type: 'string' },
        from: { type: 'string' },
        days: { type: 'string' },
        force: { type: 'boolean' },
        json: { type: 'boolean' },
      },
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')) throw new UsageError(error.message);
    throw error;
  }
}

/** `5.2` is `5.2.0`, as apps say it. */
function appOf(platform: string, version: string): AppVersion {
  if (!isPlatform(platform)) throw new UsageError('The app has to be ios or android.');
  const full = /^\d+(\.\d+)?$/.test(version) ? `${version}${version.includes('.') ? '.0' : '.0.0'}` : version;
  if (!isVersion(full)) throw new UsageError('The version has to be one of Semantic Versioning, 5.2.0 for example.');
  return { platform, version: full };
}

function daysOf(text = '30'): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 400) throw new UsageError('--days has to be 1 to 400.');
  return days;
}
