/** `ops vault`: unseals payment-vault with the custodians' halves, and changes its master key while it works. */
import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import {
  rotationStepPath,
  startRotationPath,
  unsealPath,
  type RotationStepRequest,
  type RotationStepResponse,
  type StartRotationRequest,
  type StartRotationResponse,
  type UnsealRequest,
  type UnsealResponse,
} from '@vitrine/contracts/payment-vault-keys-http';
import { findRunningStack, type StackState } from '@vitrine/local/stack';
import { createInternalClient, parseIdentityKeys, type IdentityKeys, type InternalClient } from '@vitrine/runtime/identity';
import { CommandError, StackNotRunningError, UsageError, type Command, type Terminal } from './command.ts';
import { createProgressBar } from './progress-bar.ts';

const usage = `npm run ops -- vault unseal --half <1|2>
npm run ops -- vault rotate-master-key [--json]

  unseal             Gives a sealed vault one custodian's half, read from standard input; with both it opens.
  rotate-master-key  Makes a new master key and wraps every data key with it, while the vault works. Interrupted, it is
                     gone on with by the same command. The master key before opens nothing any more then.
  --json             Print one JSON object instead of a sentence.

Works on the stack that \`npm start\` runs, or on the one that PAYMENT_VAULT_URL and IDENTITY_KEYS (with the
ops>payment-vault key) name together. A vault of several processes shares its key file; unseal each of them.`;

const timeoutMs = 60_000;
/** Passes over all data keys: another process may keep what one pass wants to retire. */
const maxPasses = 10;

/** Where the local stack of this checkout can be reached, when it is running. */
type FindStack = () => Pick<StackState, 'serviceUrls' | 'opsIdentityKeys'> | undefined;

/** @throws UsageError for an environment that names only a part, or has no key for the vault */
function connect(env: Terminal['env'], findStack: FindStack): InternalClient {
  const [baseUrl, identityKeys] = [env['PAYMENT_VAULT_URL'] || undefined, env['IDENTITY_KEYS'] || undefined];
  if ((baseUrl === undefined) !== (identityKeys === undefined))
    throw new UsageError('The environment names a part of a system only: PAYMENT_VAULT_URL and IDENTITY_KEYS must be set together.');
  if (baseUrl !== undefined && identityKeys !== undefined) return clientFor(baseUrl, identityKeys);
  const stack = findStack();
  if (stack === undefined)
    throw new StackNotRunningError('No stack is running: start one with `npm start`, or set PAYMENT_VAULT_URL, IDENTITY_KEYS.');
  return clientFor(stack.serviceUrls['payment-vault'], stack.opsIdentityKeys);
}

function clientFor(baseUrl: string, identityKeys: string): InternalClient {
  let keys: IdentityKeys;
  try {
    keys = parseIdentityKeys(identityKeys);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  if (!keys.has('ops>payment-vault')) throw new UsageError('IDENTITY_KEYS has no key for ops>payment-vault.');
  return createInternalClient({ keys, from: 'ops', to: 'payment-vault', baseUrl });
}

/** @throws UsageError */
function parseArguments(args: readonly string[]) {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { half: { type: 'string' }, json: { type: 'boolean', default: false } },
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')) throw new UsageError(error.message);
    throw error;
  }
  const { positionals, values } = parsed;
  const [action, ...others] = positionals;
  if (others.length > 0) throw new UsageError(`There is a word too many: ${others[0]}.`);
  if (action === 'unseal') {
    const { half } = values;
    if (half !== '1' && half !== '2') throw new UsageError('--half has to be 1 or 2.');
    return { action, half: half === '1' ? 1 : 2, json: values.json } as const;
  }
  if (action === 'rotate-master-key') return { action, json: values.json } as const;
  throw new UsageError(action === undefined ? 'Say what to do: unseal or rotate-master-key.' : `There is no ${action} for the vault.`);
}

async function unseal(client: InternalClient, half: 1 | 2, value: string): Promise<UnsealResponse> {
  const answer = await client.post<UnsealResponse>(unsealPath, { half, value: value.trim() } satisfies UnsealRequest, {
    requestId: randomUUID(),
    timeoutMs,
  });
  if (answer.status === 'refused')
    throw new CommandError(
      `The half was refused: it is not 32 bytes in base64, or the two do not open the key file. Still missing: ${answer.missing.join(' and ')}.`,
    );
  return answer;
}

interface Rotated {
  readonly masterKeyId: string;
  /** Whether this command made it. */
  readonly made: boolean;
  readonly rewrapped: number;
  readonly failed: number;
  readonly retired: readonly string[];
}

async function rotate(client: InternalClient, terminal: Terminal): Promise<Rotated> {
  const post = <Response>(path: string, body: StartRotationRequest | RotationStepRequest): Promise<Response> =>
    client.post<Response>(path, body, { requestId: randomUUID(), timeoutMs });
  const started = await post<StartRotationResponse>(startRotationPath, {});
  const bar = createProgressBar(terminal);
  const retired = new Set<string>();
  let rewrapped = 0;
  try {
    for (let pass = 1; ; pass += 1) {
      let failed = 0;
      let after: RotationStepRequest['after'] = null;
      let step: RotationStepResponse;
      do {
        terminal.signal.throwIfAborted();
        step = await post<RotationStepResponse>(rotationStepPath, { after });
        rewrapped += step.rewrapped;
        failed += step.failed;
        for (const id of step.retired) retired.add(id);
        bar.update(rewrapped, rewrapped + step.remaining, `${failed} failed`);
        after = step.next;
      } while (after !== null);
      if (!step.unfinished || failed > 0 || pass === maxPasses)
        return { masterKeyId: started.masterKeyId, made: started.made, rewrapped, failed, retired: [...retired] };
    }
  } finally {
    bar.end();
  }
}

function describe({ masterKeyId, made, rewrapped, failed, retired }: Rotated): string {
  const which = made ? `${masterKeyId} is the new master key` : `${masterKeyId} is the master key, which was there already`;
  const trouble =
    failed === 0 ? '' : `; ${failed} data keys could not be opened and keep theirs, which is therefore not destroyed: see the vault's log`;
  return `${which}: ${rewrapped} data keys wrapped anew, retired: ${retired.length === 0 ? 'none' : retired.join(', ')}${trouble}`;
}

export const createVaultCommand = (findStack: FindStack, readInput: () => Promise<string>): Command => ({
  summary: "Unseals payment-vault, or changes its master key ('vault --help').",
  usage,
  run: async (args, terminal) => {
    const wanted = parseArguments(args);
    const client = connect(terminal.env, findStack);
    try {
      if (wanted.action === 'unseal') {
        const answer = await unseal(client, wanted.half, await readInput());
        const sentence =
          answer.status === 'opened' ? 'The vault is unsealed.' : `The half is taken; missing: ${answer.missing.join(' and ')}.`;
        terminal.out(wanted.json ? JSON.stringify(answer) : sentence);
        return;
      }
      const rotated = await rotate(client, terminal);
      terminal.out(wanted.json ? JSON.stringify(rotated) : describe(rotated));
      if (rotated.failed > 0) throw new CommandError('The rotation is not complete.');
    } finally {
      await client.close();
    }
  },
});

export const vaultCommand = createVaultCommand(findRunningStack, () => text(process.stdin));
