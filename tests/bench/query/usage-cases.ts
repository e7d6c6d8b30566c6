import { addDays, bucketStart, type Day } from "../../../collector/src/read/days.ts";
import {
  ADMITTED,
  type Answer,
  keyed,
  type QueryCase,
  READ_MEMBERS,
  reading,
} from "./query-case.ts";
import { featurePlain, listedPlain } from "./release-plains.ts";
import { errorVersionsPlain, funnelPlain, pathsPlain, propertiesPlain } from "./usage-plains.ts";

const IN_RANGE = "app = {app:String} AND toDate(time) >= {from:Date} AND toDate(time) <= {to:Date}";
const DAYS = "app = {app:String} AND day >= {from:Date} AND day <= {to:Date}";
const MEMBER = `install_id IN ${ADMITTED}`;
const events = (columns: string, condition = "1") =>
  reading(columns, `events WHERE ${IN_RANGE} AND ${condition}`);
const eventDays = reading("event, day, installs", `event_days WHERE ${DAYS}`);
const AMOUNTS =
  "count() AS count, uniqExact(install_id) AS installs, uniqExactIf(user, user != 0) AS users";

/** Busy events, one that names users and has properties, and one that every app has. */
const DRAWN = ["timer.started", "timer.stopped", "project.created"];
const DRAWN_IN = `event IN ('${DRAWN.join("', '")}')`;

const SHORT_FUNNEL = ["timer.started", "timer.stopped", "invoice.created"];
/** As many steps as a funnel may have. */
const LONG_FUNNEL = [
  "auth.login",
  "$pageview",
  "timer.started",
  "timer.stopped",
  "task.created",
  "report.viewed",
  "invoice.created",
  "invoice.sent",
];
const isEvent = (name: string) => `event = '${name}'`;
const WEEK_MS = 7 * 86_400_000;
const MONTH_MINUTES = 30 * 24 * 60;

/** What the pages about detailed records ask on a day. */
export function usageCases(today: Day): QueryCase[] {
  const [from, to] = [addDays(today, -27), today];
  const month = { overview: false, params: { from, to } };
  const year = { from: addDays(today, -364), to };
  const half = { from: addDays(bucketStart(today, "week"), -7 * 25), to };
  const cases: QueryCase[] = [
    {
      ...{ name: "events", path: "events", parameters: { from, to }, ...month },
      reads: [events("event, user, install_id"), eventDays, READ_MEMBERS],
      plain: {
        sql: [
          `SELECT event, ${AMOUNTS} FROM events WHERE ${IN_RANGE} AND ${MEMBER} GROUP BY event`,
        ],
        ofRows: (rows) => keyed(rows, "event"),
        ofAnswer: ({ rows }) => keyed(rows, "event"),
      },
    },
    {
      ...{ name: "trend", path: "events/trend", ...month },
      parameters: { from, to, event: DRAWN.join(",") },
      reads: [events("event, time, user, install_id", DRAWN_IN), eventDays, READ_MEMBERS],
      plain: {
        sql: [
          `SELECT event, toDate(time) AS start, ${AMOUNTS} FROM events
           WHERE ${IN_RANGE} AND ${DRAWN_IN} AND ${MEMBER} GROUP BY event, start`,
        ],
        ofRows: (rows) => keyed(rows, "event", "start"),
        ofAnswer: ({ starts, series }) =>
          keyed(
            series
              .flatMap(({ event, counts, installs, users }: Answer) =>
                starts.map((start: string, at: number) => ({
                  ...{ event, start, count: counts[at], installs: installs[at], users: users[at] },
                })),
              )
              .filter(({ count }: Answer) => count > 0),
            "event",
            "start",
          ),
      },
    },
    {
      ...{ name: "explore", path: "events/explore", ...month },
      parameters: { from, to, event: "auth.login", property: "auth_method" },
      reads: [
        events("time, user, install_id, properties", "event = 'auth.login'"),
        eventDays,
        READ_MEMBERS,
      ],
      plain: {
        sql: [
          `SELECT properties['auth_method'] AS value, ${AMOUNTS} FROM events
           WHERE ${IN_RANGE} AND event = 'auth.login' AND ${MEMBER} GROUP BY value`,
        ],
        ofRows: (rows) => keyed(rows, "value"),
        ofAnswer: ({ rows }) =>
          keyed(
            rows.map(({ value, count, installs, users }: Answer) => ({
              ...{ value, count, installs, users },
            })),
            "value",
          ),
      },
    },
    {
      ...{ name: "properties", path: "events/properties", ...month },
      parameters: { from, to, event: "timer.stopped" },
      reads: [events("install_id, properties, numbers", "event = 'timer.stopped'"), READ_MEMBERS],
      plain: propertiesPlain,
    },
    {
      ...{ name: "feature-adoption", path: "events/adoption", parameters: { from, to }, ...month },
      reads: [eventDays, READ_MEMBERS, reading("event, app_version", "events")],
      plain: featurePlain,
    },
    {
      ...{ name: "funnels", path: "funnels", ...month },
      parameters: { from, to, step: SHORT_FUNNEL },
      reads: [
        events("event, time, install_id", `event IN ('${SHORT_FUNNEL.join("', '")}')`),
        eventDays,
        READ_MEMBERS,
      ],
      plain: funnelPlain(SHORT_FUNNEL.map(isEvent), WEEK_MS),
    },
    {
      ...{ name: "long-funnel", path: "funnels", ...month },
      parameters: { from, to, step: LONG_FUNNEL, window: String(MONTH_MINUTES) },
      reads: [
        events("event, time, install_id", `event IN ('${LONG_FUNNEL.join("', '")}')`),
        eventDays,
        READ_MEMBERS,
      ],
      plain: funnelPlain(LONG_FUNNEL.map(isEvent), MONTH_MINUTES * 60_000),
    },
    {
      ...{ name: "listed-funnels", path: "funnels/listed", ...month },
      // It takes none of the filters.
      parameters: { admitted: [] },
      reads: [],
      plain: listedPlain,
    },
    {
      ...{ name: "event-retention", path: "retention/event", overview: false },
      ...{ parameters: { ...half, event: "invoice.created" }, params: half },
      reads: [
        reading("day, installs", `active_days WHERE ${DAYS}`),
        reading(
          "day, installs",
          "event_days WHERE app = {app:String} AND event = 'invoice.created'",
        ),
        READ_MEMBERS,
      ],
      plain: {
        sql: [
          `SELECT start, week, count() AS installs
           FROM (
             SELECT install_id, toMonday(toDate(min(time))) AS start FROM events
             WHERE app = {app:String} AND event = 'invoice.created' AND ${MEMBER}
             GROUP BY install_id
           ) AS cohorts
           INNER JOIN (
             SELECT install_id, arrayJoin(groupUniqArray(toMonday(day))) AS week
             FROM heartbeats WHERE ${DAYS} GROUP BY install_id
           ) AS weeks USING (install_id)
           WHERE start >= {from:Date} AND week >= start AND week < toMonday({to:Date})
           GROUP BY start, week`,
        ],
        ofRows: (rows) => keyed(rows, "start", "week"),
        ofAnswer: ({ rows }) =>
          keyed(
            rows.flatMap(({ start, counts }: Answer) =>
              counts.flatMap((installs: number | null, week: number) =>
                installs === null || installs === 0
                  ? []
                  : [{ start, week: addDays(start, 7 * week), installs }],
              ),
            ),
            "start",
            "week",
          ),
      },
    },
    {
      ...{ name: "paths", path: "paths", ...month },
      parameters: { from, to, event: "project.created" },
      reads: [events("event, time, user"), READ_MEMBERS],
      plain: pathsPlain("project.created"),
    },
    {
      ...{ name: "errors", path: "errors", parameters: { from, to }, ...month },
      reads: [
        events(
          "time, install_id, app_version, properties",
          "event IN ('error_occurred', 'system.error')",
        ),
        eventDays,
        READ_MEMBERS,
      ],
      plain: {
        sql: [
          `SELECT properties['error_type'] AS type, uniqExact(install_id) AS installs, count() AS count,
             toString(min(toDate(time))) AS firstDay, toString(max(toDate(time))) AS lastDay
           FROM events
           WHERE ${IN_RANGE} AND event IN ('error_occurred', 'system.error') AND ${MEMBER}
           GROUP BY type`,
          `SELECT uniqExact(install_id) AS sharing,
             uniqExactIf(install_id, event IN ('error_occurred', 'system.error')) AS affected
           FROM events WHERE ${IN_RANGE} AND ${MEMBER}`,
        ],
        ofRows: (rows, whole) => ({ rows: keyed(rows, "type"), whole: whole[0] }),
        ofAnswer: ({ rows, total, sharingDetailed }: Answer) => ({
          rows: keyed(
            rows.map(({ type, installs, count, firstDay, lastDay }: Answer) => ({
              ...{ type: type ?? "", installs, count, firstDay, lastDay },
            })),
            "type",
          ),
          whole: { sharing: sharingDetailed, affected: total.installs },
        }),
      },
    },
    {
      ...{ name: "error-versions", path: "errors/versions", parameters: { from, to }, ...month },
      reads: [
        events(
          "time, install_id, app_version, properties",
          "event IN ('error_occurred', 'system.error')",
        ),
        reading("app_version, installs", `version_days WHERE ${DAYS}`),
        eventDays,
        READ_MEMBERS,
      ],
      plain: errorVersionsPlain,
    },
    {
      ...{ name: "pages", path: "pages", parameters: { from, to }, ...month },
      reads: [
        events("time, user, install_id, properties", "event = '$pageview'"),
        eventDays,
        READ_MEMBERS,
      ],
      plain: {
        sql: [
          `SELECT properties['pathname'] AS route, ${AMOUNTS} FROM events
           WHERE ${IN_RANGE} AND event = '$pageview' AND ${MEMBER} GROUP BY route`,
        ],
        ofRows: (rows) => keyed(rows, "route"),
        ofAnswer: ({ rows }) =>
          keyed(
            rows.map(({ route, ...row }: Answer) => ({ route: route ?? "", ...row })),
            "route",
          ),
      },
    },
  ];
  const overYear = cases.filter(({ name }) => ["events", "pages", "errors"].includes(name));
  return [
    ...cases,
    ...overYear.map((one) => ({
      ...{ ...one, name: `${one.name}-year`, params: year },
      parameters: { ...one.parameters, ...year },
    })),
  ];
}
