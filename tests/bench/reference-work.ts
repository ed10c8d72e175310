/**
 * How fast the machine is at this moment: the processor time of a piece of work that is always the same. Processor time is not the
 * same on a busy machine, where cores are shared and slow down, so measurements are compared by it.
 */
import { createHash } from 'node:crypto';

const rounds = 40;

/** In milliseconds of this process's processor time. */
export function referenceWorkMs(): number {
  const before = process.cpuUsage();
  let text = 'reference';
  for (let round = 0; round < rounds; round += 1) {
    const rows = Array.from({ length: 1_000 }, (_, row) => ({ row, round, text: `${text}-${row}` }));
    const json = JSON.stringify(rows.toSorted((a, b) => b.row - a.row));
    text = createHash('sha256').update(json).digest('hex');
    JSON.parse(json);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
