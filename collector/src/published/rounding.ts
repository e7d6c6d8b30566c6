import { createHmac } from "node:crypto";

/** How an app's counts are rounded. */
export interface Rounding {
  /** No group of fewer installs is shown. */
  k: number;
  /** Every published count is a multiple of this. */
  base: number;
  /** The least published count of a group that is shown: its true count is then surely k or more. */
  least: number;
  /** @param of what is counted: the same words are always rounded the same way */
  round(installs: number, ...of: string[]): number;
}

/** What is published about a group tells its size to this much on either side, and no better. */
export const slackOf = (base: number): number => base - 1;

/**
 * The base counts are rounded to: 5 up to k = 12, and a third to two thirds of k beyond, because one
 * rounded count must leave more open than the size of a group that nobody may learn of. Each base is
 * twice the one before: offsets are taken modulo the base, so what is rounded to a larger one follows
 * from what is rounded to a smaller one, and two days with different k say no more than one of them.
 */
export const baseOf = (k: number): number =>
  5 * 2 ** Math.max(0, Math.ceil(Math.log2((k + 3) / 15)));

/** The least published count of a group that is shown, rounded to `base`: truly it has k or more. */
export const leastOf = (k: number, base: number): number =>
  base * Math.ceil((k + slackOf(base)) / base);

/**
 * Rounds up or down, by an offset from 0 to base − 1 that is secret and fixed for what is counted:
 * `base × ⌊(installs + offset) / base⌋`. On average nothing is added, a count that does not move
 * gives the same number every day, so that no average over days gives more than one of them, and
 * where a number steps nobody learns what was counted: the offset says where it steps.
 *
 * @param secret at least 16 bytes that nobody learns who reads what is published
 * @example createRounding({ secret, app: "timetracker", k: 10 }).round(103, "month") // 100 or 105
 */
export function createRounding(of: { secret: Buffer; app: string; k: number }): Rounding {
  const { k } = of;
  const base = baseOf(k);
  const offset = (words: string[]) =>
    createHmac("sha256", of.secret)
      .update(JSON.stringify([of.app, ...words]))
      .digest()
      .readUInt32BE() % base;
  return {
    k,
    base,
    least: leastOf(k, base),
    round: (installs, ...words) => base * Math.floor((installs + offset(words)) / base),
  };
}
