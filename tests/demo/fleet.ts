import { createInstall, type Install, isAlive, versionOn } from "./install.ts";
import { type Random, random } from "./random.ts";
import { type Release, releases } from "./releases.ts";
import {
  ACTIONS,
  actionWeights,
  BROKEN,
  ERRORS,
  type Properties,
  WEEKDAY_RHYTHM,
} from "./usage.ts";

export const DAY = 86_400_000;
const HOUR = 3_600_000;

export interface FleetOptions {
  installs: number;
  /** How many UTC days, the last of which is the day of `now`. */
  days: number;
  seed: number;
  /** Unix milliseconds; nothing happens after it. */
  now: number;
}

/** One record as the fleet sends it, before any encoding. */
export interface FleetRecord {
  layer: "base" | "detailed";
  event: string;
  /** Unix milliseconds. */
  time: number;
  install: Install;
  version: string;
  /** The internal user id of a detailed event, "" for base records. */
  user: string;
  uid: string;
  properties: Properties;
}

export interface Fleet {
  installs: Install[];
  releases: Release[];
  /** 00:00 UTC of the first day. */
  start: number;
  /** All records of one day, install by install. Pure: asking twice gives the same. */
  day(day: number): FleetRecord[];
}

/**
 * A made-up fleet whose every record the seed determines, so that what a dashboard shows of it can
 * be checked against what is known.
 *
 * @example createFleet({ installs: 50, days: 14, seed: 1, now: Date.now() }).day(0).length
 */
export function createFleet(options: FleetOptions): Fleet {
  const { seed, days, now } = options;
  const history = releases(days);
  const start = Math.floor(now / DAY) * DAY - (days - 1) * DAY;
  const installs = Array.from({ length: options.installs }, (_, index) =>
    createInstall(seed, index, days, history),
  );
  const day = (number: number): FleetRecord[] => {
    const records: FleetRecord[] = [];
    for (const install of installs) {
      if (!isAlive(install, number)) continue;
      const dice = random(seed, install.index, number + 1);
      const midnight = start + number * DAY - install.utcOffset * HOUR;
      const version = versionOn(install, number, history);
      heartbeats(records, install, version, number, midnight, start, dice);
      if (number >= install.optInDay) {
        const used = usage(install, version, midnight, dice);
        records.push(...used, ...errors(seed, used));
      }
    }
    return records.filter((record) => record.time <= now);
  };
  return { installs, releases: history, start, day };
}

function heartbeats(
  records: FleetRecord[],
  install: Install,
  version: string,
  day: number,
  midnight: number,
  start: number,
  dice: Random,
): void {
  const first = day === install.born;
  // A machine is off now and then at night.
  if (!first && dice.chance(0.02)) return;
  const time = first
    ? midnight + dice.integer(9 * HOUR, 19 * HOUR)
    : midnight + 3 * HOUR + install.jitter;
  const iso = (at: number) => new Date(at).toISOString();
  const properties: Properties = {
    platform: install.platform,
    os_version: install.osVersion,
    architecture: install.architecture,
    locale: install.locale,
    timezone: install.timezone,
    release_channel: install.releaseChannel,
    deployment_type: install.deploymentType,
    first_seen_at: iso(start + install.born * DAY),
    last_seen_at: iso(time),
  };
  const common = { layer: "base", install, version, user: "" } as const;
  if (first) {
    const event = "base_telemetry.first_seen";
    records.push({ ...common, event, time, uid: dice.uuid(), properties });
  }
  const event = "base_telemetry.heartbeat";
  const sent = { ...properties, heartbeat_at: iso(time) };
  records.push({ ...common, event, time, uid: dice.uuid(), properties: sent });
}

function usage(install: Install, version: string, midnight: number, dice: Random): FleetRecord[] {
  const records: FleetRecord[] = [];
  const rhythm = WEEKDAY_RHYTHM[new Date(midnight + 12 * HOUR).getUTCDay()]!;
  const weights = actionWeights(install.areas, version);
  for (let left = dice.poisson(install.activity * rhythm); left > 0; left -= 1) {
    const event = dice.weighted(weights);
    records.push({
      layer: "detailed",
      event,
      // Between eight and eighteen, most of it around noon.
      time: midnight + 8 * HOUR + Math.floor((dice.next() + dice.next()) * 5 * HOUR),
      install,
      version,
      user: String(dice.integer(1, install.users)),
      uid: dice.uuid(),
      properties: ACTIONS[event]!.properties?.(dice) ?? {},
    });
  }
  return records;
}

/** What goes wrong while the app is used, from the versions that brought it on. */
function errors(seed: number, used: readonly FleetRecord[]): FleetRecord[] {
  return used.flatMap((record): FleetRecord[] => {
    const { install, time, version } = record;
    if (!BROKEN.test(version)) return [];
    // A stream of its own: how often something breaks changes nothing else of the fleet.
    const dice = random(seed, install.index, time);
    // Some installs are in trouble more than others.
    if (!dice.chance(install.index % 5 === 0 ? 0.01 : 0.001)) return [];
    const properties = { error_type: dice.weighted(ERRORS) };
    return [{ ...record, event: "system.error", uid: dice.uuid(), properties }];
  });
}
