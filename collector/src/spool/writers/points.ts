import {
  type Counts,
  type Doubles,
  type EnforcedMetric,
  type EnforcedResource,
  type EnforcedScope,
  MetricKind,
} from "@rollcall/schemas";
import {
  otelExpHistogram,
  otelGauge,
  otelHistogram,
  otelSum,
  otelSummary,
} from "../../store/signal-tables.ts";
import type { Table } from "../../store/tables.ts";
import { appendFloat64, appendHalves, appendInt32, appendOffset, appendUInt8 } from "../column.ts";
import { columnOf, createNativeBlock, type NativeBlock } from "../native.ts";
import type { PointStamp } from "../types.ts";
import { createExemplarColumns, createPointColumns } from "./point-columns.ts";

type Append = (
  point: EnforcedMetric,
  resource: EnforcedResource,
  scope: EnforcedScope,
  stamp: PointStamp,
) => void;

interface PointWriter {
  table: Table;
  block: NativeBlock;
  append: Append;
}

/** Appends what a kind has beside the columns of all kinds. */
type AppendOwn = (point: EnforcedMetric) => void;

/** Rows of the five tables of metrics, by kind. */
export function createPointWriters() {
  const gauge = createWriter(otelGauge, gaugeColumns);
  const sum = createWriter(otelSum, sumColumns);
  const histogram = createWriter(otelHistogram, histogramColumns);
  const exponential = createWriter(otelExpHistogram, exponentialColumns);
  const summary = createWriter(otelSummary, summaryColumns);

  const append: Append = (point, resource, scope, stamp) => {
    switch (point.kind) {
      case MetricKind.Gauge:
        return gauge.append(point, resource, scope, stamp);
      case MetricKind.Sum:
        return sum.append(point, resource, scope, stamp);
      case MetricKind.Histogram:
        return histogram.append(point, resource, scope, stamp);
      case MetricKind.ExpHistogram:
        return exponential.append(point, resource, scope, stamp);
      case MetricKind.Summary:
        return summary.append(point, resource, scope, stamp);
    }
  };
  const tables: readonly PointWriter[] = [gauge, sum, histogram, exponential, summary];
  return { tables, append };
}

function createWriter(table: Table, ownColumns: (block: NativeBlock) => AppendOwn): PointWriter {
  const block = createNativeBlock(table);
  const common = createPointColumns(block);
  const own = ownColumns(block);
  return {
    table,
    block,
    append(point, resource, scope, stamp) {
      common(point, resource, scope, stamp);
      own(point);
      block.rows++;
    },
  };
}

function gaugeColumns(block: NativeBlock): AppendOwn {
  const value = columnOf(block, "Value");
  const exemplars = createExemplarColumns(block);
  return (point) => {
    appendFloat64(value, point.numbers.value);
    exemplars(point);
  };
}

function sumColumns(block: NativeBlock): AppendOwn {
  const number = gaugeColumns(block);
  const temporality = columnOf(block, "AggregationTemporality");
  const isMonotonic = columnOf(block, "IsMonotonic");
  return (point) => {
    number(point);
    appendInt32(temporality, point.temporality);
    appendUInt8(isMonotonic, point.monotonic ? 1 : 0);
  };
}

/** Count and sum, as all kinds have them that are made of many measurements. */
function totalColumns(block: NativeBlock): AppendOwn {
  const count = columnOf(block, "Count");
  const sum = columnOf(block, "Sum");
  return ({ numbers }) => {
    appendHalves(count, numbers.countLow, numbers.countHigh);
    appendFloat64(sum, numbers.sum);
  };
}

/** What both kinds of histogram have. */
function spreadColumns(block: NativeBlock): AppendOwn {
  const totals = totalColumns(block);
  const min = columnOf(block, "Min");
  const max = columnOf(block, "Max");
  const temporality = columnOf(block, "AggregationTemporality");
  const exemplars = createExemplarColumns(block);
  return (point) => {
    totals(point);
    appendFloat64(min, point.numbers.min);
    appendFloat64(max, point.numbers.max);
    appendInt32(temporality, point.temporality);
    exemplars(point);
  };
}

function histogramColumns(block: NativeBlock): AppendOwn {
  const spread = spreadColumns(block);
  const buckets = createCountsColumn(block, "BucketCounts");
  const bounds = createDoublesColumn(block, "ExplicitBounds");
  return (point) => {
    spread(point);
    buckets(point.numbers.buckets);
    bounds(point.numbers.bounds);
  };
}

function exponentialColumns(block: NativeBlock): AppendOwn {
  const spread = spreadColumns(block);
  const scale = columnOf(block, "Scale");
  const zeroCount = columnOf(block, "ZeroCount");
  const positiveOffset = columnOf(block, "PositiveOffset");
  const positive = createCountsColumn(block, "PositiveBucketCounts");
  const negativeOffset = columnOf(block, "NegativeOffset");
  const negative = createCountsColumn(block, "NegativeBucketCounts");
  return (point) => {
    const { numbers } = point;
    spread(point);
    appendInt32(scale, numbers.scale);
    appendHalves(zeroCount, numbers.zeroLow, numbers.zeroHigh);
    appendInt32(positiveOffset, numbers.positiveOffset);
    positive(numbers.buckets);
    appendInt32(negativeOffset, numbers.negativeOffset);
    negative(numbers.negativeBuckets);
  };
}

function summaryColumns(block: NativeBlock): AppendOwn {
  const totals = totalColumns(block);
  const quantiles = createDoublesColumn(block, "ValueAtQuantiles.Quantile");
  const values = createDoublesColumn(block, "ValueAtQuantiles.Value");
  return (point) => {
    totals(point);
    quantiles(point.numbers.quantiles);
    values(point.numbers.quantileValues);
  };
}

function createCountsColumn(block: NativeBlock, name: string) {
  const offsets = columnOf(block, name, 0);
  const items = columnOf(block, name, 1);
  return ({ low, high, length }: Counts): void => {
    for (let at = 0; at < length; at++) appendHalves(items, low[at]!, high[at]!);
    appendOffset(offsets, length);
  };
}

function createDoublesColumn(block: NativeBlock, name: string) {
  const offsets = columnOf(block, name, 0);
  const items = columnOf(block, name, 1);
  return ({ values, length }: Doubles): void => {
    for (let at = 0; at < length; at++) appendFloat64(items, values[at]!);
    appendOffset(offsets, length);
  };
}
