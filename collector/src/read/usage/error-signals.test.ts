import { compareVersions } from "@rollcall/schemas";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../ingest/random.fixture.ts";
import { openTestStore, type TestStore } from "../../store/testing.ts";
import { beat, install, send, startApi, type TestApi } from "../testing.ts";

/*
 * Errors of events together with exceptions of spans and logs, drawn at random and compared with an
 * answer worked out row by row.
 */

interface Told {
  /** Null: said no install. */
  install: number | null;
  day: string;
  version: string;
  source: "event" | "span" | "log";
  /** Of an event its `error_type`, of an exception its class. */
  type: string;
  /** Of an exception. */
  stack: string;
}

const random = createRandom(20_261_121);
const days = ["2026-11-10", "2026-11-11", "2026-11-12", "2026-11-13"];
const installs = Array.from({ length: 12 }, (_, at) => ({
  install: at + 1,
  version: random.pick(["1.9.0", "1.10.0", "2.0.0"]),
  platform: random.pick(["linux", "darwin"]),
  admitted: random.chance(0.7),
  shares: random.chance(0.6),
}));
const STACKS = ["", "at save (src/a.ts:1:2)", "at save (src/a.ts:9:2)\nat <anonymous> (?:3)"];
const told: Told[] = Array.from({ length: 400 }, () => {
  const source = random.pick(["event", "span", "log"] as const);
  const who = random.pick(installs);
  const nobodys = source !== "event" && random.chance(0.3);
  return {
    ...{ install: nobodys ? null : who.install, source, day: random.pick(days) },
    version: random.chance(0.1) ? "" : who.version,
    type: random.pick(
      source === "event" ? ["database", "TypeError", ""] : ["TypeError", "OSError"],
    ),
    stack: source === "event" ? "" : random.pick(STACKS),
  };
}).filter((row) => row.source !== "event" || installs[(row.install ?? 1) - 1]?.shares);
/** Exceptions that events told of: their stacks count, and they do not count twice as errors. */
const ofEvents: Told[] = Array.from({ length: 40 }, () => ({
  ...{ install: random.pick(installs).install, day: random.pick(days), version: "2.0.0" },
  ...{ source: "event", type: "OSError", stack: random.pick(STACKS) },
}));

let stored: TestStore;
let api: TestApi;
beforeAll(async () => {
  stored = await openTestStore();
  await beat(
    stored.store,
    installs.flatMap(({ install, version: app_version, platform, admitted }) =>
      (admitted ? ["2026-11-01", "2026-11-12"] : ["2026-11-12"]).map((at) => ({
        ...{ install, at, app_version, platform },
      })),
    ),
  );
  await send(stored.store, [
    ...installs
      .filter(({ shares }) => shares)
      .map((one) => ({ install: one.install, at: "2026-11-12", event: "timer.started" })),
    ...told
      .filter(({ source }) => source === "event")
      .map((row) => ({
        ...{ install: row.install as number, at: row.day, event: "system.error" },
        ...{ app_version: row.version, ...(row.type && { properties: { error_type: row.type } }) },
      })),
  ]);
  const rows = [...told.filter(({ source }) => source !== "event"), ...ofEvents].map((row, at) => {
    // Of an install that the store knows nothing of is as good as of none.
    const nobody = at % 2 === 0 ? "NULL" : `'${install(99)}'`;
    const id = row.install === null ? nobody : `'${install(row.install)}'`;
    const stack = row.stack.replaceAll("\n", "\\n");
    return `('timetracker', ${id}, '${row.day} 12:00:00', '${row.version}', '${row.source}', '${row.type}', '${stack}')`;
  });
  await stored.store.command(
    `INSERT INTO exceptions (app, install_id, time, app_version, source, type, stack) VALUES ${rows.join(", ")}`,
  );
  // Another app's.
  await stored.store.command(
    `INSERT INTO exceptions (app, time, source, type) VALUES ('other', '2026-11-12 12:00:00', 'span', 'TypeError')`,
  );
  api = await startApi(stored.store);
});
afterAll(async () => {
  await api?.close();
  await stored?.close();
});

const questions = [
  {},
  { admitted: "all" },
  { admitted: "all", from: "2026-11-11", to: "2026-11-12" },
  { admitted: "all", platform: "linux" },
  { platform: "darwin", version: "2.0.0" },
];

/** The installs that a question is about, and the records of its range that are theirs or nobody's. */
function asked(query: Record<string, string>, records: readonly Told[]) {
  const { from = "2026-11-01", to = "2026-11-20", platform, version } = query;
  const whole = { from, to };
  const known = installs.filter(
    (one) =>
      (query.admitted === "all" || one.admitted) &&
      (platform === undefined || one.platform === platform) &&
      (version === undefined || one.version === version),
  );
  const ids = new Set(known.map((one) => one.install));
  const byField = platform !== undefined || version !== undefined;
  const mine = records.filter((row) => (row.install === null ? !byField : ids.has(row.install)));
  return {
    ...{ parameters: { admitted: "admitted", ...whole, ...query }, known, mine },
    rows: mine.filter(({ day }) => day >= from && day <= to),
    sharing: known.filter(
      (one) =>
        (one.shares && from <= "2026-11-12" && to >= "2026-11-12") ||
        mine.some((row) => row.install === one.install && row.day >= from && row.day <= to),
    ),
  };
}

const distinct = (rows: readonly Told[]) =>
  new Set(rows.flatMap(({ install }) => (install === null ? [] : [install]))).size;
const counted = (rows: readonly Told[]) => ({
  installs: distinct(rows),
  count: rows.length,
  unattributed: rows.filter((row) => row.install === null).length,
});
const ends = (rows: readonly Told[]) => {
  const found = rows.map(({ day }) => day).sort();
  return { firstDay: found[0], lastDay: found.at(-1) };
};
const sourcesOf = (rows: readonly Told[]) => [...new Set(rows.map(({ source }) => source))].sort();

describe("errors of events, spans and logs", () => {
  it.each(questions)("are counted together, each once: %j", async (query) => {
    const { parameters, mine, rows, sharing } = asked(query, told);
    const reply = await api.read<Record<string, unknown>>("/v1/errors", parameters);
    const types = [...Map.groupBy(rows, ({ type }) => type)].map(([type, own]) => {
      const versions = mine
        .filter((row) => row.type === type && row.version !== "")
        .map(({ version }) => version)
        .sort(compareVersions);
      return {
        ...{ type: type || null, ...counted(own), sources: sourcesOf(own), ...ends(own) },
        events: own.some(({ source }) => source === "event") ? ["system.error"] : [],
        ...{ firstVersion: versions.at(-1) ?? null, lastVersion: versions[0] ?? null },
      };
    });
    const ranked = types.sort(
      (a, b) =>
        b.installs - a.installs || b.count - a.count || ((a.type ?? "") < (b.type ?? "") ? -1 : 1),
    );
    expect(reply.rows).toEqual(ranked);
    expect(reply.total).toEqual({ ...counted(rows), types: types.length });
    expect(reply.fromSignals).toBe(true);
    expect(reply.sharingDetailed).toBe(sharing.length);
    expect(reply.errorFree).toBe(sharing.length - distinct(rows));
    const starts = reply.starts as string[];
    const onDay = (own: readonly Told[]) =>
      starts.map((start) => distinct(own.filter(({ day }) => day === start)));
    if (reply.interval === "day") {
      expect(reply.affected).toEqual(onDay(rows));
      expect(reply.series).toEqual(
        ranked.map(({ type }) => ({
          ...{ type, installs: onDay(rows.filter((row) => row.type === (type ?? ""))) },
        })),
      );
    }
  });

  it.each(questions)(
    "have versions, those that said no install among the records: %j",
    async (query) => {
      for (const type of [undefined, "TypeError", "database"]) {
        const { parameters, rows } = asked(query, told);
        const own = rows.filter((row) => type === undefined || row.type === type);
        const reply = await api.read<{ rows: { version: string | null; of: number }[] }>(
          "/v1/errors/versions",
          { ...parameters, ...(type !== undefined && { type }) },
        );
        const expected = [...Map.groupBy(own, ({ version }) => version)]
          .map(([version, found]) => ({
            version: version || null,
            ...counted(found),
            ...ends(found),
          }))
          .sort((a, b) => compareVersions(a.version ?? "", b.version ?? ""));
        expect(reply.rows.map(({ of: _, ...row }) => row)).toEqual(expected);
        for (const row of reply.rows) {
          expect(row.of).toBeGreaterThanOrEqual((row as unknown as { installs: number }).installs);
        }
      }
    },
  );
});

describe("stacks", () => {
  const thrown = [...told.filter(({ source }) => source !== "event"), ...ofEvents];
  const FRAMES: Record<string, object[]> = {
    "": [],
    [STACKS[1] as string]: [{ function: "save", module: "src/a.ts", line: 1 }],
    [STACKS[2] as string]: [
      { function: "save", module: "src/a.ts", line: 9 },
      { function: "<anonymous>", module: "?", line: 3 },
    ],
  };

  it.each(questions)("are those of events, too, the most frequent first: %j", async (query) => {
    for (const type of [undefined, "TypeError", "OSError", "database"]) {
      const { parameters, rows } = asked(query, thrown);
      const own = rows.filter((row) => type === undefined || row.type === type);
      const groups = [...Map.groupBy(own, (row) => `${row.type}\0${row.stack}`)].map(
        ([key, found]) => ({
          ...{ key, type: found[0]?.type, message: null, frames: FRAMES[found[0]?.stack ?? ""] },
          ...{ ...counted(found), sources: sourcesOf(found), ...ends(found) },
          versions: [...new Set(found.map(({ version }) => version))]
            .filter((version) => version !== "")
            .sort(compareVersions),
        }),
      );
      const ranked = groups.sort(
        (a, b) => b.count - a.count || b.installs - a.installs || (a.key < b.key ? -1 : 1),
      );
      const reply = await api.read("/v1/errors/stacks", {
        ...{ ...parameters, ...(type !== undefined && { type }) },
      });
      expect(reply).toEqual({
        rows: ranked.map(({ key: _, ...row }) => row),
        total: { count: own.length, stacks: groups.length },
        asOf: "2026-11-20T12:00:00.000Z",
      });
    }
  });
});
