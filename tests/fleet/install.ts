import { AREAS, type Area, areaMask } from "./areas.ts";
import { createDice, type Dice } from "./dice.ts";
import { DAY, NEVER } from "./options.ts";
import type { History } from "./releases.ts";
import { channelOf, environmentOf, machineOf, placeOf } from "./shares.ts";

const HOUR = 3_600_000;
/** Longest possible pause between two nights on which a machine is off. */
const MOST_RELIABLE = 250;

/** One made-up install. Days are counted from the fleet's first; a span ends before its second day. */
export interface Install {
  number: number;
  /** 16 and 32 bytes: the id is a random UUID, the others are random as hashes and keys are. */
  id: Uint32Array;
  fingerprint: Uint32Array;
  key: Uint32Array;
  /** False for who sends no fingerprint or key: old clients, and a flood of made-up ids. */
  hasFingerprint: boolean;
  hasKey: boolean;
  /** Unix milliseconds of its first record. */
  firstSeen: number;
  lives: [from: number, until: number][];
  /** It said that it is there, and was gone before its first heartbeat. */
  onlyFirstSeen: boolean;
  /** One night in so many it is off: where (day + number) divides by it. */
  offEvery: number;
  /** Milliseconds after 00:00 UTC at which its heartbeat goes out. */
  beat: number;
  /** The day since which it runs each release or a later one, by index of the release. */
  adopted: Uint16Array;
  platform: string;
  osVersion: string;
  architecture: string;
  locale: string;
  timezone: string;
  /** Minutes that local time is ahead of UTC. */
  offset: number;
  channel: string;
  deployment: string;
  environment: string;
  /** The days on which it shares detailed records. */
  sharing: [from: number, until: number];
  users: number;
  /** How many projects, clients and so on, beside a one-person install. */
  size: number;
  /** How much it is used, beside others; in thousandths. */
  weight: number;
  /** Bits of `AREAS`. */
  areas: number;
  /** How far its first user got. */
  onboarding: number;
  traced: boolean;
}

/** One that somebody set up. */
export function installOf(
  dice: Dice,
  number: number,
  born: number,
  start: number,
  days: number,
  history: History,
): Install {
  const ids = identityOf(dice);
  const machine = machineOf(dice);
  const place = placeOf(dice);
  const channel = channelOf(dice);
  const shares = dice.chance(0.42);
  const once = dice.chance(0.03);
  const lives: Install["lives"] = once ? [[born, born + 1]] : livesOf(dice, born, days, shares);
  const users = Math.min(4000, Math.max(1, Math.round(Math.exp(0.9 + 1.15 * dice.normal()))));
  const size = Math.max(1, Math.round(users ** 0.6 * Math.exp(0.5 * dice.normal())));
  const busy = users ** 0.75 * Math.exp(0.8 * dice.normal());
  const onboarding = dice.chance(0.9) ? (dice.chance(0.86) ? 3 : 2) : 1;
  const localHour = 8 + Math.floor((dice.next() + dice.next()) * 7);
  const minutes = localHour * 60 + dice.integer(0, 59) - place.offset;
  return {
    ...{ number, ...ids, ...machine, channel, lives, users, size, onboarding },
    ...{ locale: place.locale, timezone: place.timezone, offset: place.offset },
    hasFingerprint: dice.chance(0.97),
    hasKey: dice.chance(0.7),
    firstSeen: start + born * DAY + wrap(minutes * 60_000) + dice.integer(0, 59_999),
    onlyFirstSeen: once && dice.chance(0.35),
    offEvery: 2 + Math.floor(MOST_RELIABLE * dice.next() ** 0.5),
    // Three in the morning, local time, each at a moment of its own.
    beat: wrap(3 * HOUR - place.offset * 60_000 + dice.integer(0, HOUR)),
    adopted: adoptions(dice, born, channel, history),
    environment: environmentOf(dice),
    sharing: shares ? sharingOf(dice, lives) : [NEVER, NEVER],
    weight: Math.min(4_000_000, Math.max(20, Math.round(1000 * busy))),
    areas: areasOf(dice, onboarding),
    traced: dice.chance(0.05),
  };
}

/** Ids that somebody makes up to be counted: alike in everything, and never heard of again. */
export function floodOf(
  dice: Dice,
  number: number,
  day: number,
  start: number,
  history: History,
): Install {
  return {
    ...{ number, ...identityOf(dice), hasFingerprint: false, hasKey: false },
    firstSeen: start + day * DAY + 2 * HOUR + dice.integer(0, 40 * 60_000),
    lives: [[day, day + 1]],
    ...{ onlyFirstSeen: false, offEvery: MOST_RELIABLE, beat: 0 },
    adopted: adoptions(createDice(0, day), day, "stable", history),
    ...{ platform: "Linux", osVersion: "", architecture: "x86_64", locale: "", timezone: "" },
    ...{ offset: 0, channel: "", deployment: "", environment: "", sharing: [NEVER, NEVER] },
    ...{ users: 1, size: 1, weight: 20, areas: 0, onboarding: 1, traced: false },
  };
}

function identityOf(dice: Dice): Pick<Install, "id" | "fingerprint" | "key"> {
  const words = (count: number) => Uint32Array.from({ length: count }, dice.word);
  const id = words(4);
  // Version and variant of a random UUID, in the words of `spool/uuid.ts`.
  id[0] = (id[0]! & 0xffff0fff) | 0x4000;
  id[3] = (id[3]! & 0x3fffffff) | 0x80000000;
  return { id, fingerprint: words(8), key: words(8) };
}

/** Most are given up soon or kept for long: the longer an install is used, the likelier it stays. */
function livesOf(dice: Dice, born: number, days: number, shares: boolean): Install["lives"] {
  const length = () => 2 + Math.floor((shares ? 150 : 95) * dice.exponential(1) ** (1 / 0.55));
  const until = born + length();
  const back = until + 3 + Math.floor(dice.exponential(18));
  const returns = dice.chance(0.2);
  const end = back + length();
  const lives: Install["lives"] = [[born, Math.min(until, days)]];
  if (returns && back < days) lives.push([back, Math.min(end, days)]);
  return lives;
}

/** Most opt in when they set the app up, the others on a day on which it runs. */
function sharingOf(dice: Dice, lives: Install["lives"]): Install["sharing"] {
  const asked = lives[0]![0] + (dice.chance(0.78) ? 0 : dice.integer(1, 45));
  const stops = dice.chance(0.07) ? dice.integer(5, 120) : NEVER;
  const life = lives.find(([, until]) => asked < until);
  if (life === undefined) return [NEVER, NEVER];
  const from = Math.max(asked, life[0]);
  return [from, Math.min(NEVER, from + stops)];
}

/**
 * Each install has a habit: some follow at once, some when they are told, some late and leaping over
 * releases, some never. Whoever runs a release runs it until a later one.
 */
function adoptions(dice: Dice, born: number, channel: string, { releases }: History): Uint16Array {
  const habit = dice.next();
  const mean = habit < 0.27 ? 1.2 : habit < 0.6 ? 7 : habit < 0.87 ? 38 : Number.POSITIVE_INFINITY;
  const takesBetas = channel === "beta" || channel === "edge";
  let first = releases.findLastIndex(({ day, beta }) => day <= born && !beta);
  // An image that was pulled some time ago, a how-to that names a version.
  while (first > 0 && dice.chance(0.16)) first -= 1;
  while (first > 0 && releases[first]!.beta) first -= 1;

  const adopted = new Uint16Array(releases.length).fill(NEVER);
  for (const [index, release] of releases.entries()) {
    const lag = dice.exponential(1) * mean;
    if (index <= first) adopted[index] = 0;
    else if (mean === Number.POSITIVE_INFINITY || (release.beta && !takesBetas)) continue;
    else adopted[index] = Math.min(NEVER, Math.max(release.day, born) + Math.floor(lag));
  }
  for (let index = adopted.length - 2; index >= 0; index -= 1) {
    adopted[index] = Math.min(adopted[index]!, adopted[index + 1]!);
  }
  return adopted;
}

/** Who never came to a project tracks no time, and who tracks no time sends no invoice. */
function areasOf(dice: Dice, onboarding: number): number {
  const has = new Set<Area>();
  for (const [area, { share, needs }] of Object.entries(AREAS) as [Area, (typeof AREAS)[Area]][]) {
    const within = dice.chance(share);
    if (area === "project" ? onboarding < 2 : area === "timer" && onboarding < 3) continue;
    if (within && (needs === null || has.has(needs))) has.add(area);
  }
  return areaMask(has);
}

const wrap = (milliseconds: number) => ((milliseconds % DAY) + DAY) % DAY;
