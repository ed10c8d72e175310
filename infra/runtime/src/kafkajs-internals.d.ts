/** What is used of a module that kafkajs keeps to itself (2.2.4). */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  interface Request {
    readonly entry: { readonly correlationId: number; readonly resolve: () => void; readonly reject: () => void };
    readonly expectResponse: boolean;
    readonly sendRequest: () => void;
  }
  interface Options {
    readonly maxInFlightRequests: number;
    readonly requestTimeout: number;
    readonly clientId: string;
    readonly broker: string;
    readonly logger: { readonly debug: () => void; readonly warn: () => void };
  }
  export default class RequestQueue {
    constructor(options: Options);
    /** Requests that wait to be sent. */
    readonly pending: readonly unknown[];
    /** Epoch milliseconds; -1 when the broker does not hold the client back. */
    readonly throttledUntil: number;
    throttleCheckTimeoutId: NodeJS.Timeout | null;
    push(request: Request): void;
    fulfillRequest(response: { readonly correlationId: number; readonly payload: Buffer; readonly size: number }): void;
    /** The broker asks for this many milliseconds without requests. */
    maybeThrottle(milliseconds: number): void;
    checkPendingRequests(): void;
    scheduleCheckPendingRequests(): void;
  }
}
