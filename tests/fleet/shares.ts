import { BASE_SCHEMA, Kind } from "../../schemas/src/index.ts";
import { choices, type Dice } from "./dice.ts";

/** What an install says of the machine that it runs on. */
export interface Machine {
  platform: string;
  osVersion: string;
  architecture: string;
  deployment: string;
}

export interface Place {
  timezone: string;
  /** Minutes that local time is ahead of UTC in winter; the fleet knows no summer time. */
  offset: number;
  locale: string;
}

const platform = choices({ Linux: 84, Windows: 10, Darwin: 5, FreeBSD: 1 });
type Platform = ReturnType<typeof platform>;

const osVersion: Record<Platform, (dice: Dice) => string> = {
  Linux: choices({
    ...{ "6.8.0": 24, "6.1.0": 22, "6.12.0": 14, "5.15.0": 11, "6.6.0": 6, "5.10.0": 5 },
    ...{ "6.14.0": 5, "6.8.0-64": 3, "5.15.0-139": 3, "4.18.0": 2, "6.11.0": 2, "4.4.302": 1 },
  }),
  Windows: choices({ "10.0.19045": 38, "10.0.22631": 36, "10.0.26100": 20, "10.0.20348": 6 }),
  Darwin: choices({ "24.5.0": 52, "23.6.0": 26, "25.0.0": 15, "22.6.0": 7 }),
  FreeBSD: choices({ "14.2": 70, "13.4": 30 }),
};
const architecture: Record<Platform, (dice: Dice) => string> = {
  Linux: choices({ x86_64: 75, aarch64: 22, arm: 2, riscv64: 0.2 }),
  Windows: choices({ x86_64: 97, aarch64: 3 }),
  Darwin: choices({ aarch64: 86, x86_64: 14 }),
  FreeBSD: choices({ x86_64: 96, aarch64: 4 }),
};
const deployment: Record<Platform, (dice: Dice) => string> = {
  Linux: choices({ docker: 78, kubernetes: 6, native: 6, lxc: 4, podman: 3, vm: 2, source: 1 }),
  Windows: choices({ native: 48, docker: 40, vm: 12 }),
  Darwin: choices({ docker: 66, native: 34 }),
  FreeBSD: choices({ native: 60, source: 40 }),
};

export function machineOf(dice: Dice): Machine {
  const found = platform(dice);
  return {
    platform: found,
    osVersion: osVersion[found](dice),
    architecture: architecture[found](dice),
    deployment: deployment[found](dice),
  };
}

/** Zone, its share, its offset in hours, and the locales of its installs. */
const PLACES: [zone: string, share: number, offset: number, locales: Record<string, number>][] = [
  ["UTC", 270, 0, { en_US: 62, C: 26, de_DE: 7, zh_CN: 5 }],
  ["Europe/Berlin", 150, 1, { de_DE: 70, en_US: 24, en_GB: 6 }],
  ["America/New_York", 80, -5, { en_US: 92, es_US: 5, C: 3 }],
  ["Europe/Paris", 66, 1, { fr_FR: 74, en_US: 26 }],
  ["Europe/London", 60, 0, { en_GB: 84, en_US: 16 }],
  ["Europe/Brussels", 44, 1, { nl_BE: 44, fr_BE: 32, en_US: 24 }],
  ["America/Chicago", 38, -6, { en_US: 96, es_US: 4 }],
  ["America/Los_Angeles", 37, -8, { en_US: 97, zh_CN: 3 }],
  ["Europe/Amsterdam", 33, 1, { nl_NL: 58, en_US: 42 }],
  ["Asia/Kolkata", 30, 5.5, { en_IN: 52, en_US: 40, hi_IN: 8 }],
  ["America/Sao_Paulo", 28, -3, { pt_BR: 86, en_US: 14 }],
  ["Europe/Zurich", 21, 1, { de_CH: 60, fr_CH: 22, en_US: 18 }],
  ["Europe/Madrid", 20, 1, { es_ES: 82, ca_ES: 8, en_US: 10 }],
  ["Asia/Shanghai", 18, 8, { zh_CN: 88, en_US: 12 }],
  ["Europe/Rome", 17, 1, { it_IT: 86, en_US: 14 }],
  ["Australia/Sydney", 16, 10, { en_AU: 80, en_US: 20 }],
  ["Europe/Warsaw", 15, 1, { pl_PL: 78, en_US: 22 }],
  ["America/Toronto", 14, -5, { en_CA: 78, fr_CA: 16, en_US: 6 }],
  ["Europe/Vienna", 13, 1, { de_AT: 80, en_US: 20 }],
  ["Europe/Stockholm", 9, 1, { sv_SE: 62, en_US: 38 }],
  ["Asia/Tokyo", 9, 9, { ja_JP: 88, en_US: 12 }],
  ["America/Mexico_City", 8, -6, { es_MX: 88, en_US: 12 }],
  ["Europe/Prague", 7, 1, { cs_CZ: 72, en_US: 28 }],
  ["Asia/Singapore", 7, 8, { en_SG: 46, en_US: 40, zh_SG: 14 }],
  ["Asia/Jakarta", 6, 7, { id_ID: 72, en_US: 28 }],
  ["Africa/Johannesburg", 5, 2, { en_ZA: 84, en_US: 16 }],
  ["Asia/Dubai", 4, 4, { en_US: 62, ar_AE: 38 }],
  ["Pacific/Auckland", 4, 12, { en_NZ: 88, en_US: 12 }],
  ["Africa/Lagos", 3, 1, { en_NG: 66, en_US: 34 }],
  ["Asia/Riyadh", 2, 3, { ar_SA: 70, en_US: 30 }],
];

const zone = choices(Object.fromEntries(PLACES.map(([name, share]) => [name, share])));
const places = new Map(
  PLACES.map(([name, , offset, locales]) => [
    name,
    // In the spelling that the collector keeps, which is the host's ICU's.
    { timezone: canonical("timezone", name), offset: offset * 60, locale: choices(locales) },
  ]),
);

export function placeOf(dice: Dice): Place {
  const { timezone, offset, locale } = places.get(zone(dice))!;
  return { timezone, offset, locale: locale(dice) };
}

export const channelOf = choices({ stable: 82, latest: 11, beta: 6, edge: 1 });
export const environmentOf = choices({ production: 93, staging: 3, development: 3, test: 1 });

function canonical(field: string, value: string): string {
  const kept = BASE_SCHEMA.find(({ name }) => name === field)?.decide(Kind.String, value);
  if (typeof kept !== "string") throw new Error(`${field}: ${value} would not be kept`);
  return kept;
}
