import { z } from "zod";
import { appOnly } from "../parameters.ts";
import { question } from "../question.ts";
import { asOf, count } from "../reply.ts";
import { FAILED, inMilliseconds, SERVICE_VERSION } from "./shared.ts";
import { placeSpans } from "./trace-tree.ts";

const MOST_SPANS = 1_000;
const TRACE_ID = /^[0-9a-f]{32}$/;
const ALLOWED = "a trace id of 32 hexadecimal digits";

const reply = z
  .object({
    traceId: z.string(),
    start: z.iso.datetime().nullable().meta({
      description: "When its first span began; null where no span of it is kept.",
    }),
    duration: z.number().nonnegative().meta({
      description: "Milliseconds from the first begin to the last end.",
    }),
    rows: z
      .array(
        z.object({
          spanId: z.string(),
          parentSpanId: z.string(),
          depth: count.meta({ description: "How many spans stand above it." }),
          orphan: z.boolean().meta({ description: "Whether its parent was not received." }),
          service: z.string(),
          version: z.string().nullable(),
          name: z.string(),
          kind: z.string(),
          offset: z.number().nonnegative().meta({
            description: "Milliseconds after the trace's begin.",
          }),
          duration: z.number().nonnegative().meta({ description: "Milliseconds." }),
          failed: z.boolean(),
          attributes: z.array(z.object({ key: z.string(), value: z.string() })),
          events: z.array(
            z.object({
              name: z.string(),
              offset: z.number().meta({ description: "Milliseconds after the trace's begin." }),
            }),
          ),
        }),
      )
      .meta({
        description: `Each under its parent, as a waterfall shows them; ${MOST_SPANS} at most.`,
      }),
    spans: count.meta({ description: "Spans that are kept of it; `rows` may have fewer." }),
    asOf,
  })
  .meta({
    id: "Trace",
    description: "The spans of one trace.",
    example: {
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
      start: "2026-11-19T16:02:11.204Z",
      duration: 41.2,
      rows: [
        {
          ...{ spanId: "00f067aa0ba902b7", parentSpanId: "", depth: 0, orphan: false },
          ...{ service: "timetracker", version: "2.3.1", name: "GET /reports", kind: "Server" },
          ...{ offset: 0, duration: 41.2, failed: false },
          attributes: [{ key: "http.route", value: "/reports" }],
          events: [],
        },
      ],
      spans: 1,
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

interface SpanRow {
  spanId: string;
  parentSpanId: string;
  service: string;
  version: string;
  name: string;
  kind: string;
  /** Nanoseconds since 1970, as text: a number would round it. */
  nanos: string;
  duration: number;
  failed: boolean;
  keys: string[];
  values: string[];
  events: string[];
  eventNanos: string[];
}

export const signalTrace = question({
  name: "signal_trace",
  path: "/v1/signals/trace",
  tag: "Signals",
  summary: "One trace",
  description: "Its spans as a tree. Of a trace that is not known there are none.",
  parameters: z.object({
    ...appOnly,
    trace_id: z
      .string(ALLOWED)
      .regex(TRACE_ID, ALLOWED)
      .meta({ description: "The trace.", example: "4bf92f3577b34da6a3ce929d0e0e4736" }),
  }),
  reply,
  async answer({ trace_id: traceId }, { ask, app, asOf }) {
    // Which days it is on is asked first: spans lie by service and name, not by trace.
    const [lies] = await ask<{ first: number; last: number }>(
      `SELECT toUnixTimestamp(min(Start)) AS first, toUnixTimestamp(max(End)) AS last
       FROM otel_traces_trace_id_ts WHERE TraceId = {trace:String} AND App = {app:String}`,
      { app, trace: traceId },
    );
    if (lies === undefined || lies.last === 0) {
      return { traceId, start: null, duration: 0, rows: [], spans: 0, asOf };
    }
    const bound = {
      ...{ app, trace: traceId },
      from: new Date(lies.first * 1000),
      until: new Date((lies.last + 1) * 1000),
    };
    const ofTrace = `FROM otel_traces
       WHERE App = {app:String} AND TraceId = {trace:String}
         AND Timestamp >= {from:DateTime64(9, 'UTC')} AND Timestamp < {until:DateTime64(9, 'UTC')}`;
    const [rows, [whole]] = await Promise.all([
      ask<SpanRow>(
        `SELECT
           SpanId AS spanId, ParentSpanId AS parentSpanId, ServiceName AS service, ${SERVICE_VERSION} AS version,
           SpanName AS name, SpanKind AS kind, toString(toUnixTimestamp64Nano(Timestamp)) AS nanos,
           Duration AS duration, toBool(${FAILED}) AS failed,
           mapKeys(SpanAttributes) AS keys, mapValues(SpanAttributes) AS values,
           Events.Name AS events, arrayMap(at -> toString(toUnixTimestamp64Nano(at)), Events.Timestamp) AS eventNanos
         ${ofTrace}
         ORDER BY Timestamp, SpanId
         LIMIT ${MOST_SPANS}`,
        bound,
      ),
      ask<{ spans: number; end: string }>(
        `SELECT count() AS spans, toString(max(toUnixTimestamp64Nano(Timestamp) + Duration)) AS end ${ofTrace}`,
        bound,
      ),
    ]);
    const spans = rows.map((row) => ({ ...row, start: BigInt(row.nanos) }));
    const first = spans[0]?.start;
    if (first === undefined) return { traceId, start: null, duration: 0, rows: [], spans: 0, asOf };
    const since = (nanos: bigint) => inMilliseconds(Number(nanos - first));
    return {
      traceId,
      start: new Date(Number(first / 1_000_000n)).toISOString(),
      duration: since(BigInt(whole?.end ?? first)),
      rows: placeSpans(spans).map(({ span, depth, orphan }) => ({
        ...{ spanId: span.spanId, parentSpanId: span.parentSpanId, depth, orphan },
        ...{ service: span.service, version: span.version || null },
        ...{ name: span.name, kind: span.kind, offset: since(span.start) },
        ...{ duration: inMilliseconds(span.duration), failed: span.failed },
        attributes: span.keys.map((key, at) => ({ key, value: span.values[at] ?? "" })),
        events: span.events.map((name, at) => ({
          name,
          offset: since(BigInt(span.eventNanos[at] ?? span.start)),
        })),
      })),
      spans: whole?.spans ?? 0,
      asOf,
    };
  },
});
