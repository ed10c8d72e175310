/** `ops apps`: which versions of the official apps are served, and which installations and certificates are trusted no more. */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import {
  countInstances,
  readMinimumVersions,
  replaceRevokedCertificates,
  revokeInstanceById,
  saveMinimumVersion,
} from '@vitrine/gateway/app-clients/app-client-store';
import { isPlatform, isVersion, type Platform } from '@vitrine/gateway/app-clients/app-version';
import { findRunningStack } from '@vitrine/local/stack';
import type { Pool } from '@vitrine/runtime/database';
import { unreachable } from '@vitrine/runtime/errors';
import { isId } from '@vitrine/runtime/ids';
import { CommandError, UsageError, type Command } from './command.ts';
import { withGatewayDatabase, type FindGatewayDatabase } from './gateway-database.ts';

const usage = `npm run ops -- apps list [--json]
npm run ops -- apps minimum <ios|android> <version> --url <address in the store>
npm run ops -- apps revoke <ins_…>
npm run ops -- apps revoked-certificates <file>

  list                  The oldest versions that are served, and how many installations were seen in the last 30 days.
  minimum               Versions before this one are told to be replaced, within ten seconds.
  revoke                An installation is let in no more, within five seconds.
  revoked-certificates  Attestations under these certificates are refused from now on, and under those of the list before
                        no longer. The file is Google's status list, https://android.googleapis.com/attestation/status.
  --json                Print one JSON object instead of sentences.

Works on the stack that \`npm start\` runs, or on the gateway's database at DATABASE_URL_GATEWAY.`;

type Wanted =
  | { readonly action: 'list' }
  | { readonly action: 'minimum'; readonly platform: Platform; readonly version: string; readonly url: string }
  | { readonly action: 'revoke'; readonly instanceId: string }
  | { readonly action: 'revoked-certificates'; readonly file: string };

/** What was done, in words and as it is printed for programs. */
interface Report {
  readonly text: string;
  readonly value: object;
}

/** @throws UsageError that says what is wrong */
function parseArguments(args: readonly string[]): Wanted & { readonly json: boolean } {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { url: { type: 'string' }, json: { type: 'boolean', default: false } },
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')) throw new UsageError(error.message);
    throw error;
  }
  const { positionals, values } = parsed;
  const [action, first, second, ...others] = positionals;
  const { url, json } = values;
  if (others.length > 0) throw new UsageError(`There is a word too many: ${others[0]}.`);
  if (url !== undefined && action !== 'minimum') throw new UsageError('--url goes with minimum only.');
  if (second !== undefined && action !== 'minimum') throw new UsageError(`There is a word too many: ${second}.`);
  switch (action) {
    case 'list':
      if (first !== undefined) throw new UsageError(`There is a word too many: ${first}.`);
      return { action, json };
    case 'minimum':
      if (!isPlatform(first)) throw new UsageError('The platform has to be ios or android.');
      if (second === undefined || !isVersion(second)) throw new UsageError('The version has to be one such as 5.2.0.');
      if (url === undefined || URL.parse(url)?.protocol !== 'https:')
        throw new UsageError('--url has to be the https address of the app in the store.');
      return { action, platform: first, version: second, url, json };
    case 'revoke':
      if (first === undefined || !isId('ins', first)) throw new UsageError('Say which installation: ins_…');
      return { action, instanceId: first, json };
    case 'revoked-certificates':
      if (first === undefined) throw new UsageError('Say which file has the list.');
      return { action, file: first, json };
    case undefined:
      throw new UsageError('Say what to do: list, minimum, revoke or revoked-certificates.');
    default:
      throw new UsageError(`There is no ${action} for apps.`);
  }
}

async function act(wanted: Wanted, pool: Pool): Promise<Report> {
  switch (wanted.action) {
    case 'list':
      return list(pool);
    case 'minimum': {
      const { platform, version, url } = wanted;
      await saveMinimumVersion(pool, { platform, minimumVersion: version, storeUrl: url });
      return {
        text: `Versions of ${platform} before ${version} are served no more.`,
        value: { platform, minimumVersion: version, storeUrl: url },
      };
    }
    case 'revoke': {
      const { instanceId } = wanted;
      if (!(await revokeInstanceById(pool, instanceId))) throw new CommandError(`There is no installation ${instanceId} that is let in.`);
      return { text: `${instanceId} is let in no more.`, value: { instanceId } };
    }
    case 'revoked-certificates': {
      const certificates = await readStatusList(wanted.file);
      await replaceRevokedCertificates(pool, certificates);
      return { text: `${certificates.length} certificates are trusted no more.`, value: { certificates: certificates.length } };
    }
    default:
      return unreachable(wanted);
  }
}

async function list(pool: Pool): Promise<Report> {
  const [minimumVersions, instances] = [await readMinimumVersions(pool), await countInstances(pool)];
  const lines = [
    ...minimumVersions.map(({ platform, minimumVersion, storeUrl }) => `${platform} is served from ${minimumVersion} on; ${storeUrl}`),
    ...instances.map(({ platform, version, environment, instances: count }) => `${platform} ${version} (${environment}): ${count}`),
  ];
  return {
    text: lines.length === 0 ? 'Every version is served, and no app was seen.' : lines.join('\n'),
    value: { minimumVersions, instances },
  };
}

/** @throws CommandError for a file that is no status list: an empty one would trust everything again */
async function readStatusList(file: string): Promise<readonly { readonly serialNumber: string; readonly reason: string }[]> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const entries: unknown = typeof value === 'object' && value !== null && 'entries' in value ? value.entries : undefined;
  if (typeof entries !== 'object' || entries === null || Array.isArray(entries)) throw new CommandError(`${file} has no entries.`);
  return Object.entries(entries as Readonly<Record<string, unknown>>).map(([name, entry]) => {
    const serialNumber = name.toLowerCase().replace(/^0+(?=.)/, '');
    if (!/^[\da-f]{1,64}$/.test(serialNumber)) throw new CommandError(`${file}: ${name} is no serial number in hexadecimal.`);
    const { status, reason } = Object(entry) as { readonly status?: unknown; readonly reason?: unknown };
    return { serialNumber, reason: [status, reason].filter((each) => typeof each === 'string').join(': ') || 'not said' };
  });
}

export const createAppsCommand = (findStack: FindGatewayDatabase): Command => ({
  summary: 'Sets which app versions are served; revokes installations and certificates.',
  usage,
  run: async (args, terminal) => {
    const wanted = parseArguments(args);
    const { text, value } = await withGatewayDatabase(terminal, findStack, (pool) => act(wanted, pool));
    terminal.out(wanted.json ? JSON.stringify(value) : text);
  },
});

export const appsCommand = createAppsCommand(findRunningStack);
