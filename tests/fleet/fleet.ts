import { arrivals } from "./arrivals.ts";
import { createDice } from "./dice.ts";
import { floodOf, type Install, installOf } from "./install.ts";
import { DAY, type FleetOptions } from "./options.ts";
import { createHistory, type History } from "./releases.ts";

export interface Fleet extends FleetOptions {
  history: History;
  /** 00:00 UTC of the first day. */
  start: number;
  /** Everything about one install, from the seed and its number alone. */
  install(number: number): Install;
}

/**
 * A made-up fleet of any size. Nothing of it is kept: an install is made when it is asked for.
 *
 * @example createFleet({ ...options, installs: 300 }).install(0).platform // "Linux"
 */
export function createFleet(options: FleetOptions): Fleet {
  const { seed, days, until } = options;
  const history = createHistory(seed, days);
  const start = until - (days - 1) * DAY;
  const arrivalOf = arrivals(options, start);
  const install = (number: number): Install => {
    const dice = createDice(seed, number);
    const { day, flood } = arrivalOf(number);
    if (flood) return floodOf(dice, number, day, start, history);
    return installOf(dice, number, day, start, days, history);
  };
  return { ...options, history, start, install };
}
