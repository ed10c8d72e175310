/** Runs the operations that lie beside the pages as files, on one graph, for the person signed in. */

/** Nothing was answered, or not by the graph. `code` is one of the gateway's, or `OFFLINE`. */
export class GraphError extends Error {
  constructor(code, message, requestId) {
    super(message);
    this.code = code;
    this.requestId = requestId;
  }
}

/** How far the gateway's clock is ahead of this device's, as its latest answer told. */
let clockAheadMs = 0;

/** The time by the gateway's clock, in milliseconds: the device's own may be minutes off. */
export const gatewayNow = () => Date.now() + clockAheadMs;

const texts = new Map();

function operationText(graph, name) {
  const path = `/operations/${graph}/${name}.graphql`;
  if (!texts.has(path)) {
    const text = fetch(path).then((response) =>
      response.ok ? response.text() : Promise.reject(new GraphError('NOT_FOUND', 'This page is out of date. Load it again.')),
    );
    // A failed fetch is tried again at the next use.
    text.catch(() => texts.delete(path));
    texts.set(path, text);
  }
  return texts.get(path);
}

/** @param {'buyer' | 'partner'} graph */
export function createGraph(graph, session, onSignedOut) {
  return {
    /**
     * @returns {Promise<{ data: any, errors: { message: string, extensions: { code: string, service?: string } }[] }>} errors are those of a partial answer
     * @throws GraphError when there is no data at all
     */
    async run(name, variables = {}) {
      let response;
      try {
        const query = await operationText(graph, name);
        response = await fetch(`/graphql/${graph}`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            accept: 'application/graphql-response+json, application/json',
            authorization: `Bearer ${session.token() ?? ''}`,
          },
          body: JSON.stringify({ query, variables }),
        });
      } catch (error) {
        if (error instanceof GraphError) throw error;
        throw new GraphError('OFFLINE', 'Vitrine cannot be reached. Check the connection and try again.');
      }
      const answeredAt = Date.parse(response.headers.get('date') ?? '');
      if (!Number.isNaN(answeredAt)) clockAheadMs = answeredAt - Date.now();
      const body = await response.json().catch(() => ({}));
      if (response.status === 401) {
        session.end();
        onSignedOut();
      }
      if (body.data === undefined || body.data === null) {
        const first = body.errors?.[0];
        throw new GraphError(
          first?.extensions?.code ?? 'INTERNAL',
          first?.message ?? 'Vitrine did not answer as expected. Try again.',
          first?.extensions?.requestId,
        );
      }
      return { data: body.data, errors: body.errors ?? [] };
    },
  };
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const unanswered = new Set(['TemporarilyUnavailableError', 'PaymentProviderUnavailableError', 'IdempotencyKeyInFlightError']);
const maxAttempts = 4;

/** Whether a result says only that there is none yet: the same key and input have to be sent again. */
export const isUnanswered = (result) => unanswered.has(result.__typename);

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
      const mayHelp = error instanceof GraphError && ['OFFLINE', 'UNAVAILABLE', 'TIMEOUT'].includes(error.code);
      if (!mayHelp || attempt === maxAttempts) throw error;
      waitMs = 500 * 2 ** attempt;
    }
    await pause(Math.min(waitMs, 5_000));
  }
}
