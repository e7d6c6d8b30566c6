import type { Catalogue } from "@rollcall/schemas";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openTestStore, type TestStore } from "../../store/testing.ts";
import { ADMIN, send, startApi, type TestApi } from "../testing.ts";

let stored: TestStore;
let api: TestApi;
beforeAll(async () => {
  stored = await openTestStore();
});
afterAll(() => stored?.close());
beforeEach(async () => {
  for (const table of ["settings_log", "events"]) {
    await stored.store.command(`TRUNCATE TABLE ${table}`);
  }
  api = await startApi(stored.store);
  return () => api.close();
});

const words = { description: "A note.", reason: "Are notes used?", owner: "core", since: "1.0" };
const kept = { description: "Which one." };
const first = {
  app: "notes",
  version: 1,
  common: { theme: { type: "enum", values: ["dark", "light"], ...kept } },
  events: [
    {
      ...{ name: "note.saved", ...words },
      properties: { note_id: { type: "id", ...kept }, size: { type: "integer", ...kept } },
    },
    { name: "note.printed", ...words, properties: {} },
  ],
  attributes: { "note.kind": { type: "enum", values: ["plain"], ...kept } },
  logs: { templates: ["Started"] },
  exceptions: { messages: ["Disk full"] },
} satisfies Catalogue;
const second = {
  ...first,
  version: 2,
  common: { theme: { type: "enum", values: ["dark"], ...kept } },
  events: [
    {
      ...{ name: "note.saved", ...words },
      properties: { size: { type: "number", ...kept }, pinned: { type: "boolean", ...kept } },
    },
    { name: "note.shared", ...words, properties: { note_id: { type: "id", ...kept } } },
  ],
  attributes: {
    "note.kind": { type: "enum", values: ["plain", "list"], ...kept },
    "note.pages": { type: "integer", ...kept },
  },
  logs: { templates: ["Started", "Saved in {seconds} s"] },
  exceptions: { messages: [] },
};

const call = async (
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  catalogue?: unknown,
) => {
  const reply = await api.app.inject({
    method,
    url: `/api/v1/settings/catalogue${path}?app=notes`,
    headers: { authorization: `Bearer ${ADMIN}` },
    ...(catalogue !== undefined && { payload: { catalogue } }),
  });
  return { status: reply.statusCode, body: reply.body === "" ? null : reply.json() };
};

describe("the catalogue of an app", () => {
  it("is none, then the one that was taken, then none again", async () => {
    expect((await call("GET", "")).body).toEqual({ source: null, catalogue: null });
    expect((await call("PUT", "", first)).status).toBe(204);
    expect((await call("GET", "")).body).toEqual({ source: "settings", catalogue: first });
    expect((await call("DELETE", "")).status).toBe(204);
    expect((await call("GET", "")).body).toEqual({ source: null, catalogue: null });
    expect((await call("DELETE", "")).body.code).toBe("setting_unknown");
  });

  it("makes the app known, with its mode", async () => {
    await call("PUT", "", first);
    const { rows } = await api.read<{ rows: object[] }>("/v1/apps");
    expect(rows).toContainEqual(expect.objectContaining({ app: "notes", mode: "catalogue" }));
  });

  it("tells before it is taken what it changes and what it would refuse", async () => {
    await call("PUT", "", first);
    await send(stored.store, [
      ...[1, 2, 3].map((install) => ({
        ...{ app: "notes", install, at: "2026-11-19", event: "note.printed" },
      })),
      { app: "notes", install: 1, at: "2026-11-19", event: "note.saved" },
      { app: "notes", install: 1, at: "2026-10-24", event: "note.folded" },
      { app: "notes", install: 1, at: "2026-10-23", event: "note.long_ago" },
      { app: "timetracker", install: 1, at: "2026-11-19", event: "timer.started" },
    ]);
    expect(await call("POST", "/preview", second)).toEqual({
      status: 200,
      body: {
        problems: [],
        difference: {
          eventsAdded: ["note.shared"],
          eventsRemoved: ["note.printed"],
          properties: [
            { event: null, property: "theme", before: "enum: dark, light", after: "enum: dark" },
            { event: "note.saved", property: "note_id", before: "id", after: null },
            { event: "note.saved", property: "pinned", before: null, after: "boolean" },
            { event: "note.saved", property: "size", before: "integer", after: "number" },
          ],
          attributes: [
            { property: "note.kind", before: "enum: plain", after: "enum: plain, list" },
            { property: "note.pages", before: null, after: "integer" },
          ],
          textsAdded: ["Saved in {seconds} s"],
          textsRemoved: ["Disk full"],
        },
        refused: [
          { event: "note.printed", count: 3 },
          { event: "note.folded", count: 1 },
        ],
      },
    });
    expect((await call("GET", "")).body.catalogue.version).toBe(1);
  });

  it("is compared with nothing where there is none", async () => {
    expect((await call("POST", "/preview", first)).body.difference).toEqual({
      ...{ eventsAdded: ["note.saved", "note.printed"], eventsRemoved: [] },
      properties: [{ event: null, property: "theme", before: null, after: "enum: dark, light" }],
      attributes: [{ property: "note.kind", before: null, after: "enum: plain" }],
      ...{ textsAdded: ["Started", "Disk full"], textsRemoved: [] },
    });
  });

  it.each([
    [{ ...first, app: "other" }, "app", 'found "other"; allowed: "notes", the app it is for'],
    [
      { ...first, version: 0 },
      "version",
      "found 0; allowed: a whole number that grows with every change",
    ],
    [{ ...first, events: "none" }, "events", 'found "none"; allowed: a list of events'],
    [
      { ...first, events: [{ name: "note.saved", ...words }] },
      "events[0].properties",
      "found nothing; allowed: an object of properties by name, {} where there are none",
    ],
  ])("is not taken where it is wrong: %#", async (catalogue, path, message) => {
    const { body } = await call("POST", "/preview", catalogue);
    expect(body).toEqual({ problems: [{ path, message }], difference: null, refused: [] });
    const taken = await call("PUT", "", catalogue);
    expect(taken.status).toBe(400);
    expect(taken.body).toMatchObject({ code: "catalogue_invalid", message: `${path}: ${message}` });
    expect((await call("GET", "")).body.catalogue).toBeNull();
  });

  it("has to be of a higher version than the one in force", async () => {
    await call("PUT", "", first);
    const { body } = await call("POST", "/preview", { ...second, version: 1 });
    expect(body.problems).toEqual([
      { path: "version", message: "found 1; allowed: more than 1, that of the one in force" },
    ]);
  });

  it("may be as long as a catalogue can be", async () => {
    const long = "é".repeat(400);
    const events = Array.from({ length: 450 }, (_, at) => ({
      ...{ name: `note.a${at}`, ...words, description: long, reason: long, properties: {} },
    }));
    const catalogue = { ...first, events };
    expect(JSON.stringify(catalogue).length).toBeGreaterThan(300_000);
    expect((await call("POST", "/preview", catalogue)).body.problems).toEqual([]);
    expect((await call("PUT", "", catalogue)).status).toBe(204);
    expect((await call("GET", "")).body.catalogue.events).toHaveLength(450);
  });

  it("is no catalogue where it is no object", async () => {
    const { status, body } = await call("PUT", "", [1]);
    expect(status).toBe(400);
    expect(body.message).toMatch(/^catalogue: found something of type object, allowed is /);
  });
});
