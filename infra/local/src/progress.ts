/** One line for each part of the stack with the time it took; plain text, with or without a terminal. */

export type Progress = {
  /** A line outside the table. */
  readonly note: (line: string) => void;
  /** Runs `action` and reports the part as ready or failed with its time. */
  readonly part: <T>(name: string, action: () => Promise<T>, detail?: (value: T) => string) => Promise<T>;
};

/**
 * @param write takes one line without its end
 * @param signal tells a part that was broken off from one that failed
 */
export function createProgress(write: (line: string) => void, signal: AbortSignal): Progress {
  return {
    note: (line) => write(`  ${line}`),
    part: async (name, action, detail) => {
      const startedAt = performance.now();
      const line = (mark: string, text: string) => {
        const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
        write(`  ${mark} ${name.padEnd(20)} ${seconds.padStart(6)} s  ${text}`.trimEnd());
      };
      try {
        const value = await action();
        line('✓', detail?.(value) ?? '');
        return value;
      } catch (error) {
        if (signal.aborted) line('–', 'broken off');
        else line('✗', 'failed');
        throw error;
      }
    },
  };
}
