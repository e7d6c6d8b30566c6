import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parseCatalogue } from "./parse-catalogue.ts";

const event = {
  name: "timer.started",
  description: "A timer was started.",
  reason: "How is time tracked?",
  owner: "core",
  since: "5.10",
  properties: { project_id: { type: "id", description: "The project." } },
};
const catalogue = { app: "timetracker", version: 1, events: [event] };

function problemsOf(json: unknown): string {
  const parsed = parseCatalogue(json);
  return parsed.ok ? "" : parsed.problems.join("\n");
}
const withProperty = (key: string, property: unknown) => ({
  ...catalogue,
  events: [{ ...event, properties: Object.fromEntries([[key, property]]) }],
});
const described = (type: object) => ({ description: "d", ...type });

it("reads the time tracker's catalogue", () => {
  const file = new URL("../catalogues/timetracker.json", import.meta.url);
  expect(problemsOf(JSON.parse(readFileSync(file, "utf8")))).toBe("");
});

it("accepts a small catalogue, with and without common properties and an expiry", () => {
  expect(problemsOf(catalogue)).toBe("");
  const os = { type: "enum", values: ["linux", "windows"], description: "The system." };
  const expiring = { ...event, expires: "2027-06-30" };
  expect(problemsOf({ ...catalogue, common: { os }, events: [expiring] })).toBe("");
});

it.each([
  [
    "a type for free text",
    withProperty("note", described({ type: "string" })),
    "none for free text",
  ],
  ["a missing type", withProperty("note", described({})), "properties.note.type: found nothing"],
  ["an empty closed set", withProperty("os", described({ type: "enum", values: [] })), "values"],
  ["a name that is personal data", withProperty("email", described({ type: "id" })), "rule email"],
  ["the user's id", withProperty("user_id", described({ type: "id" })), "never a property"],
  ["the install's id", withProperty("install_id", described({ type: "id" })), "never a property"],
  ["a malformed name", withProperty("Project Id", described({ type: "id" })), "lower-case words"],
  ["an unknown setting", withProperty("a", described({ type: "id", max: 3 })), 'unknown key "max"'],
  [
    "the base layer's prefix",
    { ...catalogue, events: [{ ...event, name: "base_telemetry.x" }] },
    "reserved",
  ],
  [
    "a malformed event",
    { ...catalogue, events: [{ ...event, name: "Timer Started" }] },
    "segments",
  ],
  [
    "an event twice",
    { ...catalogue, events: [event, event] },
    'events[1].name: found "timer.started"; it is listed twice',
  ],
  ["no reason", { ...catalogue, events: [{ ...event, reason: "" }] }, "events[0].reason"],
  [
    "a broken date",
    { ...catalogue, events: [{ ...event, expires: "soon" }] },
    'expires: found "soon"',
  ],
  ["no app", { ...catalogue, app: undefined }, "app: found nothing"],
  ["a broken revision", { ...catalogue, version: 1.5 }, "version: found 1.5"],
  [
    "501 events",
    {
      ...catalogue,
      events: Array.from({ length: 501 }, (_, at) => ({ ...event, name: `e.a${at}` })),
    },
    "events",
  ],
  ["no object", null, "catalogue: found null"],
])("refuses %s and says where", (_, json, words) => expect(problemsOf(json)).toContain(words));

it.each([
  "ann@example.org",
  "10.0.0.1",
  "x".repeat(41),
  "",
  " a",
  "a\nb",
  "a\u0000",
  "DROP TABLE x;",
  "\ud800",
])("refuses %j in a closed set", (value) => {
  const json = withProperty("kind", described({ type: "enum", values: ["ok", value] }));
  expect(problemsOf(json)).toContain("events[0].properties.kind.values[1]");
});

it.each(["projects", "/projects/42", "/a?b=c", "/home/ann", "https://example.org/", "/a//b"])(
  "refuses %j as a route",
  (template) => {
    const json = withProperty("pathname", described({ type: "route", templates: [template] }));
    expect(problemsOf(json)).toContain("events[0].properties.pathname.templates[0]");
  },
);

it("accepts attributes of signals, templates of logs and messages of exceptions", () => {
  const signals = {
    attributes: { "invoice.kind": described({ type: "enum", values: ["draft"] }) },
    logs: { templates: ["Export {export_id} took {seconds} s"] },
    exceptions: { messages: ["Disk full"] },
  };
  expect(problemsOf({ ...catalogue, ...signals })).toBe("");
});

it.each([
  [
    "an attribute that is a person",
    { attributes: { "customer.email": described({ type: "id" }) } },
    'attributes: found the name "customer.email"',
  ],
  [
    "an attribute of free text",
    { attributes: { "invoice.note": described({ type: "string" }) } },
    "attributes.invoice.note.type",
  ],
  [
    "personal data in a template",
    { logs: { templates: ["Started", "Mail for ann@example.org"] } },
    "logs.templates[1]",
  ],
  [
    "a template twice",
    { logs: { templates: ["Started", "Started"] } },
    'logs.templates[1]: found "Started"; it is listed twice',
  ],
  [
    "a directory in a message",
    { exceptions: { messages: ["ENOENT: /home/ann/notes"] } },
    "exceptions.messages[0]",
  ],
  [
    "more than 200 texts",
    { logs: { templates: Array.from({ length: 201 }, (_, at) => `Step a${at}`) } },
    "at most 200 texts",
  ],
  ["an unknown part", { logs: { templates: [], levels: [] } }, 'unknown key "levels"'],
])("refuses %s", (_, part, words) => {
  expect(problemsOf({ ...catalogue, ...part })).toContain(words);
});

it("refuses more than a thousand names, across events and properties", () => {
  const events = Array.from({ length: 500 }, (_, at) => ({
    ...event,
    name: `e.a${at}`,
    properties: { [`p${at}`]: described({ type: "id" }), [`q${at}`]: described({ type: "id" }) },
  }));
  expect(problemsOf({ ...catalogue, events })).toContain("1500 names");
});

it("treats the ordinary words of JavaScript objects as names", () => {
  expect(problemsOf(withProperty("constructor", described({ type: "id" })))).toBe("");
  expect(problemsOf(JSON.parse('{"__proto__":{"app":"x"}}'))).toContain("app: found nothing");
});

it("refuses lists in lists in lists, however deep, without repeating them", () => {
  const depth = 300_000;
  const events = JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`);
  expect(problemsOf({ ...catalogue, events })).toContain("found something nested too deep");
});

it.each([
  [
    { ...catalogue, events: [{ ...event, properties: undefined }] },
    "an object of properties by name",
  ],
  [{ ...catalogue, events: [{ ...event, name: 7 }] }, "a name such as timer.started"],
  [{ ...catalogue, events: {} }, "events: found {}; allowed: a list of events"],
  [withProperty("kind", described({ type: "enum" })), "a list of 1 to 200 words"],
  [withProperty("kind", described({ type: "route", templates: [] })), "a list of 1 to 500 route"],
])("says in plain words what is missing: %#", (json, words) => {
  expect(problemsOf(json)).toContain(words);
  expect(problemsOf(json)).not.toMatch(/expected|received/);
});
