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
  const list = `arraySort(groupArray(bitOr(bitShiftLeft(toUInt64(toUnixTimestamp64Milli(time)), 16), place)))`;
  const turned = direction === "before" ? `arrayReverse(${list})` : list;
  const next = (from: string) => `arrayPushBack(arrayPopFront(${from}), toUInt16(0))`;
  const onward = (from: string) =>
    `arrayMap((place, onward) -> if(place = 0, toUInt16(0), onward), next_1, ${next(from)})`;
  return `
    SELECT path.1 AS first, path.2 AS second, path.3 AS third, count() AS times
    FROM (
      SELECT
        user,
        ${turned} AS list,
        arrayMap(item -> toInt64(bitShiftRight(item, 16)), list) AS moments,
        arrayMap(item -> toUInt16(item), list) AS all_places,
        arrayMap(gap -> abs(gap) > {gap_ms:Int64}, arrayDifference(moments)) AS begins,
        arrayCumSum(begins) AS all_sessions,
        arrayMap(
          (place, session, before, session_before, at) ->
            at = 1 OR place != before OR session != session_before,
          all_places, all_sessions,
          arrayPopBack(arrayPushFront(all_places, toUInt16(0))),
          arrayPopBack(arrayPushFront(all_sessions, toUInt64(0))),
          arrayEnumerate(all_places)) AS kept,
        arrayFilter((place, keep) -> keep, all_places, kept) AS places,
        arrayFilter((session, keep) -> keep, all_sessions, kept) AS sessions,
        arrayMap(
          (place, session, session_after) -> if(session = session_after, place, toUInt16(0)),
          arrayPushBack(arrayPopFront(places), toUInt16(0)), sessions,
          arrayPushBack(arrayPopFront(sessions), toUInt64(0xFFFFFFFF))) AS next_1,
        ${onward("next_1")} AS next_2,
        ${onward("next_2")} AS next_3,
        arrayFilter(
          (path, place) -> place = {anchor:UInt16},
          arrayZip(next_1, next_2, next_3), places) AS paths
      FROM (
        SELECT user, time, toUInt16(indexOf({names:Array(String)}, event)) AS place
        FROM events
        WHERE ${records} AND event IN {names:Array(String)}
          AND user IN (SELECT user FROM events WHERE ${records} AND event = {event:String})
      )
      GROUP BY user
    )
    ARRAY JOIN paths AS path
    GROUP BY first, second, third`;
}

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
