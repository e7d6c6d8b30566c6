/** A stream of numbers that the seed and the place it is used for determine, whatever the order of calls. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  chance(probability: number): boolean;
  /** One of the keys, as often as its weight says. */
  weighted<K extends string>(weights: Record<K, number>): K;
  pick<T>(choices: readonly T[]): T;
  exponential(mean: number): number;
  /** Knuth's method; right for means up to a few hundred. */
  poisson(mean: number): number;
  uuid(): string;
  hex(digits: number): string;
}

/**
 * @param place numbers that tell this stream from others, such as an install's index and a day
 * @example random(1, install, day).poisson(12)
 */
export function random(seed: number, ...place: number[]): Random {
  let state = seed | 0;
  for (const part of place) state = Math.imul(state ^ (part + 0x9e3779b9), 0x85ebca6b) + 0x165667b1;
  // mulberry32 (Tommy Ettinger, public domain): 32 bits of state, good enough for a picture.
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  next();
  const integer = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  const hex = (digits: number) => {
    let text = "";
    while (text.length < digits) {
      text += Math.floor(next() * 4294967296)
        .toString(16)
        .padStart(8, "0");
    }
    return text.slice(0, digits);
  };
  return {
    next,
    integer,
    hex,
    chance: (probability) => next() < probability,
    pick: (choices) => choices[integer(0, choices.length - 1)]!,
    weighted(weights) {
      const entries = Object.entries<number>(weights);
      const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
      let left = next() * total;
      for (const [key, weight] of entries) {
        left -= weight;
        if (left < 0) return key as never;
      }
      return entries.at(-1)![0] as never;
    },
    exponential: (mean) => -Math.log(1 - next()) * mean,
    poisson(mean) {
      const limit = Math.exp(-mean);
      let count = 0;
      for (let product = next(); product > limit; product *= next()) count += 1;
      return count;
    },
    uuid() {
      const digits = hex(32);
      const variant = "89ab"[Number.parseInt(digits[16]!, 16) & 3];
      return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20)}`;
    },
  };
}
