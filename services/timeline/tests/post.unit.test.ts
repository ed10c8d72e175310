import { describe, expect, test } from '@jest/globals';
import { parseProfile } from '../src/account.ts';
import { parsePostText, whyNotShown } from '../src/post.ts';

describe('the text of a post', () => {
  test('is trimmed and keeps its newlines', () => {
    expect(parsePostText('  two\nlines \n')).toEqual({ kind: 'text', text: 'two\nlines' });
  });

  test.each([
    ['500 characters outside the basic plane', '🎈'.repeat(500)],
    ['one character', 'x'],
  ])('may be %s', (_name, text) => {
    expect(parsePostText(text)).toEqual({ kind: 'text', text });
  });

  test.each([
    ['nothing', ''],
    ['only white space', ' \n\t '],
    ['501 characters', '🎈'.repeat(501)],
    ['a NUL', 'a\u0000b'],
    ['a tab', 'a\tb'],
    ['an escape character', 'a\u001b[2Jb'],
    ['a C1 control character', 'a\u0085b'],
    ['half of a surrogate pair', 'a\ud800b'],
  ])('must not be %s', (_name, text) => {
    expect(parsePostText(text).kind).toBe('invalid_text');
  });
});

describe('a product may be shown', () => {
  const author = { accountId: 'usr_a', sellerId: 'sel_a' };
  const product = { sellerId: 'sel_a', discontinued: false, seller: { accountId: 'usr_a', status: 'active' } };

  test('by the account that sells it', () => {
    expect(whyNotShown(author, product)).toBeNull();
  });

  test.each([
    ['by an account that is not signed in as a seller', { ...author, sellerId: null }, product],
    ['by another seller', { accountId: 'usr_b', sellerId: 'sel_b' }, product],
    ['by another account of that seller', { ...author, accountId: 'usr_b' }, product],
    ['when the seller is not known', author, { ...product, seller: null }],
    ['when the seller is invited only', author, { ...product, seller: { accountId: 'usr_a', status: 'invited' } }],
    ['when the seller is suspended', author, { ...product, seller: { accountId: 'usr_a', status: 'suspended' } }],
    ['when it is no longer sold', author, { ...product, discontinued: true }],
  ])('but not %s', (_name, who, what) => {
    expect(whyNotShown(who, what)).toEqual(expect.any(String));
  });
});

describe('a profile', () => {
  const profile = { handle: 'ada_1', displayName: 'Ada', avatarUrl: 'https://images.example/ada.png' };

  test('is taken with its name trimmed', () => {
    expect(parseProfile({ ...profile, displayName: '  Ada L. ' })).toEqual({
      kind: 'profile',
      profile: { ...profile, displayName: 'Ada L.' },
    });
  });

  test.each(['http://127.0.0.1:4000/a.png', 'http://localhost/a.png', 'http://[::1]/a.png', null])(
    'may have the picture %s',
    (avatarUrl) => {
      expect(parseProfile({ ...profile, avatarUrl }).kind).toBe('profile');
    },
  );

  test.each([
    ['handle', 'a'],
    ['handle', 'a'.repeat(31)],
    ['handle', 'Ada'],
    ['handle', 'a b'],
    ['handle', 'ad\u00e4'],
    ['handle', 'ada\n'],
    ['displayName', '  '],
    ['displayName', 'x'.repeat(61)],
    ['displayName', 'a\nb'],
    ['displayName', 'a\ud800'],
    ['avatarUrl', 'http://images.example/a.png'],
    ['avatarUrl', 'http://127.0.0.1.example/a.png'],
    ['avatarUrl', 'https://user:pass@images.example/a.png'],
    ['avatarUrl', 'javascript:alert(1)'],
    ['avatarUrl', 'https://'],
    ['avatarUrl', 'https://images.example/a b.png'],
    ['avatarUrl', `https://images.example/${'a'.repeat(2_048)}`],
    ['avatarUrl', ''],
  ])('with a wrong %s is refused with its path: %j', (field, value) => {
    expect(parseProfile({ ...profile, [field]: value })).toMatchObject({ kind: 'invalid_input', path: [field] });
  });
});
