import { compareVersions } from "@rollcall/schemas";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestStore, type TestStore } from "../../store/testing.ts";
import { type Beat, beat, type SentEvent, send, startApi, type TestApi } from "../testing.ts";

/*
 * A random history of nine weeks up to 2026-11-20T12:00Z, a Friday, and what the questions say of it
 * counted again from its rows with sets and loops. No install is admitted, so no version is a release.
 */
const DAY_MS = 86_400_000;
const FIRST = Date.UTC(2026, 8, 21);
const HOURS = 60 * 24 + 12;
const EVENTS = ["r.open", "r.save", "system.error"];
const VERSIONS = ["1.9.0", "1.10.0", "1.10.0-rc.1", ""];
const KINDS = ["red", "green", "blue"];
const PLATFORMS = ["linux", "darwin", ""];
const app = "random";

let stored: TestStore;
let api: TestApi;
let rows: (SentEvent & { time: number })[];
let beats: (Beat & { time: number })[];

beforeAll(async () => {
  let state = 99;
  const roll = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const pick = (words: string[]) => words[roll(words.length)] as string;
  // Some right at midnight, for the edges of days and weeks.
  const moment = () => {
    const hour = FIRST + roll(HOURS) * 3_600_000;
    return roll(4) === 0 ? hour - (hour % DAY_MS) - roll(2) : hour;
  };
  const at = (time: number) => ({ time, at: new Date(time).toISOString() });
  beats = Array.from({ length: 30 }, (_, install) => ({
    ...{ app, install: install + 1, ...at(Math.max(FIRST, moment())) },
    ...{ app_version: pick(VERSIONS), platform: pick(PLATFORMS) },
  }));
  rows = Array.from({ length: 500 }, () => ({
    // 31 to 33 never sent a base record.
    ...{ app, install: 1 + roll(33), user: roll(40), ...at(Math.max(FIRST, moment())) },
    ...{ event: pick(EVENTS), app_version: pick(VERSIONS) },
    properties: {
      ...(roll(4) > 0 && { kind: pick(KINDS) }),
      ...(roll(3) > 0 && { error_type: pick(KINDS) }),
    },
    numbers: roll(2) === 0 ? { size: roll(10) } : {},
  }));
  stored = await openTestStore();
  await beat(stored.store, beats);
  // Late ones come in another segment.
  await send(stored.store, rows.slice(0, 300));
  await send(stored.store, rows.slice(300));
  api = await startApi(stored.store);
});
afterAll(async () => {
  await api?.close();
  await stored?.close();
});

const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);
const weekOf = (time: number) => {
  const day = Math.floor(time / DAY_MS);
  return dayOf((day - ((day + 3) % 7)) * DAY_MS);
};
const distinct = <T>(values: Iterable<T>) => new Set(values).size;
const within = (from: string, to: string) =>
  rows.filter(({ time }) => dayOf(time) >= from && dayOf(time) <= to);
/** What an install said last, of those of its records that say anything. */
const latest = (install: number, values: { install: number; time: number; value: string }[]) =>
  values
    .filter((each) => each.install === install && each.value !== "")
    .sort((a, b) => a.time - b.time)
    .at(-1)?.value ?? "";
const platformOf = (install: number) =>
  latest(
    install,
    beats.map((row) => ({ ...row, value: row.platform ?? "" })),
  );
const versionOf = (install: number) =>
  latest(
    install,
    [...beats, ...rows].map((row) => ({ ...row, value: row.app_version ?? "" })),
  );
const amounts = (found: SentEvent[]) => ({
  count: found.length,
  installs: distinct(found.map(({ install }) => install)),
  users: distinct(found.flatMap(({ user }) => (user ? [user] : []))),
});

const RANGES = [
  ["2026-09-21", "2026-11-20"],
  ["2026-10-05", "2026-10-11"],
  ["2026-11-20", "2026-11-20"],
] as const;

it.each(RANGES)("explores what the rows say, %s to %s", async (from, to) => {
  const ways: [Record<string, string>, (row: SentEvent) => string][] = [
    [{ property: "kind" }, (row) => row.properties?.kind ?? ""],
    [{ property: "size" }, (row) => String(row.numbers?.size ?? "")],
    [{ field: "platform" }, (row) => platformOf(row.install)],
    [{ field: "app_version" }, (row) => row.app_version ?? ""],
  ];
  const filters: [string, (row: SentEvent) => boolean][] = [
    ["", () => true],
    ["size>=5", (row) => (row.numbers?.size ?? -1) >= 5],
    ["kind:red|blue", (row) => ["red", "blue"].includes(row.properties?.kind ?? "")],
  ];
  for (const event of EVENTS) {
    for (const [where, fits] of filters) {
      for (const [by, said] of ways) {
        const found = within(from, to).filter((row) => row.event === event && fits(row));
        const values = [...new Set(found.map(said))];
        const expected = values.map((value) => ({
          ...{ kind: value === "" ? "none" : "value", value },
          ...amounts(found.filter((row) => said(row) === value)),
        }));
        const answer = await api.read<{ total: object; rows: { value: string }[] }>(
          "/v1/events/explore",
          { app, from, to, event, ...by, ...(where !== "" && { where }), top: "50" },
        );
        const byValue = (a: { value: string }, b: { value: string }) =>
          a.value < b.value ? -1 : 1;
        expect(answer.total).toEqual({ ...amounts(found), points: null });
        expect([...answer.rows].sort(byValue)).toEqual(
          expected.sort(byValue).map((row) => ({ ...row, points: null })),
        );
      }
    }
  }
});

it.each(RANGES)("counts adoption from the rows, %s to %s", async (from, to) => {
  const sharing = [...new Set(within(from, to).map(({ install }) => install))];
  const answer = await api.read<{ rows: { event: string }[]; sharingDetailed: number }>(
    "/v1/events/adoption",
    { app, from, to },
  );
  expect(answer.sharingDetailed).toBe(sharing.length);
  for (const event of EVENTS) {
    const versions = rows.flatMap((row) =>
      row.event === event && row.app_version ? [row.app_version] : [],
    );
    const since = [...new Set(versions)].sort(compareVersions).at(-1) as string;
    const sent = new Set(
      within(from, to).flatMap((row) => (row.event === event ? [row.install] : [])),
    );
    const has = (install: number) => {
      const version = versionOf(install);
      return sent.has(install) || (version !== "" && compareVersions(version, since) <= 0);
    };
    expect(answer.rows.find((row) => row.event === event)).toEqual({
      ...{ event, installs: sent.size, of: sharing.filter(has).length, since },
    });
  }
});

it.each(["base", "event"] as const)("follows cohorts through %s records", async (returning) => {
  const starts = Array.from({ length: 9 }, (_, week) => dayOf(FIRST + week * 7 * DAY_MS));
  for (const event of EVENTS) {
    const own = rows.filter((row) => row.event === event);
    const firstWeek = new Map<number, string>();
    for (const row of [...own].sort((a, b) => b.time - a.time)) {
      firstWeek.set(row.install, weekOf(row.time));
    }
    const seen = returning === "base" ? beats : own;
    const expected = starts.map((start, at) => {
      const cohort = [...firstWeek].flatMap(([install, week]) => (week === start ? [install] : []));
      return {
        ...{ start, size: cohort.length, complete: at < 8 },
        counts: starts.map((_, later) => {
          const week = starts[at + later];
          // The ninth week runs until Sunday.
          if (week === undefined || week === starts[8]) return null;
          return cohort.filter((install) =>
            seen.some((row) => row.install === install && weekOf(row.time) === week),
          ).length;
        }),
      };
    });
    const answer = await api.read<{ rows: object[] }>("/v1/retention/event", {
      ...{ app, event, returning, from: "2026-09-21" },
    });
    expect(answer.rows).toEqual(expected);
  }
});

it.each(RANGES)("counts errors from the rows, %s to %s", async (from, to) => {
  const found = within(from, to).filter(({ event }) => event === "system.error");
  const typeOf = (row: SentEvent) => row.properties?.error_type ?? null;
  const expected = [...new Set(found.map(typeOf))].map((type) => {
    const own = found.filter((row) => typeOf(row) === type);
    // Versions are told of all days.
    const versions = rows
      .filter((row) => row.event === "system.error" && typeOf(row) === type)
      .flatMap(({ app_version }) => app_version || [])
      .sort(compareVersions);
    const days = own.map(({ time }) => dayOf(time)).sort();
    const { installs, count } = amounts(own);
    return {
      ...{ type, installs, count, events: ["system.error"] },
      ...{ unattributed: 0, sources: ["event"] },
      ...{ firstVersion: versions.at(-1) ?? null, lastVersion: versions[0] ?? null },
      ...{ firstDay: days[0], lastDay: days.at(-1) },
    };
  });
  const answer = await api.read<{
    rows: { type: string | null }[];
    total: object;
    errorFree: number;
    starts: string[];
    affected: number[];
    sharing: number[];
  }>("/v1/errors", { app, from, to });
  const byType = (a: { type: string | null }, b: { type: string | null }) =>
    String(a.type) < String(b.type) ? -1 : 1;
  expect([...answer.rows].sort(byType)).toEqual(expected.sort(byType));
  const all = within(from, to);
  const installs = (some: SentEvent[]) => distinct(some.map(({ install }) => install));
  expect(answer.total).toEqual({
    unattributed: 0,
    ...{ installs: installs(found), count: found.length, types: expected.length },
  });
  expect(answer.errorFree).toBe(installs(all) - installs(found));
  const on = (day: string, some: typeof rows) =>
    installs(some.filter(({ time }) => dayOf(time) === day));
  expect(answer.affected).toEqual(answer.starts.map((day) => on(day, found)));
  expect(answer.sharing).toEqual(answer.starts.map((day) => on(day, all)));
});
