import { expect, test } from '@jest/globals';
import { parsePage, toCursor } from '../src/page.ts';

const postId = 'pst_019390a2-1c4e-7b3a-9f00-3d2a61c0e5b4';

test('a cursor leads back to its post', () => {
  expect(parsePage({ first: 5, after: toCursor(postId) })).toEqual({ first: 5, before: postId });
  expect(parsePage({ first: 100 })).toEqual({ first: 100, before: null });
});

test.each([
  [{ first: 0 }],
  [{ first: -1 }],
  [{ first: 101 }],
  [{ first: 5, after: '' }],
  [{ first: 5, after: postId }],
  [{ first: 5, after: toCursor('usr_019390a2-1c4e-7b3a-9f00-3d2a61c0e5b4') }],
  [{ first: 5, after: `${toCursor(postId)}=` }],
  [{ first: 5, after: 'Ω' }],
])('the page %j is refused', (args) => {
  expect(() => parsePage(args)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
});
