import type { Metric } from "../../api/signals.ts";
import type { PlotModel, PlotSeries } from "../../chart/model.ts";
import type { ColourToken } from "../../chart/theme.ts";
import { operationsText } from "../../text/operations.ts";
import { formatNumber, printerOf } from "./values.ts";

/** What a chart of a metric may show, by what its kind can say; the first is shown unless chosen. */
export const STATISTICS: Record<Metric["measure"], readonly string[]> = {
  value: ["avg", "max", "min"],
  rate: ["rate", "grown"],
  level: ["avg"],
  percentiles: ["p95", "p50", "p99", "rate", "grown"],
  quantiles: [],
};

/** What one line shows: all that a metric says at once, or one statistic of each value. */
const TOGETHER: Partial<Record<Metric["measure"], readonly string[]>> = {
  value: ["avg", "min", "max"],
  percentiles: ["p50", "p95", "p99"],
};
const MOST_LINES = 6;

/** The name of a group on the screen. */
export function groupName({ kind, value }: Metric["series"][number]): string {
  if (kind === "value") return value;
  return { total: operationsText.total, other: operationsText.others, none: operationsText.none }[
    kind
  ];
}

/**
 * A metric as a chart: without a breakdown mean, least and greatest or the percentiles beside each
 * other; broken down, one statistic of each value.
 *
 * @param statistic "" shows them together where nothing is broken down
 */
export function metricModel(data: Metric, statistic: string): PlotModel {
  const { measure, by, series, unit } = data;
  const grouped = by !== null && series.length > 1;
  const chosen = grouped ? series.filter(({ kind }) => kind !== "total") : series.slice(0, 1);
  const names = namesOf(data, statistic, grouped);
  const lines = chosen.flatMap((group) =>
    names.flatMap((name): Omit<PlotSeries, "colour">[] => {
      const values = group.lines.find((line) => line.name === name)?.values;
      return values ? [{ name: grouped ? groupName(group) : nameOf(name), values }] : [];
    }),
  );
  const first = names[0] ?? "";
  return {
    kind: "line",
    unit: "count",
    print: printerFor(first, measure, unit),
    interval: data.interval,
    starts: data.starts,
    incomplete: data.incomplete,
    series: lines.slice(0, MOST_LINES).map((line, at) => ({
      ...line,
      colour: `cat-${at + 1}` as ColourToken,
    })),
  };
}

function namesOf(data: Metric, statistic: string, grouped: boolean): readonly string[] {
  const { measure } = data;
  const known = STATISTICS[measure];
  if (measure === "quantiles") {
    const said = data.series[0]?.lines.map(({ name }) => name) ?? [];
    return grouped ? said.slice(-1) : said;
  }
  if (known.includes(statistic)) return [statistic];
  const together = TOGETHER[measure];
  return grouped || !together ? known.slice(0, 1) : together;
}

/** A line's name; a quantile, such as 0.99, by its percent: p99. */
export function nameOf(statistic: string): string {
  const names: Record<string, string> = operationsText.statistics;
  return names[statistic] ?? `p${Number((Number(statistic) * 100).toPrecision(6))}`;
}

/** How values of a statistic are written: a count of measurements has no unit of its own. */
export function printerFor(
  statistic: string,
  measure: Metric["measure"],
  unit: string,
): (value: number) => string {
  const counts = measure === "percentiles" && (statistic === "rate" || statistic === "grown");
  const print = counts ? formatNumber : printerOf(unit);
  return statistic === "rate" ? (value) => `${print(value)}/s` : print;
}
