import { z } from "zod";
import { question } from "../question.ts";
import { asOf } from "../reply.ts";
import {
  EXACT_TO,
  exact,
  FAILED,
  inMilliseconds,
  percentilesOf,
  percentilesSql,
  SERVICE_VERSION,
  SPANS_BETWEEN,
  signalCondition,
  signalParameters,
  timed,
} from "./shared.ts";
import { momentsOf } from "./span.ts";

const MOST_NAMES = 50;
const MOST_SPANS = 20;
const KINDS = ["all", "Server", "Client", "Internal", "Producer", "Consumer"] as const;

/** One span, as far as a list of them shows it. */
const single = {
  service: z.string(),
  name: z.string(),
  kind: z.string().meta({ example: "Server" }),
  version: z.string().nullable().meta({ description: "null where none is said." }),
  route: z.string().nullable().meta({ description: "Its `http.route`." }),
  time: z.iso.datetime().meta({ description: "When it began." }),
  duration: z.number().nonnegative().meta({ description: "Milliseconds." }),
  failed: z.boolean(),
  traceId: z.string(),
  spanId: z.string(),
};

const reply = z
  .object({
    rows: z
      .array(
        z.object({
          service: z.string(),
          name: z.string(),
          kind: z.string(),
          ...timed,
          longest: z.number().nonnegative().meta({ description: "Milliseconds." }),
          traceId: z.string().meta({ description: "The trace of the longest." }),
          time: z.iso.datetime().nullable().meta({ description: "When the longest began." }),
        }),
      )
      .meta({
        description: `By service, name and kind; the highest p95 first, ${MOST_NAMES} at most.`,
      }),
    spans: z
      .array(z.object(single))
      .meta({ description: `The ${MOST_SPANS} longest single spans.` }),
    exact,
    asOf,
  })
  .meta({
    id: "SlowestSpans",
    description: "What takes longest, of the spans that were received.",
    example: {
      rows: [
        {
          ...{
            service: "timetracker",
            name: "GET /reports",
            kind: "Server",
            count: 210,
            errors: 2,
          },
          ...{ p50: 91.5, p95: 1204.8, p99: 2210.3, longest: 4020.7 },
          traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
          time: "2026-11-19T16:02:11.204Z",
        },
      ],
      spans: [
        {
          ...{ service: "timetracker", name: "GET /reports", kind: "Server" },
          ...{ version: "2.3.1", route: "/reports", time: "2026-11-19T16:02:11.204Z" },
          ...{ duration: 4020.7, failed: false },
          traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
          spanId: "00f067aa0ba902b7",
        },
      ],
      exact: true,
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

const TIME = "formatDateTime(Timestamp, '%Y-%m-%dT%H:%i:%S.', 'UTC')";
/** ISO 8601 with milliseconds; of DateTime64(9) `%f` would write all nine digits. */
const ISO = `concat(${TIME}, leftPad(toString(intDiv(toUnixTimestamp64Nano(Timestamp), 1000000) % 1000), 3, '0'), 'Z')`;

export const signalSlowest = question({
  name: "signal_slowest",
  path: "/v1/signals/slowest",
  tag: "Signals",
  summary: "Slowest spans",
  description:
    "By name with percentiles, and the longest single ones. Times are those of the senders.",
  parameters: z.object({
    ...signalParameters,
    kind: z
      .enum(KINDS, KINDS.join(", "))
      .default("all")
      .meta({ description: "Only spans of this kind.", example: "all" }),
  }),
  reply,
  async answer(parameters, { ask, app, range, asOf }) {
    const { where, params } = signalCondition(app, parameters);
    const ofKind = parameters.kind === "all" ? "" : " AND SpanKind = {kind:String}";
    const spans = `FROM otel_traces WHERE ${where}${ofKind} AND ${SPANS_BETWEEN}`;
    const bound = { ...params, ...momentsOf(range), kind: parameters.kind };
    const [size] = await ask<{ count: number }>(`SELECT count() AS count ${spans}`, bound);
    const isExact = (size?.count ?? 0) <= EXACT_TO;
    const names = await ask<{
      service: string;
      name: string;
      kind: string;
      count: number;
      errors: number;
      times: number[];
      longest: number;
    }>(
      `SELECT
         ServiceName AS service, SpanName AS name, SpanKind AS kind, count() AS count, countIf(${FAILED}) AS errors,
         ${percentilesSql(isExact, "", "Duration")} AS times, max(Duration) AS longest
       ${spans}
       GROUP BY service, name, kind
       ORDER BY times[2] DESC, longest DESC, service, name, kind
       LIMIT ${MOST_NAMES}`,
      bound,
    );
    const [longest, examples] = await Promise.all([
      ask<{
        service: string;
        name: string;
        kind: string;
        version: string;
        route: string;
        time: string;
        duration: number;
        failed: boolean;
        traceId: string;
        spanId: string;
      }>(
        `SELECT
           ServiceName AS service, SpanName AS name, SpanKind AS kind, ${SERVICE_VERSION} AS version,
           SpanAttributes['http.route'] AS route, ${ISO} AS time, Duration AS duration,
           toBool(${FAILED}) AS failed, TraceId AS traceId, SpanId AS spanId
         ${spans}
         ORDER BY Duration DESC, Timestamp, SpanId
         LIMIT ${MOST_SPANS}`,
        bound,
      ),
      // Ids are read of the few spans that are shown: of all of them they are most of the bytes.
      ask<{ service: string; name: string; kind: string; traceId: string; time: string }>(
        `SELECT ServiceName AS service, SpanName AS name, SpanKind AS kind, TraceId AS traceId, ${ISO} AS time
         ${spans}
           AND SpanName IN {names:Array(String)} AND Duration IN {durations:Array(UInt64)}
         ORDER BY Duration DESC, Timestamp, SpanId
         LIMIT 1 BY service, name, kind`,
        {
          ...bound,
          names: names.map(({ name }) => name),
          durations: names.map((row) => row.longest),
        },
      ),
    ]);
    const keyOf = (row: { service: string; name: string; kind: string }) =>
      JSON.stringify([row.service, row.name, row.kind]);
    const exampleOf = new Map(examples.map((row) => [keyOf(row), row]));
    return {
      rows: names.map((row) => ({
        ...{ service: row.service, name: row.name, kind: row.kind },
        ...{ count: row.count, errors: row.errors, ...percentilesOf(row) },
        longest: inMilliseconds(row.longest),
        traceId: exampleOf.get(keyOf(row))?.traceId ?? "",
        time: exampleOf.get(keyOf(row))?.time ?? null,
      })),
      spans: longest.map((row) => ({
        ...row,
        version: row.version || null,
        route: row.route || null,
        duration: inMilliseconds(row.duration),
      })),
      exact: isExact,
      asOf,
    };
  },
});
