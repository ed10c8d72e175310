/** Follows a buyer's orders as the official app does: server-sent events over fetch, since `EventSource` sends no token. */

/** A message of the stream. `id` is what the next connection goes on after. */
export interface OrderStreamMessage {
  /** `ready`, `order`, `reset` or `end`. */
  readonly event: string;
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The stream was not opened. */
export class StreamRefusedError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Messages until the server ends the stream or `signal` is aborted.
 * @param options.lastEventId id of the last message of an earlier connection
 * @throws StreamRefusedError when it is not opened; TypeError when the connection breaks
 */
export async function* followOrders(
  access: { readonly gatewayUrl: string },
  token: string | null,
  options: { readonly lastEventId?: string; readonly signal?: AbortSignal } = {},
): AsyncGenerator<OrderStreamMessage, void> {
  const { lastEventId, signal = null } = options;
  const response = await fetch(`${access.gatewayUrl}${orderStreamPath}`, {
    headers: { ...orderStreamHeaders(lastEventId), ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    signal,
  });
  yield* readOrderStream(response, lastEventId);
}

export const orderStreamPath = '/buyer/order-events';

/** Headers that ask for the stream, besides those that say who asks. */
export const orderStreamHeaders = (lastEventId: string | undefined): Readonly<Record<string, string>> => ({
  accept: 'text/event-stream',
  ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
});

/**
 * The messages of an answer, as they come.
 * @param lastEventId that was asked after
 * @throws as `followOrders` does
 */
export async function* readOrderStream(response: Response, lastEventId = ''): AsyncGenerator<OrderStreamMessage, void> {
  if (response.status !== 200 || response.body === null) throw new StreamRefusedError(response.status, await response.text());
  let rest = '';
  let id = lastEventId;
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
      id = fields.get('id') ?? id;
      const data = fields.get('data');
      if (data !== undefined) yield { event: fields.get('event') ?? 'message', id, data: JSON.parse(data) as OrderStreamMessage['data'] };
    }
  }
}
