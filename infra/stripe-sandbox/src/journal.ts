/**
 * An append-only file of JSON lines. `append` resolves when the line is on the disk (fdatasync); lines that wait together share one
 * write and one sync. On open, complete lines are handed back in order and a torn last line is cut off; any other damage is an error.
 * A compaction replaces the whole file at once: a crash leaves the old one or the new one, and both hold all that was acknowledged.
 */
import { constants } from 'node:fs';
import { open, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

interface Waiting {
  line: string;
  resolve: () => void;
  reject: (cause: unknown) => void;
}

interface Compaction {
  snapshot: () => readonly unknown[];
  resolve: () => void;
  reject: (cause: unknown) => void;
}

/** Lines that are written to a new file in one go. */
const CHUNK = 200;

export class Journal {
  readonly #path: string;
  #file: FileHandle;
  #position: number;
  #queue: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #last: Promise<void> = Promise.resolve();
  #broken: Error | undefined;
  #compaction: Compaction | undefined;

  private constructor(path: string, file: FileHandle, position: number) {
    this.#path = path;
    this.#file = file;
    this.#position = position;
  }

  /** Opens or creates the file and calls `replay` with each record that it holds. */
  static async open(path: string, replay: (record: unknown) => void): Promise<Journal> {
    const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      await syncFolder(path);
      const length = await readLines(file, replay);
      await file.truncate(length);
      await file.sync();
      return new Journal(path, file, length);
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

  /** Bytes in the file. */
  get size(): number {
    return this.#position;
  }

  /**
   * Replaces the file by the records of `snapshot`, which is called once, when nothing is being written, and must hold the effect of
   * every record appended by then. Resolves when the new file is in place. A failure breaks the journal as a failed write does.
   */
  compact(snapshot: () => readonly unknown[]): Promise<void> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    if (this.#compaction !== undefined) return Promise.reject(new Error('A compaction is under way.'));
    const done = new Promise<void>((resolve, reject) => {
      this.#compaction = { snapshot, resolve, reject };
    });
    this.#writing ??= this.#drain();
    return done;
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
    while (this.#queue.length > 0 || this.#compaction !== undefined) {
      const batch = this.#queue;
      const compaction = this.#compaction;
      this.#queue = [];
      try {
        // The snapshot holds the waiting records too, so the new file makes them durable.
        if (compaction === undefined) await this.#write(batch);
        else await this.#replace(compaction.snapshot());
        for (const { resolve } of batch) resolve();
        compaction?.resolve();
      } catch (cause) {
        this.#broken = new Error('The journal could not be written.', { cause });
        for (const { reject } of [...batch, ...this.#queue]) reject(this.#broken);
        compaction?.reject(this.#broken);
        this.#queue = [];
      }
      if (compaction !== undefined) this.#compaction = undefined;
    }
    this.#writing = undefined;
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    this.#position = await writeAt(this.#file, batch.map(({ line }) => line).join(''), this.#position);
    await this.#file.datasync();
  }

  async #replace(records: readonly unknown[]): Promise<void> {
    const file = await open(`${this.#path}.new`, 'w+', 0o600);
    let position = 0;
    try {
      for (let start = 0; start < records.length; start += CHUNK) {
        const lines = records.slice(start, start + CHUNK).map((record) => `${JSON.stringify(record)}\n`);
        position = await writeAt(file, lines.join(''), position);
      }
      await file.sync();
      await rename(`${this.#path}.new`, this.#path);
      await syncFolder(this.#path);
    } catch (cause) {
      await file.close();
      throw cause;
    }
    const old = this.#file;
    this.#file = file;
    this.#position = position;
    await old.close();
  }
}

/** Writes the whole text and returns the position after it. */
async function writeAt(file: FileHandle, text: string, position: number): Promise<number> {
  const bytes = Buffer.from(text, 'utf8');
  let offset = 0;
  while (offset < bytes.length) {
    const { bytesWritten } = await file.write(bytes, offset, bytes.length - offset, position + offset);
    offset += bytesWritten;
  }
  return position + bytes.length;
}

/** Makes a new name in the folder durable. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
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
