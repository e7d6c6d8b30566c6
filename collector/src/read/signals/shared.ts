import { z } from "zod";
import type { Params } from "../../store/client.ts";
import { appOnly, range } from "../parameters.ts";
import { count } from "../reply.ts";

const word = (description: string, example: string) =>
  z
    .string("a text of 1 to 400 characters")
    .min(1, "a text of 1 to 400 characters")
    .max(400, "a text of 1 to 400 characters")
    .optional()
    .meta({ description, example });

/** What every question about signals takes. */
export const signalParameters = {
  ...appOnly,
  ...range,
  service: word("Only of this `service.name`.", "timetracker"),
  version: word('Only of this `service.version`; "unknown": of senders that say none.', "2.3.1"),
  whose: z.enum(["all", "install", "nobody"], "all, install or nobody").default("all").meta({
    description:
      "`install`: only signals that name the install they belong to. `nobody`: only those of senders that name none.",
    example: "all",
  }),
};

export const routeParameter = word(
  "Only requests of this route: the method and `http.route`, or the span's name where it has none.",
  "GET /projects/{id}",
);

/** What stands for "never said". */
export const UNKNOWN = "unknown";

/** What a question about signals is narrowed by. */
export interface SignalFilter {
  service?: string | undefined;
  version?: string | undefined;
  whose: "all" | "install" | "nobody";
  route?: string | undefined;
}

export const SERVICE_VERSION = "ResourceAttributes['service.version']";
/** What a server span is counted under: two methods of one path are two things. */
export const ROUTE =
  "if(SpanAttributes['http.route'] = '', SpanName, trimLeft(concat(SpanAttributes['http.request.method'], ' ', SpanAttributes['http.route'])))";
export const FAILED =
  "(StatusCode = 'Error' OR toUInt16OrZero(SpanAttributes['http.response.status_code']) >= 500)";

/** A condition on a table of signals, with what it binds. */
export function signalCondition(
  app: string,
  filter: SignalFilter,
): { where: string; params: Params } {
  const { service, version, whose, route } = filter;
  const conditions = ["App = {app:String}"];
  const params: Params = { app };
  if (service !== undefined) {
    conditions.push("ServiceName = {service:String}");
    params.service = service;
  }
  if (version !== undefined) {
    conditions.push(`${SERVICE_VERSION} = {version:String}`);
    params.version = version === UNKNOWN ? "" : version;
  }
  if (whose !== "all") conditions.push(`InstallId IS ${whose === "install" ? "NOT " : ""}NULL`);
  if (route !== undefined) {
    conditions.push(`${ROUTE} = {route:String}`);
    params.route = route;
  }
  return { where: conditions.join(" AND "), params };
}

/** Spans between two moments, as a condition on `otel_traces`. */
export const SPANS_BETWEEN =
  "Timestamp >= {from:DateTime64(9, 'UTC')} AND Timestamp < {until:DateTime64(9, 'UTC')}";
/** Points between two moments, as a condition on the tables of metrics. */
export const POINTS_BETWEEN =
  "TimeUnix >= {from:DateTime('UTC')} AND TimeUnix < {until:DateTime('UTC')}";

/** Of more spans than this the percentiles are sketched: every duration would have to be held. */
export const EXACT_TO = 1_000_000;
export const exact = z.boolean().meta({
  description: `Whether percentiles are exact; of more than ${EXACT_TO.toLocaleString("en")} spans they are within 1% of it.`,
});
const LEVELS = "0.5, 0.95, 0.99";

/** SQL for the percentiles of durations; `suffix` is "", "State" or "Merge". */
export const percentilesSql = (isExact: boolean, suffix: "" | "State" | "Merge", of: string) =>
  isExact
    ? `quantilesExact${suffix}(${LEVELS})(${of})`
    : `quantilesDD${suffix}(0.01, ${LEVELS})(${of})`;

const duration = z.number().nonnegative();
const milliseconds = (description: string) =>
  duration.nullable().meta({ description: `${description}, in milliseconds.` });

/** Fields of durations in an answer. */
export const percentiles = {
  p50: milliseconds("Half of them took as long or less"),
  p95: milliseconds("95% took as long or less"),
  p99: milliseconds("99% took as long or less"),
};
export const timed = {
  count: count.meta({ description: "Spans that were received, not requests that were served." }),
  errors: count.meta({
    description: "Of them, those whose status is Error or whose response is 500 or above.",
  }),
  ...percentiles,
};

const NANOSECONDS = 1e6;
export const inMilliseconds = (nanoseconds: number): number => nanoseconds / NANOSECONDS;

/** The fields from a row's list of percentiles; null where there was no span. */
export function percentilesOf(row: { count: number; times: number[] } | undefined) {
  const [p50, p95, p99] = (row && row.count > 0 ? row.times : []).map(inMilliseconds);
  return { p50: p50 ?? null, p95: p95 ?? null, p99: p99 ?? null };
}
