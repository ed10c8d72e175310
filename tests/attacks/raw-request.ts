/** Bytes on a connection of their own, for what no HTTP client would send. */
import { connect } from 'node:net';
import { loopback } from '@vitrine/local/ports';

export interface RawAnswer {
  /** Of each response, in their order. */
  readonly statuses: readonly number[];
  readonly text: string;
  /** Whether the other side ended the connection. */
  readonly isEnded: boolean;
}

/**
 * Sends pieces one after the other and reads until the connection ends, or nothing has come for `quietMs`.
 * @param pieces text as Latin-1
 */
export async function sendRaw(port: number, pieces: Iterable<string> | AsyncIterable<string>, quietMs = 15_000): Promise<RawAnswer> {
  const socket = connect(port, loopback);
  let text = '';
  let isEnded = false;
  const done = new Promise<void>((resolve) => {
    socket.setTimeout(quietMs, () => socket.destroy());
    socket.on('data', (piece) => {
      text += piece.toString('latin1');
    });
    socket.on('end', () => {
      isEnded = true;
    });
    // A server that has had enough may reset the connection.
    socket.on('error', () => {
      isEnded = true;
    });
    socket.on('close', () => resolve());
  });
  for await (const piece of pieces) {
    if (socket.destroyed) break;
    socket.write(piece, 'latin1');
  }
  await done;
  return { statuses: [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status)), text, isEnded };
}
