import { stages } from "./stages.ts";

/** Two records of a user belong to one session when no more than this passes between them. */
export const SESSION_GAP_MS = 30 * 60_000;
export const MOST_STEPS = 3;

/** Conditions on `events`, besides the names. */
export interface PathRecords {
  /** Which records are steps, of whoever has an anchor. */
  records: string;
  /** Which are anchors: a user's records are those of one install, so this says which installs. */
  anchors: string;
}

/**
 * SQL for what users did right after (or before) an event: one row for each different sequence of the
 * next steps, with how often it came, as places in `{names:Array(String)}` counted from 1; 0 where
 * the session was over.
 *
 * A user's records are sorted by time, those of the same millisecond by name. Only records of `names`
 * are looked at: what is hidden neither shows nor holds a session together. One event several times
 * in a row, within a session, is one step.
 *
 * The anchor is bound as `{event:String}`, and its place as `{anchor:UInt16}`; all places as
 * `{places:Array(UInt16)}`.
 */
export function pathsSql(direction: "after" | "before", { records, anchors }: PathRecords): string {
  const list =
    "arraySort(groupArray(bitOr(bitShiftLeft(toUInt64(toUnixTimestamp64Milli(time)), 16), place)))";
  const lists = `
    SELECT user, ${direction === "before" ? `arrayReverse(${list})` : list} AS list
    FROM (
      SELECT user, time, transform(event, {names:Array(String)}, {places:Array(UInt16)}, toUInt16(0)) AS place
      FROM events
      WHERE ${records} AND event IN {names:Array(String)}
        AND user IN (SELECT user FROM events WHERE ${anchors} AND event = {event:String})
    )
    GROUP BY user`;
  const walked = stages(
    lists,
    ["list"],
    [
      { moments: "arrayMap(item -> toInt64(bitShiftRight(item, 16)), list)" },
      {
        sessions:
          "arrayCumSum(arrayMap(gap -> toUInt32(abs(gap) > {gap_ms:Int64}), arrayDifference(moments)))",
      },
      {
        // A session and a place in it; one event several times in a row is one step.
        visits: `arrayCompact(arrayMap(
          (item, session) -> bitShiftLeft(toUInt64(session), 16) + bitAnd(item, 65535),
          list, sessions))`,
      },
      { next_1: after("visits") },
      { next_2: after("next_1") },
      { next_3: after("next_2") },
      {
        // What comes after an anchor; only these few are looked at further.
        onward: `arrayFilter(
          (steps, visit) -> bitAnd(visit, 65535) = {anchor:UInt16},
          arrayZip(visits, next_1, next_2, next_3), visits)`,
      },
    ],
  );
  return `
    SELECT
      ${place("first", "steps.2", "true")},
      ${place("second", "steps.3", "first != 0")},
      ${place("third", "steps.4", "second != 0")},
      count() AS times
    FROM (${walked}) ARRAY JOIN onward AS steps
    GROUP BY first, second, third`;
}

/** Each item's successor; 0, which is no place, for the last one. */
const after = (list: string) => `arrayPushBack(arrayPopFront(${list}), 0)`;

/** Where a step went, if the session was not over before. */
const place = (name: string, visit: string, goesOn: string) =>
  `if(${goesOn} AND bitShiftRight(${visit}, 16) = bitShiftRight(steps.1, 16), toUInt16(bitAnd(${visit}, 65535)), 0) AS ${name}`;

/**
 * The most frequent of them: at each step the `{top:UInt16}` that came most often, each with how often
 * the steps before it came altogether, so that the rest can be told by subtraction.
 */
export function topPathsSql(direction: "after" | "before", records: PathRecords): string {
  return `
    SELECT first, second, third, times, of_first, of_second, of_all
    FROM (
      SELECT
        *,
        dense_rank() OVER (ORDER BY of_first DESC, first) AS rank_1,
        dense_rank() OVER (PARTITION BY first ORDER BY of_second DESC, second) AS rank_2,
        row_number() OVER (PARTITION BY first, second ORDER BY times DESC, third) AS rank_3
      FROM (
        SELECT
          *,
          sum(times) OVER () AS of_all,
          sum(times) OVER (PARTITION BY first) AS of_first,
          sum(times) OVER (PARTITION BY first, second) AS of_second
        FROM (${pathsSql(direction, records)})
      )
    )
    WHERE rank_1 <= {top:UInt16} AND rank_2 <= {top:UInt16} AND rank_3 <= {top:UInt16}
    ORDER BY of_first DESC, first, of_second DESC, second, times DESC, third`;
}
