import type { Population } from "../population.ts";
import type { Ask } from "../question.ts";
import { TYPE } from "./error-shared.ts";
import { knownInstalls, senders } from "./shared.ts";

/** Which records are asked for, as conditions on the columns of `events`: `app`, `time` and the type. */
interface Wanted {
  /** On `app` and `time`, which `exceptions` have, too. */
  records: string;
  /** The same days of `event_days`. */
  days: string;
  /** Follows the type: ` = {type:String}`; default: of any. */
  type?: string;
}

/** Where errors are read from: events that are errors, and exceptions that spans and logs reported. */
export interface ErrorRecords {
  /**
   * The FROM clause of a statement. Its rows have `type`, `day`, `app_version`, `event` ("" for an
   * exception) and `number`, the install's; with `fromSignals` also `source` and `nobodys`.
   */
  from(wanted: Wanted): string;
  /** True where spans or logs reported any exception; false: the rows are events alone. */
  fromSignals: boolean;
  /** A table like `event_days`; exceptions stand in it as the event "". */
  days: string;
  /** The condition on its events that leaves errors. */
  isError: string;
  /** Bitmap of a row's numbers, in an aggregation. */
  numbers: string;
  /** How many of the rows are nobody's, in an aggregation. */
  unattributed: string;
  /** What told of them, sorted, in an aggregation. */
  sources: string;
}

const OF_SIGNALS = "app = {app:String} AND source != 'event'";

const OF_INSTALLS = `FROM exceptions WHERE ${OF_SIGNALS} AND install_id IS NOT NULL`;

/**
 * Condition on `exceptions`: nobody's, because they say no install, or one that the store knows nothing of
 * (such as the UUID that some SDKs make at each start).
 */
export const NOBODYS = `(install_id IS NULL OR assumeNotNull(install_id) NOT IN (
  SELECT install_id FROM install_numbers
  WHERE app = {app:String} AND install_id IN (
    SELECT assumeNotNull(install_id) FROM exceptions WHERE app = {app:String} AND install_id IS NOT NULL
  )
))`;

/** Installs of the exceptions of spans and logs, by day, as `event_days` has those of events. */
const SIGNAL_DAYS = `(
  SELECT app, day, event, installs FROM event_days WHERE app = {app:String}
  UNION ALL
  SELECT {app:String} AS app, day, '' AS event, groupBitmapState(number) AS installs
  FROM (SELECT toDate(time) AS day, assumeNotNull(install_id) AS install_id ${OF_INSTALLS}) AS told
  INNER JOIN (
    SELECT install_id, number FROM install_numbers
    WHERE app = {app:String} AND install_id IN (SELECT assumeNotNull(install_id) ${OF_INSTALLS})
  ) AS numbered USING (install_id)
  GROUP BY day
)`;

const IS_ERROR = "event IN {names:Array(String)}";

/**
 * Looks whether there are exceptions of spans and logs at all: without them nothing but events is read.
 * Those of events are not among them, since their events are.
 *
 * @param population whose errors are asked for. Those of nobody are in it as long as no field
 *   narrows it: of them nothing is known that a filter could ask
 */
export async function errorRecords(
  ask: Ask,
  app: string,
  { where, byField }: Pick<Population, "where" | "byField">,
): Promise<ErrorRecords> {
  const [found] = await ask<{ signals: number }>(
    `SELECT count() AS signals FROM (SELECT 1 FROM exceptions WHERE ${OF_SIGNALS} LIMIT 1)`,
    { app },
  );
  const eventsOf = ({ records, type = "" }: Wanted) => `
    SELECT event, install_id, toDate(time) AS day, app_version, ${TYPE} AS type
    FROM events WHERE ${IS_ERROR} AND ${records}${type && ` AND ${TYPE}${type}`}`;
  const joined = (records: string, sent: string) => `(${records}) AS records
    INNER JOIN (${knownInstalls("install_id, number", where, sent)}) AS known USING (install_id)`;
  if (!found?.signals) {
    return {
      from: (wanted) =>
        `FROM ${joined(eventsOf(wanted), senders(`${wanted.days} AND ${IS_ERROR}`))}`,
      ...{ fromSignals: false, days: "event_days", isError: IS_ERROR },
      ...{ numbers: "groupBitmapState(number)", unattributed: "0", sources: "['event']" },
    };
  }
  const isError = `(event = '' OR ${IS_ERROR})`;
  const exceptionsOf = ({ records, type = "" }: Wanted, whose: string) => `
    FROM exceptions WHERE ${OF_SIGNALS} AND ${records}${type && ` AND type${type}`} AND ${whose}`;
  const columns = "event, day, app_version, type, source";
  return {
    from: (wanted) => `FROM (
      SELECT ${columns}, number, false AS nobodys
      FROM ${joined(
        `SELECT event, install_id, day, app_version, type, 'event' AS source FROM (${eventsOf(wanted)})
         UNION ALL
         SELECT '' AS event, assumeNotNull(install_id) AS install_id, toDate(time) AS day, app_version, type, source
         ${exceptionsOf(wanted, "install_id IS NOT NULL")}`,
        senders(`${wanted.days} AND ${isError}`, SIGNAL_DAYS),
      )}
      UNION ALL
      SELECT '' AS event, toDate(time) AS day, app_version, type, source, toUInt32(0) AS number, true AS nobodys
      ${exceptionsOf(wanted, byField ? "false" : NOBODYS)}
    )`,
    ...{ fromSignals: true, days: SIGNAL_DAYS, isError },
    numbers: "groupBitmapStateIf(number, NOT nobodys)",
    unattributed: "countIf(nobodys)",
    sources: "arraySort(groupUniqArray(source))",
  };
}
