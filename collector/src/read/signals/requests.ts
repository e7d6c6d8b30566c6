import { z } from "zod";
import { type Context, question } from "../question.ts";
import { asOf, count } from "../reply.ts";
import {
  EXACT_TO,
  exact,
  FAILED,
  percentilesOf,
  percentilesSql,
  ROUTE,
  routeParameter,
  SERVICE_VERSION,
  type SignalFilter,
  SPANS_BETWEEN,
  signalCondition,
  signalParameters,
  timed,
} from "./shared.ts";
import {
  bucketOf,
  bucketStart,
  momentsOf,
  signalInterval,
  signalIntervalParameter,
  signalSpan,
} from "./span.ts";

const MOST_ROUTES = 50;
const MOST_VERSIONS = 20;

const kind = z
  .enum(["value", "other"])
  .meta({ description: "`other`: all further ones together." });
const perBucket = z.array(z.number().nonnegative().nullable());

const reply = z
  .object({
    total: z.object({
      ...timed,
      unattributed: count.meta({ description: "Spans of senders that name no install." }),
    }),
    rows: z.array(z.object({ kind, service: z.string(), route: z.string(), ...timed })).meta({
      description: `By service and route, most spans first: at most ${MOST_ROUTES}, then \`other\`. Whatever \`route\` says, all of them.`,
    }),
    foldedRoutes: count.meta({ description: "How many routes are in `other`." }),
    versions: z
      .array(
        z.object({
          kind,
          version: z.string().nullable().meta({ description: "null where none is said." }),
          ...timed,
        }),
      )
      .meta({
        description: `By \`service.version\`, most spans first: at most ${MOST_VERSIONS}, then \`other\`. Whatever \`version\` says, all of them.`,
      }),
    interval: signalInterval,
    starts: z.array(bucketStart),
    series: z
      .object({
        count: z.array(count),
        errors: z.array(count),
        p50: perBucket,
        p95: perBucket,
        p99: perBucket,
      })
      .meta({ description: "In each bucket; percentiles are null where no span is." }),
    incomplete: count.meta({
      description: "How many buckets at the end still run or are not all loaded.",
    }),
    exact,
    asOf,
  })
  .meta({
    id: "SignalRequests",
    description: "Requests that the app served, as far as their server spans were received.",
    example: {
      total: {
        ...{ count: 4120, errors: 31, p50: 12.4, p95: 180.2, p99: 611.9 },
        unattributed: 3800,
      },
      rows: [
        {
          ...{ kind: "value", service: "timetracker", route: "GET /projects/{id}" },
          ...{ count: 4120, errors: 31, p50: 12.4, p95: 180.2, p99: 611.9 },
        },
      ],
      foldedRoutes: 0,
      versions: [
        {
          ...{ kind: "value", version: "2.3.1", count: 4120, errors: 31 },
          ...{ p50: 12.4, p95: 180.2, p99: 611.9 },
        },
      ],
      interval: "day",
      starts: ["2026-11-19", "2026-11-20"],
      series: {
        count: [2980, 1140],
        errors: [20, 11],
        p50: [12.1, 12.9],
        p95: [176, 191.5],
        p99: [604, 655.1],
      },
      incomplete: 1,
      exact: true,
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

interface Timed {
  count: number;
  errors: number;
  times: number[];
}

export const signalRequests = question({
  name: "signal_requests",
  path: "/v1/signals/requests",
  tag: "Signals",
  summary: "Requests, errors and durations",
  description:
    "Server spans by bucket, route and version. Counts are of the spans that were received: a sender that samples served more. They are no counts of installs.",
  parameters: z.object({
    ...signalParameters,
    route: routeParameter,
    interval: signalIntervalParameter,
  }),
  reply,
  async answer(parameters, context) {
    const { ask, app, range, asOf } = context;
    const span = signalSpan(context, parameters.interval);
    const moments = momentsOf(range);
    const whole = serverSpans(app, { whose: "all" });
    const [size] = await ask<{ count: number }>(`SELECT count() AS count ${whole.from}`, {
      ...whole.params,
      ...moments,
    });
    const isExact = (size?.count ?? 0) <= EXACT_TO;
    const chosen = serverSpans(app, parameters);
    const durations = percentilesSql(isExact, "", "Duration");
    const [[total], buckets, routes, versions] = await Promise.all([
      ask<Timed & { unattributed: number }>(
        `SELECT
           count() AS count, countIf(${FAILED}) AS errors, ${durations} AS times,
           countIf(InstallId IS NULL) AS unattributed
         ${chosen.from}`,
        { ...chosen.params, ...moments },
      ),
      ask<Timed & { start: string }>(
        `SELECT
           ${bucketOf(span.interval, "Timestamp")} AS start,
           count() AS count, countIf(${FAILED}) AS errors, ${durations} AS times
         ${chosen.from}
         GROUP BY start`,
        { ...chosen.params, from: span.first, until: span.until },
      ),
      leading(
        { service: "ServiceName", name: ROUTE, most: MOST_ROUTES, isExact },
        serverSpans(app, { ...parameters, route: undefined }),
        context,
      ),
      leading(
        { service: "''", name: SERVICE_VERSION, most: MOST_VERSIONS, isExact },
        serverSpans(app, { ...parameters, version: undefined }),
        context,
      ),
    ]);
    const at = new Map(buckets.map((row) => [row.start, row]));
    const points = span.starts.map((start) => {
      const row = at.get(start);
      return { count: row?.count ?? 0, errors: row?.errors ?? 0, ...percentilesOf(row) };
    });
    return {
      total: {
        count: total?.count ?? 0,
        errors: total?.errors ?? 0,
        ...percentilesOf(total),
        unattributed: total?.unattributed ?? 0,
      },
      rows: routes.map(({ kind, service, name, ...row }) => ({
        ...{ kind, service, route: name },
        ...timedOf(row),
      })),
      foldedRoutes: routes.find(({ kind }) => kind === "other")?.different ?? 0,
      versions: versions.map(({ kind, name, ...row }) => ({
        ...{ kind, version: name === "" ? null : name },
        ...timedOf(row),
      })),
      interval: span.interval,
      starts: span.starts,
      series: {
        count: points.map((point) => point.count),
        errors: points.map((point) => point.errors),
        p50: points.map((point) => point.p50),
        p95: points.map((point) => point.p95),
        p99: points.map((point) => point.p99),
      },
      incomplete: span.incomplete,
      exact: isExact,
      asOf,
    };
  },
});

const timedOf = (row: Timed) => ({ count: row.count, errors: row.errors, ...percentilesOf(row) });

function serverSpans(app: string, filter: SignalFilter) {
  const { where, params } = signalCondition(app, filter);
  const from = `FROM otel_traces WHERE ${where} AND SpanKind = 'Server' AND ${SPANS_BETWEEN}`;
  return { from, params };
}

/** The values with most spans, and all others together, in one pass over the spans. */
function leading(
  of: { service: string; name: string; most: number; isExact: boolean },
  { from, params }: ReturnType<typeof serverSpans>,
  { ask, range }: Pick<Context, "ask" | "range">,
) {
  const state = percentilesSql(of.isExact, "State", "Duration");
  const merged = percentilesSql(of.isExact, "Merge", "durations");
  return ask<Timed & { kind: "value" | "other"; service: string; name: string; different: number }>(
    `SELECT
       if(place <= {most:UInt16}, 'value', 'other') AS kind,
       if(kind = 'value', of_service, '') AS service, if(kind = 'value', of_name, '') AS name,
       sum(spans) AS count, sum(failed) AS errors, ${merged} AS times, count() AS different
     FROM (
       SELECT *, row_number() OVER (ORDER BY spans DESC, of_service, of_name) AS place
       FROM (
         SELECT
           ${of.service} AS of_service, ${of.name} AS of_name,
           count() AS spans, countIf(${FAILED}) AS failed, ${state} AS durations
         ${from}
         GROUP BY of_service, of_name
       )
     )
     GROUP BY kind, service, name
     ORDER BY kind = 'other', count DESC, service, name`,
    { ...params, ...momentsOf(range), most: of.most },
  );
}
