/** Condition on `fleet_installs`. The first chunk's lower end and the last's upper end are open. */
export const WITHIN =
  "({first:String} = '' OR install_id >= toUUIDOrZero({first:String})) AND ({last:String} = '' OR install_id < toUUIDOrZero({last:String}))";

/** Days of the chunk on which an install is there. */
export const DAYS = `arrayConcat(
  range(greatest(from_1, {from:UInt16}), least(until_1, {until:UInt16})),
  range(greatest(from_2, {from:UInt16}), least(until_2, {until:UInt16})))`;

/** How many releases it has had on a day; the latest is the one it runs. */
export const running = (day: string): string => `arrayCount(since -> since <= ${day}, adopted)`;

export const moment = (milliseconds: string): string =>
  `fromUnixTimestamp64Milli(${milliseconds}, 'UTC')`;

/** Nights off, jitter and delays follow from the install's number and the day: `truth.ts` does the same. */
const HEARTBEATS = `
FROM (
  SELECT *,
    toInt64(if(day = from_1, toUInt64(first_seen) + 1500,
      ({day0:UInt32} + day) * 86400000 + (beat + (number * 13 + day * 7919) % 240000) % 86400000)) AS at,
    if((day * 31 + number) % 67 = 0, 18000000 + number % 7200000, 400 + (number + day * 17) % 4000) AS lag
  FROM (
    SELECT * EXCEPT (areas, weight, users, size, share_from, share_until, offset), arrayJoin(${DAYS}) AS day
    FROM fleet_installs WHERE ${WITHIN}
  )
  WHERE day = from_1 OR (day + number) % off_every != 0
)
WHERE at <= {cut:Int64}`;

export const INSERT_HEARTBEATS = `INSERT INTO heartbeats (
  app, install_id, day, time, received_at, time_clamped, kind, admission_day, app_version, platform,
  os_version, architecture, locale, timezone, release_channel, deployment_type, environment,
  first_seen_at, last_seen_at, heartbeat_at, telemetry_fingerprint, install_key, _spool, _seg)
SELECT
  {app:String}, install_id, toDate(time), ${moment("at")} AS time,
  ${moment("least(at + lag, {cut:Int64})")} AS received_at, false,
  if(only_first_seen, 'first_seen', 'heartbeat'), toDate(received_at),
  {versions:Array(LowCardinality(String))}[${running("day")}], platform,
  os_version, architecture, locale, timezone, release_channel, deployment_type, environment,
  ${moment("first_seen")}, time, if(only_first_seen, ${moment("toInt64(0)")}, time), fingerprint, install_key,
  {spool:UUID}, {seg:UInt64}${HEARTBEATS}`;

export const COUNT_HEARTBEATS = `SELECT count() AS n${HEARTBEATS}`;
