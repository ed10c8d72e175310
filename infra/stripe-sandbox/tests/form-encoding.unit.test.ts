import { describe, expect, it } from '@jest/globals';
import { canonicalForm, parseForm, type FormTree } from '@vitrine/stripe-sandbox/form-encoding';

function plain(text: string): unknown {
  const form = parseForm(text);
  if (!form.ok) return form.message;
  return JSON.parse(JSON.stringify(form.tree));
}

function tree(text: string): FormTree {
  const form = parseForm(text);
  if (!form.ok) throw new Error(form.message);
  return form.tree;
}

describe('form encoding', () => {
  it('reads nested brackets, list indices and empty list brackets', () => {
    expect(plain('a[b][c]=1&list[]=x&list[]=y&at[0][n]=2&plain=z')).toEqual({
      a: { b: { c: '1' } },
      list: { 0: 'x', 1: 'y' },
      at: { 0: { n: '2' } },
      plain: 'z',
    });
  });

  it('decodes plus signs, escapes and encoded brackets', () => {
    expect(plain('name=Ada+L%C3%B6f&metadata%5Border_id%5D=a%3Db')).toEqual({ name: 'Ada Löf', metadata: { order_id: 'a=b' } });
  });

  it.each(['a=%zz', 'a[b=1', '[a]=1', 'a]=1', 'a[b]c=1', 'a=1&a[b]=2', 'a[b]=2&a=1', 'a=%00', 'a[1][2][3][4][5][6][7][8][9]=1'])(
    'refuses %s',
    (text) => {
      expect(parseForm(text).ok).toBe(false);
    },
  );

  it('treats __proto__ as an ordinary name', () => {
    const form = tree('__proto__[polluted]=yes&a=1');
    expect(Object.keys(form)).toContain('__proto__');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('gives one canonical text to parameters in any order, and different texts to different ones', () => {
    expect(canonicalForm(tree('b=2&a[y]=1&a[x]=0'))).toBe(canonicalForm(tree('a[x]=0&a[y]=1&b=2')));
    expect(canonicalForm(tree('a=1&b=2'))).not.toBe(canonicalForm(tree('a=1&b=3')));
    expect(canonicalForm(tree('a[b]=c'))).not.toBe(canonicalForm(tree('a=b%3Ac')));
  });
});
