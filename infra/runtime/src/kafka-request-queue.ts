/**
 * Lets connections to Kafka rest. kafkajs 2.2.4 looks for requests that wait to be sent, and sets a timer to look again,
 * of a negative time that counts as one millisecond, whether any wait or not: each connection of each process wakes up
 * some 900 times a second for ever (https://github.com/tulios/kafkajs/issues/1704). Here it looks again only while some
 * wait: a new one, a reply and a timeout look by themselves.
 */
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

/** For requests that wait since too many are under way; the reply to one of those comes first as a rule. */
const checkIntervalMs = 10;

/** Applies to all clients of this process. */
export function restIdleConnections(): void {
  RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length === 0 || this.throttleCheckTimeoutId !== null) return;
    const check = () => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    };
    this.throttleCheckTimeoutId = setTimeout(check, Math.max(this.throttledUntil - Date.now(), checkIntervalMs));
  };
}
