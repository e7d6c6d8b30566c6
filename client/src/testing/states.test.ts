import { AssertionError } from "node:assert";
import { lookup } from "node:dns";
import { connect } from "node:net";
import { expect, it } from "vitest";
import { createRollcall } from "../rollcall.ts";
import { catalogue } from "../test/catalogue.ts";
import { quick } from "../test/start.ts";
import { createLog } from "../test/support.ts";
import { checkConsentStates, type StartInput, type StateName } from "./index.ts";

/** A client as an app would make it, with a queue that a few events fill. */
function startApp({ dataDir, env }: StartInput, tuning: object = {}) {
  const rollcall = createRollcall({
    app: "timetracker",
    version: "5.10.0",
    dataDir,
    catalogue,
    env,
    // What the environment says is also said here, for it is the same collector.
    endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
    token: env.OTEL_EXPORTER_OTLP_TOKEN,
    logger: createLog(),
    delivery: { ...quick, queueRecords: 60, batchRecords: 20, ...tuning },
  });
  return { rollcall, env, dataDir, stop: () => rollcall.close({ deadline: 2_000 }) };
}
type App = ReturnType<typeof startApp>;

/** What the catalogue lists, and much that it does not: all of it meets the guard. */
function useApp({ rollcall }: App): void {
  const loose = rollcall.track as (event: string, properties?: object, options?: object) => void;
  for (let at = 0; at < 10; at += 1) {
    rollcall.track("timer.started", { project_id: at, billable: at % 2 === 0 }, { user: 17 });
    rollcall.track("report.generated", { report_type: "weekly", num_rows: at, ratio: 0.5 });
    loose("timer.started", { title: "Ann's project", email: "ann@example.org" });
    loose("note.written", { text: "Ann was here" }, { user: "ann@example.org" });
    loose("base_telemetry.heartbeat", { hostname: "annas-laptop" });
  }
}

const fast = { catalogue, settleMs: 100, patienceMs: 5_000 };

async function complaint(run: Promise<unknown>): Promise<string> {
  const error = await run.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AssertionError);
  return (error as AssertionError).message;
}

it("finds that the client keeps to the consent in every state", async () => {
  const report = await checkConsentStates({ ...fast, start: startApp, exercise: useApp });
  const of = (state: StateName) => report.find((line) => line.state === state);
  for (const state of ["DO_NOT_TRACK=1", "ROLLCALL=off", "off", "local-only"] as const) {
    expect(of(state)).toMatchObject({ connections: 0, requests: 0, base: 0, detailed: 0 });
  }
  for (const state of ["base", "ENABLE_TELEMETRY=false"] as const) {
    expect(of(state)).toMatchObject({ detailed: 0, leaks: [] });
    expect(of(state)?.base).toBeGreaterThan(0);
  }
  for (const state of ["on", "opt-out"] as const) {
    expect(of(state)?.detailed).toBeGreaterThan(0);
  }
});

it("opts out while the queue is full and a request is in flight", async () => {
  const waiting: number[] = [];
  const start = (given: StartInput) => {
    const app = startApp(given, { queueRecords: 200, batchRecords: 50 });
    const optOut = (who?: string) => {
      waiting.push(records(app));
      const change = app.rollcall.optOut(who);
      waiting.push(records(app));
      return change;
    };
    return { ...app, rollcall: { ...app.rollcall, optOut } };
  };
  const input = { ...fast, states: ["opt-out"] as const, fill: 100, start, exercise: useApp };
  expect(await checkConsentStates(input)).toMatchObject([{ state: "opt-out", leaks: [] }]);
  const [before, after] = waiting;
  expect(before).toBeGreaterThan(200);
  expect(after).toBe(0);
});

const records = ({ rollcall }: App) =>
  rollcall.state().sinks.reduce((sum, { queue }) => sum + queue.records, 0);

it.each<[string, StateName, (app: App) => unknown, string]>([
  ["a raw socket", "off", () => connect(1, "127.0.0.1").on("error", () => {}), "127.0.0.1:1"],
  ["a look-up", "local-only", () => lookup("leak.invalid", () => {}), "a look-up of leak.invalid"],
  [
    "a tracker that ignores DO_NOT_TRACK",
    "DO_NOT_TRACK=1",
    ({ env }) => fetch(`${env.OTEL_EXPORTER_OTLP_ENDPOINT}/collect?user=ann`).catch(() => {}),
    "a GET request that is no telemetry",
  ],
  [
    "an unlisted property in a request made by hand",
    "on",
    (app) => sendByHand(app, "timer.started", { title: { stringValue: "Secret" } }),
    "timer.started: title: is not in the catalogue",
  ],
  [
    "an unlisted event in a request made by hand",
    "on",
    (app) => sendByHand(app, "note.written", {}),
    "note.written: is not in the catalogue",
  ],
  [
    "a detailed event before anybody opted in",
    "base",
    (app) => sendByHand(app, "timer.started", { project_id: { intValue: "4" } }),
    "timer.started: is not an event of the base layer",
  ],
  [
    "events that go on after the opt-out",
    "opt-out",
    (app) => sendByHand(app, "timer.started", { project_id: { intValue: "4" } }),
    "timer.started: sent after the opt-out",
  ],
  [
    "a header",
    "on",
    (app) => sendByHand(app, "timer.started", {}, { "x-user": "ann" }),
    "the header x-user",
  ],
])("catches %s", async (_, state, leak, words) => {
  const exercise = async (app: App) => {
    useApp(app);
    await leak(app);
  };
  const run = checkConsentStates({ ...fast, states: [state], fill: 1, start: startApp, exercise });
  const message = await complaint(run);
  expect(message).toContain(`[${state}] `);
  expect(message).toContain(words);
  expect(message).not.toMatch(/ann|Secret/);
});

it("catches an app that sends later what it recorded before the opt-in", async () => {
  const old = Date.now() - 60_000;
  const message = await complaint(
    checkConsentStates({
      ...fast,
      states: ["opt-out"],
      fill: 1,
      start: startApp,
      exercise: async (app) => {
        useApp(app);
        await sendByHand(app, "timer.started", {}, {}, old);
      },
    }),
  );
  expect(message).toContain("timer.started: recorded before the opt-in");
});

it("does not pass an app that records nothing", async () => {
  const run = checkConsentStates({ ...fast, patienceMs: 200, start: startApp, exercise: () => {} });
  expect(await complaint(run)).toContain("so that the other states prove nothing");
});

it("gives the environment back as it was, also when the app fails to start", async () => {
  process.env.DO_NOT_TRACK = "mine";
  const start = () => {
    expect(process.env.DO_NOT_TRACK).toBeUndefined();
    throw new Error("no database");
  };
  const run = checkConsentStates({ ...fast, states: ["on"], start, exercise: () => {} });
  await expect(run).rejects.toThrow("no database");
  expect(process.env.DO_NOT_TRACK).toBe("mine");
  delete process.env.DO_NOT_TRACK;
});

/** OTLP without the client, as a careless developer would send it. */
async function sendByHand(
  app: App,
  eventName: string,
  properties: Record<string, object>,
  headers: Record<string, string> = {},
  time = Date.now(),
): Promise<void> {
  const attributes = Object.entries(properties).map(([key, value]) => ({ key, value }));
  const logRecords = [{ eventName, timeUnixNano: `${time}000000`, attributes }];
  const request = fetch(`${app.env.OTEL_EXPORTER_OTLP_ENDPOINT}/v1/logs`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }),
  });
  // Nobody waits for the answer: the collector may hold it.
  request.catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 20));
}
