import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryDirectory } from "../test/support.ts";
import { createLines } from "./lines.ts";
import { purgeTelemetry, survived } from "./purge.ts";

const lines = createLines(Date.now, () => {});
const app = (n: number) => lines.event("tick", { n });
const first = app(1);
const telemetry = lines.telemetry({ what: "withheld", reason: "opt_out", records: 1, sink: "own" });

async function openLog(content: string) {
  const directory = temporaryDirectory();
  const path = join(directory, "app-2026-01-31.jsonl");
  writeFileSync(path, content);
  const file = await open(path, "a+");
  onTestFinished(() => file.close());
  return { directory, path, file };
}

test("a line that reached the file before its purge was copied and is not written again", async () => {
  const { directory, path, file } = await openLog(first + telemetry);
  const line = Buffer.from(app(2));
  await file.write(line);
  await purgeTelemetry(directory, lines);
  expect(await survived(directory, file, line)).toBe(true);
  expect(readFileSync(path, "utf8")).toBe(first + line);
});

test("a line that came behind the mark of a purge is written again by its process", async () => {
  const { directory, path, file } = await openLog(app(1) + telemetry);
  await purgeTelemetry(directory, lines);
  const line = Buffer.from(app(2));
  await file.write(line);
  expect(await survived(directory, file, line)).toBe(false);
  expect(readFileSync(path, "utf8")).not.toContain('"n":2');
});

test("a line in a file that somebody removed is written again", async () => {
  const { directory, path, file } = await openLog(app(1));
  rmSync(path);
  const line = Buffer.from(app(2));
  await file.write(line);
  expect(await survived(directory, file, line)).toBe(false);
});

test("a file of telemetry alone goes, a file without any is not touched, damaged lines of ours go", async () => {
  const { directory, path } = await openLog(telemetry + telemetry);
  const other = join(directory, "app-2026-01-30.jsonl");
  const third = join(directory, "app-2026-01-29.jsonl");
  writeFileSync(other, '{"app":"own", "nested":{"telemetry":{"what":"held"}}}\nnot json\n');
  writeFileSync(third, app(1) + telemetry.slice(0, -8));
  const before = readFileSync(other, "utf8");
  await purgeTelemetry(directory, lines);
  expect(existsSync(path)).toBe(false);
  expect(readFileSync(other, "utf8")).toBe(before);
  expect(readFileSync(third, "utf8")).toMatch(/^\{.*"n":1\}\}\n$/);
});
