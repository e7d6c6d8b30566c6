import { addDays, type Day, dayCount } from "../../../collector/src/read/days.ts";
import catalogue from "../../../schemas/catalogues/timetracker.json" with { type: "json" };
import { compareVersions, parseVersion } from "../../../schemas/src/index.ts";
import { ADMITTED, type Answer, keyed, LIVES, type Plain, type Row } from "./query-case.ts";

/*
 * Questions about releases by plain queries. Which versions are newer than others is worked out from
 * their rows: no SQL that one would write first knows it.
 */

const NOW = "{now:DateTime64(3, 'UTC')}";
const IN_RANGE = "app = {app:String} AND toDate(time) >= {from:Date} AND toDate(time) <= {to:Date}";
/** As many admitted installs make a release where an app's settings say nothing else. */
const ENOUGH = 10;
const MOST_RELEASES = 6;
const MOST_DAYS = 120;
/** What `stuck` is asked for by default, and how many rows it has. */
const STUCK_DAYS = 90;
const MOST_STUCK = 50;

const SAID_FIRST = `(
  SELECT install_id, app_version, min(day) AS first FROM heartbeats
  WHERE app = {app:String} AND app_version != '' GROUP BY install_id, app_version
)`;
const RELEASES = `SELECT
  app_version AS version, min(first) AS begun, arraySort(groupArray(first))[${ENOUGH}] AS day, count() AS installs
FROM ${SAID_FIRST} WHERE install_id IN ${ADMITTED} GROUP BY version`;
const SAID_BY_DAY = `SELECT day, app_version AS version, uniqExact(install_id) AS installs FROM heartbeats
WHERE app = {app:String} AND install_id IN ${ADMITTED} GROUP BY day, version`;

interface Released {
  version: string;
  /** When an install first said it, and when enough had. */
  begun: Day;
  day: Day;
  installs: number;
}

const isNewer = (one: string, other: string) => compareVersions(one, other) < 0;

/** What enough installs said, newest first. */
function releasesOf(rows: readonly Row[]): Released[] {
  return (rows as unknown as Released[])
    .filter(({ installs }) => installs >= ENOUGH)
    .sort((one, other) => compareVersions(one.version, other.version));
}

const isFinal = ({ version }: Released) => parseVersion(version)?.prerelease === "";

/** The curves of the newest final releases that came after the data began. */
function curvesOf(rows: readonly Row[], said: readonly Row[], today: Day) {
  const begin = (rows as unknown as Released[]).map(({ begun }) => begun).sort()[0] ?? "";
  const newest = releasesOf(rows)
    .filter((release) => isFinal(release) && release.begun > addDays(begin, 1))
    .slice(0, MOST_RELEASES);
  const days = Map.groupBy(
    said as unknown as { day: Day; version: string; installs: number }[],
    ({ day }) => day,
  );
  const sum = (day: Day, isMeant: (version: string) => boolean) =>
    (days.get(day) ?? [])
      .filter(({ version }) => isMeant(version))
      .reduce((so, { installs }) => so + installs, 0);
  return newest.map(({ version, day: released }) => ({
    version,
    points: Array.from({ length: Math.min(MOST_DAYS + 1, dayCount(released, today)) }, (_, at) => {
      const day = addDays(released, at);
      return {
        isOver: day < today,
        reporting: sum(day, () => true),
        on: sum(day, (said) => said === version),
        onOrLater: sum(day, (said) => said === version || isNewer(said, version)),
      };
    }),
  }));
}

const present = (values: readonly (number | null)[]) => values.filter((value) => value !== null);

export const adoptionPlain = (today: Day): Plain => ({
  sql: [RELEASES, SAID_BY_DAY],
  ofRows: (releases, said = []) =>
    curvesOf(releases ?? [], said, today).map(({ version, points }) => ({
      version,
      installs: points.map(({ on }) => on),
      reporting: points.map(({ reporting }) => reporting),
    })),
  ofAnswer: ({ series }) =>
    series.map(({ version, installs, reporting }: Answer) => ({
      version,
      installs: present(installs),
      reporting: present(reporting),
    })),
});

export const lagPlain = (today: Day): Plain => ({
  sql: [RELEASES, SAID_BY_DAY],
  ofRows(releases, said = []) {
    const curves = curvesOf(releases ?? [], said, today);
    const length = Math.max(0, ...curves.map(({ points }) => points.length));
    const [newest] = curves;
    return {
      installs: newest?.points.map(({ onOrLater }) => onOrLater) ?? [],
      reporting: newest?.points.map(({ reporting }) => reporting) ?? [],
      median: Array.from({ length }, (_, at) =>
        middle(
          curves.flatMap(({ points }) => {
            const point = points[at];
            return point?.isOver && point.reporting > 0 ? [point.onOrLater / point.reporting] : [];
          }),
        ),
      ),
    };
  },
  ofAnswer: ({ latest, median }) => ({
    installs: present(latest?.installs ?? []),
    reporting: present(latest?.reporting ?? []),
    median,
  }),
});

function middle(values: number[]): number | null {
  const sorted = values.sort((one, other) => one - other);
  const [low, high] = [
    sorted[Math.ceil(sorted.length / 2) - 1],
    sorted[Math.floor(sorted.length / 2)],
  ];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

export const stuckPlain = (today: Day): Plain => ({
  sql: [
    `SELECT version, count() AS active, countIf(stays) AS installs, quantileExactInclusiveIf(0.5)(on_it, stays) AS medianDays
     FROM (
       SELECT version, dateDiff('day', newest, toDate(${NOW})) AS on_it,
         has(versions, version) AND on_it > ${STUCK_DAYS} AS stays
       FROM ${LIVES} AS lives
       LEFT JOIN (
         SELECT install_id, groupArray(app_version) AS versions, max(first) AS newest FROM ${SAID_FIRST} GROUP BY install_id
       ) AS said USING (install_id)
       WHERE install_id IN ${ADMITTED} AND last >= ${NOW} - INTERVAL 28 DAY
     )
     GROUP BY version`,
    RELEASES,
  ],
  ofRows(rows, releases) {
    const old = releasesOf(releases ?? []).filter(
      (release) => isFinal(release) && dayCount(release.day, today) - 1 >= STUCK_DAYS,
    );
    const found = rows as unknown as { version: string; active: number; installs: number }[];
    const stuck = found.filter(
      ({ version, installs }) =>
        installs > 0 &&
        parseVersion(version) !== null &&
        old.some((release) => isNewer(release.version, version)),
    );
    const most = stuck.sort((one, other) => other.installs - one.installs).slice(0, MOST_STUCK);
    return {
      rows: keyed(
        most.map(({ active: _, ...row }) => row),
        "version",
      ),
      total: stuck.reduce((sum, { installs }) => sum + installs, 0),
      active: found.reduce((sum, { active }) => sum + active, 0),
    };
  },
  ofAnswer: ({ rows, total, active }) => ({
    rows: keyed(
      rows.map(({ version, installs, medianDays }: Answer) => ({ version, installs, medianDays })),
      "version",
    ),
    total,
    active,
  }),
});

export const featurePlain: Plain = {
  sql: [
    `SELECT version, count() AS installs FROM ${LIVES}
     WHERE install_id IN ${ADMITTED} AND install_id IN (SELECT install_id FROM events WHERE ${IN_RANGE})
     GROUP BY version`,
    "SELECT DISTINCT event, app_version AS version FROM events WHERE app = {app:String}",
    `SELECT event, version, uniqExact(install_id) AS installs
     FROM (SELECT DISTINCT event, install_id FROM events WHERE ${IN_RANGE} AND install_id IN ${ADMITTED}) AS sent
     INNER JOIN ${LIVES} AS lives USING (install_id)
     GROUP BY event, version`,
    RELEASES,
  ],
  ofRows(sharing, pairs, used, releases) {
    const said = sharing as unknown as { version: string; installs: number }[];
    const sent = Map.groupBy(
      used as unknown as { event: string; version: string; installs: number }[],
      ({ event }) => event,
    );
    const firsts = firstVersions(
      pairs as unknown as { event: string; version: string }[],
      new Set(releasesOf(releases ?? []).map(({ version }) => version)),
    );
    const sum = (rows: readonly { installs: number }[]) =>
      rows.reduce((so, { installs }) => so + installs, 0);
    const rows = [...new Set([...firsts.keys(), ...sent.keys()])].map((event) => {
      const since = firsts.get(event) ?? null;
      const own = sent.get(event) ?? [];
      const isOlder = ({ version }: { version: string }) =>
        since !== null && isNewer(since, version);
      const having = said.filter((row) => !isOlder(row));
      return { event, installs: sum(own), of: sum(having) + sum(own.filter(isOlder)), since };
    });
    return { rows: keyed(rows, "event"), sharing: sum(said) };
  },
  ofAnswer: ({ rows, sharingDetailed }) => ({
    rows: keyed(rows, "event"),
    sharing: sharingDetailed,
  }),
};

/** The lowest version that sent an event, or that the catalogue says. */
function firstVersions(
  pairs: readonly { event: string; version: string }[],
  releases: ReadonlySet<string>,
): Map<string, string> {
  const versions = new Map<string, string[]>();
  for (const [event, rows] of Map.groupBy(pairs, ({ event }) => event)) {
    const named = rows.map(({ version }) => version).filter((version) => version !== "");
    const real = named.filter((version) => releases.has(version));
    versions.set(event, real.length > 0 ? real : named);
  }
  for (const { name, since } of catalogue.events as { name: string; since: string }[]) {
    const lowest = (versions.get(name) ?? []).sort(compareVersions).slice(-1);
    if (parseVersion(since) !== null) versions.set(name, [...lowest, since]);
  }
  return new Map(
    [...versions].flatMap(([event, found]) => {
      const lowest = found.sort(compareVersions).at(-1);
      return lowest === undefined ? [] : [[event, lowest] as const];
    }),
  );
}

/** Of the catalogue alone: no record is read. */
export const listedPlain: Plain = {
  sql: [],
  ofRows() {
    const steps = (catalogue.events as { name: string }[])
      .map(({ name }) => name)
      .filter((name) => name.split(".").length > 2 && name.startsWith("funnel."));
    const funnels = Map.groupBy(steps, (name) => name.split(".")[1] ?? "");
    return Object.fromEntries([...funnels].filter(([, names]) => names.length > 1));
  },
  ofAnswer: ({ rows }) =>
    Object.fromEntries(rows.map(({ name, steps }: Answer) => [name, steps] as const)),
};
