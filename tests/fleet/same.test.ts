import { beforeAll, describe, expect, test } from "vitest";
import type { Store } from "../../collector/src/store/client.ts";
import { builtFleet, smallFleet } from "./testing.ts";

const SETS = ["active_days", "version_days", "event_days"];
const TABLES = [
  ...["events", "heartbeats", "installs_latest", "refusals", "install_numbers", "installs_flat"],
  ...SETS,
];

/** Sets in several parts, merged and written out. */
const rowsOf = (table: string) =>
  SETS.includes(table)
    ? `(SELECT * EXCEPT installs, arraySort(bitmapToArray(groupBitmapMergeState(installs))) FROM ${table} GROUP BY ALL)`
    : table;

/** Two sums over all columns of all rows, in which the order of rows does not matter. */
async function checksums(store: Store): Promise<Record<string, object>> {
  const sums: Record<string, object> = {};
  for (const table of TABLES) {
    const [row] = await store.query<object>(
      `SELECT count() AS rows, toString(groupBitXor(cityHash64(*))) AS xor, toString(sum(cityHash64(*))) AS sum
       FROM ${rowsOf(table)}`,
    );
    sums[table] = row!;
  }
  return sums;
}

describe("a fleet that is made again", () => {
  const fleet = smallFleet({ installs: 120, days: 40, events: 3000 });
  let one: Record<string, object>;
  beforeAll(async () => {
    one = await builtFleet(fleet, checksums);
  });

  test("has the same rows, however they are cut into chunks and merged", async () => {
    const other = await builtFleet({ ...fleet, chunkRows: 500, merge: true }, checksums);
    expect(other).toEqual(one);
  }, 60_000);

  test("has other rows in every table with another seed", async () => {
    const other = await builtFleet({ ...fleet, seed: 4 }, checksums);
    for (const table of TABLES) expect(other[table]).not.toEqual(one[table]);
  }, 60_000);
});
