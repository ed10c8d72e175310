import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { loadConfig } from '../src/config.ts';
import { hashInput } from '../src/idempotency.ts';
import { isId, newId } from '../src/ids.ts';
import { addMoney, money, multiplyMoney, rateOf } from '../src/money.ts';
import { errorForLog } from '../src/telemetry.ts';

describe('ids', () => {
  test('a new id is one of its own kind only', () => {
    const id = newId('ord');
    expect(isId('ord', id)).toBe(true);
    expect(isId('prd', id)).toBe(false);
  });

  test('later ids sort behind earlier ones', () => {
    const ids = Array.from({ length: 1_000 }, () => newId('ord'));
    expect(ids.toSorted()).toEqual(ids);
  });

  test.each(['', 'ord_', 'ord_1', `ord_${'0'.repeat(36)}`, `${newId('ord')} `, `ord_${newId('ord')}`])('%p is none', (value) => {
    expect(isId('ord', value)).toBe(false);
  });
});

describe('money', () => {
  test('two currencies are never added', () => {
    expect(() => addMoney(money(1, 'USD'), money(1, 'EUR'))).toThrow(RangeError);
  });

  test.each([-1, 0.5, Number.NaN, 2_147_483_648])('%p is no amount', (amount) => {
    expect(() => money(amount, 'USD')).toThrow(RangeError);
  });

  test('a product that no field can carry is refused', () => {
    expect(() => multiplyMoney(money(2_000_000_000, 'USD'), 2)).toThrow(RangeError);
  });

  test('a rate rounds half up', () => {
    expect(rateOf(money(1_000, 'USD'), 500)).toEqual(money(1, 'USD'));
    expect(rateOf(money(999, 'USD'), 500)).toEqual(money(0, 'USD'));
  });
});

describe('configuration', () => {
  const variables = { PORT: z.coerce.number().int().describe('TCP port.'), SECRET: z.string().min(8).describe('A secret.') };

  test('names every variable that is missing or wrong, and what it is for', () => {
    expect(() => loadConfig(variables, { PORT: 'x' })).toThrow(/PORT: .*TCP port\.\n- SECRET: is not set\. A secret\./);
  });

  test('does not show the value of a wrong variable', () => {
    expect(() => loadConfig(variables, { PORT: '1', SECRET: 'hunter2' })).toThrow(/SECRET/);
    expect(() => loadConfig(variables, { PORT: '1', SECRET: 'hunter2' })).not.toThrow(/hunter2/);
  });

  test('an empty variable is not set', () => {
    expect(() => loadConfig(variables, { PORT: '1', SECRET: '' })).toThrow(/SECRET: is not set/);
  });
});

describe('logging an error', () => {
  test('leaves out the row and the parameters that a driver hangs on it', () => {
    const error = Object.assign(new Error('duplicate key'), {
      code: '23505',
      detail: 'Key (street)=(12 Canary Lane) already exists.',
      parameters: ['12 Canary Lane'],
    });
    expect(JSON.stringify(errorForLog(new Error('outer', { cause: error })))).not.toContain('Canary');
    expect(errorForLog(error)).toMatchObject({ code: '23505', message: 'duplicate key' });
  });
});

describe('the hash of an input', () => {
  test('does not depend on the order of fields, nor on absent ones', () => {
    expect(hashInput({ a: 1, b: { c: [1, 2], d: null } })).toEqual(hashInput({ b: { d: null, c: [1, 2] }, a: 1, e: undefined }));
  });

  test('depends on every value and on the order of a list', () => {
    expect(hashInput({ a: [1, 2] })).not.toEqual(hashInput({ a: [2, 1] }));
    expect(hashInput({ a: null })).not.toEqual(hashInput({}));
  });
});
