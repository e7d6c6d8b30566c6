import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { serve, start } from "../test/start.ts";
import { temporaryDirectory } from "../test/support.ts";

test("a test send stands in the transparency log, and how it ended", async () => {
  const server = await serve();
  const { rollcall } = start(server.endpoint, { baseTelemetry: "off" });
  rollcall.optIn("1");
  expect(await rollcall.testSink("maintainer")).toMatchObject({ ok: true });
  const sent = (await rollcall.sent()).filter(({ signal }) => signal === "test");
  expect(sent).toMatchObject([{ sink: "maintainer", content: {}, result: "delivered" }]);
});

test("where the log cannot be written no test is sent either", async () => {
  const server = await serve();
  const logDir = join(temporaryDirectory(), "logs");
  writeFileSync(logDir, "a file");
  const { rollcall } = start(server.endpoint, { logDir });
  expect(await rollcall.testSink("maintainer")).toMatchObject({
    ok: false,
    result: expect.stringMatching(/log cannot be written/),
  });
  await rollcall.close();
  expect(server.connections()).toBe(0);
});
