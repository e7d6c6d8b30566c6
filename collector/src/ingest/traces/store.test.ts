import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { compileTable } from "@rollcall/schemas";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { loadConfig } from "../../config.ts";
import { createErasures } from "../../installs/erasures.ts";
import { createSettle } from "../../installs/settle.ts";
import { createSpool, type LoadableSpool } from "../../spool/spool.ts";
import { NOON, silent } from "../../spool/testing.ts";
import { createLoader } from "../../store/load.ts";
import { openTestStore, type TestStore } from "../../store/testing.ts";
import { isProblem } from "../problem.ts";
import { createRandom } from "../random.fixture.ts";
import { createIngestRates } from "../rates.ts";
import { createRecorders } from "../record.ts";
import { attributes } from "../server.fixture.ts";

let opened: TestStore;
const stops: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  opened = await openTestStore();
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
afterAll(() => opened.close());

async function openSpool(name: string): Promise<LoadableSpool> {
  const directory = join(opened.directory, name);
  const spool = await createSpool({ directory, maxBytes: 1e9, minFreeBytes: 0, log: silent });
  stops.push(() => spool.drain());
  return spool;
}

function startLoader(spool: LoadableSpool) {
  const loader = createLoader({ spool, store: opened.store, log: silent });
  loader.start();
  stops.push(() => loader.stop());
  return loader;
}

/** Loads until a step, where the loader stands still for ever, as a dead one does. */
async function loadUntil(spool: LoadableSpool, step: string): Promise<void> {
  stops.push(() => spool.checkpoint.close());
  await new Promise<void>((resolve) => {
    const onStep = (name: string) => {
      if (name !== step) return;
      resolve();
      return new Promise<void>(() => {});
    };
    createLoader({ spool, store: opened.store, log: silent, onStep }).start();
  });
}

/** What an app's sender does: a request of each, acknowledged when it is on disk. */
async function keep(spool: LoadableSpool, app: string, ...requests: object[]): Promise<void> {
  const table = compileTable(app, null);
  const recorders = createRecorders({
    ...{ spool, tables: () => table, userHashKey: Buffer.alloc(32, 7), now: () => NOON },
    rates: createIngestRates(loadConfig({}).recordRates),
  });
  const sender = { app, token: "t1", backfill: false, unattributed: true, recordsPerSecond: null };
  for (const request of requests) {
    const recorded = recorders.traces(Buffer.from(JSON.stringify(request)), "json", sender);
    if (isProblem(recorded)) throw new Error(recorded.fault);
    expect(recorded.tally.refused).toBe(0);
    expect(await spool.commit(recorded.batch)).toBe("committed");
  }
}

const nanos = (ms: number, more = 0n) => String(BigInt(ms) * 1_000_000n + more);
const newTrace = () => randomBytes(16).toString("hex");
const newSpan = () => randomBytes(8).toString("hex");
const exported = (installId: string, spans: object[]) => ({
  resourceSpans: [
    {
      resource: { attributes: attributes(installId === "" ? {} : { install_id: installId }) },
      scopeSpans: [{ spans }],
    },
  ],
});
const span = <More extends object>(more: More = {} as More) => ({
  ...{ traceId: newTrace(), spanId: newSpan(), name: "GET /a" },
  ...{ startTimeUnixNano: nanos(NOON), endTimeUnixNano: nanos(NOON, 5n) },
  ...more,
});

const rows = (sql: string, app: string) =>
  opened.store.query<Record<string, unknown>>(sql, { app });
const COLUMNS = `toString(Timestamp) AS time, TraceId, SpanId, ParentSpanId, TraceState, SpanName, SpanKind,
  ServiceName, ResourceAttributes, ScopeName, ScopeVersion, SpanAttributes, toString(Duration) AS duration,
  StatusCode, StatusMessage, arrayMap(at -> toString(at), Events.Timestamp) AS event_times,
  Events.Name AS event_names, Events.Attributes AS event_attributes, Links.TraceId AS link_traces,
  Links.SpanId AS link_spans, Links.TraceState AS link_states, Links.Attributes AS link_attributes,
  toString(InstallId) AS install`;

describe("a span's row", () => {
  it("holds what may be kept of it, in the shapes that Grafana and HyperDX read", async () => {
    const app = "shape";
    const spool = await openSpool(app);
    const installId = randomUUID();
    const [traceId, spanId, parentSpanId, otherTrace] = [
      newTrace(),
      newSpan(),
      newSpan(),
      newTrace(),
    ];
    const full = span({
      ...{ traceId, spanId, parentSpanId, traceState: "v=1", name: "GET /projects/42", kind: 2 },
      ...{
        startTimeUnixNano: nanos(NOON, 123_457n),
        endTimeUnixNano: nanos(NOON + 2_000, 123_459n),
      },
      attributes: attributes({ "http.method": "GET", "http.target": "/projects/42?name=ann" }),
      events: [
        {
          ...{ timeUnixNano: nanos(NOON, 200_001n), name: "exception" },
          attributes: attributes({ "exception.type": "TypeError", "exception.message": "Ann" }),
        },
        { timeUnixNano: nanos(NOON, 200_002n), name: "For Ann" },
      ],
      links: [
        { traceId: otherTrace, spanId, traceState: "w=1", attributes: attributes({ a: 1n }) },
      ],
      status: { code: 2, message: "Ann's invoice" },
    });
    const request = {
      resourceSpans: [
        {
          resource: {
            attributes: attributes({
              ...{ install_id: installId, "service.name": "web", "service.version": "1.2.3" },
              "host.name": "ann-laptop",
            }),
          },
          scopeSpans: [{ scope: { name: "@otel/http", version: "0.3.0" }, spans: [full] }],
        },
      ],
    };
    await keep(spool, app, request, exported("", [span({ startTimeUnixNano: nanos(NOON + 1) })]));
    await startLoader(spool).idle();
    const [stored, bare] = await rows(
      `SELECT ${COLUMNS} FROM otel_traces WHERE App = {app:String} ORDER BY Timestamp`,
      app,
    );
    expect(stored).toEqual({
      ...{ time: "2100-11-02 12:00:00.000123457", duration: "2000000002" },
      ...{ TraceId: traceId, SpanId: spanId, ParentSpanId: parentSpanId, TraceState: "" },
      ...{ SpanName: "GET /projects/{id}", SpanKind: "Server", ServiceName: "web" },
      ResourceAttributes: { "service.name": "web", "service.version": "1.2.3" },
      ...{ ScopeName: "@otel/http", ScopeVersion: "0.3.0" },
      SpanAttributes: { "http.request.method": "GET" },
      ...{ StatusCode: "Error", StatusMessage: "" },
      event_times: ["2100-11-02 12:00:00.000200001", "2100-11-02 12:00:00.000200002"],
      event_names: ["exception", "(other)"],
      event_attributes: [{ "exception.type": "TypeError" }, {}],
      ...{
        link_traces: [otherTrace],
        link_spans: [spanId],
        link_states: [""],
        link_attributes: [{}],
      },
      install: installId,
    });
    expect(bare).toMatchObject({
      ...{
        install: null,
        ServiceName: "",
        ResourceAttributes: {},
        event_times: [],
        link_traces: [],
      },
      ...{ SpanKind: "Unspecified", StatusCode: "Unset" },
    });
  });

  it("is as it was sent for spans of every size, one request after the other", async () => {
    const app = "many";
    const spool = await openSpool(app);
    const random = createRandom(9);
    const pick = (allowed: Record<string, string>) =>
      attributes(
        Object.fromEntries(
          random.times(4, () => random.pick(Object.entries({ ...allowed, secret: "s" }))),
        ),
      );
    const some = () => pick({ "http.method": "GET", "http.route": "/a", "db.system": "mysql" });
    const happened = () => pick({ "exception.type": "E", "message.type": "SENT" });
    const spans = Array.from({ length: 400 }, (_, at) =>
      span({
        startTimeUnixNano: nanos(NOON, BigInt(at)),
        endTimeUnixNano: nanos(NOON, BigInt(at + random.below(2 ** 31))),
        attributes: some(),
        events: random.times(random.pick([0, 3, 130]), () => ({
          ...{ name: "e", attributes: happened() },
        })),
        links: random.times(random.pick([0, 2, 130]), () => ({
          ...{ traceId: newTrace(), spanId: newSpan(), attributes: some() },
        })),
      }),
    );
    const requests: object[] = [];
    for (let at = 0; at < spans.length; at += 50) {
      requests.push(exported(random.pick(["", randomUUID()]), spans.slice(at, at + 50)));
    }
    await keep(spool, app, ...requests);
    await startLoader(spool).idle();
    const stored = await rows(
      `SELECT SpanId, toString(Duration) AS duration, length(Events.Name) AS events, Links.SpanId AS links,
         arraySum(m -> length(m), Events.Attributes) AS event_attributes,
         length(SpanAttributes) AS attributes
       FROM otel_traces WHERE App = {app:String} ORDER BY Timestamp`,
      app,
    );
    const kept = (list: { key: string }[]) => list.filter(({ key }) => key !== "secret").length;
    expect(stored).toEqual(
      spans.map((sent) => {
        const { events, links } = sent;
        return {
          SpanId: sent.spanId,
          duration: String(BigInt(sent.endTimeUnixNano) - BigInt(sent.startTimeUnixNano)),
          events: Math.min(events.length, 128),
          links: links.slice(0, 128).map(({ spanId }) => spanId),
          event_attributes: events
            .slice(0, 128)
            .reduce((sum, event) => sum + kept(event.attributes), 0),
          attributes: kept(sent.attributes),
        };
      }),
    );
  });
});

/** Two days' spans of two traces, one trace in both. */
function twoDays() {
  const [long, short] = [newTrace(), newTrace()];
  const at = (ms: number, traceId: string) =>
    span({ traceId, startTimeUnixNano: nanos(ms), endTimeUnixNano: nanos(ms + 1) });
  const night = NOON - 13 * 3_600_000;
  return {
    ...{ long, short, night },
    spans: [at(night, long), at(NOON, long), at(NOON + 3_000, long), at(NOON + 1_000, short)],
  };
}

const byTrace = async (app: string) => {
  const found = await rows(
    `SELECT TraceId AS id, toUnixTimestamp(min(Start)) AS start, toUnixTimestamp(max(End)) AS end
     FROM otel_traces_trace_id_ts WHERE App = {app:String} GROUP BY TraceId ORDER BY start`,
    app,
  );
  return found.map(({ id, start, end }) => [id, start, end]);
};
const spanIds = async (app: string) => {
  const found = await rows("SELECT SpanId FROM otel_traces WHERE App = {app:String}", app);
  return found.map(({ SpanId }) => SpanId).sort();
};

describe("spans in the store", () => {
  // Where the loader dies: around each of its steps for traces and those after it.
  const steps = ["read", "stage", "otel_traces", "otel_traces checkpoint", "checkpoint", "delete"];
  it.each(steps)(
    "are there exactly once after a crash before %s, also their times",
    async (step) => {
      const app = `crash ${step}`;
      const spool = await openSpool(app);
      const { long, short, night, spans } = twoDays();
      await keep(
        spool,
        app,
        exported(randomUUID(), spans.slice(0, 2)),
        exported("", spans.slice(2)),
      );
      await spool.seal();
      await loadUntil(spool, step);
      await startLoader(await openSpool(app)).idle();
      expect(await spanIds(app)).toEqual(spans.map(({ spanId }) => spanId).sort());
      const second = (ms: number) => ms / 1_000;
      expect(await byTrace(app)).toEqual([
        [long, second(night), second(NOON + 3_000)],
        [short, second(NOON + 1_000), second(NOON + 1_000)],
      ]);
    },
  );

  it("of an insert of which one day was stored are completed, not repeated", async () => {
    const app = "half";
    const spool = await openSpool(app);
    const { spans } = twoDays();
    await keep(spool, app, exported(randomUUID(), spans));
    await spool.seal();
    await loadUntil(spool, "otel_traces checkpoint");
    await opened.store.command("ALTER TABLE otel_traces DROP PARTITION '2100-11-01'", {
      settings: { mutations_sync: 2 },
    });
    expect(await spanIds(app)).toHaveLength(3);
    await startLoader(await openSpool(app)).idle();
    expect(await spanIds(app)).toEqual(spans.map(({ spanId }) => spanId).sort());
  });

  it("of an erased install are deleted and no more let in; others' and nobody's stay", async () => {
    const app = "erased";
    const spool = await openSpool(app);
    const loader = startLoader(spool);
    const { store } = opened;
    const settle = createSettle(loader, 10_000);
    const erasures = createErasures({ store, loader, settle, log: silent });
    stops.push(() => erasures.stop());
    const [gone, stays] = [randomUUID(), randomUUID()];
    const sent = [gone, stays, ""].map((installId) => ({ installId, spans: [span(), span()] }));
    const requests = sent.map(({ installId, spans }) => exported(installId, spans));
    await keep(spool, app, ...requests);
    await loader.idle();
    expect(await spanIds(app)).toHaveLength(6);
    const receipt = await erasures.erase(app, gone, "install");
    expect(JSON.stringify(receipt)).toContain('"otel_traces":2');
    await keep(spool, app, ...requests);
    await loader.idle();
    const left = sent.slice(1).flatMap(({ spans }) => spans);
    expect(await spanIds(app)).toEqual([...left, ...left].map(({ spanId }) => spanId).sort());
    expect((await byTrace(app)).map(([id]) => id).sort()).toEqual(
      left.map(({ traceId }) => traceId).sort(),
    );
  });
});
