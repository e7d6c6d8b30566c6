import { formatBucket } from "../format/dates.ts";
import { formatDifference } from "../format/numbers.ts";
import { text } from "../text/shell.ts";
import { type Comparison, heldAgainst, type PlotModel, type PlotSeries } from "./model.ts";
import { lastPoint } from "./summary.ts";

type Values = (number | null)[];
/** The sentence names no more series than the summary before it. */
const MOST_PARTS = 3;

/**
 * Lays the days compared with under a chart. Several dashed lines would be a tangle: of a chart of
 * several series one is drawn, of bars their height above the axis, of stacked shares none. The table
 * has them all.
 * @param before the same chart of the days compared with
 * @param usual what those days are called: "Previous period"
 * @returns the chart as it was where the two cannot lie on one another
 */
export function compareWith(model: PlotModel, before: PlotModel, usual: string): PlotModel {
  if (model.interval !== before.interval || model.series.length === 0) return model;
  const began = firstPoint(before.series);
  const told = (values: Values): Values => values.map((value, at) => (at < began ? null : value));
  const { starts } = before;
  const [only] = model.series;
  if (only && model.series.length === 1) {
    const values = told(find(before, only)?.values ?? []);
    const name = isTold(values) ? usual : text.compare.nothing(usual);
    return { ...model, comparison: { name, starts, values } };
  }
  const then = model.series.map((series) => ({
    name: text.compare.of(series.name, usual),
    values: told(find(before, series)?.values ?? starts.map(() => null)),
  }));
  return {
    ...model,
    comparison: { period: usual, starts, past: then, ...drawn(model, then, usual) },
  };
}

/** The one line that is drawn, and what it is held against. */
function drawn(
  model: PlotModel,
  then: readonly { name: string; values: Values }[],
  usual: string,
): Pick<Comparison, "name" | "values" | "now"> {
  if (model.kind === "area") return { name: usual, values: [] };
  if (model.kind === "bars") {
    const now = heights(model.series);
    return { name: text.compare.of(text.compare.height, usual), values: heights(then), now };
  }
  // The one that stands out, or the first after it that was there then.
  const wanted = [model.emphasis ?? 0, ...then.keys()];
  const at = wanted.find((index) => isTold(then[index]?.values)) ?? 0;
  const { name = usual, values = [] } = then[at] ?? {};
  return {
    name: isTold(values) ? name : text.compare.nothing(usual),
    values,
    now: model.series[at]?.values ?? [],
  };
}

/** A row of nothing but zeros is no line to be held against. */
const isTold = (values: Values | undefined): boolean => values?.some(Boolean) ?? false;

/** How far bars reach above the axis. */
function heights(series: readonly { values: Values }[]): Values {
  return (series[0]?.values ?? []).map((_, at) => {
    const said = series.flatMap(({ values }) => values[at] ?? []);
    return said.length === 0 ? null : said.reduce((sum, value) => sum + Math.max(0, value), 0);
  });
}

function find(model: PlotModel, { key, name }: PlotSeries): PlotSeries | undefined {
  return model.series.find((series) => (series.key ?? series.name) === (key ?? name));
}

/** Before anybody reported there is nothing to compare with: gaps in place of zeros. */
function firstPoint(series: readonly PlotSeries[]): number {
  const firsts = series.map(({ values }) => values.findIndex(Boolean)).filter((at) => at >= 0);
  return Math.min(Number.POSITIVE_INFINITY, ...firsts);
}

/**
 * How the last complete point stands to the same place in the days compared with; "" without any.
 * @example "Against Thu, Oct 22, 2026: 28 days +40 (+4%), 7 days +31 (+4%), 1 day −2."
 */
export function compareLast(model: PlotModel): string {
  const { comparison, series, unit } = model;
  const at = lastPoint(model);
  const start = comparison?.starts[at];
  if (!comparison || !start) return "";
  const day = formatBucket(start, model.interval);
  if (!comparison.past) {
    const [now, before] = [heldAgainst(model, at), comparison.values[at]];
    if (now === null || before == null) return "";
    return text.compare.summary(formatDifference(now, before, unit), day);
  }
  const bars = model.kind === "bars";
  // Below the axis is a direction, not a negative number.
  const size = (value: number) => (bars ? Math.abs(value) : value);
  const parts = series.flatMap(({ name, values }, index) => {
    const [now, before] = [values[at], comparison.past?.[index]?.values[at]];
    if (now == null || before == null) return [];
    const difference = formatDifference(size(now), size(before), unit);
    return [{ now, said: text.compare.part(name, difference) }];
  });
  const told = bars ? parts : parts.sort((a, b) => b.now - a.now).slice(0, MOST_PARTS);
  if (told.length === 0) return "";
  return text.compare.summaryMany(
    told.map(({ said }) => said),
    day,
  );
}

/** A chart of several series as one chart each, with its own days before. */
export function apart(model: PlotModel): { name: string; model: PlotModel }[] {
  const { comparison } = model;
  return model.series.map((series, at) => {
    const then = comparison?.past?.[at];
    return {
      name: series.name,
      model: {
        ...model,
        series: [{ ...series, colour: "cat-1" }],
        comparison:
          comparison && then
            ? { name: comparison.period ?? "", starts: comparison.starts, values: then.values }
            : null,
      },
    };
  });
}
