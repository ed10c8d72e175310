/** An internal route that answers one call, and many that came as one request (`InternalClient.postMany`). */
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { batchPath, batchType, collectLines, maxCallsInBatch, toAnswerLine, type BatchedCall } from './call-batches.ts';
import type { Identity } from './identity.ts';
import { requireCaller, toFailure } from './server.ts';

/** What a handler knows of a call beside its body. */
export interface InternalCall {
  readonly identity: Identity;
  readonly log: FastifyBaseLogger;
}

/** An answer that says why there is none. */
export class InternalRefusal {
  readonly status: number;
  readonly message: string;

  constructor(status: 400 | 404 | 409, message: string) {
    this.status = status;
    this.message = message;
  }
}

export interface BatchedRoute<Body, Answer> {
  readonly path: string;
  /** JSON Schema of the body; one that does not fit is answered with 400. */
  readonly body: object;
  /** JSON Schema of the answer, for its serializer. */
  readonly response: object;
  /** The processes that may call it. */
  readonly callers: readonly string[];
  readonly handle: (body: Body, call: InternalCall) => Promise<Answer | InternalRefusal>;
}

const errorBody = (message: string): object => ({ errors: [{ message }] });

const batchSchema = {
  type: 'array',
  minItems: 1,
  maxItems: maxCallsInBatch,
  items: { type: 'object', required: ['requestId', 'body'], properties: { requestId: { type: 'string', maxLength: 200 }, body: {} } },
} as const;

/** Registers `POST <path>` and `POST <path>/batch`. A call of a batch fails by itself, as it would alone. */
export function registerBatchedRoute<Body, Answer>(server: FastifyInstance, route: BatchedRoute<Body, Answer>): void {
  const { path, callers, handle } = route;
  const bodySchema = route.body as Readonly<Record<string, unknown>>;
  const responseSchema = route.response as Readonly<Record<string, unknown>>;

  server.post<{ Body: Body; Reply: unknown }>(
    path,
    { schema: { body: bodySchema, response: { 200: responseSchema } } },
    async (request, reply) => {
      requireCaller(request, ...callers);
      const answer = await handle(request.body as Body, { identity: request.identity, log: request.log });
      return answer instanceof InternalRefusal ? reply.code(answer.status).send(errorBody(answer.message)) : answer;
    },
  );

  server.post<{ Body: readonly BatchedCall[] }>(batchPath(path), { schema: { body: batchSchema } }, async (request, reply) => {
    requireCaller(request, ...callers);
    const lines = collectLines(request.body.length);
    const serialize = reply.compileSerializationSchema(responseSchema);

    const answerOne = async ({ requestId, body }: BatchedCall): Promise<readonly [number, string]> => {
      const log = request.log.child({ requestId });
      try {
        if (!request.validateInput(body, bodySchema)) return [400, JSON.stringify(errorBody('The body does not fit its schema.'))];
        const answer = await handle(body as Body, { identity: { ...request.identity, requestId }, log });
        if (answer instanceof InternalRefusal) return [answer.status, JSON.stringify(errorBody(answer.message))];
        return [200, serialize(answer as Record<string, unknown>)];
      } catch (error) {
        const { status, body: failure } = toFailure(error, log, path);
        return [status, JSON.stringify(failure)];
      }
    };
    for (const [index, call] of request.body.entries())
      void answerOne(call).then(([status, text]) => lines.add(toAnswerLine(index, status, text)));
    return reply.type(batchType).send(await lines.output);
  });
}
