import { compareVersions } from "@rollcall/schemas";
import { createRandom, type Random } from "../../ingest/random.fixture.ts";
import type { Store } from "../../store/client.ts";
import { openTestStore } from "../../store/testing.ts";
import { addDays, type Day, dayOf } from "../days.ts";
import { type Beat, beat, NOW, type SentEvent, send, startApi, type TestApi } from "../testing.ts";

/*
 * Small random fleets and what follows from their records, by plain loops: what the answers of this
 * folder's questions are compared with.
 */

const DAY_MS = 86_400_000;
/** Oldest first; the last two are no versions. */
const VERSIONS = [
  "1.9.0",
  "1.10.0-rc.1",
  "1.10.0",
  "1.10.1",
  "2.0.0-beta.2",
  "2.0.0",
  "2.1.0",
  "nightly",
  "",
];
const FIELDS = {
  platform: ["linux", "linux", "darwin", "windows", ""],
  os_version: ["24.04", "22.04", "9.1", "10.0.19045", "5.15.0-91", ""],
  architecture: ["x64", "arm64", ""],
  locale: ["de-DE", "en", ""],
  timezone: ["Europe/Berlin", "UTC", ""],
  deployment_type: ["docker", "native", ""],
  release_channel: ["stable", "beta", ""],
} as const;
const EVENTS = ["timer.started", "auth.login", "system.error", "error_occurred"];

interface Fleet {
  app: string;
  beats: Beat[];
  events: SentEvent[];
}

/** What the records of one install say. */
export interface Known {
  install: number;
  firstSeen: number;
  lastSeen: number;
  lastDetailed: number | null;
  admitted: boolean;
  /** Latest base fields and app_version; "" where it never said. */
  fields: Record<string, string>;
  /** UTC days with a base record, and what was said on them. */
  said: Map<Day, Set<string>>;
  /** UTC days with one of the error events. */
  errors: Set<Day>;
}

export interface FleetApi {
  store: Store;
  api: TestApi;
  /**
   * Asks a question about every fleet, with every filter and all the parameters given. Gives the
   * answers by what was asked, and beside them what is expected of the installs that the filter leaves.
   */
  compare(
    path: string,
    parameters: Record<string, string>[],
    expected: (left: Known[], parameters: Record<string, string>, all: Known[]) => object,
  ): Promise<{ answers: Record<string, unknown>; expected: Record<string, unknown> }>;
  close(): Promise<void>;
}

/** A real engine with random fleets, behind a real Fastify. */
export async function openFleets(seeds: readonly number[]): Promise<FleetApi> {
  const stored = await openTestStore();
  // Nothing may be folded or expire until all is derived from the records.
  for (const table of ["heartbeats", "events"]) {
    await stored.store.command(`SYSTEM STOP MERGES ${table}`);
  }
  const fleets = await storeFleets(stored.store, seeds);
  const api = await startApi(stored.store);
  return {
    store: stored.store,
    api,
    async compare(path, parameters, expected) {
      const found = { answers: {}, expected: {} } as Awaited<ReturnType<FleetApi["compare"]>>;
      for (const fleet of fleets) {
        const all = knownOf(fleet);
        const asked = FILTERED.flatMap((filter) => parameters.map((more) => ({ filter, more })));
        // All of a fleet at once: one after the other takes three times as long.
        await Promise.all(
          asked.map(async ({ filter, more }) => {
            const query = { ...filter, ...more };
            const name = JSON.stringify({ app: fleet.app, ...query });
            found.answers[name] = await api.read(path, { app: fleet.app, ...query });
            found.expected[name] = {
              ...expected(leftBy(all, filter), query, all),
              asOf: NOW.toISOString(),
            };
          }),
        );
      }
      return found;
    },
    async close() {
      await api.close();
      await stored.close();
    },
  };
}

/** Makes fleets of 20 to 70 installs, each of another kind, and stores them. */
async function storeFleets(store: Store, seeds: readonly number[]): Promise<Fleet[]> {
  const fleets = seeds.map(randomFleet);
  await beat(
    store,
    fleets.flatMap(({ beats }) => beats),
  );
  await send(
    store,
    fleets.flatMap(({ events }) => events),
  );
  return fleets;
}

function randomFleet(seed: number): Fleet {
  const random = createRandom(seed);
  const app = `fleet-${seed}`;
  const fleet: Fleet = { app, beats: [], events: [] };
  const oldest = random.pick([20, 70, 300, 900]);
  const installs = 20 + random.below(50);
  for (let install = 1; install <= installs; install++) addInstall(fleet, install, oldest, random);
  return fleet;
}

function addInstall(fleet: Fleet, install: number, oldest: number, random: Random): void {
  const { app } = fleet;
  const born = random.below(oldest);
  const length = random.chance(0.3) ? random.below(3) : random.below(born + 1);
  const reports = random.pick([0.05, 0.3, 0.9]);
  const isDetailedOnly = random.chance(0.1);
  const isLate = random.chance(0.1);
  const shares = isDetailedOnly || random.chance(0.4);
  let version = random.below(VERSIONS.length);
  const fields = Object.fromEntries(
    Object.entries(FIELDS).map(([name, values]) => [name, random.pick<string>(values)]),
  );
  for (const at of moments(born, length, reports, random)) {
    if (random.chance(0.25)) version = Math.min(version + 1 + random.below(2), VERSIONS.length - 1);
    else if (random.chance(0.1)) version = random.below(VERSIONS.length);
    if (random.chance(0.1)) fields.platform = random.pick(FIELDS.platform);
    const app_version = VERSIONS[version] ?? "";
    if (shares && random.chance(0.5)) {
      const event = random.pick(EVENTS);
      fleet.events.push({ app, install, at, event, ...(random.chance(0.5) && { app_version }) });
    }
    if (isDetailedOnly || random.chance(0.1)) continue;
    fleet.beats.push({
      ...{ app, install, at, app_version, ...fields },
      ...(isLate && { admission: "2026-11-20" }),
      ...(random.chance(0.05) && { kind: "first_seen" as const }),
    });
  }
}

/** Distinct moments in order: edges of days and of the windows of now, and others. */
function moments(born: number, length: number, reports: number, random: Random): string[] {
  const today = dayOf(NOW);
  const found = new Set<string>();
  for (let day = born; day >= born - length && found.size < 25; day--) {
    if (day !== born && !random.chance(reports)) continue;
    const date = addDays(today, -day);
    for (let more = random.below(3); more >= 0; more--) {
      const hour = String(random.below(24)).padStart(2, "0");
      found.add(
        `${date}T${random.pick(["00:00:00.000", "23:59:59.999", "12:00:00.000", `${hour}:17:05.250`])}Z`,
      );
    }
  }
  return [...found].filter((at) => at <= NOW.toISOString()).sort();
}

/** What is known of every install of a fleet. */
function knownOf({ beats, events }: Fleet): Known[] {
  const installs = new Map<number, { beats: Beat[]; events: SentEvent[] }>();
  const of = (install: number) => {
    const found = installs.get(install) ?? { beats: [], events: [] };
    installs.set(install, found);
    return found;
  };
  for (const row of beats) of(row.install).beats.push(row);
  for (const row of events) of(row.install).events.push(row);
  return [...installs].map(([install, own]) => knownOfOne(install, own.beats, own.events));
}

function knownOfOne(install: number, beats: Beat[], events: SentEvent[]): Known {
  const times = [...beats, ...events].map(({ at }) => Date.parse(at));
  const admissionDays = new Set<string>();
  const said = new Map<Day, Set<string>>();
  for (const { at, kind = "heartbeat", admission = at.slice(0, 10), app_version = "" } of beats) {
    if (kind === "heartbeat") admissionDays.add(admission);
    const day = at.slice(0, 10);
    said.set(day, (said.get(day) ?? new Set()).add(app_version));
  }
  const isError = ({ event }: SentEvent) => event === "system.error" || event === "error_occurred";
  return {
    install,
    firstSeen: Math.min(...times),
    lastSeen: Math.max(...times),
    lastDetailed: events.length === 0 ? null : Math.max(...events.map(({ at }) => Date.parse(at))),
    admitted: admissionDays.size > 1,
    fields: latestFields(beats, events),
    said,
    errors: new Set(events.filter(isError).map(({ at }) => at.slice(0, 10))),
  };
}

function latestFields(beats: Beat[], events: SentEvent[]): Record<string, string> {
  const fields: Record<string, string> = { app_version: "" };
  for (const name of Object.keys(FIELDS)) fields[name] = "";
  for (const record of [...beats, ...events].sort((a, b) => (a.at < b.at ? -1 : 1))) {
    for (const name of Object.keys(fields)) {
      fields[name] = (record as unknown as Record<string, string>)[name] || (fields[name] ?? "");
    }
  }
  return fields;
}

/** Filters that every question is tried with. */
const FILTERED: Record<string, string>[] = [
  {},
  { admitted: "admitted" },
  { lifetime: "day_or_more", platform: "linux" },
  { version: "1.10.0,2.0.0,unknown", admitted: "admitted" },
  { deployment_type: "docker", release_channel: "stable,unknown" },
  { platform: "plan9" },
];

/** The installs that a filter leaves. */
export function leftBy(known: readonly Known[], filter: Record<string, string>): Known[] {
  return known.filter((one) => {
    if (filter.admitted === "admitted" && !one.admitted) return false;
    if (filter.lifetime === "day_or_more" && one.lastSeen - one.firstSeen < DAY_MS) return false;
    return Object.entries(filter).every(([name, words]) => {
      if (name === "admitted" || name === "lifetime") return true;
      const value = one.fields[name === "version" ? "app_version" : name] || "unknown";
      return words.split(",").includes(value);
    });
  });
}

/** Heard of so many times 24 hours before now or later. */
export const since = (moment: number, days: number) => moment >= NOW.getTime() - days * DAY_MS;

export const isActive = ({ lastSeen }: Known) => since(lastSeen, 28);

/** Whether an install has a base record on a UTC day from `first` up to, without, `until`. */
export const isActiveIn = ({ said }: Known, first: Day, until: Day) =>
  [...said.keys()].some((day) => day >= first && day < until);

/** The newest of the versions that an install said on a day; undefined where it said nothing. */
export const saidOn = ({ said }: Known, day: Day): string | undefined =>
  [...(said.get(day) ?? [])].sort(compareVersions)[0];

/** An install's versions with the first day of each; older versions first within a day. */
export function firstDays({ said }: Known): { version: string; day: Day }[] {
  const first = new Map<string, Day>();
  for (const [day, versions] of said) {
    for (const version of versions) {
      if (version !== "" && day < (first.get(version) ?? "9999")) first.set(version, day);
    }
  }
  return [...first]
    .map(([version, day]) => ({ version, day }))
    .sort((a, b) =>
      a.day === b.day ? compareVersions(b.version, a.version) : a.day < b.day ? -1 : 1,
    );
}

/**
 * Releases that nobody listed, newest first: versions and the first day with k admitted installs.
 * `dated` is false for those said on the first two days of all.
 */
export function releasesSeen(
  known: readonly Known[],
  k: number,
): { version: string; day: Day; dated: boolean }[] {
  const days = new Map<string, Day[]>();
  for (const one of known.filter(({ admitted }) => admitted)) {
    for (const { version, day } of firstDays(one)) {
      days.set(version, [...(days.get(version) ?? []), day]);
    }
  }
  const [begin = ""] = [...days.values()].flat().sort();
  return [...days]
    .flatMap(([version, all]) => {
      const day = all.sort()[k - 1];
      const dated = (all[0] ?? "") > (begin === "" ? "" : addDays(begin, 1));
      return day === undefined ? [] : [{ version, day, dated }];
    })
    .sort((a, b) => compareVersions(a.version, b.version));
}

/** Final releases out by now, newest first. */
export const finalsSeen = (known: readonly Known[], k: number) =>
  releasesSeen(known, k).filter(({ version }) => /^[\d.]+$/.test(version));

/** UTC days from the first to the last, both included. */
export function daysBetween(first: Day, last: Day): Day[] {
  const days: Day[] = [];
  for (let day = first; day <= last; day = addDays(day, 1)) days.push(day);
  return days;
}

/** The middle one, or half the sum of the two middle ones. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}
