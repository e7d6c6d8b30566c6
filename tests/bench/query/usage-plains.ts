import { ADMITTED, type Answer, keyed, type Plain, type Row } from "./query-case.ts";

/* Questions about the detailed layer by plain queries that are longer than a line or two. */

const IN_RANGE = "app = {app:String} AND toDate(time) >= {from:Date} AND toDate(time) <= {to:Date}";
const MEMBER = `install_id IN ${ADMITTED}`;
const ERRORS = "event IN ('error_occurred', 'system.error')";

/** Up to so many different values of a key the answer counts them. */
const EXACT_VALUES = 1000;
const MOST_VALUES = 50;

export const propertiesPlain: Plain = {
  sql: [
    `SELECT key, count() AS count, uniqExact(value) AS different FROM events
     ARRAY JOIN mapKeys(properties) AS key, mapValues(properties) AS value
     WHERE ${IN_RANGE} AND event = 'timer.stopped' AND ${MEMBER} GROUP BY key`,
    `SELECT key, value, count() AS count FROM events
     ARRAY JOIN mapKeys(properties) AS key, mapValues(properties) AS value
     WHERE ${IN_RANGE} AND event = 'timer.stopped' AND ${MEMBER} GROUP BY key, value
     ORDER BY count DESC, value LIMIT ${MOST_VALUES} BY key`,
    `SELECT key, count() AS count, uniqExact(value) AS different, min(value) AS least,
       quantileExactInclusive(0.5)(value) AS median, max(value) AS most FROM events
     ARRAY JOIN mapKeys(numbers) AS key, mapValues(numbers) AS value
     WHERE ${IN_RANGE} AND event = 'timer.stopped' AND ${MEMBER} GROUP BY key`,
    `SELECT count() AS records FROM events WHERE ${IN_RANGE} AND event = 'timer.stopped' AND ${MEMBER}`,
  ],
  ofRows(texts = [], values, numbers, [whole] = []) {
    const valuesOf = Map.groupBy(values as unknown as Valued[], ({ key }) => key);
    return {
      rows: keyed(
        [
          ...texts.map((row) => counted({ ...row, kind: "text", range: null }, valuesOf)),
          ...(numbers ?? []).map(({ least, median, most, ...row }) =>
            counted({ ...row, kind: "number", range: { least, median, most } }, valuesOf),
          ),
        ],
        "kind",
        "key",
      ),
      records: whole?.records,
    };
  },
  ofAnswer: ({ rows, records }) => ({
    rows: keyed(
      rows.map((row: Answer) =>
        counted(
          row,
          new Map([[row.key, row.values.map((found: object) => ({ key: row.key, ...found }))]]),
        ),
      ),
      "kind",
      "key",
    ),
    records,
  }),
};

interface Valued {
  key: string;
  value: string;
  count: number;
}

/** Beyond what is counted the answer has estimates, which are not compared. */
function counted(
  { key, kind, count, different, range }: Answer,
  values: ReadonlyMap<string, Valued[]>,
): object {
  if (different > EXACT_VALUES) return { key, kind, count, range };
  const own = kind === "text" ? (values.get(key) ?? []) : [];
  return { key, kind, count, range, different, values: keyed(own, "key", "value") };
}

/**
 * windowFunnel() gives the same levels, and no times between the steps.
 *
 * @param conditions of the steps, no record meeting two of them
 */
export const funnelPlain = (conditions: readonly string[], windowMs: number): Plain => ({
  sql: [
    `SELECT level, count() AS entities FROM (
       SELECT windowFunnel(${windowMs})(toUInt64(toUnixTimestamp64Milli(time)), ${conditions.join(", ")}) AS level
       FROM events
       WHERE ${IN_RANGE} AND user != 0 AND ${MEMBER} AND (${conditions.map((one) => `(${one})`).join(" OR ")})
       GROUP BY user
     )
     GROUP BY level`,
  ],
  ofRows: (rows) =>
    conditions.map((_, at) =>
      (rows as unknown as { level: number; entities: number }[])
        .filter(({ level }) => level > at)
        .reduce((sum, { entities }) => sum + entities, 0),
    ),
  ofAnswer: ({ funnels: [funnel] }) => funnel.steps.map(({ entities }: Answer) => entities),
});

/** Of more records than this only a part of the users is looked at. */
const MOST_RECORDS = 300_000;
const HIDDEN = [
  "$pageview",
  "analytics.identify",
  "performance_metric",
  "telemetry.health",
  "telemetry.install",
  "telemetry.update",
];
const TOP = 5;
const BY_USER = "PARTITION BY user ORDER BY time, event";

/** Two steps after an event, by windows over all records of all users. */
export const pathsPlain = (event: string): Plain => ({
  sql: [
    `SELECT first, second, count() AS count
     FROM (
       SELECT event,
         leadInFrame(toString(event), 1) OVER visits AS first, leadInFrame(toString(event), 2) OVER visits AS second
       FROM (
         SELECT user, time, event, session,
           lagInFrame(toString(event)) OVER (PARTITION BY user, session ORDER BY time, event ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS before
         FROM (
           SELECT user, time, event, sum(begins) OVER (${BY_USER} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS session
           FROM (
             SELECT user, time, event,
               time > lagInFrame(time) OVER (${BY_USER} ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) + INTERVAL 30 MINUTE AS begins
             FROM events
             WHERE ${IN_RANGE} AND user != 0 AND event NOT IN ('${HIDDEN.join("', '")}') AND ${MEMBER}
               AND user % greatest(1, (SELECT toUInt16(ceil(count() / ${MOST_RECORDS})) FROM events WHERE ${IN_RANGE} AND event = '${event}')) = 0
           )
         )
       )
       WHERE event != before
       WINDOW visits AS (PARTITION BY user, session ORDER BY time, event ROWS BETWEEN CURRENT ROW AND 2 FOLLOWING)
     )
     WHERE event = '${event}' GROUP BY first, second`,
  ],
  ofRows(rows) {
    const found = rows as unknown as { first: string; second: string; count: number }[];
    const sum = (some: readonly { count: number }[]) =>
      some.reduce((so, { count }) => so + count, 0);
    const most = (some: typeof found, step: "first" | "second") =>
      [...Map.groupBy(some, (row) => row[step])]
        .sort(([a, x], [b, y]) => sum(y) - sum(x) || (a < b ? -1 : 1))
        .slice(0, TOP);
    const tree = most(found, "first").flatMap(([first, same]) => [
      { path: first, count: sum(same) },
      ...(first === "" ? [] : most(same, "second")).map(([second, end]) => ({
        path: `${first}>${second}`,
        count: sum(end as typeof found),
      })),
    ]);
    return { total: sum(found), rows: keyed(tree, "path") };
  },
  ofAnswer: ({ total, rows }) => ({
    total,
    rows: keyed(
      rows
        .filter(({ kind }: Answer) => kind !== "other")
        .map(({ path, kind, count }: Answer) => ({
          path: [...path, ...(kind === "end" ? [""] : [])].join(">"),
          count,
        })),
      "path",
    ),
  }),
});

export const errorVersionsPlain: Plain = {
  sql: [
    `SELECT app_version AS version, uniqExact(install_id) AS installs, count() AS count,
       toString(min(toDate(time))) AS firstDay, toString(max(toDate(time))) AS lastDay
     FROM events WHERE ${IN_RANGE} AND ${ERRORS} AND ${MEMBER} GROUP BY version`,
    `SELECT version, uniqExact(install_id) AS of
     FROM (
       SELECT install_id, app_version AS version FROM heartbeats
       WHERE app = {app:String} AND day >= {from:Date} AND day <= {to:Date}
         AND install_id IN (SELECT install_id FROM events WHERE ${IN_RANGE})
       UNION ALL
       SELECT install_id, app_version FROM events WHERE ${IN_RANGE} AND ${ERRORS}
     )
     WHERE ${MEMBER} GROUP BY version`,
  ],
  ofRows(rows, whole) {
    const of = new Map((whole as Row[]).map((row) => [row.version, row.of]));
    return keyed(
      // A fleet has no exceptions of spans or logs, which alone can be nobody's.
      (rows ?? []).map((row) => ({ ...row, of: of.get(row.version), unattributed: 0 })),
      "version",
    );
  },
  ofAnswer: ({ rows }) =>
    keyed(
      rows.map((row: Answer) => ({ ...row, version: row.version ?? "" })),
      "version",
    ),
};
