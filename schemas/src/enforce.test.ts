import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { type AttributeValue, Kind, pushAttribute } from "./attributes.ts";
import type { Catalogue } from "./catalogue.ts";
import { enforce, PLAIN_LOG, type PlainLog, refusedVersion } from "./enforce.ts";
import { createEnforcedRecord, createIncomingRecord, type Refusal } from "./record.ts";
import { compileTable, type DecisionTable } from "./table.ts";

const file = new URL("../catalogues/timetracker.json", import.meta.url);
const catalogue: Catalogue = JSON.parse(readFileSync(file, "utf8"));
const table = compileTable("timetracker", catalogue);
const INSTALL = "0b9c7a1e-1111-4222-8333-abcdefabcdef";
const FINGERPRINT = "ab".repeat(32);

const record = createIncomingRecord();
const out = createEnforcedRecord();

beforeEach(() => {
  Object.assign(record, createIncomingRecord());
});

/** JavaScript values as the time tracker encodes them: whole numbers are integers, null is the word None. */
function kindOf(value: unknown): Kind {
  if (typeof value === "boolean") return Kind.Boolean;
  if (typeof value === "bigint") return Kind.Integer;
  if (typeof value === "number") return Number.isInteger(value) ? Kind.Integer : Kind.Double;
  return typeof value === "string" ? Kind.String : Kind.Map;
}
function attributes(values: Record<string, AttributeValue>, list = record.attributes): void {
  for (const [key, value] of Object.entries(values)) pushAttribute(list, key, kindOf(value), value);
}
function run(on: DecisionTable = table): Refusal | PlainLog | null {
  return enforce(on, record, out);
}
function drops(): Record<string, string> {
  return Object.fromEntries(
    out.droppedFields
      .slice(0, out.dropped)
      .map((field, at) => [field, out.droppedReasons[at] ?? ""]),
  );
}
function properties(): Record<string, string> {
  const keys = out.propertyKeys.slice(0, out.properties);
  return Object.fromEntries(keys.map((key, at) => [key, out.propertyValues[at] ?? ""]));
}
function numbers(): Record<string, number> {
  const keys = out.numberKeys.slice(0, out.numbers);
  return Object.fromEntries(keys.map((key, at) => [key, out.numberValues[at] ?? 0]));
}

const DETAILED = {
  install_id: INSTALL,
  telemetry_fingerprint: FINGERPRINT,
  environment: "production",
  app_version: "5.10.0",
  deployment_method: "docker",
};

function timeTracker(name: string, values: Record<string, AttributeValue>, identity = "7"): void {
  record.body = name;
  attributes({ event_name: name, identity, detailed: true, event_category: "timer" });
  attributes(values);
  attributes(
    {
      "service.name": "timetracker",
      "service.version": "5.10.0",
      "deployment.environment": "production",
    },
    record.resource,
  );
}

describe("the time tracker, unchanged", () => {
  it("keeps an event and drops its content, each field by name", () => {
    timeTracker("quote.sent", {
      quote_id: 12,
      quote_title: "A new kitchen for Ann",
      ...DETAILED,
      trace_id: "0af7651916cd43dd8448eb211c80319c",
      span_id: "b7ad6b7169203331",
      current_url: "https://time.ann.example.org/quotes/12?x=1",
      host: "time.ann.example.org",
      pathname: "/quotes/12",
      browser: "firefox",
      device_type: "desktop",
      os: "linux",
    });
    expect(run()).toBeNull();
    expect(out).toMatchObject({
      layer: "detailed",
      event: "quote.sent",
      installId: INSTALL,
      appVersion: "5.10.0",
      identity: "7",
      fingerprint: FINGERPRINT,
      environment: "production",
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: "b7ad6b7169203331",
    });
    expect(properties()).toEqual({
      quote_id: "12",
      browser: "firefox",
      device_type: "desktop",
      os: "linux",
    });
    expect(drops()).toEqual({
      quote_title: "field_unknown",
      current_url: "field_name_pii",
      host: "field_name_pii",
      pathname: "field_unknown",
    });
  });

  it("keeps a page view's route and no address", () => {
    timeTracker("$pageview", { ...DETAILED, pathname: "/projects/42", page_name: "dashboard" });
    expect(run()).toBeNull();
    expect(properties()).toEqual({ pathname: "/projects/:id", page_name: "dashboard" });
  });

  it("keeps numbers apart, and drops the word None", () => {
    timeTracker("timer.stopped", {
      ...DETAILED,
      entry_id: 5,
      duration_seconds: 12.5,
      task_id: "None",
    });
    expect(run()).toBeNull();
    expect(properties()).toEqual({ entry_id: "5" });
    expect(numbers()).toEqual({ duration_seconds: 12.5 });
    expect(drops()).toEqual({ task_id: "value_malformed" });
  });

  it("names no user where the identity is the fingerprint", () => {
    timeTracker("telemetry.install", DETAILED, FINGERPRINT);
    expect(run()).toBeNull();
    expect(out.identity).toBe("");
    expect(out.dropped).toBe(0);
  });

  it("keeps the base event's closed fields, in their canonical form", () => {
    record.body = "base_telemetry.heartbeat";
    attributes({
      event_name: "base_telemetry.heartbeat",
      identity: INSTALL,
      detailed: false,
      event_category: "base_telemetry",
      install_id: INSTALL,
      app_version: "5.10.0",
      platform: "Linux",
      os_version: "6.1.0-johns-laptop",
      architecture: "x86_64",
      locale: "C.UTF",
      timezone: "UTC",
      first_seen_at: "2026-07-01T00:00:00.000001+00:00",
      last_seen_at: "2026-07-12T03:00:00.000001+00:00",
      heartbeat_at: "2026-07-12T03:00:00.000001+00:00",
      release_channel: "default",
      deployment_type: "docker",
      telemetry_fingerprint: FINGERPRINT,
      project_id: 42,
      hostname: "anns-laptop",
    });
    expect(run()).toBeNull();
    expect(out.layer).toBe("base");
    expect(out.identity).toBe("");
    expect(out.base).toEqual({
      platform: "Linux",
      os_version: "6.1.0",
      architecture: "x86_64",
      locale: "C",
      timezone: "UTC",
      release_channel: "default",
      deployment_type: "docker",
      install_key: "",
      first_seen_at: Date.UTC(2026, 6, 1),
      last_seen_at: Date.UTC(2026, 6, 12, 3),
      heartbeat_at: Date.UTC(2026, 6, 12, 3),
    });
    expect(out.properties + out.numbers).toBe(0);
    expect(drops()).toEqual({ project_id: "field_unknown", hostname: "field_name_pii" });
  });

  it("leaves nothing of a base event behind in the next record", () => {
    attributes({ platform: "Linux", install_id: INSTALL });
    record.eventName = "base_telemetry.heartbeat";
    expect(run()).toBeNull();
    Object.assign(record, createIncomingRecord());
    timeTracker("auth.logout", DETAILED);
    expect(run()).toBeNull();
    expect(out.base.platform).toBe("");
  });

  it("does not let the base fields into a detailed event", () => {
    timeTracker("auth.logout", { ...DETAILED, platform: "Linux", locale: "en_US" });
    expect(run()).toBeNull();
    expect(drops()).toEqual({ platform: "field_unknown", locale: "field_unknown" });
  });
});

describe("the name of the event", () => {
  it.each([
    ["eventName", () => (record.eventName = "auth.logout")],
    ["event_name", () => attributes({ event_name: "auth.logout" })],
    ["event.name", () => attributes({ "event.name": "auth.logout" })],
    ["the body", () => (record.body = "auth.logout")],
  ])("is read from %s", (_, write) => {
    write();
    attributes({ install_id: INSTALL });
    expect(run()).toBeNull();
    expect([out.event, out.dropped]).toEqual(["auth.logout", 0]);
  });

  it.each(["Something happened.", "started", "base_telemetry.nothing", null])(
    "is not read from the body %j, which names no event of the schema: a plain log",
    (body) => {
      record.body = body;
      attributes({ install_id: INSTALL });
      expect(run()).toBe(PLAIN_LOG);
    },
  );

  it("is taught by a name, and by no body", () => {
    const learning = compileTable("app", null);
    record.body = "timer.started";
    attributes({ install_id: INSTALL });
    expect([run(learning), run(learning)]).toEqual([PLAIN_LOG, PLAIN_LOG]);
    record.eventName = "timer.started";
    expect(run(learning)).toBeNull();
    record.eventName = "";
    expect(run(learning)).toBeNull();
    expect(out.event).toBe("timer.started");
  });

  it("drops a body that says something else", () => {
    record.eventName = "auth.logout";
    record.body = "Ann signed out from 10.0.0.1";
    attributes({ install_id: INSTALL });
    expect(run()).toBeNull();
    expect(drops()).toEqual({ "(body)": "field_unknown" });
  });

  it("drops a second name that differs", () => {
    record.eventName = "auth.logout";
    attributes({ install_id: INSTALL, event_name: "Ann signed out" });
    expect(run()).toBeNull();
    expect(drops()).toEqual({ event_name: "value_malformed" });
  });
});

describe("a record is refused", () => {
  const refusedWith = (reason: string, event: string, field: string): void => {
    expect(run()).toEqual({ reason, event, field });
  };
  it("without an install id", () => {
    record.eventName = "auth.logout";
    refusedWith("install_id_missing", "auth.logout", "install_id");
  });
  it.each(["", "ann", "00000000-0000-0000-0000-000000000000", `${INSTALL}0`])(
    "with the install id %j",
    (id) => {
      record.eventName = "auth.logout";
      attributes({ install_id: id });
      refusedWith("install_id_malformed", "auth.logout", "install_id");
    },
  );
  it("with a name that is no text", () => {
    attributes({ event_name: 5, install_id: INSTALL });
    refusedWith("event_name_malformed", "", "event_name");
  });
  it.each(["Timer Started", "ann@example.org", "a\n\nDROP TABLE events", "x\u0000", "\ud800"])(
    "with the name %j, which is never repeated",
    (name) => {
      record.eventName = name;
      refusedWith("event_name_malformed", "(malformed)", "event_name");
    },
  );
  it("with a name of the base layer that it does not have", () => {
    record.eventName = "base_telemetry.other";
    refusedWith("event_name_reserved", "base_telemetry.other", "event_name");
  });
  it.each(["timer.exploded", "constructor", "to_string"])("with the unlisted event %s", (name) => {
    record.eventName = name;
    refusedWith("event_unlisted", name, "event_name");
  });
});

describe("the envelope", () => {
  beforeEach(() => {
    record.eventName = "auth.logout";
  });

  it("is completed by the resource, and the record's own values stand", () => {
    attributes({ app_version: "5.10.0" });
    attributes(
      { install_id: INSTALL, "service.version": "1.0.0", "deployment.environment.name": "prod" },
      record.resource,
    );
    expect(run()).toBeNull();
    expect(out).toMatchObject({
      installId: INSTALL,
      appVersion: "5.10.0",
      environment: "production",
    });
    expect(out.dropped).toBe(0);
  });

  it("drops what a resource tells about the host", () => {
    attributes({ install_id: INSTALL });
    attributes(
      {
        "host.name": "anns-laptop",
        "process.command_line": "/home/ann/app",
        "telemetry.sdk.name": "x",
      },
      record.resource,
    );
    expect(run()).toBeNull();
    expect(drops()).toEqual({
      "host.name": "field_name_pii",
      "process.command_line": "field_unknown",
    });
  });

  it.each(["user.id", "enduser.id", "user_id", "distinct_id"])(
    "takes %s for the user where there is no identity",
    (key) => {
      attributes({ install_id: INSTALL, [key]: 42 });
      expect(run()).toBeNull();
      expect([out.identity, out.properties, out.dropped]).toEqual(["42", 0, 0]);
    },
  );

  it("keeps the strongest name of the user, in either order, and drops another", () => {
    attributes({ install_id: INSTALL, user_id: "ann", identity: "42", distinct_id: "42" });
    expect(run()).toBeNull();
    expect(out.identity).toBe("42");
    expect(drops()).toEqual({ user_id: "field_name_pii" });
  });

  it("drops a base event's user", () => {
    record.eventName = "base_telemetry.heartbeat";
    attributes({ install_id: INSTALL, identity: "ann" });
    expect(run()).toBeNull();
    expect(out.identity).toBe("");
    expect(drops()).toEqual({ identity: "field_unknown" });
  });

  it.each([
    ["log.record.uid", "Ann's record", "value_malformed"],
    ["trace_id", "trace-of-ann", "value_malformed"],
    ["trace_id", "0".repeat(32), "value_malformed"],
    ["environment", "anns-laptop", "value_not_listed"],
    ["app_version", "Ann's build", "value_malformed"],
    ["telemetry_fingerprint", "ann", "value_malformed"],
    ["identity", true, "type_mismatch"],
    ["identity", "a".repeat(513), "value_malformed"],
  ])("drops %s = %j", (key, value, reason) => {
    attributes({ install_id: INSTALL, [key]: value });
    expect(run()).toBeNull();
    expect(drops()).toEqual({ [key]: reason });
    expect([out.uid, out.traceId, out.environment, out.appVersion, out.identity]).toEqual(
      Array(5).fill(""),
    );
  });

  it.each(["01J2Z3N5X8Q4R6T7V9W0Y1ABCD", INSTALL, "ab".repeat(32)])("keeps the uid %s", (uid) => {
    attributes({ install_id: INSTALL, "log.record.uid": uid });
    expect(run()).toBeNull();
    expect(out.uid).toBe(uid);
  });
});

describe("limits", () => {
  beforeEach(() => {
    record.eventName = "timer.started";
    attributes({ install_id: INSTALL });
  });

  it("looks at 128 attributes and counts the rest once", () => {
    for (let at = 0; at < 500; at++)
      pushAttribute(record.attributes, "project_id", Kind.Integer, at);
    expect(run()).toBeNull();
    expect(properties()).toEqual({ project_id: "0" });
    expect(out.dropped).toBe(127);
    expect(drops()["(limit)"]).toBe("field_limit");
  });

  it("never examines text over 4 KiB", () => {
    attributes({ project_id: "9".repeat(5000), long: "x".repeat(5000) });
    expect(run()).toBeNull();
    expect(drops()).toEqual({ project_id: "value_malformed", long: "field_unknown" });
  });

  it("keeps the first of two values of one field", () => {
    attributes({ project_id: 1 });
    attributes({ project_id: 2 });
    expect(run()).toBeNull();
    expect(properties()).toEqual({ project_id: "1" });
    expect(drops()).toEqual({ project_id: "value_malformed" });
  });

  it("counts hostile names without repeating them", () => {
    for (const name of [
      "ann@example.org",
      "__proto__",
      "\ud800",
      "a\u0000b",
      "'; DROP TABLE x",
      "",
    ]) {
      pushAttribute(record.attributes, name, Kind.String, "x");
    }
    attributes({ constructor: "x" });
    expect(run()).toBeNull();
    expect(drops()).toEqual({
      "(malformed)": "field_name_malformed",
      constructor: "field_unknown",
    });
    expect(out.dropped).toBe(7);
  });
});

describe("a record named as the conventions name exceptions", () => {
  it("is what a logger said, unless the app lists such an event", () => {
    timeTracker("exception", DETAILED);
    expect(run()).toBe(PLAIN_LOG);
    const learning = compileTable("timetracker", null);
    expect(enforce(learning, record, out)).toBe(PLAIN_LOG);
    expect(learning.known("exception")).toBeNull();
    const event = { name: "exception", description: "d", reason: "r", owner: "o", since: "1.0" };
    const own = compileTable("own", {
      ...{ app: "own", version: 1 },
      events: [{ ...event, properties: {} }],
    });
    expect(enforce(own, record, out)).toBeNull();
  });
});

describe("the version of a refused record", () => {
  it("is what its resource says, where that may be kept", () => {
    timeTracker("timer.paused", DETAILED);
    expect(run()).toMatchObject({ reason: "event_unlisted" });
    expect(refusedVersion(table, record)).toBe("5.10.0");
  });

  it.each([
    [{}],
    [{ "service.version": "Ann's build" }],
    [{ "service.version": "ann@example.org" }],
    [{ "service.version": 5 }],
    [{ "service.version": "x".repeat(5000) }],
    [{ app_version: "5.10.0" }],
  ])("is empty for %j", (resource) => {
    attributes(resource as Record<string, AttributeValue>, record.resource);
    expect(refusedVersion(table, record)).toBe("");
  });
});
