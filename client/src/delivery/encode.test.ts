import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeRequest } from "../test/decode.ts";
import { CLIENT_VERSION } from "../version.ts";
import { baseRecord, createResource, detailedRecord, encodeLogs } from "./encode.ts";
import { journalItem } from "./journal-item.ts";

const INSTALL = "5e0c2a52-3f0f-4b6e-9d5e-0d9c6f5a7b11";
const UUID = /^stringValue [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const resource = createResource({ app: "timetracker", version: "5.10.0", environment: "test" });

test("an independent decoder reads a detailed record back field by field", () => {
  const record = detailedRecord({
    eventName: "timer.stopped",
    installId: INSTALL,
    appVersion: "5.10.0",
    identity: "17",
    properties: { project_id: 4, billable: true, ratio: 0.25, owed: -3, report_type: "weekly" },
    time: 1_790_000_000_123,
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
  });
  const decoded = decodeRequest(encodeLogs([record], resource));
  expect(decoded.resources).toEqual([
    {
      "service.name": "stringValue timetracker",
      "service.version": "stringValue 5.10.0",
      "deployment.environment": "stringValue test",
    },
  ]);
  expect(decoded.records).toEqual([
    {
      eventName: "timer.stopped",
      time: "1790000000123000000",
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: "b7ad6b7169203331",
      attributes: {
        project_id: "intValue 4",
        billable: "boolValue true",
        ratio: "doubleValue 0.25",
        owed: "intValue -3",
        report_type: "stringValue weekly",
        install_id: `stringValue ${INSTALL}`,
        app_version: "stringValue 5.10.0",
        identity: "stringValue 17",
        "log.record.uid": expect.stringMatching(UUID),
      },
    },
  ]);
});

test("properties cannot stand in for the envelope", () => {
  const { attributes } = detailedRecord({
    eventName: "timer.started",
    installId: INSTALL,
    appVersion: "5.10.0",
    properties: { install_id: "another", "log.record.uid": "same", app_version: "0" },
  });
  expect(attributes.install_id).toBe(INSTALL);
  expect(attributes.app_version).toBe("5.10.0");
  expect(attributes["log.record.uid"]).not.toBe("same");
});

test("what no user did goes out under the install's fingerprint", () => {
  const fingerprint = "ab".repeat(32);
  const ping = { eventName: "telemetry.health", installId: INSTALL, appVersion: "5.10.0" };
  expect(detailedRecord({ ...ping, fingerprint }).attributes).toMatchObject({
    identity: fingerprint,
    telemetry_fingerprint: fingerprint,
  });
  const byUser = detailedRecord({ ...ping, fingerprint, identity: "17" });
  expect(byUser.attributes.identity).toBe("17");
  expect(detailedRecord(ping).attributes).not.toHaveProperty("identity");
});

test("the request that an event came from stays here", () => {
  const record = detailedRecord({
    eventName: "timer.started",
    installId: INSTALL,
    appVersion: "5.10.0",
    requestId: "request-4711",
  });
  expect(journalItem(record, resource).requestId).toBe("request-4711");
  expect(Buffer.from(encodeLogs([record], resource)).includes("4711")).toBe(false);
});

test("the journal shows a record with every field that is sent", () => {
  const trace = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
  const record = detailedRecord({
    eventName: "timer.started",
    installId: INSTALL,
    appVersion: "5.10.0",
    properties: { project_id: 4 },
    ...trace,
  });
  const { records, resources } = decodeRequest(encodeLogs([record], resource));
  const { name, content } = journalItem(record, resource);
  expect(name).toBe(records[0]?.eventName);
  const sent = { ...resources[0], ...records[0]?.attributes };
  const { trace_id, span_id, ...fields } = content;
  const shown = Object.entries(fields).map(([key, value]) => [
    key,
    `${typeof value === "number" ? "intValue" : "stringValue"} ${value}`,
  ]);
  expect(Object.fromEntries(shown)).toEqual(sent);
  expect({ trace_id, span_id }).toEqual({ trace_id: trace.traceId, span_id: trace.spanId });
});

test("records of many installs share one resource and scope block, each with its own uid", () => {
  const records = Array.from({ length: 100 }, (_, i) =>
    baseRecord("base_telemetry.heartbeat", { install_id: `install ${i}` }),
  );
  const decoded = decodeRequest(encodeLogs(records, resource));
  expect(decoded.resources).toHaveLength(1);
  expect(decoded.scopes).toEqual([{ name: "rollcall.client", version: CLIENT_VERSION }]);
  expect(decoded.records.map(({ attributes }) => attributes.install_id)).toEqual(
    records.map((_, i) => `stringValue install ${i}`),
  );
  const uids = decoded.records.map(({ attributes }) => attributes["log.record.uid"]);
  expect(new Set(uids).size).toBe(100);
});

test("times survive to the millisecond, after 2038 too", () => {
  for (const time of [1, 999, 1_790_000_000_001, 2_300_000_000_999]) {
    const record = baseRecord("base_telemetry.heartbeat", {}, time);
    const decoded = decodeRequest(encodeLogs([record], resource));
    expect(decoded.records[0]?.time).toBe(String(BigInt(time) * 1_000_000n));
  }
});

test("text outside ASCII and of any length arrives unchanged", () => {
  const properties = { word: "größe 時間 🕰", long: "x".repeat(70_000) };
  const record = detailedRecord({ eventName: "a.b", installId: "", appVersion: "", properties });
  const { attributes } = decodeRequest(encodeLogs([record], resource)).records[0]!;
  expect(attributes.word).toBe("stringValue größe 時間 🕰");
  expect(attributes.long).toBe(`stringValue ${properties.long}`);
});

test("no records encode to no bytes", () => {
  expect(encodeLogs([], resource).byteLength).toBe(0);
});

test("the version on the wire is the package's", () => {
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  expect(JSON.parse(manifest).version).toBe(CLIENT_VERSION);
});
