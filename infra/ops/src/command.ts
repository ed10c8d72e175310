/** What a command of `ops` is made of: what it is given, how it reports, and the failures that are the caller's to mend. */

/** Where a command reads its surroundings and writes its report. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The result: one line or more, without the last line's end. */
  readonly out: (text: string) => void;
  /** Progress and warnings, as they are. */
  readonly err: (text: string) => void;
  /** Whether `err` is a terminal on which a line can be drawn again. */
  readonly interactive: boolean;
  /** Aborted when the person wants the command to end. */
  readonly signal: AbortSignal;
}

export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** Arguments, options and an example. */
  readonly usage: string;
  readonly run: (args: readonly string[], terminal: Terminal) => Promise<void>;
}

/** The command cannot be carried out; the message says what to do. Ends with exit code 1. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
}

/** The arguments are wrong. Ends with exit code 2. */
export class UsageError extends CommandError {
  override readonly name: string = 'UsageError';
}

/** There is no such consumer. Ends with exit code 2. */
export class UnknownConsumerError extends UsageError {
  override readonly name = 'UnknownConsumerError';
}

/** Divergences wait for a person. Ends with exit code 3. */
export class OpenCasesError extends CommandError {
  override readonly name = 'OpenCasesError';
}

/** Nothing is running that the command could work on. */
export class StackNotRunningError extends CommandError {
  override readonly name = 'StackNotRunningError';
}
