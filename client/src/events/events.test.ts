import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Context,
  type ContextManager,
  context,
  ROOT_CONTEXT,
  trace,
} from "@opentelemetry/api";
import { AlwaysOffSampler, AlwaysOnSampler, TracerProvider } from "@opentelemetry/sdk-trace";
import { expect, onTestFinished, test } from "vitest";
import type { Recording } from "../consent/consent.ts";
import type { OutgoingRecord } from "../delivery/encode.ts";
import { fingerprint } from "../installation/fingerprint.ts";
import { createJournal } from "../journal/journal.ts";
import { catalogue } from "../test/catalogue.ts";
import { createLog, temporaryDirectory } from "../test/support.ts";
import { createRecorder, type RecorderInput } from "./events.ts";
import { createGuard } from "./guard.ts";

const INSTALL = "5e0c2a52-3f0f-4b6e-9d5e-0d9c6f5a7b11";
const PRINT = fingerprint(INSTALL, "0".repeat(64));
const UID = expect.stringMatching(/^[0-9a-f-]{36}$/);

function make(recording: Recording, more: Partial<RecorderInput> = {}) {
  const log = createLog();
  const journal = createJournal({ directory: temporaryDirectory(), log });
  onTestFinished(() => journal.close());
  const sent: OutgoingRecord[] = [];
  const guard = createGuard("timetracker", catalogue, log, (what) => journal.refused(what));
  const recorder = createRecorder({
    appVersion: "5.10.0",
    installId: () => INSTALL,
    fingerprint: () => PRINT,
    recording: () => recording,
    guard: () => guard,
    accept: (record) => sent.push(record),
    journal,
    log,
    ...more,
  });
  const unsent = async () => {
    await journal.flush();
    return journal.readUnsent();
  };
  return { recorder, sent, log, unsent };
}

test("an event that may be sent goes to the queue with its envelope, and nowhere else", async () => {
  const { recorder, sent, unsent } = make("send");
  recorder.track("timer.started", { project_id: 4, billable: true }, { user: 17 });
  expect(sent).toEqual([
    {
      layer: "detailed",
      eventName: "timer.started",
      time: expect.any(Number),
      attributes: {
        project_id: 4,
        billable: true,
        install_id: INSTALL,
        app_version: "5.10.0",
        identity: "17",
        "log.record.uid": UID,
      },
    },
  ]);
  expect(await unsent()).toEqual([]);
});

test("in local-only mode the record stands in the transparency log, and goes nowhere else", async () => {
  const { recorder, sent, unsent } = make("local");
  recorder.track("timer.started", { project_id: 4, title: "Lunch with Ann" }, { user: 17 });
  expect(sent).toEqual([]);
  expect(await unsent()).toMatchObject(
    [
      { kind: "refused", event: "timer.started", field: "title", reason: "field_unknown" },
      {
        kind: "held",
        signal: "event",
        name: "timer.started",
        content: { project_id: 4, install_id: INSTALL, identity: "17", "log.record.uid": UID },
      },
    ].reverse(),
  );
  expect(JSON.stringify(await unsent())).not.toContain("Ann");
});

test("nothing at all is made of an event while off, without an identity or without a guard", async () => {
  for (const made of [
    make("none"),
    make("send", { installId: () => "" }),
    make("send", { guard: () => null }),
  ]) {
    made.recorder.track("timer.started", { project_id: 4, title: "x" });
    expect(made.sent).toEqual([]);
    expect(await made.unsent()).toEqual([]);
    expect(made.log.lines).toEqual([]);
  }
});

test("what is refused or dropped is in the transparency log, and in the app's log once a name", async () => {
  const { recorder, sent, log, unsent } = make("send");
  for (let i = 0; i < 3; i += 1) {
    recorder.track("timer.started", { project_id: "ann@example.org", note: "secret" });
    recorder.track("timer.exploded", { project_id: 4 });
  }
  expect(sent).toHaveLength(3);
  expect(log.lines.filter(({ level }) => level === "warn")).toHaveLength(3);
  const names = (await unsent()).map(
    (entry) => entry.kind === "refused" && [entry.event, entry.field, entry.reason],
  );
  expect(names).toEqual(
    expect.arrayContaining([
      ["timer.started", "project_id", "value_malformed"],
      ["timer.started", "note", expect.any(String)],
      ["timer.exploded", "event_name", "event_unlisted"],
    ]),
  );
  expect(JSON.stringify([log.lines, await unsent()])).not.toMatch(/ann@|secret/);
});

test("names without end are cut before they are remembered and logged", () => {
  const { recorder, log } = make("send");
  const long = "x".repeat(100_000);
  recorder.track(`evil.${long}`);
  recorder.track("timer.started", { project_id: 4, [`k${long}`]: 1 });
  expect(log.lines).toHaveLength(2);
  expect(log.text().length).toBeLessThan(1_000);
});

test("an event of the client's own that the app does not list is left out without a word", async () => {
  const { recorder, sent, log, unsent } = make("send");
  recorder.own("telemetry.health", {}, "install");
  recorder.own("$pageview", { pathname: "/clients/ann" }, { user: "17" });
  expect(sent).toEqual([]);
  expect(log.lines).toEqual([]);
  expect(await unsent()).toEqual([]);
});

test("a getter that throws is the app's, and costs one event", () => {
  const { recorder, sent, log } = make("send");
  const trap = {
    get project_id(): number {
      throw new TypeError("Lunch with Ann");
    },
  };
  recorder.track("timer.started", trap);
  recorder.track("timer.started", trap);
  recorder.track("timer.started");
  expect(sent).toHaveLength(1);
  expect(log.lines).toHaveLength(1);
  expect(log.text()).not.toContain("Ann");
});

/** What an app's OpenTelemetry SDK sets up. */
function useContext(): void {
  const store = new AsyncLocalStorage<Context>();
  const manager: ContextManager = {
    active: () => store.getStore() ?? ROOT_CONTEXT,
    with: (now, work, self, ...args) => store.run(now, () => work.apply(self, args)),
    bind: (_, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  context.setGlobalContextManager(manager);
  onTestFinished(() => context.disable());
}

test.each([
  ["kept", new AlwaysOnSampler()],
  ["left out", new AlwaysOffSampler()],
])("an event inside a span that is %s carries its trace and span id", (_, sampler) => {
  useContext();
  const { recorder, sent } = make("send");
  const tracer = new TracerProvider({ sampler }).getTracer("app");
  const span = tracer.startSpan("request");
  context.with(trace.setSpan(ROOT_CONTEXT, span), () => recorder.track("timer.started"));
  recorder.track("timer.started");
  const { traceId, spanId } = span.spanContext();
  expect(sent[0]).toMatchObject({ traceId, spanId });
  expect(sent[0]?.attributes).not.toHaveProperty("trace_id");
  expect(sent[1]).not.toHaveProperty("traceId");
});
