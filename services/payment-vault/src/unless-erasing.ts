/** Tells a call that adds something about a buyer that the buyer's data is being deleted; the database refuses it then. */
import { deletionRunning, type DeletionRunning } from './refusals.ts';
import { isRefusedDuringErasure } from './store/deletions.ts';

export async function unlessErasing<Result>(work: () => Promise<Result>): Promise<Result | DeletionRunning> {
  try {
    return await work();
  } catch (error) {
    if (isRefusedDuringErasure(error)) return deletionRunning;
    throw error;
  }
}
