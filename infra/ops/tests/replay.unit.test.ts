import { describe, expect, test } from '@jest/globals';
import { newId } from '@vitrine/runtime/ids';
import { StackNotRunningError, UnknownConsumerError, UsageError, type Terminal } from '../src/command.ts';
import { createProgressBar } from '../src/progress-bar.ts';
import { createReplayCommand } from '../src/replay.ts';

const terminal = (env: Terminal['env'] = {}): Terminal => ({
  env,
  out: () => {},
  err: () => {},
  interactive: false,
  signal: new AbortController().signal,
});
const { run } = createReplayCommand(() => undefined);
const time = '2026-11-23T08:30:00Z';
const consumer = ['--consumer', 'seller-eligibility'];

describe('a replay is refused before it begins', () => {
  test.each([
    ['without a consumer', ['--from', time], '--consumer is missing'],
    ['with neither time nor order', consumer, 'either --from or --order'],
    ['with both time and order', [...consumer, '--from', time, '--order', newId('ord')], 'either --from or --order'],
    ['with a time that is none', [...consumer, '--from', 'yesterday'], '--from yesterday is not'],
    ['with a day that is none', [...consumer, '--from', '2026-02-30T00:00:00Z'], 'is not an RFC 3339 time'],
    ['with an order id that is none', [...consumer, '--order', 'ord_1'], '--order ord_1 is not'],
    ['with another kind of id', [...consumer, '--order', newId('sel')], 'is not an order id'],
    ['with an unknown option', [...consumer, '--all'], "'--all'"],
    ['with a word too many', [...consumer, 'now'], "'now'"],
  ])('%s', async (_, args, message) => {
    const refusal = run(args, terminal());
    await expect(refusal).rejects.toBeInstanceOf(UsageError);
    await expect(refusal).rejects.toThrow(message);
  });

  test.each(['nobody', 'catalog', 'toString', '__proto__'])('for the consumer %s', async (name) => {
    await expect(run(['--consumer', name, '--from', time], terminal())).rejects.toBeInstanceOf(UnknownConsumerError);
  });

  test('when the environment names a part of a system only', async () => {
    const refusal = run([...consumer, '--from', time], terminal({ KAFKA_BROKERS: '127.0.0.1:9', IDENTITY_KEYS: '' }));
    await expect(refusal).rejects.toBeInstanceOf(UsageError);
    await expect(refusal).rejects.toThrow('SELLER_ELIGIBILITY_URL and IDENTITY_KEYS must be set, too');
  });

  test.each([
    ['for another pair', `checkout>seller-eligibility:k:${'A'.repeat(44)}`, 'no key for ops>seller-eligibility'],
    ['that are none', 'secret', 'IDENTITY_KEYS'],
  ])('when it is given keys %s', async (_, IDENTITY_KEYS, message) => {
    const env = { KAFKA_BROKERS: '127.0.0.1:9', SELLER_ELIGIBILITY_URL: 'http://127.0.0.1:9', IDENTITY_KEYS };
    const refusal = run([...consumer, '--from', time], terminal(env));
    await expect(refusal).rejects.toBeInstanceOf(UsageError);
    await expect(refusal).rejects.toThrow(message);
  });

  test('when no stack is running', async () => {
    await expect(run([...consumer, '--from', time], terminal())).rejects.toBeInstanceOf(StackNotRunningError);
  });
});

describe('the progress', () => {
  const shown = (interactive: boolean) => {
    let text = '';
    const bar = createProgressBar({ interactive, err: (part) => (text += part) });
    for (const done of [0, 1, 2, 3, 4]) bar.update(done, 4, `${done} changed`);
    bar.end();
    return text;
  };

  test('is a bar that is drawn again on a terminal', () => {
    const drawings = shown(true).split('\r\u001b[K');
    expect(drawings.slice(0, 2)).toEqual(['', `[${'░'.repeat(30)}]   0 %  0 of 4  0 changed`]);
    expect(drawings.at(-1)).toBe(`[${'█'.repeat(30)}] 100 %  4 of 4  4 changed\n`);
  });
  test('is plain lines elsewhere, the first and the last in any case', () => {
    expect(shown(false)).toBe('  0 %  0 of 4  0 changed\n100 %  4 of 4  4 changed\n');
  });
});
