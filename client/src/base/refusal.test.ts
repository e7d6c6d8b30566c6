import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createReadStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { quick, serve, start } from "../test/start.ts";
import { temporaryDirectory, until } from "../test/support.ts";
import { createMeter } from "./meter.ts";

/** Longer than any test: what ends earlier was ended. */
const patient = { ...quick, timeoutMs: 600_000 };

test("close ends a question to the meter that nobody answers", async () => {
  const server = await serve(() => {});
  const { rollcall } = start(server.endpoint, { delivery: patient });
  await until(() => server.requests.length > 0);
  expect(server.requests[0]?.path).toBe("/v1/meter");
  expect(await rollcall.close({ deadline: 50 })).toEqual({ left: 0 });
});

test("switching telemetry off ends a question that is on its way, and no report follows", async () => {
  let open = true;
  const server = await serve((response) => response.on("close", () => (open = false)));
  const { rollcall } = start(server.endpoint, { delivery: patient });
  await until(() => server.requests.length > 0);
  rollcall.setMode("off", "1");
  await until(() => !open);
  await rollcall.close();
  expect(server.requests).toHaveLength(1);
});

test("a refusal that comes while the question is written down keeps it here", async () => {
  const server = await serve();
  const refused = new AbortController();
  const outcomes: unknown[] = [];
  const meter = createMeter({
    app: "timetracker",
    salt: () => "salt",
    journal: {
      sending: async () => {
        refused.abort();
        return true;
      },
      outcome: (_sink, _batch, result) => void outcomes.push(result),
    },
    beforeSending: () => outcomes.push("notice"),
  });
  const destination = {
    name: "maintainer" as const,
    base: new URL(server.endpoint),
    token: "",
    source: "options" as const,
  };
  await meter.ask(destination, {}, refused.signal);
  expect(server.connections()).toBe(0);
  expect(outcomes).toEqual([{ kind: "failure", reason: "cancelled" }]);
});

test.runIf(process.platform === "linux")("close ends also while the log hangs", async () => {
  const server = await serve();
  const logDir = join(temporaryDirectory(), "logs");
  mkdirSync(logDir);
  // A pipe that nobody reads takes 64 KiB and then no more.
  execFileSync("sh", ["-c", `mkfifo "$1"`, "sh", join(logDir, "app.jsonl")]);
  const { rollcall } = start(server.endpoint, { logDir });
  rollcall.logEvent("noise", { text: "x".repeat(200_000) });
  await rollcall.close({ deadline: 50 });
  expect(server.connections()).toBe(0);
  await once(createReadStream(join(logDir, "app.jsonl")).resume(), "end");
});
