export { createMetricExporter, type MetricExporterOptions } from "./metric-exporter.ts";
export type { ExporterOptions } from "./shipper.ts";
export { createSpanExporter } from "./span-exporter.ts";
