import { DAY, type FleetRecord } from "./fleet.ts";

/** What the dashboard must show of the records that were added. */
export interface Truth {
  add(record: FleetRecord): void;
  records: number;
  summary(now: number): SummaryTruth;
  /** Detailed events with a time in [from, to), by name. */
  events(from: number, to: number): Map<string, EventTruth>;
  /** Installs with a heartbeat on each UTC day in [from, to), by `YYYY-MM-DD`. */
  activeByDay(from: number, to: number): Map<string, number>;
  /** Installs with a base record in [from, to), by the version of their last record of either layer. */
  versions(from: number, to: number): Map<string, number>;
}

export interface SummaryTruth {
  total: number;
  /** Of all: heartbeats on two distinct UTC days. */
  admitted: number;
  active: { day: number; week: number; month: number };
  new: number;
  churned: number;
  sharingDetailed: number;
}

export interface EventTruth {
  count: number;
  installs: number;
  /** A user is a user of one install. */
  users: number;
}

interface Life {
  /** Base records. */
  beats: { time: number; version: string; event: string }[];
  /** Detailed records. */
  events: { time: number; version: string; event: string; user: string }[];
}

const utcDay = (time: number) => new Date(time).toISOString().slice(0, 10);

/** Counts by brute force over everything, so that it shares no idea with the store's queries. */
export function createTruth(): Truth {
  const lives = new Map<string, Life>();
  const within = (time: number, from: number, to: number) => time >= from && time < to;
  const truth: Truth = {
    records: 0,
    add({ layer, install, time, version, event, user }) {
      truth.records += 1;
      const life = lives.get(install.id) ?? { beats: [], events: [] };
      lives.set(install.id, life);
      if (layer === "base") life.beats.push({ time, version, event });
      else life.events.push({ time, version, event, user });
    },
    summary(now) {
      const all = [...lives.values()];
      const times = all.map((life) => [...life.beats, ...life.events].map(({ time }) => time));
      const firsts = times.map((heard) => Math.min(...heard));
      const lasts = times.map((heard) => Math.max(...heard));
      const since = (list: number[], days: number) =>
        list.filter((time) => time >= now - days * DAY).length;
      return {
        total: all.length,
        admitted: all.filter(({ beats }) => {
          const heartbeats = beats.filter(({ event }) => event === "base_telemetry.heartbeat");
          return new Set(heartbeats.map(({ time }) => utcDay(time))).size >= 2;
        }).length,
        active: { day: since(lasts, 1), week: since(lasts, 7), month: since(lasts, 28) },
        new: since(firsts, 28),
        churned: lasts.filter((last) => within(last, now - 56 * DAY, now - 28 * DAY)).length,
        sharingDetailed: all.filter(({ events }) =>
          events.some(({ time }) => time >= now - 28 * DAY),
        ).length,
      };
    },
    events(from, to) {
      const found = new Map<string, EventTruth>();
      for (const life of lives.values()) {
        const all = life.events.filter(({ time }) => within(time, from, to));
        for (const [event, same] of Map.groupBy(all, (each) => each.event)) {
          const row = found.get(event) ?? { count: 0, installs: 0, users: 0 };
          found.set(event, {
            count: row.count + same.length,
            installs: row.installs + 1,
            users: row.users + new Set(same.map(({ user }) => user)).size,
          });
        }
      }
      return found;
    },
    activeByDay(from, to) {
      const found = new Map<string, number>();
      for (const life of lives.values()) {
        const beats = life.beats.filter(({ time }) => within(time, from, to));
        const days = new Set(beats.map(({ time }) => utcDay(time)));
        for (const day of days) found.set(day, (found.get(day) ?? 0) + 1);
      }
      return found;
    },
    versions(from, to) {
      const found = new Map<string, number>();
      for (const { beats, events } of lives.values()) {
        if (!beats.some(({ time }) => within(time, from, to))) continue;
        const records = [...beats, ...events].toSorted((left, right) => left.time - right.time);
        const { version } = records.at(-1)!;
        found.set(version, (found.get(version) ?? 0) + 1);
      }
      return found;
    },
  };
  return truth;
}
