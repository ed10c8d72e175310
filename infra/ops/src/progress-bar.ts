/** How far a long command is: a bar that is drawn again on a terminal, a line now and then elsewhere. */
import type { Terminal } from './command.ts';

export interface ProgressBar {
  /** @param note what has come of it so far */
  readonly update: (done: number, total: number, note: string) => void;
  /** Leaves the last state on a line of its own. */
  readonly end: () => void;
}

const width = 30;
const redrawIntervalMs = 100;
const lineIntervalMs = 5_000;

export function createProgressBar({ err, interactive }: Pick<Terminal, 'err' | 'interactive'>): ProgressBar {
  let shownAt = 0;
  let shown = '';
  let latest = '';
  const show = (): void => {
    if (latest === shown) return;
    err(interactive ? `\r\u001b[K${latest}` : `${latest}\n`);
    shown = latest;
    shownAt = performance.now();
  };
  return {
    update: (done, total, note) => {
      const share = total === 0 ? 1 : Math.min(done / total, 1);
      const filled = Math.round(share * width);
      const percent = `${Math.floor(share * 100)} %`.padStart(5);
      const bar = interactive ? `[${'█'.repeat(filled)}${'░'.repeat(width - filled)}] ` : '';
      latest = `${bar}${percent}  ${done} of ${total}  ${note}`;
      if (shown === '' || performance.now() - shownAt >= (interactive ? redrawIntervalMs : lineIntervalMs)) show();
    },
    end: () => {
      show();
      if (interactive && shown !== '') err('\n');
    },
  };
}
