import type { Store } from "../../collector/src/store/client.ts";
import type { Fleet } from "./fleet.ts";
import { DAY } from "./options.ts";
import type { Chunk } from "./sql-heartbeats.ts";

/** Every id of a fleet, for a chunk of all of it. */
export const ALL_IDS = { first: "", last: "" };

export interface Month {
  /** As YYYYMM. */
  month: number;
  from: number;
  until: number;
}

/** The months that the fleet's days are in. */
export function monthsOf({ start, days }: Fleet): Month[] {
  const months: Month[] = [];
  for (let day = 0; day < days; day += 1) {
    const date = new Date(start + day * DAY);
    const month = date.getUTCFullYear() * 100 + date.getUTCMonth() + 1;
    const last = months.at(-1);
    if (last?.month === month) last.until = day + 1;
    else months.push({ month, from: day, until: day + 1 });
  }
  return months;
}

/** The fleet's days as one chunk. */
export const wholeFleet = ({ days }: Fleet): Chunk => ({ ...ALL_IDS, from: 0, until: days, month: 0 });

/**
 * Ids that cut the fleet into parts of as many installs each, in the store's order, with an open
 * end on both sides: `parts + 1` texts.
 */
export async function idBounds(store: Store, fleet: Fleet, parts: number): Promise<string[]> {
  if (parts < 2) return ["", ""];
  const size = Math.ceil(fleet.installs / parts);
  const rows = await store.query<{ id: string }>(
    `SELECT toString(install_id) AS id
     FROM (SELECT install_id, row_number() OVER (ORDER BY install_id) AS place FROM fleet_installs)
     WHERE place % {size:UInt32} = 0 ORDER BY place`,
    { size },
  );
  return ["", ...rows.map(({ id }) => id), ""];
}

/** One chunk between each two neighbouring bounds. */
export function chunksOf(month: Month, bounds: readonly string[]): Chunk[] {
  return bounds.slice(1).map((last, at) => ({ ...month, first: bounds[at]!, last }));
}
