/**
 * The keys of this browser, in IndexedDB: they can be used by the pages of this origin and be read by nobody. One set for each
 * graph, shared by all tabs.
 */
import { newKeyPair } from './dpop.js';

const storeName = 'keys';

/** @returns {Promise<any>} the result of a request to IndexedDB */
const resultOf = (request) =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result), { once: true });
    request.addEventListener('error', () => reject(request.error), { once: true });
  });

let opened;

function open() {
  if (opened === undefined) {
    const request = indexedDB.open('vitrine', 1);
    request.addEventListener('upgradeneeded', () => request.result.createObjectStore(storeName));
    opened = resultOf(request);
    opened.catch(() => (opened = undefined));
  }
  return opened;
}

async function read(name) {
  const database = await open();
  return (await resultOf(database.transaction(storeName).objectStore(storeName).get(name))) ?? null;
}

/**
 * One transaction, which other tabs wait for. `change` gets what is kept and answers what is to be kept, null for nothing.
 * @returns what is kept then, once it is on the disk
 */
async function update(name, change) {
  const database = await open();
  const transaction = database.transaction(storeName, 'readwrite', { durability: 'strict' });
  const isOver = new Promise((resolve, reject) => {
    transaction.addEventListener('complete', resolve, { once: true });
    transaction.addEventListener('abort', () => reject(transaction.error), { once: true });
  });
  const store = transaction.objectStore(storeName);
  // Nothing else may be awaited in between: the transaction would end.
  const kept = change((await resultOf(store.get(name))) ?? null);
  if (kept === null) store.delete(name);
  else store.put(kept, name);
  await isOver;
  return kept;
}

/**
 * Keys are `{ proof, attested, counter, isRegistered }`: the key that tokens are bound to, the one that is attested, the number of
 * its latest assertion, and whether the gateway knows them.
 * @param {'buyer' | 'partner'} graph
 */
export const createKeyStore = (graph) => ({
  /** Null when there are none: the person has signed out, in this tab or another. */
  read: () => read(graph),

  /** The keys that there are, or new ones. */
  async ensure() {
    const kept = await read(graph);
    if (kept !== null) return kept;
    const [proof, attested] = await Promise.all([newKeyPair(), newKeyPair()]);
    return update(graph, (meanwhile) => meanwhile ?? { proof, attested, counter: 0 });
  },

  /** A number for an assertion that no tab had before, above all of them. */
  async nextCounter() {
    const kept = await update(graph, (keys) => (keys === null ? null : { ...keys, counter: keys.counter + 1 }));
    if (kept === null) throw new Error('the keys are gone');
    return kept.counter;
  },

  /** Remembers that the gateway knows them, so that it need not be asked first. */
  markRegistered: () => update(graph, (keys) => (keys === null ? null : { ...keys, isRegistered: true })),

  remove: () => update(graph, () => null),
});
