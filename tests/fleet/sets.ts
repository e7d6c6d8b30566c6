import type { Store } from "../../collector/src/store/client.ts";
import { createFlatInstalls } from "../../collector/src/store/flat.ts";
import { dropFlatStage, FLAT_TABLES, flatStageName } from "../../collector/src/store/flat-sql.ts";
import { type Month, monthsOf, spoolOf } from "./chunks.ts";
import { INSERT } from "./count.ts";
import type { Fleet } from "./fleet.ts";
import { inLanes, type LaneOptions } from "./lanes.ts";

interface SetTable {
  table: string;
  /** The raw rows that its sets are made of. */
  rows: string;
  /** UTC day of such a row. */
  day: string;
  /** What there is a set of for each day. */
  by: "" | "app_version" | "event";
}

const SETS: readonly SetTable[] = [
  { table: "active_days", rows: "heartbeats", day: "day", by: "" },
  { table: "version_days", rows: "heartbeats", day: "day", by: "app_version" },
  { table: "event_days", rows: "events", day: "toDate(time)", by: "event" },
];

const NUMBER_INSTALLS = `INSERT INTO install_numbers (app, install_id, number)
SELECT app, install_id, row_number() OVER (PARTITION BY app ORDER BY install_id) - 1
FROM (SELECT DISTINCT app, install_id FROM installs)`;

/**
 * What the loader makes beside raw rows, made of all of them: a number an install and the sets of these
 * by day, month by month, because a set takes memory while it grows.
 */
export async function storeSets(store: Store, fleet: Fleet, lanes: LaneOptions): Promise<void> {
  await store.command(NUMBER_INSTALLS, { settings: INSERT });
  const parts = SETS.flatMap((set) => monthsOf(fleet).map((month) => ({ ...set, ...month })));
  await inLanes(parts, (part) => store.command(...addToSets(part)), lanes);
}

function addToSets({ table, rows, day, by, month }: SetTable & Month) {
  const extra = by === "" ? "" : `, ${by}`;
  const sql = `INSERT INTO ${table} (app, day, installs${extra})
SELECT app, ${day} AS on_day, groupBitmapState(number)${extra}
FROM ${rows} INNER JOIN install_numbers USING (app, install_id)
WHERE toYYYYMM(${day}) = {month:UInt32}
GROUP BY app, on_day${extra}`;
  return [sql, { params: { month }, settings: INSERT }] as const;
}

/** One plain row an install, by the collector's own statements. */
export async function storeFlatInstalls(store: Store, fleet: Fleet): Promise<void> {
  const spoolUuid = spoolOf(fleet);
  const loadedUntil = () => new Date(fleet.cut);
  const flat = createFlatInstalls({ store, spoolUuid, loadedUntil, log: { warn() {} } });
  await flat.refresh();
  for (const table of FLAT_TABLES) {
    await store.command(dropFlatStage(flatStageName(table, spoolUuid)));
  }
}
