import { AssertionError } from "node:assert";
import { expect, it } from "vitest";
import { baseRecord, createResource, detailedRecord, encodeLogs } from "../delivery/encode.ts";
import { catalogue } from "../test/catalogue.ts";
import { assertOnlyBase, assertOnlyCatalogue } from "./assertions.ts";
import { decodeOtlp } from "./otlp.ts";
import { recordsOf, type SeenRecord } from "./records.ts";

const INSTALL = "5e0c2a52-3f0f-4b6e-9d5e-0d9c6f5a7b11";
const resource = createResource({
  app: "timetracker",
  version: "5.10.0",
  environment: "production",
});
const report = {
  install_id: INSTALL,
  app_version: "5.10.0",
  platform: "Linux",
  os_version: "6.1.0",
  architecture: "x86_64",
  locale: "en_US",
  timezone: "Europe/Brussels",
  heartbeat_at: "2026-07-01T03:12:00.000Z",
};

function overTheWire(record: Parameters<typeof encodeLogs>[0][number]): SeenRecord[] {
  return recordsOf(decodeOtlp("logs", "application/x-protobuf", encodeLogs([record], resource)));
}
const heartbeat = (fields: Record<string, string> = {}) =>
  overTheWire(baseRecord("base_telemetry.heartbeat", { ...report, ...fields }));
const event = (
  properties: Record<string, string | number | boolean>,
  eventName = "timer.started",
) =>
  overTheWire(
    detailedRecord({
      eventName,
      installId: INSTALL,
      appVersion: "5.10.0",
      identity: "17",
      properties,
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: "b7ad6b7169203331",
    }),
  );

function complaint(act: () => void): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(AssertionError);
    return (error as AssertionError).message;
  }
  return "";
}

it("passes what the client sends", () => {
  assertOnlyBase(heartbeat());
  const listed = event({ project_id: 4, billable: true });
  assertOnlyCatalogue([...heartbeat(), ...listed], catalogue);
  const report = event({ report_type: "weekly", num_rows: 3, ratio: 0.5 }, "report.generated");
  assertOnlyCatalogue(report, catalogue);
});

it.each([
  ["a field that the schema lacks", { hostname: "annas-laptop" }, "hostname: is not a field"],
  ["a kernel's whole name", { os_version: "6.1.0-annas-laptop" }, "os_version: carries more than"],
  ["a platform of no list", { platform: "annas-laptop" }, "platform: is not one of"],
  ["a user", { identity: "annas-laptop" }, "identity: is not a field"],
])("catches %s in a base report, without its value", (_, fields, words) => {
  const message = complaint(() => assertOnlyBase(heartbeat(fields)));
  expect(message).toContain(`base_telemetry.heartbeat: ${words}`);
  expect(message).not.toContain("annas-laptop");
});

it("catches a detailed event where only base may leave", () => {
  const message = complaint(() => assertOnlyBase(event({ project_id: 4 })));
  expect(message).toContain("timer.started: is not an event of the base layer");
});

it("catches an event under the base layer's prefix that is none of its two", () => {
  const [one] = heartbeat() as [SeenRecord];
  const odd = { ...one, eventName: "base_telemetry.users" };
  expect(complaint(() => assertOnlyCatalogue([odd], catalogue))).toContain("base_telemetry.users");
});

it.each([
  ["a property that is not listed", { title: "Secret" }, "title: is not in the catalogue"],
  ["a property of another event", { num_rows: 3 }, "num_rows: is not in the catalogue"],
  ["another type", { billable: "Secret" }, "billable: is of another type"],
  ["an id that is none", { project_id: "Secret" }, "project_id: is out of its bounds"],
  ["a name that the collector would forgive", { user_id: 17 }, "user_id: is not in the catalogue"],
])("catches %s in an event, without its value", (_, properties, words) => {
  const message = complaint(() => assertOnlyCatalogue(event(properties), catalogue));
  expect(message).toContain(`timer.started: ${words}`);
  expect(message).not.toContain("Secret");
});

it("catches an event that is not listed, and a user who is named", () => {
  const unlisted = complaint(() => assertOnlyCatalogue(event({}, "note.written"), catalogue));
  expect(unlisted).toContain("note.written: is not in the catalogue");
  const [one] = event({}) as [SeenRecord];
  const named = { ...one, attributes: { ...one.attributes, identity: "ann@example.org" } };
  const message = complaint(() => assertOnlyCatalogue([named], catalogue));
  expect(message).toContain("timer.started: identity: names a person");
  expect(message).not.toContain("ann@");
});

it.each<[string, Partial<SeenRecord>, string]>([
  ["free text in the body", { body: "Ann logged in" }, "body: is free text"],
  [
    "a resource that names the host",
    { resource: { "host.name": "a" } },
    "host.name of the resource",
  ],
  ["another app's name", { resource: { "service.name": "ann" } }, "service.name of the resource"],
  ["a scope that says something", { scope: "Ann was here" }, "the scope's name"],
  ["anything unknown", { extras: ["field 99 of the record"] }, "field 99 of the record"],
])("catches %s", (_, change, words) => {
  const [one] = event({ project_id: 4 }) as [SeenRecord];
  const message = complaint(() => assertOnlyCatalogue([{ ...one, ...change }], catalogue));
  expect(message).toContain(words);
});

it("says the same leak once, however many records have it", () => {
  const records = Array.from({ length: 50 }, () => event({ title: "x" })).flat();
  const message = complaint(() => assertOnlyCatalogue(records, catalogue));
  expect(message.split("\n")).toHaveLength(2);
});

it("refuses a catalogue with faults", () => {
  const broken = { ...catalogue, version: 0.5 };
  expect(() => assertOnlyCatalogue([], broken)).toThrow("version: found 0.5");
});
