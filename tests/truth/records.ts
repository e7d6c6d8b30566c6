import { type Random, random } from "../demo/random.ts";
import { DAY, dayStart } from "./calendar.ts";
import { type Said, sessionOf } from "./sessions.ts";

/** One record as it is sent, and what is known of it beforehand. */
export interface TruthRecord extends Said {
  install: string;
  layer: "base" | "detailed";
  /** Unix milliseconds. */
  time: number;
  version: string;
  /** Base fields; "" is not sent. */
  fields: Record<BaseField, string>;
  /** With the right to send the past: then its own day counts for admission, else the day it arrives. */
  backfill: boolean;
  uid: string;
}

export const BASE_FIELDS = [
  "platform",
  "os_version",
  "architecture",
  "locale",
  "timezone",
  "release_channel",
  "deployment_type",
] as const;
export type BaseField = (typeof BASE_FIELDS)[number];

const VALUES: Record<BaseField, string[]> = {
  platform: ["Linux", "Darwin", "Windows", ""],
  os_version: ["6.1.0", "24.04", "10", "9.10", "9.9", ""],
  architecture: ["x86_64", "aarch64", ""],
  locale: ["de_DE", "en_US", "C"],
  timezone: ["Europe/Berlin", "UTC", ""],
  release_channel: ["stable", "beta", ""],
  deployment_type: ["docker", "native", ""],
};

/** Oldest first where there is an order; texts would sort some of them otherwise. */
const VERSIONS = [
  ...[
    "1.9.0",
    "1.9.1",
    "1.10.0-rc.2",
    "1.10.0-rc.10",
    "1.10.0",
    "1.10.1",
    "2.0",
    "2.0.1",
    "10.0.0",
  ],
];
const WORDS = ["nightly", ""];

/** What a collector takes without the right to send the past. */
const BELIEVED_DAYS = 20;
/** What "24 hours ago" means moves while the test runs; no record lies so near to it. */
const MARGIN = 15 * 60_000;

/**
 * A fleet with everything that is hard to count: first and last milliseconds of days, gaps, several
 * versions on a day and back again, fields said late or never, installs that only share or were only
 * forged, and records that come twice. In no order of time.
 *
 * @param now nothing is later
 */
export function randomRecords(seed: number, now: number): TruthRecord[] {
  const dice = random(seed);
  const installs = dice.integer(50, 90);
  const span = dice.integer(20, 130);
  const records = Array.from({ length: installs }, (_, index) =>
    recordsOf(random(seed, index), span, now),
  ).flat();
  const again = records.filter(() => dice.chance(0.05));
  return shuffled([...records, ...again], dice);
}

/** What kind of life an install leads. */
const KINDS = { steady: 55, rare: 20, brief: 10, forged: 12, silent: 3 };

function recordsOf(dice: Random, span: number, now: number): TruthRecord[] {
  const install = dice.uuid();
  const kind = dice.weighted(KINDS);
  const newest = Math.floor(now / DAY);
  const oldest = newest - (kind === "forged" ? Math.min(span, BELIEVED_DAYS - 1) : span);
  const born = dice.integer(dice.chance(0.15) ? newest - 1 : oldest, newest);
  const end = dice.chance(0.6) ? newest : dice.integer(born, newest);
  const records: TruthRecord[] = [];
  const taken = new Set<number>();
  let fields = randomFields(dice);
  let at = dice.integer(0, VERSIONS.length - 1);

  const add = (
    day: number,
    layer: TruthRecord["layer"],
    said: readonly (Said & { after: number })[],
  ) => {
    let time = moment(dice, day, now, taken);
    if (time === null) return;
    const recent = newest - day < BELIEVED_DAYS - 1;
    const backfill = kind !== "forged" && (!recent || dice.chance(0.7));
    // One for all of a session: of two records of one millisecond nobody could tell which is the latest.
    const version = dice.chance(0.06) ? dice.pick(WORDS) : VERSIONS[at]!;
    for (const { after, ...each } of said) {
      time += after;
      if (after > 0 && (taken.has(time) || time > now - MARGIN || isNearNow(time, now))) continue;
      taken.add(time);
      records.push({
        ...{ install, layer, time, version, fields, backfill, ...each },
        uid: dice.uuid(),
      });
    }
  };
  const base = (name: string) => [
    { after: 0, event: `base_telemetry.${name}`, user: "", properties: {}, dropped: [] },
  ];
  const chance = { steady: 0.9, rare: 0.15, brief: 1, forged: 0.1, silent: 0 }[kind];
  const shares = kind === "silent" || dice.chance(0.4);
  for (let day = born; day <= (kind === "brief" ? born : end); day += 1) {
    if (dice.chance(0.08)) at = Math.min(VERSIONS.length - 1, at + dice.integer(1, 2));
    else if (dice.chance(0.02)) at = Math.max(0, at - 1);
    if (dice.chance(0.03)) fields = randomFields(dice);
    if (day === born || dice.chance(chance)) {
      const first = day === born && dice.chance(0.5);
      if (kind !== "silent") add(day, "base", base(first ? "first_seen" : "heartbeat"));
      if (dice.chance(0.15)) {
        at = Math.max(0, Math.min(VERSIONS.length - 1, at + dice.integer(-1, 2)));
        if (kind !== "silent") add(day, "base", base("heartbeat"));
      }
    }
    if (shares && dice.chance(0.3)) add(day, "detailed", sessionOf(dice));
  }
  return records;
}

const randomFields = (dice: Random) =>
  Object.fromEntries(BASE_FIELDS.map((name) => [name, dice.pick(VALUES[name])])) as Record<
    BaseField,
    string
  >;

/** A moment of a day, often its very first or last, that no other record of the install has. */
function moment(dice: Random, day: number, now: number, taken: Set<number>): number | null {
  const within = dice.weighted({ first: 2, last: 2, any: 6 });
  const start = dayStart(day);
  let time =
    within === "first"
      ? start
      : within === "last"
        ? start + DAY - 1
        : start + dice.integer(0, DAY - 1);
  if (isNearNow(time, now)) time -= 2 * MARGIN;
  while (taken.has(time)) time -= 1;
  if (time > now - MARGIN) return null;
  taken.add(time);
  return time;
}

function isNearNow(time: number, now: number): boolean {
  const since = (((now - time) % DAY) + DAY) % DAY;
  return since < MARGIN || since > DAY - MARGIN;
}

export function shuffled<T>(list: readonly T[], dice: Random): T[] {
  return list
    .map((item) => ({ item, place: dice.next() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
}
