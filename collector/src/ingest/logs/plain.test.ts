import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  attributes,
  BACKFILL_TOKEN,
  exportLogs,
  INSTALL,
  JSON_TYPE,
  logRecord,
  send,
  startIngest,
  type TestServer,
} from "../server.fixture.ts";
import { readPartialSuccess } from "../status.fixture.ts";

let server: TestServer;
beforeEach(async () => {
  server = await startIngest();
});
afterEach(() => server.close());

const ids = { install_id: INSTALL };
const plain = (fields: Parameters<typeof attributes>[0] = ids, more: object = {}) => ({
  ...{ timeUnixNano: `${Date.now()}000000`, severityNumber: 9 },
  ...{ attributes: attributes(fields), ...more },
});
const sendLogs = (records: object[], headers: Record<string, string> = {}) =>
  send(server, { headers: { ...JSON_TYPE, ...headers }, body: exportLogs(...records) });
const unattributed = { authorization: `Bearer ${BACKFILL_TOKEN}` };

describe("a log record that names no event", () => {
  it("is a plain log, and one that names an event is none", async () => {
    const started = plain(ids, { body: { stringValue: "started" } });
    const named = plain(ids, { body: { stringValue: "timer.started" } });
    const answer = await sendLogs([plain(), started, named, logRecord("timer.started")]);
    expect(answer.status).toBe(200);
    expect(readPartialSuccess(answer)).toEqual({
      rejectedLogRecords: "0",
      errorMessage:
        "Dropped 1 fields of accepted records: field_unknown 1, the field is not in the schema of this event ((body) 1).",
    });
    expect((await server.stored()).tables).toMatchObject({ events: 2, otel_logs: 2 });
  });

  it("that names an event which is not listed is refused as ever", async () => {
    const answer = await sendLogs([
      logRecord("timer.paused"),
      plain({ ...ids, event_name: "a b" }),
    ]);
    expect(readPartialSuccess(answer)).toMatchObject({ rejectedLogRecords: "2" });
    expect((await server.stored()).tables.otel_logs).toBeUndefined();
  });

  it("and no install is kept only where the token allows it", async () => {
    const nobodys = [plain({}), plain({ "service.name": "x" })];
    const answer = await sendLogs(nobodys);
    expect(readPartialSuccess(answer)).toMatchObject({ rejectedLogRecords: "2" });
    expect(readPartialSuccess(answer).errorMessage).toContain("install_id_missing 2");
    expect((await sendLogs(nobodys, unattributed)).status).toBe(200);
    expect((await server.stored()).tables.otel_logs).toBe(2);
  });

  it("and a malformed install id is refused by every token", async () => {
    for (const headers of [{}, unattributed]) {
      const answer = await sendLogs([plain({ install_id: "ann" })], headers);
      expect(readPartialSuccess(answer).errorMessage).toContain("install_id_malformed 1");
    }
  });

  it("counts what its resource and scope lose once, whatever the number of records", async () => {
    const request = {
      resourceLogs: [
        {
          resource: { attributes: attributes({ "host.name": "ann-laptop" }) },
          scopeLogs: [
            {
              scope: { name: "logger", attributes: attributes({ thread_kind: "main" }) },
              logRecords: [plain(), plain(), plain()],
            },
          ],
        },
      ],
    };
    const answer = await send(server, { headers: JSON_TYPE, body: JSON.stringify(request) });
    const { errorMessage } = readPartialSuccess(answer);
    expect(errorMessage).toContain("field_name_pii 1");
    expect(errorMessage).toContain("field_unknown 1");
    expect(errorMessage).toContain("Dropped 2 fields");
  });

  it("that is too old is stored under the time of receipt, which is counted", async () => {
    const old = plain(ids, { timeUnixNano: "1000000000000000000" });
    expect(readPartialSuccess(await sendLogs([old])).errorMessage).toContain("(time) 1");
    expect(JSON.parse((await sendLogs([old], unattributed)).body.toString())).toEqual({});
  });
});

describe("an exception", () => {
  const STACK = "TypeError: Ann\n    at save (/home/ann/app/src/notes.ts:10:4)";
  const told = { ...ids, "exception.type": "TypeError", "exception.stacktrace": STACK };

  it("of a plain log and of an event is a row of its own, reduced", async () => {
    const answer = await sendLogs([plain(told), logRecord("timer.started", told), plain()]);
    expect([answer.status, answer.body.toString()]).toEqual([200, "{}"]);
    const { tables, bytes } = await server.stored();
    expect(tables).toEqual({ events: 1, otel_logs: 2, exceptions: 2 });
    expect(bytes.includes("at save (src/notes.ts:10:4)")).toBe(true);
    expect(bytes.includes("ann")).toBe(false);
    expect(bytes.includes("Ann")).toBe(false);
  });

  it("without a type is none", async () => {
    await sendLogs([plain({ ...ids, "exception.stacktrace": STACK })]);
    expect((await server.stored()).tables).toEqual({ otel_logs: 1 });
  });

  it("of a span is a row for each of its events that tells of one, else for the span", async () => {
    const TRACE = { traceId: "5b8efff798038103d269b633813fc60c", spanId: "eee19b7ec3c1b174" };
    const event = (name: string, fields: Parameters<typeof attributes>[0]) => ({
      ...{ name, timeUnixNano: `${Date.now()}000000`, attributes: attributes(fields) },
    });
    const exception = { "exception.type": "TypeError", "exception.stacktrace": STACK };
    const span = (fields: Parameters<typeof attributes>[0], events: object[]) => ({
      ...{ ...TRACE, name: "GET /", startTimeUnixNano: `${Date.now()}000000` },
      ...{ attributes: attributes(fields), events },
    });
    const spans = [
      span(exception, [event("exception", exception), event("exception", exception)]),
      span(exception, [event("cache.miss", {})]),
      span({}, [event("cache.miss", {})]),
    ];
    const body = JSON.stringify({
      resourceSpans: [{ resource: { attributes: attributes(ids) }, scopeSpans: [{ spans }] }],
    });
    const answer = await send(server, { path: "/v1/traces", headers: JSON_TYPE, body });
    expect(answer.status).toBe(200);
    const { tables, bytes } = await server.stored();
    expect(tables).toMatchObject({ otel_traces: 3, exceptions: 3 });
    expect(bytes.includes("at save (src/notes.ts:10:4)")).toBe(true);
    expect(bytes.includes("/home/ann")).toBe(false);
  });
});
