import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Catalogue } from "@rollcall/schemas";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { loadCatalogues } from "./catalogues.ts";
import type { SettingsKeeper } from "./settings/settings.ts";
import { openTestSettings } from "./settings/testing.ts";
import { openTestStore, type TestStore } from "./store/testing.ts";

let stored: TestStore;
let settings: SettingsKeeper;
let directory: string;
beforeAll(async () => {
  stored = await openTestStore();
});
afterAll(() => stored?.close());
beforeEach(async () => {
  await stored.store.command("TRUNCATE TABLE settings_log");
  const opened = await openTestSettings(stored.store);
  settings = opened.settings;
  directory = join(opened.directory, "catalogues");
  await mkdir(directory);
  await writeFile(join(directory, "notes.json"), JSON.stringify(catalogue(1, "note.saved")));
  return () => opened.close();
});

const catalogue = (version: number, event: string): Catalogue => ({
  app: "notes",
  version,
  events: [
    {
      ...{ name: event, description: "A note.", reason: "Are notes used?", owner: "core" },
      ...{ since: "1.0", properties: {} },
    },
  ],
});
const take = (of: Catalogue) =>
  settings.put("catalogue", "notes", { catalogue: { ...of } }, "maria");

describe("a catalogue of the settings", () => {
  it("wins over the file's, at once, and gives way to it again", async () => {
    const catalogues = loadCatalogues([directory], settings);
    const accepts = (event: string) => typeof catalogues.table("notes").event(event) === "object";
    expect([accepts("note.saved"), accepts("note.shared")]).toEqual([true, false]);
    await take(catalogue(2, "note.shared"));
    expect([accepts("note.saved"), accepts("note.shared")]).toEqual([false, true]);
    expect(catalogues.inForce("notes")).toMatchObject({ source: "settings" });
    await settings.remove("catalogue", "notes", "maria");
    expect([accepts("note.saved"), accepts("note.shared")]).toEqual([true, false]);
    expect(catalogues.inForce("notes")).toMatchObject({ source: "file" });
  });

  it("is in force at the next start", async () => {
    await take(catalogue(2, "note.shared"));
    expect(loadCatalogues([directory], settings).inForce("notes")?.catalogue.version).toBe(2);
  });

  it("that this version cannot read leaves the file's in force", async () => {
    await settings.put("catalogue", "notes", { catalogue: { app: "notes", version: 9 } }, "maria");
    expect(loadCatalogues([directory], settings).inForce("notes")?.catalogue.version).toBe(1);
  });

  it("that is gone without a file to go back to is told, so that the app is taught again", async () => {
    const unlisted: string[] = [];
    const catalogues = loadCatalogues([], settings, (app) => unlisted.push(app));
    await take(catalogue(2, "note.shared"));
    expect(catalogues.table("notes").mode).toBe("catalogue");
    expect(unlisted).toEqual([]);
    await settings.remove("catalogue", "notes", "maria");
    expect(catalogues.table("notes").mode).toBe("learning");
    expect(unlisted).toEqual(["notes"]);
  });
});
