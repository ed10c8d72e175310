/** A key service for tests, over a sealed file in a folder of the test's own. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { createFileKeyService } from '../src/file-key-service.ts';
import type { KeyService } from '../src/key-service.ts';
import { createSealedFile, openSealedFile } from '../src/sealed-file.ts';

export interface TestKeyFile {
  readonly file: string;
  readonly halves: readonly [Buffer, Buffer];
}

export async function createTestKeyFile(folder: string, earlier?: Buffer): Promise<TestKeyFile> {
  const file = path.join(folder, 'vault-keys.json');
  const halves = [randomBytes(32), randomBytes(32)] as const;
  await createSealedFile(file, halves[0], halves[1], earlier);
  return { file, halves };
}

export async function createTestKeyService(folder: string): Promise<KeyService> {
  const { file, halves } = await createTestKeyFile(folder);
  return createFileKeyService(await openSealedFile(file, halves[0], halves[1]));
}
