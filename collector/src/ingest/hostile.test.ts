import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  attributes,
  BEARER,
  exportLogs,
  INSTALL,
  JSON_TYPE,
  logRecord,
  send,
  sendRecords,
  startIngest,
  type TestServer,
} from "./server.fixture.ts";
import { readPartialSuccess, readStatus } from "./status.fixture.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startIngest();
});
afterAll(() => server.close());

const messageOf = async (...records: object[]) => {
  const answer = await sendRecords(server, ...records);
  expect(answer.status).toBe(200);
  return readPartialSuccess(answer)?.errorMessage ?? "";
};

describe("hostile input", () => {
  it("of 10,000 nested levels is a 400 and no stack overflow", async () => {
    for (const body of [
      "[".repeat(10_000) + "]".repeat(10_000),
      `{"resourceLogs":${'[{"a":'.repeat(10_000)}1${"}]".repeat(10_000)}}`,
    ]) {
      const answer = await send(server, { headers: JSON_TYPE, body });
      expect([answer.status, readStatus(answer).code]).toEqual([400, 3]);
    }
  });

  it("of blank lines and SQL stays data: it is dropped and counted, never stored", async () => {
    const sql = "1\n\nDROP TABLE events;--`";
    const message = await messageOf(
      logRecord("timer.started", { project_id: sql, note: sql, [sql]: "x", amount: 1.5 }),
    );
    expect(message).toContain("(malformed)");
    expect(message).not.toContain("DROP");
    const { bytes } = await server.stored();
    expect(bytes.includes("DROP TABLE")).toBe(false);
  });

  it("with an e-mail as a field's name counts it under no name", async () => {
    const message = await messageOf(logRecord("timer.started", { "jane@example.com": 1n }));
    expect(message).toContain("(malformed)");
    expect(message).not.toContain("jane");
    expect((await server.stored()).bytes.includes("jane")).toBe(false);
  });

  it("with an e-mail or SQL as the event's name is refused without repeating it", async () => {
    const message = await messageOf(logRecord("jane@example.com"), logRecord("a';DROP TABLE x"));
    expect(message).toContain("event_name_malformed 2");
    expect(message).not.toMatch(/jane|DROP/);
    expect((await server.stored()).bytes.includes("jane")).toBe(false);
  });

  it("on a base event drops every foreign field and keeps the record", async () => {
    const before = await server.stored();
    const message = await messageOf(
      logRecord("base_telemetry.heartbeat", { platform: "Linux", project_id: 7n, hostname: "nas" }),
    );
    expect(message).toContain("Dropped 2 fields");
    expect((await server.stored()).heartbeats).toBe(before.heartbeats + 1);
  });

  it("as an unknown base event is refused", async () => {
    expect(await messageOf(logRecord("base_telemetry.extra"))).toContain("event_name_reserved 1");
  });

  it("without an install id, or with a malformed one, is refused", async () => {
    const record = (install: string) => ({
      body: { stringValue: "timer.started" },
      attributes: attributes(install === "" ? {} : { install_id: install }),
    });
    const message = await messageOf(record(""), record("42"), record(`${INSTALL}' OR 1=1`));
    expect(message).toContain("install_id_missing 1");
    expect(message).toContain("install_id_malformed 2");
  });

  it("from 1970 and 2200 is kept under the received time", async () => {
    const before = await server.stored();
    await messageOf(
      logRecord("timer.started", {}, 1),
      logRecord("timer.started", {}, Date.UTC(2200, 0, 1)),
      { ...logRecord("timer.started"), timeUnixNano: "18446744073709551615" },
    );
    expect((await server.stored()).events).toBe(before.events + 3);
  });

  it("with lone surrogates, NUL, NaN and huge numbers is answered like any other", async () => {
    const before = await server.stored();
    const body =
      '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"timer.started"},' +
      `"attributes":[{"key":"install_id","value":{"stringValue":"${INSTALL}"}},` +
      '{"key":"project_id","value":{"intValue":9007199254740993}},' +
      '{"key":"amount","value":{"doubleValue":"NaN"}},' +
      '{"key":"\\ud800","value":{"stringValue":"\\udfff\\u0000"}}]}]}]}]}';
    const answer = await send(server, { headers: JSON_TYPE, body });
    expect(answer.status).toBe(200);
    const { errorMessage } = readPartialSuccess(answer);
    expect(errorMessage).toContain("value_malformed 1");
    const stored = await server.stored();
    expect(stored.events).toBe(before.events + 1);
    expect(stored.bytes.includes("9007199254740993")).toBe(true);
  });

  it("with __proto__ and constructor as keys and names pollutes nothing", async () => {
    const message = await messageOf(
      logRecord("timer.started", { ["__proto__"]: "x", constructor: "y", "a.__proto__": 1n }),
      logRecord("__proto__"),
      logRecord("constructor"),
    );
    expect(message).toContain("Refused 2 of 3");
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it("of ten thousand made-up names is counted under a bounded number of them", async () => {
    const fresh = await startIngest();
    const records = Array.from({ length: 10_000 }, (_, at) => logRecord(`made.up_${at}`));
    // Within the size limit of one request.
    for (let at = 0; at < records.length; at += 2_500) {
      const answer = await sendRecords(fresh, ...records.slice(at, at + 2_500));
      expect(readPartialSuccess(answer).rejectedLogRecords).toBe("2500");
      expect(answer.body.length).toBeLessThan(2_000);
    }
    const { refusals } = await fresh.stored();
    expect(refusals).toBeGreaterThan(100);
    expect(refusals).toBeLessThan(5_000);
    await fresh.close();
  });

  it("sees the identity hashed and never stored", async () => {
    await messageOf(logRecord("timer.started", { identity: "user-4711-identity", project_id: 1n }));
    expect((await server.stored()).bytes.includes("4711")).toBe(false);
  });
});

describe("the log", () => {
  it("names method, route, status and request id and nothing else of a request", async () => {
    server.logLines.length = 0;
    const id = "0123456789abcdef0123456789abcdef";
    await send(server, {
      path: "/v1/logs?user=jane@example.com",
      headers: {
        ...JSON_TYPE,
        ...BEARER,
        "x-forwarded-for": "203.0.113.77",
        forwarded: "for=203.0.113.77",
        "user-agent": "jane-agent",
        "x-request-id": id,
      },
      body: exportLogs(logRecord("timer.started", { note: "jane@example.com" })),
    });
    await send(server, { path: "/v1/jane@example.com", headers: JSON_TYPE, body: "{}" });
    await send(server, { headers: JSON_TYPE, body: '{"resourceLogs": jane@example.com' });
    await send(server, { headers: { ...JSON_TYPE, authorization: "Bearer jane" }, body: "{}" });
    const lines = server.logLines.map((line) => JSON.parse(line));
    const text = server.logLines.join("");
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatchObject({
      requestId: id,
      req: { method: "POST", route: "/v1/logs" },
      res: { statusCode: 200 },
    });
    expect(lines[1]).toMatchObject({ req: { route: "(none)" }, res: { statusCode: 404 } });
    expect(text).not.toMatch(/jane|203\.0|127\.0\.0\.1|remoteAddress|Bearer|\?/);
  });

  it("does not take a request id that could say something", async () => {
    server.logLines.length = 0;
    await send(server, {
      headers: { ...JSON_TYPE, "x-request-id": "jane@example.com" },
      body: "{}",
    });
    expect(JSON.parse(server.logLines[0] as string).requestId).toMatch(/^[0-9a-f-]{36}$/);
  });
});
