import { ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import type { PushMetricExporter, ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { internalsOf } from "../internals.ts";
import { type Baseline, createBaseline } from "./baseline.ts";
import { journalMetrics, reduceMetrics } from "./reduced-metrics.ts";
import { createResourceReducer } from "./reduced-resource.ts";
import { createShipper, type ExporterOptions } from "./shipper.ts";

/** What `createMetricExporter` takes. */
export interface MetricExporterOptions extends ExporterOptions {
  /** Default `cumulative`, as of the SDK's own OTLP exporters. */
  temporality?: "cumulative" | "delta";
}

type Done = Parameters<PushMetricExporter["export"]>[1];
type Code = Parameters<Done>[0]["code"];
type Temporality = ReturnType<NonNullable<PushMetricExporter["selectAggregationTemporality"]>>;

const SUCCESS = 0 as Code;
const FAILED = 1 as Code;
const DELTA = 0 as Temporality;
const CUMULATIVE = 1 as Temporality;
const SHUTDOWN_MS = 2_000;

/**
 * Sends an app's metrics to every collector of the client, while detailed telemetry is on. Counts of
 * before an opt-in are not sent. What is left of a metric is in docs/semantic-attributes.md.
 *
 * @param rollcall from `createRollcall`
 * @throws TypeError for another object
 * @example
 * const reader = new PeriodicExportingMetricReader({ exporter: createMetricExporter(rollcall) });
 * const provider = new MeterProvider({ readers: [reader] });
 */
export function createMetricExporter(
  rollcall: object,
  options: MetricExporterOptions = {},
): PushMetricExporter {
  const shipper = createShipper(rollcall, "metrics", options);
  const reduceResource = createResourceReducer(internalsOf(rollcall));
  const temporality = options.temporality === "delta" ? DELTA : CUMULATIVE;
  let baseline: { of: number; is: Baseline } | null = null;

  async function send(metrics: ResourceMetrics): Promise<boolean> {
    const since = shipper.allowedSince();
    const resource = reduceResource(metrics.resource);
    if (since === null) {
      baseline = null;
      if (shipper.holds()) shipper.hold(journalMetrics(reduceMetrics(metrics, resource, null)));
      return true;
    }
    if (baseline?.of !== since) baseline = { of: since, is: createBaseline(since) };
    const reduced = reduceMetrics(metrics, resource, baseline.is);
    return shipper.ship({
      items: journalMetrics(reduced),
      encode: () => ProtobufMetricsSerializer.serializeRequest(reduced),
    });
  }

  return {
    export(metrics, done) {
      send(metrics).then(
        (delivered) => done({ code: delivered ? SUCCESS : FAILED }),
        () => done({ code: FAILED }),
      );
    },
    selectAggregationTemporality: () => temporality,
    forceFlush: shipper.flush,
    shutdown: () => shipper.shutdown(SHUTDOWN_MS),
  };
}
