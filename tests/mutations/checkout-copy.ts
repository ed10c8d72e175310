/**
 * A copy of the checkout that can be broken: the working tree's files and links to the installed packages. The workspace's own
 * packages are those of the copy.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, lstatSync, readFileSync, realpathSync } from 'node:fs';
import { copyFile, cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

export interface CheckoutCopy {
  readonly root: string;
  readonly read: (file: string) => string;
  readonly write: (file: string, text: string) => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** Where pnpm keeps the packages; everything else in a node_modules folder links to it or to the workspace. */
const storeName = '.pnpm';

export async function copyCheckout(checkout: string): Promise<CheckoutCopy> {
  // Links are resolved by whoever loads a module, and have to lead back to this path.
  const root = await mkdtemp(path.join(realpathSync(os.tmpdir()), 'vitrine-mutations-'));
  try {
    const files = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
      cwd: checkout,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    })
      .split('\0')
      .filter((file) => file !== '' && existsSync(path.join(checkout, file)));
    for (const folder of new Set(files.map((file) => path.dirname(file)))) await mkdir(path.join(root, folder), { recursive: true });
    await Promise.all(files.map((file) => copyFile(path.join(checkout, file), path.join(root, file))));
    for (const file of files.filter((name) => path.basename(name) === 'package.json'))
      await copyLinks(path.join(checkout, path.dirname(file), 'node_modules'), path.join(root, path.dirname(file), 'node_modules'));
    requireOwnPackages(root);
  } catch (error) {
    await rm(root, { recursive: true, force: true });
    throw error;
  }
  return {
    root,
    read: (file) => readFileSync(path.join(root, file), 'utf8'),
    write: (file, text) => writeFile(path.join(root, file), text),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** Relative links stay as they are, and so lead into the copy. */
async function copyLinks(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return;
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    const source = path.join(from, name);
    if (name === storeName) await symlink(source, path.join(to, name));
    else if (!name.startsWith('.')) await cp(source, path.join(to, name), { recursive: true, verbatimSymlinks: true });
  }
}

/** A mutation of a package that the tests load from elsewhere would survive without having been tried. */
function requireOwnPackages(root: string): void {
  const links = globSync('{.,*,*/*}/node_modules/@vitrine/*', { cwd: root }).map((link) => path.join(root, link));
  if (links.length === 0) throw new Error('the copy of the checkout has no packages: it is not installed');
  for (const link of links) {
    if (!lstatSync(link).isSymbolicLink() || !realpathSync(link).startsWith(`${root}${path.sep}`))
      throw new Error(`${path.relative(root, link)} is not the copy's own package`);
  }
}
