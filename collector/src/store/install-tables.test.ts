import { afterAll, beforeAll, expect, test } from "vitest";
import { installCopies, installTables } from "./install-tables.ts";
import { openTestStore, type TestStore } from "./testing.ts";

let opened: TestStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

test("every table with an install's id is in the list of what is exported and erased", async () => {
  const rows = await opened.store.query<{ table: string; name: string }>(
    `SELECT c.table AS table, c.name AS name FROM system.columns AS c
     INNER JOIN system.tables AS t ON t.database = c.database AND t.name = c.table
     WHERE c.database = currentDatabase() AND t.engine NOT IN ('View', 'MaterializedView')
       AND lower(replaceAll(c.name, '_', '')) = 'installid'
       AND NOT startsWith(c.table, 'stage_')
     ORDER BY table`,
  );
  const listed = [...installTables, ...installCopies].map(({ name, installId }) => ({
    table: name,
    name: installId,
  }));
  expect(rows).toEqual(listed.sort((one, other) => one.table.localeCompare(other.table)));
});

test("the last of them is the one by which an install is known", () => {
  expect(installTables.at(-1)?.name).toBe("installs");
});
