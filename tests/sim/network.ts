/** Calls from a process to a service: lost, doubled, refused, answered late or not at all; a caller waits until its deadline. */
import { RetryableError } from '@vitrine/runtime/errors';
import type { CheckoutProcess } from './checkout-process.ts';
import type { Service, World } from './world.ts';

/** Thrown by a service for what its API refuses with a status below 500: a bug of the caller. */
export class RefusedRequest extends Error {}

export interface RemoteCall<Answer> {
  readonly service: Service;
  /** For the trace: `reserve ord#1`. */
  readonly name: string;
  readonly timeoutMs: number;
  /** What the service does when the request arrives; it may answer later, or never. */
  readonly serve: (answer: (answer: Answer) => void) => void;
}

export const latencyMs = ({ choices }: World): number => (choices.chance(0.9) ? 1 + 10 * choices.next() : 10 + 300 * choices.next());

export function call<Answer>(
  world: World,
  from: CheckoutProcess,
  { service, name, timeoutMs, serve }: RemoteCall<Answer>,
): Promise<Answer> {
  const { time } = world;
  return new Promise((resolve, reject) => {
    let isOpen = true;
    const end = (settle: () => void): void => {
      if (!isOpen) return;
      from.reach(() => {
        if (!isOpen) return;
        isOpen = false;
        deadline.cancel();
        settle();
      });
    };
    const fail = (why: string): void =>
      end(() => {
        world.note?.(`${from.name} ${name}: ${why}`);
        reject(new RetryableError(`${service} could not be asked: ${why}`));
      });
    const deadline = time.after(timeoutMs, () => fail('no answer in time'));

    const arrive = (isRepeat: boolean): void => {
      if (world.isAway(service)) {
        world.note?.(`${name}: ${service} is away`);
        if (!isRepeat) time.after(latencyMs(world), () => fail('refused'));
        return;
      }
      world.note?.(`${name} arrives${isRepeat ? ' again' : ''}`);
      const answer = (value: Answer): void => {
        world.note?.(`${name} → ${JSON.stringify(value, readable)}`);
        if (isRepeat || world.happens('answerLost')) return;
        const late = world.happens('late') ? timeoutMs * 1.5 * world.choices.next() : 0;
        time.after(latencyMs(world) + late, () => end(() => resolve(value)));
      };
      try {
        serve(answer);
      } catch (error) {
        if (!(error instanceof RefusedRequest)) throw error;
        end(() => reject(error));
      }
    };

    if (world.happens('refused')) time.after(latencyMs(world), () => fail('refused'));
    else if (!world.happens('requestLost')) {
      time.after(latencyMs(world) + (world.happens('late') ? 20_000 * world.choices.next() : 0), () => arrive(false));
      if (world.happens('requestTwice')) time.after(latencyMs(world) + 20_000 * world.choices.next() ** 3, () => arrive(true));
    }
  });
}

/** Times that differ from run to run by nothing are left out of traces, and what is long. */
const readable = (key: string, value: unknown): unknown =>
  key === 'message' || key === 'offer' || key === 'clientSecret' ? undefined : value;
