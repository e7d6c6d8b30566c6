import { addDays, bucketStart, type Day } from "../../../collector/src/read/days.ts";
import { compareVersions } from "../../../schemas/src/index.ts";
import {
  ADMITTED,
  type Answer,
  keyed,
  LIVES,
  type Plain,
  type QueryCase,
  READ_MEMBERS,
  type Row,
  reading,
} from "./query-case.ts";
import { adoptionPlain, lagPlain, stuckPlain } from "./release-plains.ts";

const NOW = "{now:DateTime64(3, 'UTC')}";
const IN_RANGE = "app = {app:String} AND day >= {from:Date} AND day <= {to:Date}";
const ACTIVE_DAYS = reading("day, installs", `active_days WHERE ${IN_RANGE}`);
const flat = (columns: string) => reading(columns, "installs_flat WHERE app = {app:String}");

/** What the pages about installs ask on a day. */
export function footprintCases(today: Day): QueryCase[] {
  const [from, to] = [addDays(today, -27), today];
  const month = { parameters: { from, to }, params: { from, to } };
  const half = { from: addDays(bucketStart(today, "week"), -7 * 25), to };
  return [
    {
      ...{ name: "summary", path: "installs/summary", overview: true, parameters: {} },
      params: { first: addDays(today, -55), last: addDays(today, -28), from, to },
      reads: [
        flat("app_version, number, admitted, first_seen, last_seen, last_detailed"),
        reading(
          "day, installs",
          "active_days WHERE app = {app:String} AND day >= {from:Date} - 56 AND day < {from:Date}",
        ),
        flat("versions, version_days, admitted"),
      ],
      plain: SUMMARY,
    },
    {
      ...{ name: "active", path: "installs/active", overview: true, ...month },
      reads: [READ_MEMBERS, ACTIVE_DAYS],
      plain: {
        sql: [
          `SELECT day AS start, uniqExact(install_id) AS installs FROM heartbeats
           WHERE ${IN_RANGE} AND install_id IN ${ADMITTED} GROUP BY day`,
        ],
        ofRows: (rows) => keyed(rows, "start"),
        ofAnswer: ({ rows }) =>
          keyed(
            rows.map(({ start, installs }: Answer) => ({ start, installs })),
            "start",
          ),
      },
    },
    {
      ...{ name: "lifecycle", path: "installs/lifecycle", overview: true, ...month },
      reads: [READ_MEMBERS, ACTIVE_DAYS, flat("first_seen")],
      plain: LIFECYCLE,
    },
    {
      ...{ name: "versions", path: "installs/versions", overview: true, ...month },
      reads: [
        flat("number, admitted, app_version"),
        ACTIVE_DAYS,
        reading("app_version, installs", `version_days WHERE ${IN_RANGE}`),
      ],
      plain: VERSIONS,
    },
    {
      ...{ name: "breakdown", path: "installs/breakdown", overview: true },
      ...{ parameters: { from, to, field: "platform" }, params: { from, to } },
      reads: [flat("number, admitted, platform"), ACTIVE_DAYS],
      plain: {
        sql: [
          `SELECT if(field = '', 'unknown', field) AS value, count() AS installs
           FROM (
             SELECT install_id, argMaxIf(platform, time, platform != '') AS field,
               countIf(day >= {from:Date} AND day <= {to:Date}) > 0 AS active
             FROM heartbeats WHERE app = {app:String} AND install_id IN ${ADMITTED}
             GROUP BY install_id
           )
           WHERE active GROUP BY value`,
        ],
        ofRows: (rows) => keyed(rows, "value"),
        ofAnswer: ({ rows }) => keyed(rows.map(withoutShare), "value"),
      },
    },
    {
      ...{ name: "rolling", path: "installs/rolling", overview: false, ...month },
      reads: [
        READ_MEMBERS,
        reading(
          "day, installs",
          `active_days WHERE ${IN_RANGE.replace("{from:Date}", "{from:Date} - 27")}`,
        ),
      ],
      plain: {
        sql: [
          `SELECT start, countIf(has(days, start)) AS day,
             countIf(arrayExists(d -> d > start - 7 AND d <= start, days)) AS week,
             countIf(arrayExists(d -> d > start - 28 AND d <= start, days)) AS month
           FROM (
             SELECT install_id, groupUniqArray(day) AS days FROM heartbeats
             WHERE app = {app:String} AND day >= {from:Date} - 27 AND day <= {to:Date} AND install_id IN ${ADMITTED}
             GROUP BY install_id
           )
           ARRAY JOIN arrayMap(n -> {from:Date} + n, range(28)) AS start GROUP BY start`,
        ],
        ofRows: (rows) => keyed(rows, "start"),
        ofAnswer: ({ rows }) =>
          keyed(
            rows.map(({ complete: _, ...row }: Answer) => row),
            "start",
          ),
      },
    },
    {
      ...question("adoption"),
      reads: [flat("versions, version_days, admitted"), READ_MEMBERS],
      plain: adoptionPlain(today),
    },
    {
      ...question("lag"),
      reads: [flat("versions, version_days, admitted"), READ_MEMBERS],
      plain: lagPlain(today),
    },
    {
      ...{ name: "upgrades", path: "installs/upgrades", overview: false, ...month },
      reads: [flat("versions, version_days, admitted")],
      plain: {
        // Of several versions on one day none has to be ordered here: a record a day has one.
        sql: [
          `SELECT from, to, count() AS installs, quantileExactInclusive(0.5)(days) AS medianDays
           FROM (
             SELECT
               arraySort(groupArray((day, app_version))) AS said,
               arrayJoin(arrayFilter(
                 step -> step > 1 AND said[step].1 >= {from:Date} AND said[step].1 <= {to:Date},
                 arrayEnumerate(said))) AS step,
               said[step - 1].2 AS from, said[step].2 AS to, said[step].1 - said[step - 1].1 AS days
             FROM (
               SELECT install_id, app_version, min(day) AS day FROM heartbeats
               WHERE app = {app:String} AND app_version != '' AND install_id IN ${ADMITTED}
               GROUP BY install_id, app_version
             )
             GROUP BY install_id
           )
           GROUP BY from, to ORDER BY installs DESC, from, to LIMIT 50`,
        ],
        ofRows: (rows) => keyed(rows, "from", "to"),
        ofAnswer: ({ rows }) =>
          keyed(
            rows.map(({ kind: _, ...row }: Answer) => row),
            "from",
            "to",
          ),
      },
    },
    {
      ...question("stuck"),
      reads: [flat("app_version, last_seen, versions, version_days, admitted")],
      plain: stuckPlain(today),
    },
    {
      ...question("droppable"),
      reads: [flat("app_version, last_seen, admitted")],
      plain: {
        sql: [
          `SELECT version AS value, count() AS installs FROM ${LIVES}
           WHERE install_id IN ${ADMITTED} AND last >= ${NOW} - INTERVAL 28 DAY GROUP BY version`,
        ],
        ofRows: (rows) => keyed(behind(rows), "value"),
        ofAnswer: ({ rows }) =>
          keyed(
            rows.map(({ value, installs, behind }: Answer) => ({ value, installs, behind })),
            "value",
          ),
      },
    },
    {
      ...question("age"),
      reads: [flat("first_seen, last_seen, admitted")],
      plain: {
        sql: [
          `SELECT roundDown(greatest(0, intDiv(dateDiff('millisecond', first, ${NOW}), 86400000)), [0, 1, 7, 28, 91, 182, 365, 730]) AS fromDays,
             count() AS installs
           FROM ${LIVES} WHERE install_id IN ${ADMITTED} AND last >= ${NOW} - INTERVAL 28 DAY GROUP BY fromDays`,
        ],
        ofRows: (rows) => keyed(rows, "fromDays"),
        ofAnswer: ({ rows }) =>
          keyed(
            rows
              .map(({ fromDays, installs }: Answer) => ({ fromDays, installs }))
              .filter(({ installs }: Answer) => installs > 0),
            "fromDays",
          ),
      },
    },
    {
      ...question("survival"),
      reads: [flat("first_seen, last_seen, admitted")],
      plain: {
        sql: [
          `SELECT days, countIf(possible >= days) AS installs, countIf(possible >= days AND lived >= days) AS alive
           FROM (
             SELECT intDiv(dateDiff('millisecond', first, ${NOW}), 86400000) - 1 AS possible,
               intDiv(dateDiff('millisecond', first, last), 86400000) AS lived
             FROM ${LIVES} WHERE install_id IN ${ADMITTED}
           )
           ARRAY JOIN range(365) AS days
           WHERE days < 28 OR days % 7 = 0 GROUP BY days HAVING installs > 0`,
        ],
        ofRows: (rows) => keyed(rows, "days"),
        ofAnswer: ({ rows }) =>
          keyed(
            rows.map(({ few: _, ...row }: Answer) => row),
            "days",
          ),
      },
    },
    {
      ...{ name: "retention", path: "installs/retention", overview: false },
      ...{ parameters: half, params: half },
      reads: [
        flat("number, first_seen, admitted"),
        reading("day, installs", `active_days WHERE ${IN_RANGE}`),
      ],
      plain: {
        sql: [
          `SELECT cohort AS start, week, count() AS installs
           FROM (
             SELECT install_id, toMonday(toDate(first)) AS cohort FROM ${LIVES}
             WHERE install_id IN ${ADMITTED} AND first >= toDateTime64({from:Date}, 3, 'UTC')
           ) AS cohorts
           INNER JOIN (
             SELECT install_id, arrayJoin(groupUniqArray(toMonday(day))) AS week FROM heartbeats
             WHERE ${IN_RANGE} GROUP BY install_id
           ) AS weeks USING (install_id)
           WHERE week >= cohort AND week < toMonday({to:Date}) GROUP BY cohort, week`,
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
  ];
}

/** One that `from` and `to` do not move. */
const question = (name: string) => ({
  ...{ name, path: `installs/${name}`, overview: false, parameters: {}, params: {} },
});

const withoutShare = ({ share: _, ...row }: Answer) => row;

/** Versions with the installs on older ones. */
function behind(rows: readonly Row[]): object[] {
  const values = rows as unknown as { value: string; installs: number }[];
  return values
    .filter(({ value }) => value !== "")
    .map((row) => ({
      ...row,
      behind: values
        .filter(({ value }) => value !== "" && compareVersions(value, row.value) > 0)
        .reduce((sum, { installs }) => sum + installs, 0),
    }));
}

const SUMMARY: Plain = {
  sql: [
    `SELECT
       argMaxIf(app_version, time, app_version != '') AS version,
       min(time) AS first, max(time) AS last, maxIf(time, detailed) AS told,
       countIf(event IN ('system.error', 'error_occurred') AND time >= toDate(${NOW} - INTERVAL 28 DAY)) > 0 AS failed,
       countIf(NOT detailed AND toDate(time) >= {first:Date} AND toDate(time) <= {last:Date}) > 0 AS in_previous,
       countIf(NOT detailed AND toDate(time) >= {first:Date} - 28 AND toDate(time) < {first:Date}) > 0 AS in_earlier,
       install_id
     FROM (
       SELECT install_id, time, app_version, false AS detailed, '' AS event FROM heartbeats WHERE app = {app:String}
       UNION ALL
       SELECT install_id, time, app_version, true, event FROM events WHERE app = {app:String}
     )
     GROUP BY install_id`,
  ].map(
    (installs) => `WITH ${NOW} AS now_, last >= now_ - INTERVAL 28 DAY AS in_month,
       admitted AND in_month AND told >= now_ - INTERVAL 28 DAY AS sharing_
     SELECT
       version, count() AS total, countIf(admitted) AS admitted_,
       countIf(admitted AND last >= now_ - INTERVAL 1 DAY) AS day,
       countIf(admitted AND last >= now_ - INTERVAL 7 DAY) AS week,
       countIf(admitted AND in_month) AS month,
       countIf(admitted AND in_month AND last < first + INTERVAL 1 DAY AND first < now_ - INTERVAL 1 DAY) AS underADay,
       countIf(admitted AND first >= now_ - INTERVAL 28 DAY) AS new,
       countIf(admitted AND last < now_ - INTERVAL 28 DAY AND last >= now_ - INTERVAL 56 DAY) AS churned,
       countIf(sharing_) AS sharing, countIf(sharing_ AND NOT failed) AS withoutError,
       countIf(admitted AND in_previous) AS previousMonth,
       countIf(admitted AND first >= now_ - INTERVAL 56 DAY AND first < now_ - INTERVAL 28 DAY) AS previousNew,
       countIf(admitted AND in_earlier AND NOT in_previous) AS previousChurned
     FROM (SELECT *, install_id IN ${ADMITTED} AS admitted FROM (${installs}))
     GROUP BY version`,
  ),
  ofRows(rows) {
    const sum: Record<string, number> = {};
    for (const row of rows) {
      for (const [name, value] of Object.entries(row)) {
        if (typeof value === "number") sum[name] = (sum[name] ?? 0) + (value as number);
      }
    }
    return sum;
  },
  ofAnswer: ({ active, total, admitted, previous, ...rest }: Answer) => ({
    ...active,
    ...{ total, admitted_: admitted, underADay: rest.underADay, new: rest.new },
    ...{ churned: rest.churned, sharing: rest.sharingDetailed, withoutError: rest.withoutError },
    ...{ previousMonth: previous.month, previousNew: previous.new },
    previousChurned: previous.churned,
  }),
};

const LIFECYCLE: Plain = {
  sql: [
    `SELECT start, countIf(has(days, start)) AS active, countIf(has(days, start) AND toDate(first) = start) AS new,
       countIf(has(days, start) AND has(days, start - 1)) AS returning,
       countIf(NOT has(days, start) AND has(days, start - 1)) AS dormant
     FROM (
       SELECT install_id, groupUniqArray(day) AS days FROM heartbeats
       WHERE app = {app:String} AND day >= {from:Date} - 1 AND day <= {to:Date} AND install_id IN ${ADMITTED}
       GROUP BY install_id
     ) AS month
     INNER JOIN (SELECT install_id, first FROM ${LIVES}) AS lives USING (install_id)
     ARRAY JOIN arrayMap(n -> {from:Date} + n, range(28)) AS start GROUP BY start`,
  ],
  ofRows: (rows) =>
    keyed(
      rows.filter(({ start }) => start !== last(rows)),
      "start",
    ),
  ofAnswer: ({ rows }) =>
    keyed(
      rows
        .filter(({ start }: Row) => start !== last(rows))
        .map(({ start, new: fresh, returning, resurrected, dormant }: Answer) => ({
          ...{ start, active: fresh + returning + resurrected, new: fresh, returning, dormant },
        })),
      "start",
    ),
};

/** Who is missing on the last day may still come: there the answer does not say. */
const last = (rows: readonly Row[]) =>
  rows.map(({ start }) => String(start)).reduce((one, other) => (one > other ? one : other), "");

const VERSIONS: Plain = {
  sql: [
    `SELECT if(version = '', 'unknown', version) AS version_, count() AS installs FROM ${LIVES}
     WHERE install_id IN ${ADMITTED} AND install_id IN (SELECT install_id FROM heartbeats WHERE ${IN_RANGE})
     GROUP BY version_`,
    `SELECT day, if(app_version = '', 'unknown', app_version) AS version, uniqExact(install_id) AS installs
     FROM heartbeats WHERE ${IN_RANGE} AND install_id IN ${ADMITTED} GROUP BY day, version`,
  ],
  ofRows: (rows, days) => ({
    rows: keyed(rows, "version_"),
    days: keyed(bands(days as unknown as DayRow[]), "day", "version"),
  }),
  ofAnswer: ({ rows, series }: Answer) => ({
    rows: keyed(
      rows.map(({ version, installs }: Answer) => ({ version_: version, installs })),
      "version_",
    ),
    days: keyed(
      series.versions.flatMap(({ version, installs }: Answer) =>
        installs.flatMap((found: number, at: number) =>
          found === 0 ? [] : [{ day: series.starts[at], version, installs: found }],
        ),
      ),
      "day",
      "version",
    ),
  }),
};

interface DayRow {
  day: string;
  version: string;
  installs: number;
}

/** The seven versions with the largest share on any day; the rest of each day together. */
function bands(rows: readonly DayRow[]): DayRow[] {
  const peaks = new Map<string, number>();
  const days = Map.groupBy(rows, ({ day }) => day);
  for (const same of days.values()) {
    const whole = same.reduce((sum, { installs }) => sum + installs, 0);
    for (const { version, installs } of same) {
      peaks.set(version, Math.max(peaks.get(version) ?? 0, installs / whole));
    }
  }
  const highest = [...peaks].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, 7);
  const told = new Set(highest.map(([version]) => version));
  return [...days].flatMap(([day, same]) => {
    const installs = same
      .filter(({ version }) => !told.has(version))
      .reduce((sum, row) => sum + row.installs, 0);
    const rest = installs === 0 ? [] : [{ day, version: "Other", installs }];
    return [...same.filter(({ version }) => told.has(version)), ...rest];
  });
}
