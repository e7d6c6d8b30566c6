import { expect, it } from "vitest";
import type { Metric } from "../../api/signals.ts";
import { metricModel } from "./metric-model.ts";

const line = (name: string, value: number) => ({ name, values: [value] });
const metric = (part: Partial<Metric>): Metric => ({
  ...{ metric: "m", kind: "histogram", unit: "s", measure: "percentiles", by: null },
  ...{ rows: [], folded: 0, attributes: [], interval: "day", starts: ["2026-11-20"] },
  ...{ series: [], incomplete: 0, asOf: "2026-11-20T08:00:00Z" },
  ...part,
});
const group = (
  kind: Metric["series"][number]["kind"],
  value: string,
  ...lines: ReturnType<typeof line>[]
) => ({ kind, value, lines });
const total = group(
  ...(["total", ""] as const),
  ...[line("p50", 0.1), line("p95", 0.4), line("p99", 2), line("rate", 3)],
);

it("shows the percentiles of all beside each other, in the metric's unit", () => {
  const { series, print } = metricModel(metric({ series: [total] }), "");
  expect(series.map(({ name, values }) => [name, values[0]])).toEqual([
    ...[
      ["p50", 0.1],
      ["p95", 0.4],
      ["p99", 2],
    ],
  ]);
  expect(print?.(0.4)).toBe("400 ms");
});

it("shows one statistic of each value, and never all of them as a line beside their parts", () => {
  const series = [
    total,
    group("value", "/a", line("p95", 1), line("rate", 1)),
    group("other", "", line("p95", 2), line("rate", 1)),
    group("none", "", line("p95", 3), line("rate", 1)),
  ];
  const broken = metric({ by: "http.route", series });
  expect(metricModel(broken, "").series.map(({ name, values }) => [name, values[0]])).toEqual([
    ...[
      ["/a", 1],
      ["Other", 2],
      ["not said", 3],
    ],
  ]);
  const rates = metricModel(broken, "rate");
  expect(rates.series.map(({ values }) => values[0])).toEqual([1, 1, 1]);
  // Measurements are counted, in no unit of the metric's.
  expect(rates.print?.(1.5)).toBe("1.5/s");
});

it("shows a sum's growth a second in its unit", () => {
  const series = [group("total", "", line("rate", 2e6), line("grown", 9))];
  const model = metricModel(metric({ kind: "sum", measure: "rate", unit: "By", series }), "");
  expect(model.series.map(({ values }) => values[0])).toEqual([2e6]);
  expect(model.print?.(2e6)).toBe("2 MB/s");
});

it("names the quantiles of a summary by their percent", () => {
  const series = [group("total", "", line("0.5", 1), line("0.99", 2), line("0.999", 3))];
  const model = metricModel(metric({ kind: "summary", measure: "quantiles", series }), "");
  expect(model.series.map(({ name }) => name)).toEqual(["p50", "p99", "p99.9"]);
});
