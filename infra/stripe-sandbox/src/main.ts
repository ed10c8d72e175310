/**
 * Runs the sandbox: `HOST` (127.0.0.1), `PORT` (12111; 0 takes a free one), `DATA_DIR`, `PUBLIC_URL` (from the Host header),
 * `WEBHOOK_URL` with `WEBHOOK_SECRET` (where the events of every account go; `WEBHOOK_EVENTS`: their types, commas between),
 * `COMPACT_BYTES` (from this size on the journal is rewritten). SIGTERM and SIGINT end it after the calls in flight.
 */
import { buildSandbox } from './server.ts';

function write(line: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), service: 'stripe-sandbox', ...line })}\n`);
}

const {
  HOST = '127.0.0.1',
  PORT = '12111',
  DATA_DIR,
  PUBLIC_URL,
  WEBHOOK_URL,
  WEBHOOK_SECRET,
  WEBHOOK_EVENTS,
  COMPACT_BYTES,
} = process.env;
const port = Number(PORT);
if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('PORT must be a port number.');
if (DATA_DIR === undefined || DATA_DIR === '') throw new Error('DATA_DIR must name a folder.');
const compactBytes = COMPACT_BYTES === undefined ? undefined : Number(COMPACT_BYTES);
if (compactBytes !== undefined && !(Number.isSafeInteger(compactBytes) && compactBytes > 0))
  throw new Error('COMPACT_BYTES must be a whole number.');
if ((WEBHOOK_URL === undefined) !== (WEBHOOK_SECRET === undefined)) throw new Error('WEBHOOK_URL and WEBHOOK_SECRET go together.');

const webhook =
  WEBHOOK_URL === undefined || WEBHOOK_SECRET === undefined
    ? undefined
    : { url: WEBHOOK_URL, secret: WEBHOOK_SECRET, events: WEBHOOK_EVENTS?.split(',') };
const server = await buildSandbox({ dataDir: DATA_DIR, publicUrl: PUBLIC_URL, webhook, compactBytes, log: write });

let stopping = false;
function stop(signal: NodeJS.Signals): void {
  if (stopping) return;
  stopping = true;
  write({ event: 'stopping', signal });
  server.close().then(
    () => write({ event: 'stopped' }),
    (cause: unknown) => {
      write({ event: 'stop failed', error: String(cause) });
      process.exitCode = 1;
    },
  );
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);

const url = await server.listen({ host: HOST, port });
write({ event: 'listening', url });
