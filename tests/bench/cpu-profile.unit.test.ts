import { expect, test } from '@jest/globals';
import { readProfile, type CpuProfile } from './cpu-profile.ts';

const frame = (functionName: string, url: string, lineNumber = 0) => ({ functionName, url, lineNumber });
const profile: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)', ''), children: [2, 3, 6] },
    { id: 2, callFrame: frame('(idle)', '') },
    { id: 3, callFrame: frame('buy', 'file:///x/services/checkout/src/buy.ts', 4), children: [4, 5] },
    { id: 4, callFrame: frame('query', 'file:///x/node_modules/.pnpm/pg@8/node_modules/pg/lib/client.js', 9) },
    { id: 5, callFrame: frame('buy', 'file:///x/services/checkout/src/buy.ts', 4) },
    { id: 6, callFrame: frame('post', 'node:inspector', 1) },
  ],
  samples: [2, 3, 4, 4, 5, 6],
  timeDeltas: [1_000, 100, 300, 500, 100, 900],
};

test('time is told by function, by package and by caller of ours; idling and the profiler itself are left out', () => {
  expect(readProfile(profile, 10)).toEqual({
    functions: [
      { place: 'query pg/lib/client.js:10', share: 0.8 },
      { place: 'buy checkout/src/buy.ts:5', share: 0.2 },
    ],
    packages: [
      { place: 'pg', share: 0.8 },
      { place: 'checkout/src', share: 0.2 },
    ],
    // A function that calls itself counts once.
    callers: [{ place: 'buy checkout/src/buy.ts:5', share: 1 }],
  });
  expect(readProfile(profile, 1).functions).toHaveLength(1);
  expect(readProfile({ nodes: [] }, 5)).toEqual({ functions: [], packages: [], callers: [] });
});
