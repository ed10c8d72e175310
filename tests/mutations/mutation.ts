/** Deliberate breaks of the code, each with the test that has to notice it: what is measured is the tests. */

export interface Edit {
  /** From the root of the checkout. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

export interface Mutation {
  /** Says what is broken, in kebab-case. */
  readonly name: string;
  readonly edits: readonly Edit[];
  readonly caughtBy: {
    /** From the root of the checkout. */
    readonly file: string;
    /** A part of the test's full name, literally. */
    readonly test: string;
  };
}

/**
 * The files as the mutation leaves them, by path.
 *
 * @throws Error when an edit's text is not there exactly once: the code has moved on, and the mutation has to follow.
 */
export function mutate(mutation: Mutation, read: (file: string) => string): Map<string, string> {
  const changed = new Map<string, string>();
  for (const { file, find, replace } of mutation.edits) {
    const parts = (changed.get(file) ?? read(file)).split(find);
    if (parts.length !== 2) throw new Error(`${mutation.name} is stale: its text occurs ${parts.length - 1} times in ${file}`);
    changed.set(file, parts.join(replace));
  }
  return changed;
}
