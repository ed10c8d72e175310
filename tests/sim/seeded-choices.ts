/** Choices that follow from a seed alone: the only source of chance in a simulated run. */

export interface Choices {
  /** From 0 up to 1. */
  next(): number;
  /** Whole, both ends included. */
  integer(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<Value>(values: readonly Value[]): Value;
  /** Picks by weight. */
  weighted<Value>(weights: readonly (readonly [weight: number, value: Value])[]): Value;
  /** Differs with the number of choices that were made: a part of a run's digest. */
  state(): number;
}

/** sfc32 (Chris Doty-Humphrey, https://pracrand.sourceforge.net/), begun from the seed by steps of the golden ratio. */
export function choicesOf(seed: number): Choices {
  let a = seed | 0;
  let b = (seed / 2 ** 32) | 0;
  let c = 0x9e37_79b9 | 0;
  let counter = 1;
  const draw = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round += 1) draw();

  const next = (): number => draw() / 2 ** 32;
  const integer = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  const pick = <Value>(values: readonly Value[]): Value => {
    if (values.length === 0) throw new Error('there is nothing to pick from');
    return values[integer(0, values.length - 1)] as Value;
  };
  return {
    next,
    integer,
    pick,
    chance: (probability) => next() < probability,
    weighted(weights) {
      let sum = 0;
      for (const [weight] of weights) sum += weight;
      let left = next() * sum;
      for (const [weight, value] of weights) if ((left -= weight) < 0) return value;
      return pick(weights)[1];
    },
    state: () => a ^ b ^ c ^ counter,
  };
}
