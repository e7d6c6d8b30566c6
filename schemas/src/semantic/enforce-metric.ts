import type { RefusalReason } from "../reasons.ts";
import type { Refusal } from "../record.ts";
import type { DecisionTable } from "../table.ts";
import {
  type Counts,
  type Doubles,
  type IncomingPoint,
  MAX_BUCKETS,
  MetricKind,
  type PointNumbers,
} from "./data-point.ts";
import {
  createDrops,
  createKeptAttributes,
  type Drops,
  drop,
  enforceAttributes,
  type KeptAttributes,
} from "./enforce-attributes.ts";
import type { EnforcedResource } from "./enforce-resource.ts";
import { type KeptMetric, keepMetric, keepUnscaled } from "./metric.ts";

/** An exemplar as it may be stored. */
export interface EnforcedExemplar {
  attributes: KeptAttributes;
  /** Whole Unix milliseconds; 0 where absent. */
  timeMs: number;
  value: number;
  traceId: string;
  spanId: string;
}

/** One accepted data point. `enforceMetric` rewrites every field of it, so one object serves all. */
export interface EnforcedMetric extends Drops {
  name: string;
  unit: string;
  kind: MetricKind;
  temporality: number;
  monotonic: boolean;
  attributes: KeptAttributes;
  flags: number;
  /** Those of the incoming point, in the unit above. */
  numbers: PointNumbers;
  /** The first `exemplars` entries count. */
  exemplarList: EnforcedExemplar[];
  exemplars: number;
}

export function createEnforcedMetric(point: IncomingPoint): EnforcedMetric {
  return {
    ...createDrops(),
    ...{ name: "", unit: "", kind: MetricKind.None, temporality: 0, monotonic: false },
    ...{ attributes: createKeptAttributes(), flags: 0, numbers: point.numbers },
    ...{ exemplarList: [], exemplars: 0 },
  };
}

/** What data points are counted as among refusals and drops: the names of metrics are the senders'. */
export const METRIC_EVENT = "(metric)";

const MAX_TEMPORALITY = 2;
const LIMIT_FIELD = "(limit)";
const UNIT_FIELD = "(unit)";

const refusals = {
  install: Object.freeze(refusal("install_id_malformed", "install_id")),
  name: Object.freeze(refusal("metric_name_malformed", "(metric_name)")),
};

/**
 * Decides about one data point. Where it is accepted `out` holds everything of it that may be stored, and
 * nothing else, and null is returned; where it is refused `out` is void. Points that differ only in
 * attributes that are not kept stay as many: adding them up would take knowledge of their senders.
 *
 * @param point its numbers are those of `out` afterwards, in the unit of `out`
 * @param resource the enforced one of the metric
 * @example
 * const refusal = enforceMetric(table, point, resource, out);
 * if (refusal === null) batch.appendPoint(out, origin, stamp);
 */
export function enforceMetric(
  { signal }: DecisionTable,
  point: IncomingPoint,
  resource: EnforcedResource,
  out: EnforcedMetric,
): Refusal | null {
  if (resource.malformed) return refusals.install;
  const kept = decideName(point);
  if (kept === null) return refusals.name;
  const full = overfull(point.numbers);
  if (full !== "") return refusal("point_too_large", full);
  out.dropped = 0;
  out.name = kept.name;
  out.unit = kept.unit;
  out.kind = point.kind;
  const known = point.temporality > 0 && point.temporality <= MAX_TEMPORALITY;
  out.temporality = known ? point.temporality : 0;
  out.monotonic = point.monotonic;
  out.flags = point.flags;
  out.numbers = point.numbers;
  if (kept.unit === "" && point.unit !== "") drop(out, UNIT_FIELD, "value_malformed");
  enforceAttributes(signal, "metric", point.attributes, out.attributes, out);
  keepExemplars(signal, point, out);
  if (kept.scale !== 1) rescale(out, 1 / kept.scale);
  return null;
}

function refusal(reason: RefusalReason, field: string): Refusal {
  return { reason, event: METRIC_EVENT, field };
}

/** Names that are remembered: an app has some dozens, of a few libraries. */
const MAX_REMEMBERED = 2_000;
const MAX_UNIT = 63;
const remembered = new Map<string, Map<string, KeptMetric>>();
let names = 0;

function decideName({ name, unit, kind }: IncomingPoint): KeptMetric | null {
  const kept = remembered.get(name)?.get(unit) ?? lookUp(name, unit);
  if (kept === null || kind !== MetricKind.ExpHistogram || kept.scale === 1) return kept;
  return keepUnscaled(name, unit);
}

function lookUp(name: string, unit: string): KeptMetric | null {
  const kept = keepMetric(name, unit);
  if (kept === null || unit.length > MAX_UNIT) return kept;
  // When full all is forgotten; what is still in use is soon there again.
  if (++names > MAX_REMEMBERED) {
    remembered.clear();
    names = 1;
  }
  const byUnit = remembered.get(name) ?? new Map<string, KeptMetric>();
  remembered.set(name, byUnit.set(unit, kept));
  return kept;
}

/** Which list of numbers is longer than may be; "" where none is. */
function overfull(numbers: PointNumbers): string {
  const { buckets, negativeBuckets, bounds, quantiles } = numbers;
  if (isFull(buckets) || isFull(negativeBuckets)) return "bucket_counts";
  if (isFull(bounds)) return "explicit_bounds";
  return isFull(quantiles) ? "quantile_values" : "";
}

const isFull = (list: Counts | Doubles): boolean => list.length > MAX_BUCKETS;

function keepExemplars(
  signal: DecisionTable["signal"],
  point: IncomingPoint,
  out: EnforcedMetric,
): void {
  out.exemplars = point.exemplarsKept;
  for (let at = 0; at < out.exemplars; at++) {
    const from = point.exemplarList[at]!;
    out.exemplarList[at] ??= {
      ...{ attributes: createKeptAttributes(), timeMs: 0, value: 0, traceId: "", spanId: "" },
    };
    const to = out.exemplarList[at]!;
    enforceAttributes(signal, "metric", from.attributes, to.attributes, out);
    to.timeMs = from.timeMs;
    to.value = from.value;
    to.traceId = from.traceId;
    to.spanId = from.spanId;
  }
  if (point.exemplars > out.exemplars) drop(out, LIMIT_FIELD, "field_limit");
}

/**
 * Divides, because that rounds once: 9 ms are 0.009 s, but 9 × 0.001 is 0.009000000000000001, and a
 * bound that differs in its last digit is another bucket.
 */
function rescale({ numbers, exemplarList, exemplars }: EnforcedMetric, divisor: number): void {
  numbers.value /= divisor;
  numbers.sum /= divisor;
  numbers.min /= divisor;
  numbers.max /= divisor;
  divideAll(numbers.bounds, divisor);
  divideAll(numbers.quantileValues, divisor);
  for (let at = 0; at < exemplars; at++) exemplarList[at]!.value /= divisor;
}

function divideAll({ values, length }: Doubles, divisor: number): void {
  for (let at = 0; at < length; at++) values[at] = values[at]! / divisor;
}
