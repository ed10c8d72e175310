import type { Config } from 'jest';

/** The suffix of a test file tells what it costs; `tests/run.ts` runs the end-to-end tests by themselves. */
const suffixes: Record<string, string> = {
  fast: '{unit,int,contract}',
  e2e: 'e2e',
  judge: 'judge',
};

const config: Config = {
  testMatch: [`<rootDir>/**/*.${suffixes[process.env['TEST_TIER'] ?? ''] ?? '*'}.test.ts`],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/\\.(local|test)/'],
  modulePathIgnorePatterns: ['<rootDir>/\\.(local|test)/'],
  watchman: false,
  testEnvironment: 'node',
  setupFiles: ['<rootDir>/tests/support/native-errors.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2024', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  maxWorkers: 2,
  testTimeout: 30_000,
};

export default config;
