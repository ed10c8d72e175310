/**
 * Reads that are under way, so that the same read of the same viewer is asked once and answered to everybody who waits
 * for it. Nothing is shared between viewers: no field is marked as the same for all of them, and an answer that looks
 * public (a price) may depend on who asks. Mutations are never shared.
 */

export interface SharedReads<Answer> {
  /**
   * The answer to a read: of the same one that is under way, or of a new one. One that may take longer than the caller
   * waits is not joined, nor one that is about to run out of time where a new one has plenty.
   * @param reader everything that an answer can depend on.
   * @param endsAtMs when a read that starts now is over, at most.
   */
  join(read: { readonly reader: string; readonly text: string; readonly endsAtMs: number }, start: () => Promise<Answer>): Promise<Answer>;
  /** From now on no read of this reader that is under way is shared: something has been changed, and it may not have seen it. */
  forget(reader: string): void;
}

interface Running<Answer> {
  readonly text: string;
  readonly answer: Promise<Answer>;
  readonly beganAtMs: number;
  readonly endsAtMs: number;
}

/** A read that began so lately is as good as a new one. */
const freshMs = 500;

/** @param now the clock of `endsAtMs`, in milliseconds */
export function createSharedReads<Answer>(now: () => number = () => performance.now()): SharedReads<Answer> {
  // A viewer has a few reads under way: texts of some kilobytes are sooner compared with those than made keys of a map.
  const readers = new Map<string, Running<Answer>[]>();

  return {
    join({ reader, text, endsAtMs }, start) {
      let running = readers.get(reader);
      const nowMs = now();
      const isWorthWaiting = (read: Running<Answer>): boolean =>
        read.endsAtMs <= endsAtMs && (nowMs - read.beganAtMs < freshMs || (read.endsAtMs - nowMs) * 2 >= endsAtMs - nowMs);
      const known = running?.find((read) => isWorthWaiting(read) && read.text === text);
      if (known !== undefined) return known.answer;
      if (running === undefined) {
        running = [];
        readers.set(reader, running);
      }
      const reads = running;
      const started: Running<Answer> = { text, answer: start(), beganAtMs: nowMs, endsAtMs };
      reads.push(started);
      const remove = (): void => {
        const index = reads.indexOf(started);
        const last = reads.pop();
        if (last !== undefined && last !== started) reads[index] = last;
        if (reads.length === 0 && readers.get(reader) === reads) readers.delete(reader);
      };
      started.answer.then(remove, remove);
      return started.answer;
    },
    forget(reader) {
      readers.delete(reader);
    },
  };
}
