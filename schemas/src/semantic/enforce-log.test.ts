import { beforeEach, describe, expect, it } from "vitest";
import { type AttributeList, type AttributeValue, Kind, pushAttribute } from "../attributes.ts";
import type { Catalogue } from "../catalogue.ts";
import { createIncomingRecord } from "../record.ts";
import { compileTable } from "../table.ts";
import { keptValue } from "./enforce-attributes.ts";
import { createEnforcedLog, enforceLog, type IncomingPlainLog } from "./enforce-log.ts";
import { createEnforcedResource, enforceResource } from "./enforce-resource.ts";

const INSTALL = "0b9c7a1e-1111-4222-8333-abcdefabcdef";
const OTHER = "0b9c7a1e-2222-4222-8333-abcdefabcdef";
const about = { description: "d", reason: "r", owner: "o", since: "1.0" };
const catalogue: Catalogue = {
  ...{ app: "notes", version: 1 },
  events: [{ ...about, name: "note.saved", properties: {} }],
  attributes: { "note.kind": { type: "enum", values: ["plain"], description: "d" } },
  logs: { templates: ["Export {export_id} took {seconds} s"] },
  exceptions: { messages: ["Row {row_id} is locked"] },
};
const table = compileTable("notes", catalogue);
const out = createEnforcedLog();
const resource = createEnforcedResource();
let log: IncomingPlainLog;

beforeEach(() => {
  log = { ...createIncomingRecord(), severityNumber: 0, severityText: "", flags: 0 };
});

function attributes(values: Record<string, AttributeValue>, list: AttributeList): void {
  for (const [key, value] of Object.entries(values)) {
    const number = Number.isInteger(value) ? Kind.Integer : Kind.Double;
    const kind = typeof value === "string" ? Kind.String : number;
    pushAttribute(list, key, kind, value);
  }
}
const run = (on = table) => {
  enforceResource(on.signal, log.resource, resource);
  return enforceLog(on, log, resource, out);
};
const drops = () =>
  Object.fromEntries(
    out.droppedFields.slice(0, out.dropped).map((field, at) => [field, out.droppedReasons[at]]),
  );
const kept = () =>
  Object.fromEntries(
    out.attributes.keys
      .slice(0, out.attributes.length)
      .map((key, at) => [key, out.attributes.values[at]]),
  );

describe("a plain log", () => {
  it("keeps what is listed and drops the rest by name", () => {
    log.body = "Export 42 took 1.5 s";
    Object.assign(log, { severityNumber: 13, severityText: "warning", flags: 0x101 });
    log.traceId = "AB".repeat(16);
    attributes(
      { "http.route": "/notes/17", "note.kind": "plain", note_text: "Ann", "user.id": "7" },
      log.attributes,
    );
    expect(run()).toBeNull();
    expect(out).toMatchObject({
      ...{ body: "Export {export_id} took {seconds} s", severityNumber: 13 },
      ...{ severityText: "WARN", flags: 1, traceId: "ab".repeat(16), spanId: "" },
    });
    expect(kept()).toEqual({ "http.route": "/notes/{id}", "note.kind": "plain" });
    expect(drops()).toEqual({ note_text: "field_unknown", "user.id": "field_unknown" });
  });

  it.each(["Ann signed in from 10.0.0.1", "Export Ann took 1.5 s", "started"])(
    "loses the body %j, which is counted",
    (body) => {
      log.body = body;
      expect(run()).toBeNull();
      expect([out.body, drops()]).toEqual(["", { "(body)": "field_unknown" }]);
    },
  );

  it("loses a body that is no text, and any body where there is no catalogue", () => {
    log.hasOtherBody = true;
    expect(run()).toBeNull();
    expect(drops()).toEqual({ "(body)": "field_unknown" });
    log.hasOtherBody = false;
    log.body = "Export 42 took 1.5 s";
    expect(run(compileTable("notes", null))).toBeNull();
    expect([out.body, drops()]).toEqual(["", { "(body)": "field_unknown" }]);
  });

  it.each([
    ["warning", 0, "WARN", 0],
    ["CRITICAL", 17, "ERROR2", 17],
    ["", 9, "INFO", 9],
    ["", 24, "FATAL4", 24],
    ["", 25, "", 0],
    ["", -1, "", 0],
    ["", 0, "", 0],
    ["debug2", 6, "DEBUG2", 6],
  ])("called %j with the number %i is %j", (text, number, name, keptNumber) => {
    Object.assign(log, { severityNumber: number, severityText: text });
    expect(run()).toBeNull();
    expect([out.severityText, out.severityNumber, out.dropped]).toEqual([name, keptNumber, 0]);
  });

  it("is called by its number where its name is none", () => {
    Object.assign(log, { severityNumber: 9, severityText: "Ann's level" });
    expect(run()).toBeNull();
    expect(out.severityText).toBe("INFO");
    expect(drops()).toEqual({ "(severity_text)": "value_not_listed" });
  });

  it("tells of an exception by its class, its frames and a message that is listed", () => {
    const stack =
      "TypeError: Ann is locked\n    at save (/home/ann/app/src/notes.ts:10:4)\n    at /srv/x/dist/main.js:1:2";
    attributes(
      {
        "exception.type": "TypeError",
        "exception.stacktrace": stack,
        "exception.message": "Row 42 is locked",
      },
      log.attributes,
    );
    expect(run()).toBeNull();
    expect(kept()).toEqual({
      "exception.type": "TypeError",
      "exception.stacktrace": "at save (src/notes.ts:10:4)\nat <anonymous> (dist/main.js:1:2)",
      "exception.message": "Row {row_id} is locked",
    });
    log.attributes.length = 0;
    attributes({ "exception.message": "Ann is locked" }, log.attributes);
    expect(run()).toBeNull();
    expect([kept(), drops()]).toEqual([{}, { "exception.message": "value_not_listed" }]);
  });
});

describe("whose it is", () => {
  it("says the record, else its resource, else nobody", () => {
    expect(run()).toBeNull();
    expect(out.installId).toBe("");
    attributes({ "service.instance.id": OTHER, "service.version": "2.0.0" }, log.resource);
    expect(run()).toBeNull();
    expect([out.installId, out.appVersion]).toEqual([OTHER, "2.0.0"]);
    attributes({ install_id: INSTALL.toUpperCase(), app_version: "2.1.0" }, log.attributes);
    expect(run()).toBeNull();
    expect([out.installId, out.appVersion]).toEqual([INSTALL, "2.1.0"]);
    expect(keptValue(out.attributes, "install_id")).toBe("");
  });

  it.each(["ann", "", `${INSTALL}0`])("cannot be read where the id is %j", (id) => {
    const refusal = { reason: "install_id_malformed", event: "(log)", field: "install_id" };
    attributes({ install_id: id }, log.attributes);
    expect(run()).toEqual(refusal);
    log.attributes.length = 0;
    attributes({ install_id: id }, log.resource);
    expect(run()).toEqual(refusal);
    attributes({ install_id: INSTALL }, log.attributes);
    expect(run()).toBeNull();
  });
});

describe("personal data in every field", () => {
  const PLANTED = [
    "ann@example.org",
    // Four numbers alone may be a version.
    "10.20.30.40:8080",
    "https://ann.example.org/a?b=c",
    "/home/ann/notes",
    "Mozilla/5.0 (X11; Linux x86_64)",
    "SELECT * FROM notes WHERE owner = 'Ann'",
  ];
  const keys = ["exception.type", "exception.stacktrace", "exception.message", "http.route"].concat(
    ["note.kind", "code.function.name", "error.type", "db.operation.name", "url.template"],
    ["service.name", "app_version", "rpc.method", "messaging.destination.name"],
  );

  it.each(PLANTED)("is not kept: %s", (secret) => {
    Object.assign(log, { body: secret, severityText: secret, severityNumber: 9 });
    Object.assign(log, { traceId: secret, spanId: secret });
    for (const key of [...keys, secret]) {
      pushAttribute(log.attributes, key, Kind.String, secret);
      pushAttribute(log.resource, key, Kind.String, secret);
    }
    expect(run()).toBeNull();
    const stored = JSON.stringify({ out, resource });
    expect(stored).not.toContain(secret);
    expect(out.dropped).toBeGreaterThan(8);
    expect(Object.values(kept()).join()).not.toMatch(/\bann\b/i);
  });

  it("is found where it is: the control", () => {
    attributes({ "code.function.name": "planted_control" }, log.attributes);
    expect(run()).toBeNull();
    expect(JSON.stringify(out)).toContain("planted_control");
  });
});
