import type { Slices } from "../../api/usage.ts";
import type { PlotModel } from "../../chart/model.ts";
import type { ColourToken } from "../../chart/theme.ts";
import { sliceName } from "./slice-bars.tsx";

/** Rows of an answer over time, a line each. */
export function sliceLines(
  data: Slices,
  rows: Slices["rows"],
  colourOf: (row: Slices["rows"][number], at: number) => ColourToken,
): PlotModel {
  return {
    kind: "line",
    unit: "count",
    interval: data.interval ?? "day",
    starts: data.starts,
    incomplete: data.incomplete,
    series: rows.map((row, at) => ({
      name: sliceName(row, data.folded),
      // "Other" holds another number of values in each range.
      key: `${row.kind} ${row.value}`,
      colour: colourOf(row, at),
      values: row.points ?? [],
    })),
  };
}
