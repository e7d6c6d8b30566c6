import { createDice } from "./dice.ts";
import { DAY, type FleetOptions } from "./options.ts";

/** Share of all ids that a flood on one day makes up. */
const FLOOD = 0.02;

export interface Arrival {
  day: number;
  flood: boolean;
}

/** The day on which somebody floods the collector with ids. */
export const floodDay = (days: number): number => Math.floor(days * 0.72);

/**
 * When each install is first heard of: installs are numbered in the order of their arrival, and the
 * last numbers are the flood's.
 */
export function arrivals(
  { installs, days, seed }: FleetOptions,
  start: number,
): (number: number) => Arrival {
  const flood = Math.round(installs * FLOOD);
  const wanted = Array.from({ length: days }, (_, day) =>
    interest(seed, day, days, weekdayOf(start + day * DAY)),
  );
  const whole = wanted.reduce((sum, share) => sum + share, 0);
  const born = new Uint16Array(installs);
  let reached = 0;
  let number = 0;
  for (const [day, share] of wanted.entries()) {
    reached += share;
    const until = Math.round(((installs - flood) * reached) / whole);
    while (number < until) born[number++] = day;
  }
  born.fill(floodDay(days), installs - flood);
  return (install) => ({ day: born[install]!, flood: install >= installs - flood });
}

/** Grows threefold, rests at week-ends, leaps at the launch and again when somebody writes about it. */
function interest(seed: number, day: number, days: number, weekday: number): number {
  const growth = 3 ** (day / days);
  const rhythm = [0.72, 1.08, 1.14, 1.12, 1.06, 0.98, 0.8][weekday]!;
  const since = (share: number) => day - Math.floor(days * share);
  const leap = (height: number, width: number, age: number) =>
    age < 0 ? 0 : height * Math.exp(-age / width);
  const noise = Math.exp(0.12 * createDice(seed, -1000 - day).normal());
  return noise * (growth * rhythm + leap(11, 5, since(0.08)) + leap(5, 3, since(0.6)));
}

/** 0 is Sunday. */
const weekdayOf = (time: number): number => new Date(time).getUTCDay();
