/** A request's logger, made when it first has something to say: most requests have not, and a child of pino costs more than their routing. */
import type { FastifyBaseLogger } from 'fastify';

type Bindings = Parameters<FastifyBaseLogger['child']>[0];

export class RequestLog implements FastifyBaseLogger {
  readonly #parent: FastifyBaseLogger;
  readonly #bindings: Bindings;
  #made: FastifyBaseLogger | undefined;

  constructor(parent: FastifyBaseLogger, bindings: Bindings) {
    this.#parent = parent;
    this.#bindings = bindings;
  }

  get #own(): FastifyBaseLogger {
    this.#made ??= this.#parent.child(this.#bindings);
    return this.#made;
  }

  get level(): FastifyBaseLogger['level'] {
    return this.#parent.level;
  }
  get fatal(): FastifyBaseLogger['fatal'] {
    return this.#own.fatal.bind(this.#own);
  }
  get error(): FastifyBaseLogger['error'] {
    return this.#own.error.bind(this.#own);
  }
  get warn(): FastifyBaseLogger['warn'] {
    return this.#own.warn.bind(this.#own);
  }
  get info(): FastifyBaseLogger['info'] {
    return this.#own.info.bind(this.#own);
  }
  get debug(): FastifyBaseLogger['debug'] {
    return this.#own.debug.bind(this.#own);
  }
  get trace(): FastifyBaseLogger['trace'] {
    return this.#own.trace.bind(this.#own);
  }
  get silent(): FastifyBaseLogger['silent'] {
    return this.#own.silent.bind(this.#own);
  }

  child(bindings: Bindings, options?: Parameters<FastifyBaseLogger['child']>[1]): FastifyBaseLogger {
    return options === undefined ? new RequestLog(this.#parent, { ...this.#bindings, ...bindings }) : this.#own.child(bindings, options);
  }
}
