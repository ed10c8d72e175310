/**
 * `npm run ops -- <command>`: what operators do to a running system. Exit code 0 when it is done, 1 when it could not
 * be, 2 when the arguments are wrong, 3 when divergences wait for a person (`reconcile`), 130 when it was interrupted.
 */
import { RetryableError } from '@vitrine/runtime/errors';
import { appsCommand } from './apps.ts';
import { CommandError, OpenCasesError, UsageError, type Command } from './command.ts';
import { operationsCommand } from './operations.ts';
import { reconcileCommand } from './reconcile.ts';
import { replayCommand } from './replay.ts';
import { tokenCommand } from './token.ts';
import { vaultCommand } from './vault.ts';

const commands: Readonly<Record<string, Command>> = {
  apps: appsCommand,
  operations: operationsCommand,
  reconcile: reconcileCommand,
  replay: replayCommand,
  token: tokenCommand,
  vault: vaultCommand,
};

const overview = `Usage: npm run ops -- <command> [options]

${Object.entries(commands)
  .map(([name, { summary }]) => `  ${name.padEnd(12)} ${summary}`)
  .join('\n')}

npm run ops -- <command> --help tells more.`;

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === '--help' || name === '-h' || name === 'help') {
    console.log(overview);
    return 0;
  }
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    console.error(`${name === undefined ? 'No command is given.' : `There is no command ${name}.`}\n\n${overview}`);
    return 2;
  }
  if (args.includes('--help') || args.includes('-h')) {
    console.log(command.usage);
    return 0;
  }
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort(new Error(`ended by ${signal}`)));
  try {
    await command.run(args, {
      env: process.env,
      out: (text) => console.log(text),
      err: (text) => process.stderr.write(text),
      interactive: process.stderr.isTTY,
      signal: interruption.signal,
    });
    return 0;
  } catch (error) {
    if (interruption.signal.aborted) {
      console.error('interrupted');
      return 130;
    }
    if (error instanceof UsageError) {
      console.error(`${error.message}\n\n${command.usage}`);
      return 2;
    }
    // What is expected to fail says so in a sentence; anything else is a bug, and its stack is wanted.
    const expected =
      error instanceof CommandError || error instanceof RetryableError || (error instanceof Error && error.name.startsWith('KafkaJS'));
    console.error(error instanceof Error ? (expected ? error.message : error.stack) : error);
    return error instanceof OpenCasesError ? 3 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
