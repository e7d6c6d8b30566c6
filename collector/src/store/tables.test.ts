import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { spooledTables } from "./spooled-tables.ts";
import { openTestStore, type TestStore } from "./testing.ts";

let opened: TestStore;

beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

describe("the migrations agree with the columns that the loader writes", () => {
  for (const table of spooledTables) {
    test(table.name, async () => {
      const columns = await opened.store.query<{ name: string; type: string }>(
        `SELECT name, type FROM system.columns
         WHERE database = currentDatabase() AND table = {table:String}
           -- The engine writes these itself, from the others.
           AND default_kind != 'MATERIALIZED'
         ORDER BY position`,
        { table: table.name },
      );
      const expected = table.columns
        .filter((column) => column.table !== null)
        .map((column) => ({ name: column.name, type: column.table }));
      expect(columns).toEqual(expected);
    });
  }
});
