/**
 * All state of the sandbox: objects, money movements and idempotent results, in memory and rebuilt from the journal at start.
 * A transaction stages its writes and commits them as one journal line, so that an object and the stored answer of the request
 * that made it are durable together or not at all.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventsOfWrite, type EventDraft } from './event-types.ts';
import { EventLog, type DeliveryMark, type LoggedEvent } from './event-log.ts';
import { newEvent, type Cause } from './events.ts';
import { IdempotencyKeys, type StoredAnswer } from './idempotency.ts';
import { Journal } from './journal.ts';
import { Ledger, type Movement } from './ledger.ts';
import { KINDS, ownersOf, type Kind, type RecordOf } from './records.ts';
import { endpointsFor, putConfiguredEndpoint, type ConfiguredWebhook } from './webhook-endpoints.ts';

interface Write {
  kind: Kind;
  id: string;
  record: RecordOf[Kind];
}

/** One line of the journal. */
interface Commit {
  account: string;
  writes: Write[];
  movements: Movement[];
  answer?: StoredAnswer;
  events?: LoggedEvent[];
  marks?: DeliveryMark[];
}

interface Entry {
  sequence: number;
  record: RecordOf[Kind];
}

/** When the journal is rewritten while the sandbox runs: at this many bytes, or at this many times what was left the last time. */
const COMPACT_BYTES = 16 * 1024 * 1024;
const COMPACT_RATIO = 4;

/** Objects or events in one line of a rewritten journal. */
const LINE_ITEMS = 50;

class Account {
  readonly events = new EventLog();
  readonly movements: Movement[] = [];
  readonly entries = new Map<Kind, Map<string, Entry>>(KINDS.map((kind) => [kind, new Map()]));
  readonly owned = new Map<string, Set<string>>();
  #sequence = 0;

  of(kind: Kind): Map<string, Entry> {
    const entries = this.entries.get(kind);
    if (entries === undefined) throw new Error(`Unknown kind of object: ${kind}`);
    return entries;
  }

  /** Lines that make this account again: what is, without how it came to be, but with every movement of money. */
  snapshot(account: string): Commit[] {
    const writes = [...this.entries]
      .flatMap(([kind, entries]) => [...entries].map(([id, { sequence, record }]) => ({ sequence, write: { kind, id, record } })))
      .toSorted((a, b) => a.sequence - b.sequence)
      .map(({ write }) => write);
    const { events, marks } = this.events.snapshot();
    return [
      ...chunks(writes).map((chunk) => ({ account, writes: chunk, movements: [] })),
      ...chunks(this.movements).map((chunk) => ({ account, writes: [], movements: chunk })),
      ...chunks(events).map((chunk) => ({ account, writes: [], movements: [], events: chunk })),
      ...chunks(marks).map((chunk) => ({ account, writes: [], movements: [], marks: chunk })),
    ];
  }

  put({ kind, id, record }: Write): void {
    const entries = this.of(kind);
    const present = entries.get(id);
    if (present !== undefined) {
      for (const owner of ownersOf(kind, present.record)) this.owned.get(`${kind}/${owner}`)?.delete(id);
    }
    this.#sequence += 1;
    entries.set(id, { sequence: present?.sequence ?? this.#sequence, record });
    for (const owner of ownersOf(kind, record)) {
      const key = `${kind}/${owner}`;
      const ids = this.owned.get(key) ?? new Set<string>();
      this.owned.set(key, ids.add(id));
    }
  }
}

function chunks<T>(items: readonly T[]): T[][] {
  const found: T[][] = [];
  for (let start = 0; start < items.length; start += LINE_ITEMS) found.push(items.slice(start, start + LINE_ITEMS));
  return found;
}

/** Reads through its own writes; nothing is visible to others before `Store.commit`. */
export class Transaction {
  readonly account: string;
  readonly writes = new Map<string, Write>();
  readonly movements: Movement[] = [];
  /** What each write changes, in order: of this come the events, so that none is forgotten and none is invented. */
  readonly drafts: EventDraft[] = [];
  readonly cause: Cause;
  readonly at: number;
  readonly #base: Account;

  /** `at` in seconds since 1970. */
  constructor(account: string, base: Account, cause: Cause, at: number) {
    this.account = account;
    this.cause = cause;
    this.at = at;
    this.#base = base;
  }

  get<K extends Kind>(kind: K, id: string): RecordOf[K] | undefined {
    const staged = this.writes.get(`${kind}/${id}`)?.record ?? this.#base.of(kind).get(id)?.record;
    return staged as RecordOf[K] | undefined;
  }

  put<K extends Kind>(kind: K, id: string, record: RecordOf[K]): void {
    const { at, cause } = this;
    this.drafts.push(...eventsOfWrite(this.get(kind, id), record, { at, automatic: cause.id === null }));
    this.writes.set(`${kind}/${id}`, { kind, id, record });
  }

  /** The account's committed events. */
  events(): EventLog {
    return this.#base.events;
  }

  /** Committed records, newest first; with `owner`, only those that belong to that object. */
  list<K extends Kind>(kind: K, owner?: string): RecordOf[K][] {
    const entries = this.#base.of(kind);
    const found =
      owner === undefined
        ? [...entries.values()]
        : [...(this.#base.owned.get(`${kind}/${owner}`) ?? [])].flatMap((id) => entries.get(id) ?? []);
    return found.toSorted((a, b) => b.sequence - a.sequence).map(({ record }) => record as RecordOf[K]);
  }

  move(movement: Movement): void {
    this.movements.push(movement);
  }
}

export class Store {
  readonly idempotency: IdempotencyKeys;
  readonly ledger = new Ledger();
  /** Keys the fingerprints of cards and requests; lives beside the journal, not in it. */
  readonly secret: Buffer;
  readonly #accounts = new Map<string, Account>();
  /** Called with the events of a change once it is on the disk. */
  onEvents: (account: string, events: LoggedEvent[]) => void = () => undefined;
  readonly #now: () => Date;
  #webhook: ConfiguredWebhook | undefined;
  #journal: Journal | undefined;
  #compacting = false;
  readonly #compactBytes: number;
  #compactAt = 0;

  private constructor(secret: Buffer, now: () => Date, compactBytes: number) {
    this.secret = secret;
    this.idempotency = new IdempotencyKeys(now);
    this.#now = now;
    this.#compactBytes = compactBytes;
  }

  /** Opens the folder, which is made where it is missing. */
  static async open(folder: string, now: () => Date, compactBytes = COMPACT_BYTES): Promise<Store> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const store = new Store(await readSecret(folder), now, compactBytes);
    store.#journal = await Journal.open(join(folder, 'journal.ndjson'), (line) => store.#apply(line as Commit));
    await store.#compact();
    return store;
  }

  /** Without a `cause`, what is written happens by itself, as far as events are concerned. */
  begin(account: string, cause: Cause = { id: null, idempotency_key: null }): Transaction {
    return new Transaction(account, this.#account(account), cause, Math.floor(this.#now().getTime() / 1000));
  }

  /** Makes the transaction visible and durable, with the answer that a retry gets. Resolves when it is on the disk. */
  async commit(transaction: Transaction, answer?: StoredAnswer): Promise<void> {
    const writes = [...transaction.writes.values()];
    if (writes.length === 0 && transaction.movements.length === 0 && answer === undefined) return this.settled();
    const registered = transaction.drafts.length === 0 ? undefined : this.#configureEndpoint(transaction.account);
    const events = transaction.drafts.map((draft): LoggedEvent => ({
      event: newEvent(draft, transaction.cause, transaction.at),
      endpoints: endpointsFor(transaction, draft.type),
    }));
    const line: Commit = {
      account: transaction.account,
      writes,
      movements: transaction.movements,
      ...(answer === undefined ? {} : { answer }),
      ...(events.length === 0 ? {} : { events }),
    };
    this.#apply(line);
    await Promise.all([registered, this.#append(line)]);
    if (events.length > 0) this.onEvents(transaction.account, events);
  }

  /** From now on the events of every account go to this address, or to none beside those that were made over HTTP. */
  async useWebhook(webhook: ConfiguredWebhook | undefined): Promise<void> {
    this.#webhook = webhook;
    await Promise.all(this.accounts().map((account) => this.#configureEndpoint(account)));
  }

  async #configureEndpoint(account: string): Promise<void> {
    const transaction = this.begin(account);
    putConfiguredEndpoint(transaction, this.#webhook);
    if (transaction.writes.size > 0) await this.commit(transaction);
  }

  /** Notes how a delivery stands. Resolves when it is on the disk. */
  async mark(account: string, marks: DeliveryMark[]): Promise<void> {
    const line: Commit = { account, writes: [], movements: [], marks };
    this.#apply(line);
    await this.#append(line);
  }

  /** The names of all accounts that were ever used. */
  accounts(): string[] {
    return [...this.#accounts.keys()];
  }

  /** Resolves when all that has been committed is durable. */
  settled(): Promise<void> {
    return this.#open().settled();
  }

  async close(): Promise<void> {
    await this.#journal?.close();
  }

  /** The account that owns an object, for addresses that carry no key. */
  accountWith(kind: Kind, id: string): string | undefined {
    for (const [name, account] of this.#accounts) if (account.of(kind).has(id)) return name;
    return undefined;
  }

  async #append(line: Commit): Promise<void> {
    await this.#open().append(line);
    if (!this.#compacting && this.#open().size > this.#compactAt) await this.#compact();
  }

  /** Rewrites the journal without what is superseded, answers older than a day and events older than thirty. */
  async #compact(): Promise<void> {
    this.#compacting = true;
    const now = Math.floor(this.#now().getTime() / 1000);
    await this.#open().compact(() => {
      for (const { events } of this.#accounts.values()) events.prune(now);
      const accounts = [...this.#accounts].flatMap(([name, account]) => account.snapshot(name));
      return [...accounts, ...this.idempotency.kept().map(({ account, answer }) => ({ account, writes: [], movements: [], answer }))];
    });
    this.#compactAt = Math.max(this.#compactBytes, COMPACT_RATIO * this.#open().size);
    this.#compacting = false;
  }

  #open(): Journal {
    if (this.#journal === undefined) throw new Error('The store is not open.');
    return this.#journal;
  }

  #account(name: string): Account {
    const account = this.#accounts.get(name) ?? new Account();
    this.#accounts.set(name, account);
    return account;
  }

  #apply({ account, writes, movements, answer, events = [], marks = [] }: Commit): void {
    const state = this.#account(account);
    for (const write of writes) state.put(write);
    for (const { kind, record } of writes) {
      if (kind === 'payment_intent') this.ledger.describe(account, (record as RecordOf['payment_intent']).object);
    }
    for (const movement of movements) this.ledger.add(account, movement);
    state.movements.push(...movements);
    for (const event of events) state.events.add(event);
    for (const mark of marks) state.events.mark(mark);
    if (answer !== undefined) this.idempotency.restore(account, answer);
  }
}

async function readSecret(folder: string): Promise<Buffer> {
  const path = join(folder, 'fingerprint.key');
  const present = await readFile(path).catch((cause: unknown) => {
    if (typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  if (present !== undefined) return present;
  const secret = randomBytes(32);
  await writeFile(`${path}.new`, secret, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
  return secret;
}
