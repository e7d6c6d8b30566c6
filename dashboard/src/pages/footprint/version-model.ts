import { compareVersions } from "@rollcall/schemas/versions";
import type { InstallVersions } from "../../api/footprint.ts";
import type { PlotModel, PlotSeries } from "../../chart/model.ts";
import { toShares } from "../../chart/stack.ts";
import type { ColourToken } from "../../chart/theme.ts";
import { formatShareExact } from "../../format/numbers.ts";
import { footprintText } from "../../text/footprint.ts";
import { text } from "../../text/shell.ts";

/** The read API's name for the versions beyond the top seven. */
const OTHER = "Other";
const MOST_LINES = 6;
const DAY_MS = 86_400_000;

/**
 * The versions of the series with their colours: newest first in the ramp from darkest on, as far
 * apart as their number allows, "Other" in grey at the end.
 */
export function versionColours(data: InstallVersions): Map<string, ColourToken> {
  const versions = data.series.versions
    .map((each) => each.version)
    .filter((version) => version !== OTHER)
    .sort(compareVersions);
  const step = versions.length > 1 ? Math.min(2, 6 / (versions.length - 1)) : 0;
  const colours = new Map<string, ColourToken>();
  for (const [index, version] of versions.entries()) {
    colours.set(version, `seq-${8 - Math.round(index * step)}` as ColourToken);
  }
  colours.set(OTHER, "other");
  return colours;
}

/** Stacked shares of all versions of the series, the newest at the bottom. */
export function areaModel(data: InstallVersions): PlotModel {
  const colours = versionColours(data);
  const order = [...colours.keys()];
  const model = shares(data, (version) => colours.get(version) ?? "other");
  const byAge = (a: PlotSeries, b: PlotSeries) => order.indexOf(a.name) - order.indexOf(b.name);
  return { ...model, kind: "area", series: model.series.sort(byAge) };
}

/** Lines of the six versions most installs run, newest first, in the fixed colours. */
export function linesModel(data: InstallVersions): PlotModel {
  const latest = (counts: readonly number[]) => counts.reduce((sum, value) => sum + value, 0);
  const most = [...data.series.versions]
    .filter((each) => each.version !== OTHER)
    .sort((a, b) => latest(b.installs) - latest(a.installs))
    .slice(0, MOST_LINES)
    .map((each) => each.version)
    .sort(compareVersions);
  const model = shares(data, (version) => `cat-${most.indexOf(version) + 1}` as ColourToken);
  const series = most.flatMap((version) => model.series.filter((each) => each.name === version));
  return { ...model, series, emphasis: leading(series) };
}

/** The place of the version most installs run now: the newest had nobody in the days before. */
function leading(series: readonly PlotSeries[]): number {
  const last = series.map(({ values }) => values.at(-1) ?? 0);
  return Math.max(0, last.indexOf(Math.max(...last)));
}

/** The releases when each has a series; with one of them in "Other" the sum would be wrong. */
export function chartedReleases(data: InstallVersions, releases: readonly string[]): string[] {
  const drawn = new Set(data.series.versions.map((each) => each.version));
  return releases.every((version) => drawn.has(version)) ? [...releases] : [];
}

/** One line: the share of installs on one of the latest releases. */
export function latestModel(data: InstallVersions, latest: readonly string[]): PlotModel {
  const releases = new Set(chartedReleases(data, latest));
  const counts = data.series.starts.map((_, at) =>
    sum(
      data.series.versions.filter((each) => releases.has(each.version)),
      at,
    ),
  );
  const totals = data.series.starts.map((_, at) => sum(data.series.versions, at));
  return {
    kind: "line",
    unit: "share",
    interval: "day",
    starts: data.series.starts,
    incomplete: countIncomplete(data),
    series: [
      {
        name: footprintText.latest,
        colour: "cat-1",
        values: counts.map((count, at) => (totals[at] ? count / (totals[at] as number) : null)),
        notes: counts.map((count, at) => formatShareExact(count, totals[at] ?? 0)),
      },
    ],
  };
}

function shares(data: InstallVersions, colour: (version: string) => ColourToken): PlotModel {
  const { starts, versions } = data.series;
  const values = toShares(versions.map((each) => each.installs));
  return {
    kind: "line",
    unit: "share",
    interval: "day",
    starts,
    incomplete: countIncomplete(data),
    series: versions.map(
      (each, index): PlotSeries => ({
        name: each.version,
        colour: colour(each.version),
        values: values[index] ?? [],
        notes: each.installs.map((count) => text.value.installs(String(count), count === 1)),
      }),
    ),
  };
}

/** Days at the end whose data is not all loaded. */
function countIncomplete(data: InstallVersions): number {
  const loadedUntil = Date.parse(data.asOf);
  return data.series.starts.filter((start) => Date.parse(start) + DAY_MS > loadedUntil).length;
}

function sum(versions: InstallVersions["series"]["versions"], at: number): number {
  return versions.reduce((total, each) => total + (each.installs[at] ?? 0), 0);
}
