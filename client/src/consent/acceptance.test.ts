import { readFileSync } from "node:fs";
import { type Catalogue, type CatalogueEvent, parseCatalogue } from "@rollcall/schemas";
import { expect, test } from "vitest";
import { createGuard } from "../events/guard.ts";
import { catalogue as known } from "../test/catalogue.ts";
import { createLog } from "../test/support.ts";
import {
  acceptanceOf,
  acceptCurrent,
  acceptedPart,
  catalogueInForce,
  gained,
} from "./acceptance.ts";

const words = { description: "d", reason: "r?", owner: "core", since: "1.0" } as const;
const before: Catalogue = {
  app: "demo",
  version: 1,
  common: { os: { type: "enum", values: ["linux"], description: "d" } },
  events: [
    {
      name: "report.made",
      ...words,
      properties: {
        format: { type: "enum", values: ["pdf", "a b"], description: "d" },
        rows: { type: "integer", description: "d" },
      },
    },
    {
      name: "$pageview",
      ...words,
      properties: { pathname: { type: "route", templates: ["/", "/a/:id"], description: "d" } },
    },
    { name: "auth.logout", ...words, properties: {} },
  ],
};

function change(edit: (events: Record<string, CatalogueEvent>) => void, common = before.common) {
  const events = structuredClone(before.events) as CatalogueEvent[];
  const byName = Object.fromEntries(events.map((event) => [event.name, event]));
  edit(byName);
  return { ...before, version: 2, common, events: Object.values(byName) } as Catalogue;
}

const accepted = acceptCurrent(before);

test("what was accepted is in force whole, and nothing is gained", () => {
  expect(acceptedPart(before, accepted)).toEqual(before);
  expect(gained(before, accepted)).toEqual([]);
});

test("without an acceptance nothing is in force", () => {
  const part = acceptedPart(before, null);
  expect(part.events).toEqual([]);
  expect(part.common).toEqual({});
  expect(gained(before, null)).toHaveLength(4);
  expect(parseCatalogue(part).ok).toBe(true);
});

test("a new event, property, type, value or route waits, and is named", () => {
  const now = change(
    (events) => {
      events["timer.started"] = { name: "timer.started", ...words, properties: {} };
      const report = events["report.made"] as { properties: Record<string, unknown> };
      report.properties.format = {
        type: "enum",
        values: ["a b", "excel", "pdf"],
        description: "d",
      };
      report.properties.rows = { type: "id", description: "d" };
      report.properties.client_id = { type: "id", description: "d" };
      const view = events.$pageview as { properties: Record<string, unknown> };
      view.properties.pathname = {
        type: "route",
        templates: ["/", "/a/:id", "/secret"],
        description: "d",
      };
    },
    {
      os: { type: "enum", values: ["linux", "windows"], description: "d" },
      device: { type: "boolean", description: "d" },
    },
  );
  expect(gained(now, accepted)).toEqual([
    { event: "every event", property: "os", what: "new values: windows" },
    { event: "every event", property: "device", what: "new property (boolean)" },
    { event: "report.made", property: "format", what: "new values: excel" },
    { event: "report.made", property: "rows", what: "new type: id, before integer" },
    { event: "report.made", property: "client_id", what: "new property (id)" },
    { event: "$pageview", property: "pathname", what: "new routes: /secret" },
    { event: "timer.started", property: "", what: "new event" },
  ]);
  const part = acceptedPart(now, accepted);
  expect(part.common).toEqual(before.common);
  expect(part.events.map(({ name }) => name)).toEqual(["report.made", "$pageview", "auth.logout"]);
  expect(part.events[0]?.properties).toEqual({
    format: { type: "enum", values: ["a b", "pdf"], description: "d" },
  });
  expect(part.events[1]?.properties).toEqual(before.events[1]?.properties);

  const guard = createGuard("demo", part, createLog());
  const envelope = {
    installId: "5e0c2a52-3f0f-4b6e-9d5e-0d9c6f5a7b11",
    appVersion: "1.0",
    user: "",
  };
  expect(guard.check("$pageview", { pathname: "/secret" }, envelope)?.kept).toEqual({
    pathname: "(other)",
  });
  expect(guard.check("report.made", { format: "excel", client_id: 4 }, envelope)?.kept).toEqual({});
  expect(guard.check("timer.started", {}, envelope)).toBeNull();
});

test("what the catalogue lost is in force no more, and comes back without being asked for", () => {
  const now = change((events) => {
    delete events["auth.logout"];
    delete (events["report.made"] as { properties: Record<string, unknown> }).properties.rows;
  });
  expect(gained(now, accepted)).toEqual([]);
  expect(acceptedPart(now, accepted)).toEqual(now);
  expect(acceptedPart(before, accepted)).toEqual(before);
});

test("a set of which no member was accepted is not in force at all", () => {
  const now = change((events) => {
    const report = events["report.made"] as { properties: Record<string, unknown> };
    report.properties.format = { type: "enum", values: ["csv"], description: "d" };
  });
  expect(acceptedPart(now, accepted).events[0]?.properties).toEqual({
    rows: { type: "integer", description: "d" },
  });
});

test("a property that every event was allowed is allowed as one event's own", () => {
  const now = change((events) => {
    const logout = events["auth.logout"] as { properties: Record<string, unknown> };
    logout.properties.os = { type: "enum", values: ["linux"], description: "d" };
  }, {});
  expect(gained(now, accepted)).toEqual([]);
});

test("an acceptance that cannot be read accepts nothing", () => {
  for (const telemetry_accepted of [null, true, "all", {}, { version: 1, events: { a: 1 } }]) {
    const read = acceptanceOf({ telemetry_accepted });
    expect(read).toEqual({ version: 0, common: "", events: {} });
    expect(acceptedPart(before, read).events).toEqual([]);
  }
  expect(acceptanceOf({})).toBeNull();
});

test("local only shows the whole catalogue, accepted or not; learning mode has none", () => {
  expect(catalogueInForce(before, {}, "local")).toBe(before);
  expect(catalogueInForce(before, {}, "send")?.events).toEqual([]);
  expect(catalogueInForce(null, {}, "send")).toBeNull();
  expect(catalogueInForce(known, { telemetry_accepted: acceptCurrent(known) }, "send")).toEqual({
    ...known,
    common: {},
  });
});

test("the acceptance of a large catalogue stays small in the file and survives it", () => {
  const file = new URL("../../../schemas/catalogues/timetracker.json", import.meta.url);
  const parsed = parseCatalogue(JSON.parse(readFileSync(file, "utf8")));
  if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
  const { catalogue } = parsed;
  expect(catalogue.events.length).toBeGreaterThan(150);
  const text = JSON.stringify({ telemetry_accepted: acceptCurrent(catalogue) }, null, 2);
  expect(Buffer.byteLength(text)).toBeLessThan(32 * 1024);
  const read = acceptanceOf(JSON.parse(text));
  expect(gained(catalogue, read)).toEqual([]);
  expect(acceptedPart(catalogue, read)).toEqual(catalogue);
});
