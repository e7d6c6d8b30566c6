import type { Params, Store } from "../../collector/src/store/client.ts";
import type { Fleet } from "./fleet.ts";
import { DAY } from "./options.ts";

/** A part of the fleet's rows: the installs from one id up to, without, another, on some days. */
export interface Chunk {
  /** Ids in the store's order, which is not the order of their text. */
  first: string;
  last: string;
  /** Days counted from the fleet's first; the second is not among them. */
  from: number;
  until: number;
  /** The month of its days as YYYYMM; stands where rows that were sent have their segment. */
  month: number;
}

/** What every statement is given. */
export function fleetParams(fleet: Fleet): Params {
  return {
    app: fleet.app,
    seed: fleet.seed,
    cut: fleet.cut,
    day0: fleet.start / DAY,
    versions: fleet.history.releases.map(({ version }) => version),
    spool: spoolOf(fleet),
  };
}

/** Stands where rows that were sent have their spool; no spool has it, for its version digit is 8. */
export function spoolOf({ seed }: { seed: number }): string {
  return `f1ee7000-0000-8000-8000-${seed.toString(16).padStart(12, "0")}`;
}

export const chunkParams = ({ first, last, from, until, month }: Chunk): Params => ({
  ...{ first, last, from, until, seg: month },
});

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
export const wholeFleet = ({ days }: Fleet): Chunk =>
  wholeMonth({ month: 0, from: 0, until: days });

export const wholeMonth = (month: Month): Chunk => ({ ...month, first: "", last: "" });

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
