/** The options of the purchase benchmark. */
import { parseArgs } from 'node:util';
import { processDefinitions } from '@vitrine/local/services';
import type { ProcessName } from '@vitrine/local/service-names';

/** How fast the sandbox answers. */
export type SandboxPace = 'instant' | 'slow';

export type PurchaseOptions = {
  /** How many buyers tap at the same time, one measurement each. */
  readonly clients: readonly number[];
  readonly paces: readonly SandboxPace[];
  /** A measurement ends after so many purchases or so many seconds, whichever comes first. */
  readonly purchases: number | null;
  readonly seconds: number;
  /** How often each measurement is made. */
  readonly repeat: number;
  /** Of these a profile is taken, in an observation after the measurements. */
  readonly profiled: readonly ProcessName[];
  /** Only the object on standard output. */
  readonly json: boolean;
  /** Where the JSON file goes; undefined for `.test/`. */
  readonly out: string | undefined;
};

/** @throws Error that says which option is wrong */
export function readPurchaseOptions(args: readonly string[]): PurchaseOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      clients: { type: 'string', default: '1,8,32,128' },
      sandbox: { type: 'string', default: 'instant,slow' },
      purchases: { type: 'string' },
      seconds: { type: 'string', default: '10' },
      repeat: { type: 'string', default: '1' },
      profile: { type: 'string', default: '' },
      json: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  });
  return {
    clients: listed(values.clients).map((text) => wholeNumber('clients', text, 1_000)),
    paces: listed(values.sandbox).map((text) => oneOf('sandbox', text, ['instant', 'slow'])),
    purchases: values.purchases === undefined ? null : wholeNumber('purchases', values.purchases, 1_000_000),
    seconds: wholeNumber('seconds', values.seconds, 3_600),
    repeat: wholeNumber('repeat', values.repeat, 100),
    profiled: listed(values.profile).map((text) =>
      oneOf(
        'profile',
        text,
        processDefinitions.map(({ name }) => name),
      ),
    ),
    json: values.json,
    out: values.out,
  };
}

const listed = (text: string): string[] => text.split(',').filter((part) => part !== '');

function wholeNumber(option: string, text: string, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most) throw new Error(`--${option} must be a whole number from 1 to ${most}`);
  return value;
}

function oneOf<Choice extends string>(option: string, text: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) throw new Error(`--${option} takes ${choices.join(', ')}`);
  return choice;
}
