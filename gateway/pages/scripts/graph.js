/** Runs the operations that lie beside the pages as files, on one graph, for the person signed in: by id, never as text. */
import { hex, sha256 } from './encodings.js';
import { GraphError, isUnusable, outOfDateSentence, toGraphError } from './graph-error.js';

const operations = new Map();

async function readOperation(path) {
  const response = await fetch(path);
  if (!response.ok) throw new GraphError('NOT_FOUND', outOfDateSentence);
  const text = await response.text();
  return { id: hex(await sha256(text)), isMutation: /^mutation\b/m.test(text) };
}

function findOperation(graph, name) {
  const path = `/operations/${graph}/${name}.graphql`;
  if (!operations.has(path)) {
    const operation = readOperation(path);
    // A failed fetch is tried again at the next use.
    operation.catch(() => operations.delete(path));
    operations.set(path, operation);
  }
  return operations.get(path);
}

/** Why nothing was answered. */
function toFault(error) {
  if (error instanceof GraphError) return error;
  if (error.name === 'TimeoutError') return new GraphError('TIMEOUT', 'Vitrine did not answer in time. Try again.');
  return new GraphError('OFFLINE', 'Vitrine cannot be reached. Check the connection and try again.');
}

/**
 * @param {'buyer' | 'partner'} graph
 * @param connection of this graph
 * @param on `signedOut()` when the sign-in has ended; `unusable(error)` when nothing works here any more until the person does something
 */
export function createGraph(graph, { session, client }, on) {
  /** By operation: until when the gateway wants no more of it. */
  const restsUntilMs = new Map();

  async function send(name, variables) {
    const { id, isMutation } = await findOperation(graph, name);
    return client.postJson(
      `/graphql/${graph}`,
      { variables, extensions: { persistedQuery: { version: 1, sha256Hash: id } } },
      { accept: 'application/graphql-response+json, application/json', isAsserted: isMutation },
    );
  }

  function refusal(name, error) {
    if (error.code === 'RATE_LIMITED') restsUntilMs.set(name, { atMs: Date.now() + error.retryAfterMs, error });
    if (isUnusable(error)) on.unusable(error);
    return error;
  }

  return {
    /**
     * @returns {Promise<{ data: any, errors: { message: string, extensions: { code: string, service?: string } }[] }>} errors are those of a partial answer
     * @throws GraphError when there is no data at all
     */
    async run(name, variables = {}) {
      const rest = restsUntilMs.get(name);
      if (rest !== undefined && rest.atMs > Date.now()) throw rest.error;
      let answer;
      try {
        answer = await send(name, variables);
      } catch (error) {
        throw refusal(name, toFault(error));
      }
      if (answer.status === 401) {
        session.end();
        on.signedOut();
      }
      const { data, errors = [] } = answer.body;
      if (data === undefined || data === null) throw refusal(name, toGraphError(answer));
      return { data, errors };
    },
  };
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const unanswered = new Set(['TemporarilyUnavailableError', 'PaymentProviderUnavailableError', 'IdempotencyKeyInFlightError']);
const maxAttempts = 4;
const maxPauseMs = 5_000;

/** Whether a result says only that there is none yet: the same key and input have to be sent again. */
export const isUnanswered = (result) => unanswered.has(result.__typename);

/** How long to wait before trying again what failed so, in milliseconds; null when that would not help, or not soon. */
function pauseAfter(error, attempt) {
  if (!(error instanceof GraphError)) return null;
  if (error.code === 'RATE_LIMITED') return error.retryAfterMs <= maxPauseMs ? error.retryAfterMs : null;
  return ['OFFLINE', 'UNAVAILABLE', 'TIMEOUT'].includes(error.code) ? 500 * 2 ** attempt : null;
}

/**
 * Sends a mutation with an idempotency key until it has an answer, a few times at most: the same key never acts twice.
 * @returns the member of the mutation's result union
 */
export async function mutate(graph, name, input) {
  const variables = { input: { idempotencyKey: crypto.randomUUID(), ...input } };
  for (let attempt = 1; ; attempt += 1) {
    let waitMs;
    try {
      const { data } = await graph.run(name, variables);
      const [result] = Object.values(data);
      if (!isUnanswered(result) || attempt === maxAttempts) return result;
      waitMs = result.retryAfterMs;
    } catch (error) {
      waitMs = pauseAfter(error, attempt);
      if (waitMs === null || attempt === maxAttempts) throw error;
    }
    await pause(Math.min(waitMs, maxPauseMs));
  }
}
