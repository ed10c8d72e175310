import path from 'node:path';
import { expect, test } from '@jest/globals';
import { apiScopes } from '@vitrine/contracts/api-scopes';

test('the page of sellers has words for every scope, and for no other', async () => {
  const words = (await import(path.resolve(import.meta.dirname, '../../pages/scripts/seller-words.js'))) as {
    readonly apiScopes: Readonly<Record<string, string>>;
  };
  expect(Object.keys(words.apiScopes)).toEqual(apiScopes);
});
