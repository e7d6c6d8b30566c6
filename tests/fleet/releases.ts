import { createDice, type Dice } from "./dice.ts";

export interface Release {
  version: string;
  /** The day it came out, counted from the fleet's first day; negative before it. */
  day: number;
  /** Only for installs on the beta channel. */
  beta: boolean;
}

export interface History {
  /** Oldest first, in the order of their versions. */
  releases: Release[];
  /** Index of the release that shipped a bug: errors multiply until its fix is installed. */
  faulty: number;
}

const WEEK = 7;
/** How long before the first day the oldest release came out: laggards still run it. */
const BEFORE = 130;
/** The minor release with this number comes out in the fleet's time: text would sort it before 9. */
const LANDMARK = 10;
const MAJOR = 5;

/** A stable release before it has its number. */
interface Plan {
  day: number;
  minor: boolean;
}

/**
 * Releases every three to six weeks, two in three of them minor ones, each second minor one with a
 * release candidate, and one of them in a hurry: the fix of a faulty one.
 */
export function createHistory(seed: number, days: number): History {
  const dice = createDice(seed, -1);
  const plans = planReleases(dice, days);
  const minors = plans.filter(({ minor }) => minor);
  const after = (share: number) =>
    minors.find(({ day }) => day >= share * days && day < days) ?? minors.at(-1)!;
  const [landmark, faulty] = [after(0.35), after(0.55)];
  plans.push({ day: faulty.day + 5, minor: false });
  plans.sort((left, right) => left.day - right.day);

  let minor = LANDMARK - minors.indexOf(landmark) - 1;
  let patch = 0;
  let bad = "";
  const releases: Release[] = [];
  for (const plan of plans) {
    if (plan.day >= days) break;
    if (plan.minor) [minor, patch] = [minor + 1, 0];
    else patch += 1;
    const version = `${MAJOR}.${minor}.${patch}`;
    if (plan === faulty) bad = version;
    if (plan.minor && (plan === landmark || dice.chance(0.5))) {
      releases.push({ version: `${version}-rc.1`, day: plan.day - 10, beta: true });
      if (dice.chance(0.4)) {
        releases.push({ version: `${version}-rc.2`, day: plan.day - 4, beta: true });
      }
    }
    releases.push({ version, day: plan.day, beta: false });
  }
  return { releases, faulty: releases.findIndex(({ version }) => version === bad) };
}

function planReleases(dice: Dice, days: number): Plan[] {
  const plans: Plan[] = [{ day: -BEFORE, minor: true }];
  for (let day = -BEFORE; ; ) {
    day += dice.integer(3 * WEEK, 6 * WEEK);
    plans.push({ day, minor: dice.chance(0.66) });
    if (day >= days) break;
  }
  return plans;
}
