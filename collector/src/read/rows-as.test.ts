import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestStore, type TestStore } from "../store/testing.ts";
import { rowsAs } from "./rows-as.ts";
import { beat, startApi, type TestApi } from "./testing.ts";

let stored: TestStore;
let api: TestApi;
beforeAll(async () => {
  stored = await openTestStore();
  await beat(stored.store, [
    { install: 1, at: "2026-11-20", platform: '=HYPERLINK("http://x","y")' },
    { install: 2, at: "2026-11-20", platform: 'a "quoted", one' },
  ]);
  api = await startApi(stored.store);
});
afterAll(async () => {
  await api?.close();
  await stored?.close();
});

const breakdown = (format: string) =>
  api.get("/v1/installs/breakdown", { app: "timetracker", field: "platform", format });

it("CSV: names, then rows, and no cell is a formula", async () => {
  const reply = await breakdown("csv");
  expect(reply.statusCode).toBe(200);
  expect(reply.headers["content-type"]).toBe("text/csv; charset=utf-8; header=present");
  expect(reply.headers["content-disposition"]).toMatch(/^attachment; filename="\w+\.csv"$/);
  const [names, ...lines] = reply.body.split("\r\n");
  expect(names).toMatch(/^value,installs,share/);
  expect(lines.map((line) => line.replace(/,1,.*$/, ""))).toEqual([
    `"'=HYPERLINK(""http://x"",""y"")"`,
    '"a ""quoted"", one"',
    "",
  ]);
});

it("NDJSON: each line is a row of the JSON answer", async () => {
  const reply = await breakdown("ndjson");
  expect(reply.headers["content-type"]).toBe("application/x-ndjson; charset=utf-8");
  const { rows } = (await breakdown("json")).json<{ rows: object[] }>();
  const lines = reply.body.trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual(rows);
});

it("a format that is none is refused", async () => {
  const reply = await breakdown("xml");
  expect(reply.statusCode).toBe(400);
  expect(reply.json().message).toBe("format: found xml, allowed is json, csv or ndjson.");
});

it.each([
  ["=1+1", "'=1+1"],
  ["+1", "'+1"],
  ["-1", "'-1"],
  ["@x", "'@x"],
  [-1, "-1"],
  [0.5, "0.5"],
  [null, ""],
  [true, "true"],
  [false, "false"],
  [[1, null], '"[1,null]"'],
])("the cell %j is written %s", (value, written) => {
  expect(rowsAs("csv", ["x"], [{ x: value }])).toBe(`x\r\n${written}\r\n`);
});

it("an answer without rows has a header line alone", () => {
  expect(rowsAs("csv", ["a", "b"], [])).toBe("a,b\r\n");
  expect(rowsAs("ndjson", ["a"], [])).toBe("");
});
