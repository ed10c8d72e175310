/**
 * Time that passes from event to event: nothing waits. Events of the same time happen in the order in which they were
 * planned, and what an event sets going (promises) comes to rest before the next one.
 */
export interface Planned {
  cancel(): void;
}

export interface VirtualTime {
  /** Milliseconds since the run began. */
  now(): number;
  after(delayMs: number, happen: () => void): Planned;
  /** Lets events happen until none is left, or `isOver` says so before the next one. */
  run(isOver: () => boolean): Promise<void>;
  /** Follows from when events happened, and how many: a part of a run's digest. */
  state(): number;
}

interface Event extends Planned {
  readonly at: number;
  readonly order: number;
  happen: (() => void) | null;
}

const isBefore = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

export function createVirtualTime(): VirtualTime {
  const heap: Event[] = [];
  let now = 0;
  let planned = 0;
  let digest = 0;

  const push = (event: Event): void => {
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Event;
      if (!isBefore(event, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = event;
  };

  const pop = (): Event | undefined => {
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Event, heap[child] as Event)) child += 1;
      if (!isBefore(heap[child] as Event, last)) break;
      heap[at] = heap[child] as Event;
      at = child;
    }
    heap[at] = last;
    return first;
  };

  return {
    now: () => now,
    after(delayMs, happen) {
      const event: Event = {
        at: now + delayMs,
        order: (planned += 1),
        happen,
        cancel: () => {
          event.happen = null;
        },
      };
      push(event);
      return event;
    },
    run: (isOver) =>
      new Promise((resolve, reject) => {
        const turn = (): void => {
          try {
            let event = pop();
            while (event?.happen === null) event = pop();
            if (event === undefined || isOver()) {
              resolve();
              return;
            }
            now = event.at;
            digest = (Math.imul(digest, 31) + Math.floor(now) + event.order) | 0;
            event.happen?.();
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
            return;
          }
          // Node empties the queue of promises before it begins another tick, so the tick is asked for from that queue.
          queueMicrotask(rest);
        };
        const rest = (): void => process.nextTick(turn);
        rest();
      }),
    state: () => digest,
  };
}
