import { stages } from "./stages.ts";

/** Two records of a user belong to one session when no more than this passes between them. */
export const SESSION_GAP_MS = 30 * 60_000;
export const MOST_STEPS = 3;

/**
 * SQL for what users did right after (or before) an event: one row for each different sequence of the
 * next steps, with how often it came, as places in `{names:Array(String)}` counted from 1; 0 where
 * the session was over.
 *
 * A user's records are sorted by time, those of the same millisecond by name. Only records of `names`
 * are looked at: what is hidden neither shows nor holds a session together. One event several times
 * in a row, within a session, is one step.
 *
 * @param records condition on `events`, besides the names; the anchor is bound as `{event:String}`
 */
export function pathsSql(direction: "after" | "before", records: string): string {
  const list =
    "arraySort(groupArray(bitOr(bitShiftLeft(toUInt64(toUnixTimestamp64Milli(time)), 16), place)))";
  const lists = `
    SELECT user, ${direction === "before" ? `arrayReverse(${list})` : list} AS list
    FROM (
      SELECT user, time, toUInt16(indexOf({names:Array(String)}, event)) AS place
      FROM events
      WHERE ${records} AND event IN {names:Array(String)}
        AND user IN (SELECT user FROM events WHERE ${records} AND event = {event:String})
    )
    GROUP BY user`;
  const walked = stages(
    lists,
    [],
    [
      {
        moments: "arrayMap(item -> toInt64(bitShiftRight(item, 16)), list)",
        all_places: "arrayMap(item -> toUInt16(item), list)",
      },
      {
        all_sessions:
          "arrayCumSum(arrayMap(gap -> abs(gap) > {gap_ms:Int64}, arrayDifference(moments)))",
      },
      {
        // What differs from the one before: 65535 is no place, so the first always does.
        kept: `arrayMap(
        (place, session, place_before, session_before) ->
          place != place_before OR session != session_before,
        all_places, all_sessions,
        arrayPopBack(arrayPushFront(all_places, 65535)),
        arrayPopBack(arrayPushFront(all_sessions, 0)))`,
      },
      {
        places: "arrayFilter((place, keep) -> keep, all_places, kept)",
        sessions: "arrayFilter((session, keep) -> keep, all_sessions, kept)",
      },
      {
        next_1: `arrayMap(
        (place, session, session_after) -> if(session = session_after, place, 0),
        ${shifted("places", "0")}, sessions, ${shifted("sessions", "4294967295")})`,
      },
      { next_2: onward("next_1") },
      { next_3: onward("next_2") },
      {
        paths: `arrayFilter(
        (path, place) -> place = {anchor:UInt16}, arrayZip(next_1, next_2, next_3), places)`,
      },
    ],
  );
  return `
    SELECT path.1 AS first, path.2 AS second, path.3 AS third, count() AS times
    FROM (${walked}) ARRAY JOIN paths AS path
    GROUP BY first, second, third`;
}

/** Each item's successor; `last` for the last one. */
const shifted = (list: string, last: string) => `arrayPushBack(arrayPopFront(${list}), ${last})`;

/** What comes after the next step: nothing where there is none. */
const onward = (next: string) =>
  `arrayMap((place, after) -> if(place = 0, 0, after), next_1, ${shifted(next, "0")})`;

/**
 * The most frequent of them: at each step the `{top:UInt16}` that came most often, each with how often
 * the steps before it came altogether, so that the rest can be told by subtraction.
 */
export function topPathsSql(direction: "after" | "before", records: string): string {
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
