import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrate, readMigrations, splitStatements } from "./migrate.ts";
import { openTestStore, type TestStore } from "./testing.ts";

let opened: TestStore;
let folder: string;

beforeAll(async () => {
  opened = await openTestStore();
  folder = join(opened.directory, "migrations");
  await mkdir(folder);
  const original = join(import.meta.dirname, "migrations");
  for (const file of await readdir(original))
    await copyFile(join(original, file), join(folder, file));
});
afterAll(() => opened.close());

async function versions(): Promise<number[]> {
  const rows = await opened.store.query<{ version: number }>(
    "SELECT version FROM schema_migrations ORDER BY version",
  );
  return rows.map(({ version }) => version);
}

describe("migrating", () => {
  test("each file is applied once, in order", async () => {
    const all = (await readMigrations()).map(({ version }) => version);
    expect(await versions()).toEqual(all);
    await migrate(opened.store);
    expect(await versions()).toEqual(all);
  });

  test("a start that was interrupted half way goes on", async () => {
    await opened.store.command("TRUNCATE TABLE schema_migrations");
    await migrate(opened.store);
    expect(await versions()).toEqual((await readMigrations()).map(({ version }) => version));
  });

  test("comments may be improved, statements may not be changed", async () => {
    const path = join(folder, "0001_events.sql");
    const sql = await readFile(path, "utf8");
    await writeFile(path, `-- Another comment.\n${sql}`);
    await migrate(opened.store, undefined, folder);
    await writeFile(path, sql.replace("13 MONTH", "14 MONTH"));
    await expect(migrate(opened.store, undefined, folder)).rejects.toThrow(
      "migration 1 (events) was changed after it was applied",
    );
    await writeFile(path, sql);
  });

  test("a store that is newer than the code is refused in one line", async () => {
    await opened.store.command(
      "INSERT INTO schema_migrations (version, name, hash) VALUES (9999, 'future', 'x')",
    );
    await expect(migrate(opened.store)).rejects.toThrow(
      "the store is newer than this version of Rollcall: it has had migration 9999 (future)",
    );
  });

  test("a semicolon within a line does not end a statement", () => {
    expect(splitStatements("-- a; b\nSELECT ';' AS a;\n\nSELECT 2;\n")).toEqual([
      "SELECT ';' AS a",
      "SELECT 2",
    ]);
  });
});
