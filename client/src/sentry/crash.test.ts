import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { serve } from "../test/internals.ts";
import { temporaryDirectory } from "../test/support.ts";

it("reports the error that ends a process, which ends as it would without", async () => {
  const [collector, sentry] = [await serve(), await serve()];
  const dataDir = temporaryDirectory();
  const dsn = `${sentry.endpoint.replace("http://", "http://publickey@")}/1`;
  const fixture = join(import.meta.dirname, "crash.fixture.ts");
  const flags = ["--conditions=rollcall-source", fixture, dataDir, collector.endpoint, dsn];
  const child = spawn(process.execPath, flags, { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk;
  });
  const code = await new Promise((resolve) => child.on("close", resolve));

  expect(code).toBe(1);
  expect(stderr).toContain("RangeError: the invoice of");
  expect(sentry.requests).toHaveLength(1);
  const sent = sentry.requests[0]?.body.toString("utf8") ?? "";
  expect(sent).toContain('"RangeError"');
  expect(sent).toContain("Timeout.fallOver");
  expect(sent).toContain('"handled":false');
  expect(sent).not.toMatch(/ann|invoice/);
  expect(readFileSync(join(dataDir, "logs", "app.jsonl"), "utf8")).toContain("sentry event");
}, 60_000);
