import { expect, test } from '@jest/globals';
import { parsePage, toConnection, toCursor } from '../src/page.ts';

const postId = 'pst_019390a2-1c4e-7b3a-9f00-3d2a61c0e5b4';

test('a cursor leads back to its post', () => {
  expect(parsePage({ first: 5, after: toCursor(postId) }, 'pst')).toEqual({ first: 5, afterId: postId });
  expect(parsePage({ first: 100 }, 'pst')).toEqual({ first: 100, afterId: null });
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
  expect(() => parsePage(args, 'pst')).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
});

test('a page has no more rows than asked for, and says whether one follows', () => {
  const page = { first: 2, afterId: null };
  const cut = (rows: readonly string[]) => toConnection(rows, page, (row) => row);
  expect(cut(['c', 'b', 'a'])).toEqual({
    edges: [
      { cursor: toCursor('c'), node: 'c' },
      { cursor: toCursor('b'), node: 'b' },
    ],
    pageInfo: { hasNextPage: true, endCursor: toCursor('b') },
  });
  expect(cut(['c', 'b']).pageInfo).toEqual({ hasNextPage: false, endCursor: toCursor('b') });
  expect(cut([])).toEqual({ edges: [], pageInfo: { hasNextPage: false, endCursor: null } });
});
