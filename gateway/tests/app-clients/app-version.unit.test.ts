import { describe, expect, test } from '@jest/globals';
import { compareVersions, readAppVersion } from '../../src/app-clients/app-version.ts';

describe('versions', () => {
  // The order of https://semver.org, point 11.
  const ordered = [
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.0.1',
    '1.2.0',
    '1.10.0',
    '2.0.0',
    '10.0.0',
  ];
  test('come in the order of Semantic Versioning', () => {
    for (const [one, left] of ordered.entries()) {
      for (const [two, right] of ordered.entries()) {
        expect(Math.sign(compareVersions(left, right))).toBe(Math.sign(one - two));
      }
    }
  });

  test('that differ in what they were built from are the same', () => {
    expect(compareVersions('5.2.0+abc', '5.2.0+def')).toBe(0);
  });
});

describe('the header of an app', () => {
  test.each([
    ['ios/5.2.0', { platform: 'ios', version: '5.2.0' }],
    ['android/5.2.0-beta.1+77', { platform: 'android', version: '5.2.0-beta.1+77' }],
  ])('%s says which it is', (header, app) => expect(readAppVersion(header)).toEqual(app));

  test.each([
    '',
    '/',
    'ios',
    'ios/',
    '/5.2.0',
    'iOS/5.2.0',
    'web/1.0.0',
    'ios/05.2.0',
    'ios/5.2',
    'ios/5.2.0/x',
    'ios/5.2.0 ',
    'ios/9999999999.0.0',
  ])('%j says nothing', (header) => expect(readAppVersion(header)).toBeNull());
});
