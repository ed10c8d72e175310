/** Looks for what must not be in a log. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Violation } from './judge.ts';

/** @param secrets none of them is repeated in what is answered */
export async function findInLogs(folder: string, secrets: readonly string[]): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const file of await readdir(folder)) {
    const text = await readFile(path.join(folder, file), 'utf8');
    for (const [index, secret] of secrets.entries())
      if (text.includes(secret))
        violations.push({ invariant: 'logs-hold-no-secret', run: null, detail: `${file} holds secret number ${index + 1}` });
  }
  return violations;
}
