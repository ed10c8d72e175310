/**
 * An append-only file of JSON lines. `append` resolves when the line is on the disk (fdatasync); lines that wait together share one
 * write and one sync. On open, complete lines are handed back in order and a torn last line is cut off; any other damage is an error.
 */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

interface Waiting {
  line: string;
  resolve: () => void;
  reject: (cause: unknown) => void;
}

export class Journal {
  readonly #file: FileHandle;
  #position: number;
  #queue: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #last: Promise<void> = Promise.resolve();
  #broken: Error | undefined;

  private constructor(file: FileHandle, position: number) {
    this.#file = file;
    this.#position = position;
  }

  /** Opens or creates the file and calls `replay` with each record that it holds. */
  static async open(path: string, replay: (record: unknown) => void): Promise<Journal> {
    const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      const folder = await open(dirname(path), constants.O_RDONLY);
      try {
        await folder.sync();
      } finally {
        await folder.close();
      }
      const length = await readLines(file, replay);
      await file.truncate(length);
      await file.sync();
      return new Journal(file, length);
    } catch (cause) {
      await file.close();
      throw cause;
    }
  }

  /** Resolves when the record is durable. A failed write breaks the journal: nothing is accepted after it. */
  append(record: unknown): Promise<void> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    const line = `${JSON.stringify(record)}\n`;
    const written = new Promise<void>((resolve, reject) => {
      this.#queue.push({ line, resolve, reject });
    });
    this.#last = written;
    this.#writing ??= this.#drain();
    return written;
  }

  /** Resolves when everything appended so far is durable, so that no answer shows what a crash could take back. */
  settled(): Promise<void> {
    return this.#last;
  }

  async close(): Promise<void> {
    await this.#writing;
    this.#broken ??= new Error('The journal is closed.');
    await this.#file.close();
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      try {
        const bytes = Buffer.from(batch.map(({ line }) => line).join(''), 'utf8');
        let offset = 0;
        while (offset < bytes.length) {
          const { bytesWritten } = await this.#file.write(bytes, offset, bytes.length - offset, this.#position);
          offset += bytesWritten;
          this.#position += bytesWritten;
        }
        await this.#file.datasync();
        for (const { resolve } of batch) resolve();
      } catch (cause) {
        this.#broken = new Error('The journal could not be written.', { cause });
        for (const { reject } of [...batch, ...this.#queue]) reject(this.#broken);
        this.#queue = [];
      }
    }
    this.#writing = undefined;
  }
}

/** Hands over each complete line and returns the length in bytes that they take up. */
async function readLines(file: FileHandle, replay: (record: unknown) => void): Promise<number> {
  let rest: Buffer = Buffer.alloc(0);
  let length = 0;
  let lineNumber = 0;
  for await (const chunk of file.createReadStream({ start: 0, autoClose: false })) {
    let bytes = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10)) {
      lineNumber += 1;
      replay(parseLine(bytes.subarray(0, end).toString('utf8'), lineNumber));
      length += end + 1;
      bytes = bytes.subarray(end + 1);
    }
    rest = bytes;
  }
  return length;
}

function parseLine(line: string, lineNumber: number): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new Error(`The journal is damaged at line ${lineNumber}.`, { cause });
  }
}
