/**
 * Calls that travel together: those that one process makes of another's route in one turn of the event loop are one
 * request, and each is answered as soon as its answer is there. What HTTP costs is then paid once for all of them.
 *
 * The request is `POST <route>/batch` with `[{ requestId, body }, …]`; the answer is a line `[index, status, body]` for each.
 */
import { Readable } from 'node:stream';

/** One call of a batch, on the wire. */
export interface BatchedCall {
  readonly requestId: string;
  readonly body: unknown;
}

/** Calls in one request, at most. */
export const maxCallsInBatch = 64;
export const batchPath = (path: string): string => `${path}/batch`;
export const batchType = 'application/x-ndjson';

/** One answer as a line; `body` is JSON. */
export const toAnswerLine = (index: number, status: number, body: string): string => `[${index},${status},${body}]\n`;

/** Takes the answer to one call: its place in the request, its status, its body. */
export type AnswerListener = (index: number, status: number, body: unknown) => void;

/** Reads answers from the pieces in which they come. @throws SyntaxError for what is no answer. */
export function createAnswerReader(onAnswer: AnswerListener): (piece: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (piece) => {
    const read = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    let from = 0;
    for (let end = read.indexOf(10); end !== -1; end = read.indexOf(10, from)) {
      const [index, status, body] = JSON.parse(read.toString('utf8', from, end)) as [number, number, unknown];
      onAnswer(index, status, body);
      from = end + 1;
    }
    rest = read.subarray(from);
  };
}

/**
 * Collects the lines of a batch. Those that are there in the same turn go out together: as a text, if that is all of
 * them, else as a stream that brings the others when they come.
 */
export function collectLines(count: number): { add(line: string): void; readonly output: Promise<string | Readable> } {
  const output = Promise.withResolvers<string | Readable>();
  let missing = count;
  let waiting: string[] = [];
  let stream: Readable | undefined;

  const flush = (): void => {
    const text = waiting.join('');
    waiting = [];
    if (stream === undefined && missing === 0) return output.resolve(text);
    if (stream === undefined) {
      stream = new Readable({ read: () => undefined });
      output.resolve(stream);
    }
    stream.push(text);
    if (missing === 0) stream.push(null);
  };
  return {
    add(line) {
      missing -= 1;
      waiting.push(line);
      if (waiting.length === 1) setImmediate(flush);
    },
    output: output.promise,
  };
}
