/** `npm run check`: everything that can be said about the code without running it. Every part runs; the worst decides. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

const parts: readonly { readonly name: string; readonly command: string; readonly args: readonly string[] }[] = [
  { name: 'format', command: 'oxfmt', args: ['--check', '.'] },
  { name: 'lint', command: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
  { name: 'types', command: 'tsc', args: ['-p', 'tsconfig.json'] },
  { name: 'generated files and supergraphs', command: process.execPath, args: ['infra/ops/src/generate.ts', '--check'] },
  { name: 'unused code and dependencies', command: 'knip', args: ['--no-progress'] },
];

let failed = 0;
for (const { name, command, args } of parts) {
  const startedAt = performance.now();
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, PATH: `${root}node_modules/.bin:${process.env['PATH'] ?? ''}` },
  });
  const ok = status === 0;
  process.stdout.write(`${ok ? 'ok    ' : 'failed'} ${name} (${((performance.now() - startedAt) / 1_000).toFixed(1)} s)\n`);
  if (ok) continue;
  failed += 1;
  process.stdout.write(error === undefined ? `${stdout}${stderr}\n` : `${error.message}\n`);
}
process.exitCode = failed === 0 ? 0 : 1;
