/** Choices that follow from a seed and a name alone, whatever else runs at the same time. */
import { createHash } from 'node:crypto';

export interface Choices {
  /** Whole, both ends included. */
  integer(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<Value>(values: readonly Value[]): Value;
  /** Picks by weight. */
  weighted<Value>(weights: readonly (readonly [weight: number, value: Value])[]): Value;
  /** An id in the shape of our own, for example `ord_…`. */
  id(prefix: string): string;
  /** 24 visible characters, as a client's idempotency key. */
  key(): string;
}

export function choicesOf(...names: readonly (string | number)[]): Choices {
  let drawn = 0;
  const draw = (): Buffer =>
    createHash('sha256')
      .update(`${names.join('/')}#${(drawn += 1)}`)
      .digest();
  const next = (): number => draw().readUIntBE(0, 6) / 2 ** 48;
  const integer = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  const pick = <Value>(values: readonly Value[]): Value => {
    if (values.length === 0) throw new Error('there is nothing to pick from');
    return values[integer(0, values.length - 1)] as Value;
  };
  return {
    integer,
    pick,
    chance: (probability) => next() < probability,
    weighted(weights) {
      let left = next() * weights.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, value] of weights) if ((left -= weight) < 0) return value;
      return pick(weights.map(([, value]) => value));
    },
    id(prefix) {
      const hex = draw().toString('hex');
      return `${prefix}_${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    },
    key: () => draw().toString('hex').slice(0, 24),
  };
}
