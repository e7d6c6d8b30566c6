import { type Random, random } from "./random.ts";
import type { Release } from "./releases.ts";

/** One made-up install: who it is, when it lives, how it upgrades, how much it is used. */
export interface Install {
  index: number;
  id: string;
  fingerprint: string;
  /** Days counted from the fleet's first; negative: older than what is played. */
  born: number;
  /** The first day it is silent, and the day it comes back; Infinity for never. */
  silentFrom: number;
  silentUntil: number;
  /** The day its operator opts in; Infinity for never. */
  optInDay: number;
  platform: "Linux" | "Windows" | "Darwin";
  osVersion: string;
  architecture: string;
  locale: string;
  timezone: string;
  /** Hours that local time is ahead of UTC. */
  utcOffset: number;
  deploymentType: "docker" | "native";
  releaseChannel: "stable" | "beta";
  /** Days after a release until this install runs it, by index of the release; Infinity for never. */
  upgradeLag: number[];
  /** Milliseconds after 03:00 local at which its heartbeat goes out. */
  jitter: number;
  users: number;
  /** Mean number of events on a working day. */
  activity: number;
  /** Feature areas that this install uses at all. */
  areas: Set<string>;
}

const TIMEZONES: Record<string, [offset: number, locales: Record<string, number>]> = {
  "Europe/Berlin": [1, { de_DE: 6, en_US: 3 }],
  "Europe/Brussels": [1, { nl_BE: 3, fr_BE: 2, en_US: 2 }],
  "Europe/Paris": [1, { fr_FR: 7, en_US: 2 }],
  "Europe/London": [0, { en_GB: 8, en_US: 2 }],
  UTC: [0, { en_US: 6, "C.UTF": 4 }],
  "America/New_York": [-5, { en_US: 9, es_ES: 1 }],
  "America/Chicago": [-6, { en_US: 1 }],
  "America/Los_Angeles": [-8, { en_US: 1 }],
  "America/Sao_Paulo": [-3, { pt_BR: 8, en_US: 2 }],
  "Asia/Kolkata": [5.5, { en_US: 5, en_GB: 3 }],
  "Asia/Tokyo": [9, { ja_JP: 9, en_US: 1 }],
  "Australia/Sydney": [10, { en_AU: 7, en_US: 2 }],
};
const TIMEZONE_WEIGHTS: Record<string, number> = {
  UTC: 31,
  "Europe/Berlin": 17,
  "Europe/Brussels": 9,
  "Europe/Paris": 8,
  "Europe/London": 7,
  "America/New_York": 9,
  "America/Chicago": 4,
  "America/Los_Angeles": 4,
  "America/Sao_Paulo": 3,
  "Asia/Kolkata": 4,
  "Asia/Tokyo": 2,
  "Australia/Sydney": 2,
};
const OS_VERSIONS: Record<Install["platform"], Record<string, number>> = {
  Linux: { "6.1.0": 30, "6.8.0": 34, "6.12.0": 22, "5.15.0": 14 },
  Windows: { "10.0.19045": 45, "10.0.22631": 40, "10.0.26100": 15 },
  Darwin: { "23.6.0": 35, "24.5.0": 65 },
};
const AREA_SHARES: Record<string, number> = {
  timer: 0.97,
  project: 0.8,
  task: 0.62,
  client: 0.55,
  invoice: 0.38,
  report: 0.66,
  export: 0.41,
  expense: 0.21,
  quote: 0.14,
  comment: 0.3,
  auth: 1,
  view: 1,
  support: 0.5,
};

/** Everything about install number `index`, from the seed alone. */
export function createInstall(
  seed: number,
  index: number,
  days: number,
  history: readonly Release[],
): Install {
  const dice = random(seed, index);
  const born = dice.chance(0.57) ? -dice.integer(1, 420) : dice.integer(0, Math.max(0, days - 1));
  const platform = dice.weighted({ Linux: 84, Windows: 11, Darwin: 5 });
  const timezone = dice.weighted(TIMEZONE_WEIGHTS);
  const [utcOffset, locales] = TIMEZONES[timezone]!;
  const releaseChannel = dice.weighted({ stable: 94, beta: 6 });
  // A constant hazard from its first played day; young installs are given up more often.
  const silentFrom = Math.max(0, born) + 1 + Math.floor(dice.exponential(born >= 0 ? 160 : 320));
  const returns = dice.chance(0.22);
  return {
    index,
    id: dice.uuid(),
    fingerprint: dice.hex(64),
    born,
    silentFrom,
    silentUntil: returns ? silentFrom + dice.integer(8, 45) : Infinity,
    optInDay: dice.chance(0.35) ? born + (dice.chance(0.8) ? 0 : dice.integer(1, 40)) : Infinity,
    platform,
    osVersion: dice.weighted(OS_VERSIONS[platform]),
    architecture: architecture(dice, platform),
    locale: dice.weighted(locales),
    timezone,
    utcOffset,
    deploymentType: platform === "Linux" && dice.chance(0.91) ? "docker" : "native",
    releaseChannel,
    upgradeLag: upgradeLags(dice, history, releaseChannel),
    jitter: dice.integer(0, 3_599_999),
    users: 1 + Math.floor(dice.exponential(4)),
    activity: 2 + dice.exponential(11),
    areas: new Set(Object.keys(AREA_SHARES).filter((area) => dice.chance(AREA_SHARES[area]!))),
  };
}

/** True on days on which the install runs. */
export function isAlive(install: Install, day: number): boolean {
  if (day < install.born) return false;
  return day < install.silentFrom || day >= install.silentUntil;
}

/** The release it runs on that day: installs never go back. */
export function versionOn(install: Install, day: number, history: readonly Release[]): string {
  for (let index = history.length - 1; index >= 0; index -= 1) {
    const release = history[index]!;
    // Who installs afresh takes the newest stable release of that day.
    const fresh = !release.beta && release.day <= install.born;
    if (fresh || release.day + install.upgradeLag[index]! <= day) return release.version;
  }
  return history[0]!.version;
}

function architecture(dice: Random, platform: Install["platform"]): string {
  if (platform === "Windows") return "x86_64";
  if (platform === "Darwin") return dice.chance(0.86) ? "aarch64" : "x86_64";
  return dice.chance(0.74) ? "x86_64" : "aarch64";
}

function upgradeLags(dice: Random, history: readonly Release[], channel: string): number[] {
  const habit = dice.weighted({ automatic: 30, prompt: 34, slow: 24, never: 12 });
  const mean = { automatic: 0.8, prompt: 6, slow: 32, never: Infinity }[habit];
  return history.map((release) => {
    const lag = dice.exponential(mean);
    if (release.beta && channel !== "beta") return Infinity;
    return habit === "never" ? Infinity : Math.floor(lag);
  });
}
