import { z } from "zod";
import { appOnly, range as rangeParameters } from "../parameters.ts";
import { question } from "../question.ts";
import { asOf, count } from "../reply.ts";
import { METRIC_TABLES } from "./metric-tables.ts";
import { momentsOf } from "./span.ts";

const MOST_SERVICES = 100;
const SIGNALS = ["spans", "points", "logs"] as const;

const reply = z
  .object({
    rows: z.array(
      z.object({
        signal: z.enum(SIGNALS).meta({ description: "`logs`: plain ones, which are no events." }),
        received: count.meta({ description: "Of the range." }),
        attributed: count.meta({ description: "Of them, those that name their install." }),
        last: z.iso.datetime().nullable().meta({
          description: "The latest time that one has, of all that are kept; null: none is.",
        }),
      }),
    ),
    services: z
      .array(z.object({ service: z.string(), received: count }))
      .meta({ description: `Of the range, most first, ${MOST_SERVICES} at most.` }),
    asOf,
  })
  .meta({
    id: "SignalStatus",
    description: "Whether the app's own traces, metrics and logs arrive.",
    example: {
      rows: [
        {
          ...{ signal: "spans", received: 4120, attributed: 320 },
          last: "2026-11-20T08:11:30.000Z",
        },
        { signal: "points", received: 2016, attributed: 0, last: "2026-11-20T08:11:30.000Z" },
        { signal: "logs", received: 0, attributed: 0, last: null },
      ],
      services: [{ service: "timetracker", received: 6136 }],
      asOf: "2026-11-20T08:12:04.000Z",
    },
  });

interface Arrived {
  signal: (typeof SIGNALS)[number];
  service: string;
  received: number;
  attributed: number;
  last: number;
}

const TABLES: [signal: Arrived["signal"], table: string, time: string][] = [
  ["spans", "otel_traces", "Timestamp"],
  ...Object.values(METRIC_TABLES).map((table): [Arrived["signal"], string, string] => [
    "points",
    table,
    "TimeUnix",
  ]),
  ["logs", "otel_logs", "Timestamp"],
];

export const signalStatus = question({
  name: "signal_status",
  path: "/v1/signals/status",
  tag: "Signals",
  summary: "What arrived of traces, metrics and logs",
  description: "Signals of senders that name no install are in no count of installs.",
  parameters: z.object({ ...appOnly, ...rangeParameters }),
  reply,
  async answer(_parameters, { ask, app, range, asOf }) {
    const seconds = (time: string) => `toUnixTimestamp(toDateTime(${time}))`;
    const rows = await ask<Arrived>(
      TABLES.map(([signal, table, time]) => {
        const inRange = `${seconds(time)} >= {from:UInt32} AND ${seconds(time)} < {until:UInt32}`;
        return `SELECT
          '${signal}' AS signal, ServiceName AS service, countIf(${inRange}) AS received,
          countIf(${inRange} AND InstallId IS NOT NULL) AS attributed, max(${seconds(time)}) AS last
        FROM ${table} WHERE App = {app:String} GROUP BY service`;
      }).join(" UNION ALL "),
      { app, ...inSeconds(momentsOf(range)) },
    );
    const services = new Map<string, number>();
    for (const { service, received } of rows) {
      services.set(service, (services.get(service) ?? 0) + received);
    }
    return {
      rows: SIGNALS.map((signal) => {
        const own = rows.filter((row) => row.signal === signal);
        const last = Math.max(0, ...own.map((row) => row.last));
        return {
          signal,
          received: sum(own.map((row) => row.received)),
          attributed: sum(own.map((row) => row.attributed)),
          last: last === 0 ? null : new Date(last * 1000).toISOString(),
        };
      }),
      services: [...services]
        .map(([service, received]) => ({ service, received }))
        .filter(({ received }) => received > 0)
        .sort((a, b) => b.received - a.received || (a.service < b.service ? -1 : 1))
        .slice(0, MOST_SERVICES),
      asOf,
    };
  },
});

const sum = (values: number[]) => values.reduce((all, value) => all + value, 0);
const inSeconds = ({ from, until }: ReturnType<typeof momentsOf>) => ({
  from: Math.max(0, from.getTime() / 1000),
  until: until.getTime() / 1000,
});
