/** Rotates the master key in a process of its own, a line for each step, so that a test can end it at any moment. */
import { createPool } from '@vitrine/runtime/database';
import { createLogger } from '@vitrine/runtime/telemetry';
import { createFileKeyService } from '../src/file-key-service.ts';
import { continueRotation, startRotation, type RotationProgress } from '../src/rotate-master-key.ts';
import { openSealedFile } from '../src/sealed-file.ts';
import { createKeyStore } from '../src/store/keys.ts';

const [url = '', file = '', half1 = '', half2 = ''] = process.argv.slice(2);
const pool = createPool({ url, size: 4, name: 'rotating', logger: createLogger({ name: 'rotating', level: 'silent' }) });
const keyService = createFileKeyService(await openSealedFile(file, Buffer.from(half1, 'base64'), Buffer.from(half2, 'base64')));
const deps = { keyStore: createKeyStore(pool), keyService };

process.stdout.write('opened\n');
await startRotation(deps);
process.stdout.write('started\n');
let progress: RotationProgress | undefined;
do {
  progress = await continueRotation(deps, { after: progress?.next ?? null, limit: 10 });
  process.stdout.write('step\n');
} while (progress.next !== null || progress.unfinished);
await pool.end();
