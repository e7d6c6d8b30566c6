import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { percentile } from "./measure.ts";

test("the benchmark runs and prints one line a case", { timeout: 150_000 }, async () => {
  const main = fileURLToPath(new URL("./main.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--conditions=rollcall-source", main, "--short"],
    { timeout: 140_000 },
  );
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map((line) => line.case)).toEqual([
    "client-overhead",
    "memory",
    "ingest-json-single",
    "ingest-proto-batch",
    "visible",
  ]);
  expect(lines[0].closedPort.ratio).toBeGreaterThan(0);
  expect(lines[0].neverAnswers.ratio).toBeGreaterThan(0);
  expect(lines[2].ratio).toBeGreaterThan(0);
  expect(lines[3].rollcall).toBeGreaterThan(0);
});

test("percentiles lie between the closest ranks", () => {
  expect(percentile([4, 1, 3, 2], 50)).toBe(2.5);
  expect(percentile([1, 2, 3, 4, 5], 95)).toBeCloseTo(4.8);
  expect(percentile([7], 95)).toBe(7);
});
