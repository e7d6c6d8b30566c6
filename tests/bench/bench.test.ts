import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { temporary } from "../fleet/testing.ts";
import { percentile } from "./measure.ts";
import { difference } from "./query/compare.ts";
import { tableOf } from "./query/table.ts";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const bench = (...options: string[]) =>
  promisify(execFile)(process.execPath, ["--conditions=rollcall-source", main, ...options], {
    timeout: 290_000,
  });

test("the benchmark runs and prints one line a case", { timeout: 300_000 }, async () => {
  const { path, remove } = temporary();
  const { stdout } = await bench("--short", "--data", `1k=${join(path, "fleet")}`).finally(remove);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const isQuery = (line: { case: string }) => line.case.startsWith("query-");
  expect(lines.filter((line) => !isQuery(line)).map((line) => line.case)).toEqual([
    "client-overhead",
    "render",
    "memory",
    "ingest-json-single",
    "ingest-proto-batch",
    "ingest-traces-batch",
    "ingest-metrics-batch",
    "visible",
  ]);
  expect(lines[0].closedPort.ratio).toBeGreaterThan(0);
  expect(lines[0].neverAnswers.ratio).toBeGreaterThan(0);
  expect(lines[1].filter.clickToPaint.p50).toBeGreaterThan(lines[1].filter.clickToAnswer.p50);
  expect(lines[1].cursor.charts).toBeGreaterThanOrEqual(6);
  expect(lines[3].ratio).toBeGreaterThan(0);
  expect(lines[4].rollcall).toBeGreaterThan(0);
  expect(lines[5].rollcall).toBeGreaterThan(0);
  expect(lines[6].rollcall).toBeGreaterThan(0);
  const queries = lines.filter(isQuery);
  expect(queries.length).toBeGreaterThan(20);
  // A text says where an answer is not what the plain query says, or that there was none.
  for (const { case: name, equal, plain } of queries) {
    expect([name, equal]).toEqual([name, plain === null ? null : true]);
  }
});

test("a benchmark of what there is not is refused in one line", async () => {
  for (const [options, line] of [
    [["--case", "nothing"], /^--case: found "nothing", allowed is one of client-overhead, /],
    [["--sizes", "7"], /^--sizes: found "7", allowed is a comma list of 1k, 10k, 100k, 1m\n$/],
    [["--data", "10k"], /^--data: found "10k", allowed is SIZE=DIR/],
    [["--rounds", "0"], /^--rounds: found "0", allowed is a whole number from 1\n$/],
  ] as const) {
    const refused = await bench(...options).catch(
      (error: { code: number; stderr: string }) => error,
    );
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(line) });
  }
});

test("answers differ where a number does, and where one has more; users may be estimates", () => {
  expect(difference({ a: { installs: 1 } }, { a: { installs: 2 } })).toBe(".a.installs: 1, 2");
  expect(difference({ a: 1 }, { a: 1, b: 2 })).toBe(".b: undefined, 2");
  expect(difference({ a: { users: 70_000 } }, { a: { users: 70_900 } })).toBeNull();
  expect(difference({ a: { users: 7_000 } }, { a: { users: 7_001 } })).toBeNull();
  expect(difference({ a: { users: 7_000 } }, { a: { users: 7_003 } })).not.toBeNull();
  expect(difference({ a: { users: 3_000 } }, { a: { users: 3_001 } })).not.toBeNull();
});

test("the table says how cost grows beside events", () => {
  const line = {
    question: "active",
    p95: 9,
    scan: 2,
    bytes: 1,
    processor: 1,
    equal: true,
  } as const;
  const processors = { plainProcessor: null, scanProcessor: null };
  const table = tableOf([
    { ...line, ...processors, size: "10k", events: 1_000, p50: 4, plain: 8 },
    { ...line, ...processors, size: "100k", events: 10_000, p50: 10, plain: 200 },
  ]);
  const cells = table.split("\n").map((row) => row.trim().split(/ {2,}/));
  expect(cells.slice(1)).toEqual([
    ["active", "10k", "4", "9", "1", "2", "2", "-", "yes"],
    ["active", "100k", "10", "9", "1", "20", "5", "0.25", "yes"],
  ]);
});

test("percentiles lie between the closest ranks", () => {
  expect(percentile([4, 1, 3, 2], 50)).toBe(2.5);
  expect(percentile([1, 2, 3, 4, 5], 95)).toBeCloseTo(4.8);
  expect(percentile([7], 95)).toBe(7);
});
