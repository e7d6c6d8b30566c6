import { expect, it } from "vitest";
import { draftCatalogue, type SeenField, shapeOf } from "./draft.ts";
import { parseCatalogue } from "./parse-catalogue.ts";

it("drafts a valid catalogue whose types take everything that was seen", () => {
  const seen: SeenField[] = [
    { event: "timer.stopped", key: "project_id", shape: "integer" },
    { event: "timer.stopped", key: "project_id", shape: "id" },
    { event: "timer.stopped", key: "duration_seconds", shape: "number" },
    { event: "timer.stopped", key: "duration_seconds", shape: "integer" },
    { event: "timer.stopped", key: "billable", shape: "boolean" },
    { event: "timer.stopped", key: "count", shape: "integer" },
    { event: "timer.stopped", key: "schema_version", shape: "version" },
    { event: "timer.stopped", key: "state", shape: "text" },
    { event: "auth.logout", key: "", shape: "text" },
  ];
  const draft = draftCatalogue("timetracker", seen);
  expect(parseCatalogue(JSON.parse(JSON.stringify(draft)))).toMatchObject({ ok: true });
  expect(draft.events.map(({ name }) => name)).toEqual(["auth.logout", "timer.stopped"]);
  const types = Object.entries(draft.events[1]?.properties ?? {}).map(([key, { type }]) => [
    key,
    type,
  ]);
  expect(Object.fromEntries(types)).toEqual({
    project_id: "id",
    duration_seconds: "duration_seconds",
    billable: "boolean",
    count: "integer",
    schema_version: "version",
    state: "enum",
  });
});

it("leaves out what no catalogue may hold", () => {
  const seen: SeenField[] = [
    { event: "base_telemetry.heartbeat", key: "platform", shape: "text" },
    { event: "(malformed)", key: "a", shape: "id" },
    { event: "a.b", key: "email", shape: "text" },
    { event: "a.b", key: "(other)", shape: "text" },
    { event: "a.b", key: "__proto__", shape: "text" },
  ];
  for (let at = 0; at < 2000; at++) seen.push({ event: `e.a${at}`, key: `k${at}`, shape: "id" });
  const draft = draftCatalogue("app", seen);
  expect(draft.events.find(({ name }) => name === "a.b")?.properties).toEqual({});
  expect(draft.events).toHaveLength(500);
  expect(parseCatalogue(JSON.parse(JSON.stringify(draft)))).toMatchObject({ ok: true });
});

it("reads the shape off a kept value", () => {
  const values = ["true", "42", "0b9c7a1e-1111-4222-8333-abcdefabcdef", "5.10.0", 3, 0.5];
  expect(values.map(shapeOf)).toEqual(["boolean", "id", "id", "version", "integer", "number"]);
});
