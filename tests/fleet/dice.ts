/** A stream of numbers that a seed and a place determine, whatever else is drawn before or beside it. */
export interface Dice {
  /** Uniform in [0, 1). */
  next(): number;
  /** 32 random bits. */
  word(): number;
  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  chance(probability: number): boolean;
  exponential(mean: number): number;
  /** Standard normal. */
  normal(): number;
}

/**
 * sfc32, a generator of Chris Doty-Humphrey's PractRand (public domain). Its 128 bits of state keep
 * the ids of a million installs apart, where 32 bits would repeat some.
 *
 * @param place which of the seed's streams, such as an install's number
 * @example createDice(1, 42).integer(1, 6)
 */
export function createDice(seed: number, place: number): Dice {
  let a = seed | 0;
  let b = place | 0;
  let c = 0x9e3779b9;
  let counter = 1;
  const word = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round += 1) word();
  const next = () => word() / 4294967296;
  return {
    next,
    word,
    integer: (min, max) => min + Math.floor(next() * (max - min + 1)),
    chance: (probability) => next() < probability,
    exponential: (mean) => -Math.log(1 - next()) * mean,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}

/** One of the keys, as often as its weight says. Made once, drawn from often. */
export function choices<K extends string>(weights: Readonly<Record<K, number>>): (dice: Dice) => K {
  const keys = Object.keys(weights) as K[];
  const shares = keys.map((key) => weights[key]);
  const whole = shares.reduce((sum, share) => sum + share, 0);
  return (dice) => {
    let left = dice.next() * whole;
    for (const [at, share] of shares.entries()) {
      left -= share;
      if (left < 0) return keys[at]!;
    }
    return keys.at(-1)!;
  };
}

/**
 * `slots` values that stand for a distribution, each as likely as any other: whoever draws a slot
 * uniformly draws from the distribution. So a statement of the engine needs no logarithm, whose last
 * digit may differ from one machine to the next.
 *
 * @param value of a share in (0, 1): the distribution's quantile function
 */
export function slotsOf<T>(slots: number, value: (share: number) => T): T[] {
  return Array.from({ length: slots }, (_, slot) => value((slot + 0.5) / slots));
}

/** Slots that hold each key as often as its weight says; one that has weight has a slot. */
export function weightedSlots<T>(slots: number, weights: readonly (readonly [T, number])[]): T[] {
  const spare = slots - weights.length;
  const whole = weights.reduce((sum, [, weight]) => sum + weight, 0);
  let reached = 0;
  const filled: T[] = [];
  for (const [index, [value, weight]] of weights.entries()) {
    reached += weight;
    const until = index + 1 + Math.round((spare * reached) / whole);
    while (filled.length < until) filled.push(value);
  }
  return filled;
}

/** Quantile of the standard normal distribution, by bisection of its distribution function. */
export function normalQuantile(share: number): number {
  let [low, high] = [-8, 8];
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2;
    if (normalShare(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.17; error below 7.5e-8. */
function normalShare(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const series =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return x < 0 ? tail : 1 - tail;
}

/** Quantile of a log-normal distribution, given its median and the spread of its logarithm. */
export function logNormal(median: number, sigma: number): (share: number) => number {
  return (share) => median * Math.exp(sigma * normalQuantile(share));
}
