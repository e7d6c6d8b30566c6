import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import { internalsOf } from "../internals.ts";
import { createResourceReducer } from "./reduced-resource.ts";
import { journalSpan, milliseconds, reduceSpan } from "./reduced-span.ts";
import { createShipper, type ExporterOptions } from "./shipper.ts";

type Done = Parameters<SpanExporter["export"]>[1];
type Code = Parameters<Done>[0]["code"];

const SUCCESS = 0 as Code;
const FAILED = 1 as Code;
const SHUTDOWN_MS = 2_000;

/**
 * Sends an app's spans to every collector of the client, while detailed telemetry is on. Asked at
 * each export: a span that was begun before somebody opted in is dropped, and so is everything else
 * while they have not. What is left of a span is in docs/semantic-attributes.md.
 *
 * @param rollcall from `createRollcall`
 * @throws TypeError for another object
 * @example
 * const provider = new TracerProvider({
 *   spanProcessors: [new BatchSpanProcessor({ exporter: createSpanExporter(rollcall) })],
 * });
 */
export function createSpanExporter(rollcall: object, options: ExporterOptions = {}): SpanExporter {
  const shipper = createShipper(rollcall, "traces", options);
  const reduceResource = createResourceReducer(internalsOf(rollcall));

  const reduce = (spans: readonly ReadableSpan[]): ReadableSpan[] =>
    spans.map((span) => reduceSpan(span, reduceResource(span.resource)));

  async function send(spans: readonly ReadableSpan[]): Promise<boolean> {
    const since = shipper.allowedSince();
    if (since === null) {
      if (shipper.holds()) shipper.hold(reduce(spans).map(journalSpan));
      return true;
    }
    const reduced = reduce(spans.filter((span) => milliseconds(span.startTime) >= since));
    return shipper.ship({
      items: reduced.map(journalSpan),
      encode: () => ProtobufTraceSerializer.serializeRequest(reduced),
    });
  }

  return {
    export(spans, done) {
      send(spans).then(
        (delivered) => done({ code: delivered ? SUCCESS : FAILED }),
        () => done({ code: FAILED }),
      );
    },
    forceFlush: shipper.flush,
    shutdown: () => shipper.shutdown(SHUTDOWN_MS),
  };
}
