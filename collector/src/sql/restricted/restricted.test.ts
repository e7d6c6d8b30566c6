import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, isAlive } from "../../engine/testing.ts";
import { APPS, documentOf, publish, type SqlServer, startSql } from "../server.fixture.ts";

let sql: SqlServer;
let clock = new Date("2026-11-20T12:00:00Z");
let token: string;

beforeAll(async () => {
  sql = await startSql({ now: () => clock, idleMs: 1_500 });
  await publish(
    sql,
    documentOf("timetracker", "2026-11-17", [
      ["1.0.0", 40],
      ["2.0.0", 15],
    ]),
    documentOf("timetracker", "2026-11-18", null),
    documentOf("bookshelf", "2026-11-18", [["9.0.0", 60]]),
  );
  token = await sql.token(["restricted"], ["timetracker"]);
});
afterAll(async () => {
  await sql?.close();
});

const read = async (statement: string, as = token) => {
  const { status, text } = await sql.ask(statement, { token: as });
  expect([statement, status, status === 200 ? "" : text]).toEqual([statement, 200, ""]);
  return text;
};
/** Of the engine of published counts, as the log tells. */
const pids = () =>
  [...sql.logged().matchAll(/"pid":(\d+),"url":"[^"]+","msg":"engine (?:re)?started"/g)].map(
    ([, pid]) => Number(pid),
  );

describe("what restricted readers read", () => {
  it("is everything that a document holds, and nothing else", async () => {
    expect(await read("SELECT * FROM totals ORDER BY day FORMAT CSV")).toBe(
      '"timetracker","2026-11-17",10,5,55,55,55,5,0,15\n' +
        '"timetracker","2026-11-18",10,5,0,0,0,5,0,15\n',
    );
    expect(
      await read("SELECT day, value, installs, status FROM breakdown WHERE field = 'app_version'"),
    ).toBe(
      "2026-11-17\t1.0.0\t40\tshown\n2026-11-17\t2.0.0\t15\tshown\n2026-11-17\t\t20\tother\n" +
        "2026-11-18\t\t\\N\twithheld\n",
    );
    expect(await read("SELECT * EXCEPT (app, day) FROM breakdown_by_two ORDER BY value")).toBe(
      "app_version\t\ttrue\tplatform\tlinux\tfalse\t15\n" +
        "app_version\t1.0.0\tfalse\tplatform\tlinux\tfalse\t40\n",
    );
    expect(await read("SELECT event, installs FROM events")).toBe("timer.started\t30\n");
    expect(
      await read("SELECT `window`, installs FROM active_installs WHERE day = '2026-11-17'"),
    ).toBe("day\t55\nweek\t55\nmonth\t55\n");
    expect(await read("SELECT app_version, installs FROM versions WHERE status = 'shown'")).toBe(
      "1.0.0\t40\n2.0.0\t15\n",
    );
  });

  it("is of their apps, also those that come later", async () => {
    const apps = "SELECT DISTINCT app FROM totals ORDER BY app";
    expect(await read(apps)).toBe("timetracker\n");
    expect(await read(apps, await sql.token(["restricted"], ["bookshelf"]))).toBe("bookshelf\n");
    expect(await read(apps, await sql.token(["restricted"], ["empty"]))).toBe("");
    expect(await read(apps, await sql.token(["restricted"], ["nowhere"]))).toBe("");
    expect(await read("SHOW TABLES", await sql.token(["restricted"], []))).toContain("totals");
    const all = await sql.token(["restricted"]);
    expect(await read(apps, all)).toBe("bookshelf\ntimetracker\n");
    APPS.push("newcomer");
    await publish(sql, documentOf("newcomer", "2026-11-18", [["1.0.0", 50]]));
    expect(await read(apps, all)).toBe("bookshelf\nnewcomer\ntimetracker\n");
    expect(await read(apps)).toBe("timetracker\n");
  });

  it("has a new day once it is published, and no day twice", async () => {
    const days = "SELECT day, count() FROM totals GROUP BY day ORDER BY day";
    await publish(sql, documentOf("timetracker", "2026-11-19", [["1.0.0", 70]]));
    // The archive believes its list of days for a minute.
    clock = new Date(clock.getTime() + 120_000);
    const texts = await Promise.all(Array.from({ length: 8 }, () => read(days)));
    expect(new Set(texts)).toEqual(new Set(["2026-11-17\t1\n2026-11-18\t1\n2026-11-19\t1\n"]));
  });
});

describe("the engine of published counts", () => {
  it("ends when nobody asks, leaves nothing, and is filled anew for the next one", async () => {
    const folder = join(sql.opened.directory, "published-engine");
    const before = (await read("SELECT currentDatabase()")).trim();
    const pid = pids().at(-1) as number;
    expect(isAlive(pid)).toBe(true);
    expect(await eventually(() => !isAlive(pid) && !existsSync(folder), 20_000)).toBe(true);
    expect(await read("SELECT count() FROM totals")).toBe("3\n");
    expect(pids().at(-1)).not.toBe(pid);
    expect((await read("SELECT currentDatabase()")).trim()).not.toBe(before);
  });

  it("is not ended under a long reading", async () => {
    const rows = await read("SELECT number, sleepEachRow(0.5) FROM numbers(5)");
    expect(rows.trim().split("\n")).toHaveLength(5);
    expect(await read("SELECT count() FROM totals")).toBe("3\n");
  });

  it("comes back after it was killed, with every day once", async () => {
    await read("SELECT 1");
    const pid = pids().at(-1) as number;
    process.kill(pid, "SIGKILL");
    expect(await eventually(() => !isAlive(pid))).toBe(true);
    const answers = new Set<string>();
    await eventually(() => pids().at(-1) !== pid, 20_000);
    for (let i = 0; i < 5; i += 1) {
      answers.add((await sql.ask("SELECT count() FROM totals", { token })).text);
    }
    expect([...answers]).toEqual(["3\n"]);
    expect((await sql.ask("SELECT 1")).text).toBe("1\n");
  });
});
