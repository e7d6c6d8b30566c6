import type { Params } from "../../collector/src/store/client.ts";
import { logNormal, slotsOf } from "./dice.ts";
import type { Fleet } from "./fleet.ts";
import { ONBOARDING } from "./scripts.ts";
import { DAYS, moment, running, WITHIN } from "./sql-heartbeats.ts";
import type { StepTable } from "./steps.ts";
import { NUMBER_SLOTS, TEXT_SLOTS } from "./values.ts";

/** How much is done on a weekday of local time, in thousandths; Monday first, as ClickHouse counts. */
const RHYTHM = [1000, 1060, 1040, 1000, 830, 170, 120];
/** Use falls in the first weeks after an install began to share, to what is here in thousandths. */
const SETTLED = 550;
const SETTLES_IN = 25;
/** One in so many sessions of a faulty release ends in an error. */
const FAULT = 6;
const SLOTS = 1024;

export function eventParams(fleet: Fleet, steps: StepTable, scale: number): Params {
  const { play } = steps;
  const ramp = Array.from({ length: fleet.days + 1 }, (_, age) =>
    Math.round(SETTLED + (1000 - SETTLED) * Math.exp(-age / SETTLES_IN)),
  );
  return {
    scale,
    ramp,
    rhythm: RHYTHM,
    // Some days are busy, most are not.
    noise: slotsOf(256, (share) => Math.round(logNormal(780, 0.7)(share))),
    clock: slotsOf(SLOTS, clock),
    skew: slotsOf(SLOTS, (share) => Math.round(65535 * share ** 2.2)),
    draws: steps.draws,
    areas_of: steps.areas,
    from_days: steps.fromDays,
    faulty: fleet.history.faulty + 1,
    onboarding: play.onboarding,
    week1: play.week1,
    errors: play.errors,
    plain: play.plain,
  };
}

/** Seconds after local midnight: a morning and an afternoon, a few early and late. */
function clock(share: number): number {
  const within = share * 20;
  const part = Math.floor(within);
  const [from, until] =
    part < 9 ? [8.2, 12.2] : part < 18 ? [12.9, 17.6] : part < 19 ? [17.6, 22.5] : [5.5, 8.2];
  const at = part < 9 ? within / 9 : part < 18 ? (within - 9) / 9 : within - part;
  return Math.round(3600 * (from + (until - from) * at));
}

/** Sharing installs by day, with how busy that day is beside others. */
const SHARING_DAYS = `
  SELECT *,
    cityHash64({seed:UInt32}, number, day) AS luck,
    bitShiftRight(toUInt64(weight)
      * {rhythm:Array(UInt16)}[toDayOfWeek(toDate({day0:UInt32} + day))]
      * {ramp:Array(UInt16)}[1 + day - share_from]
      * {noise:Array(UInt16)}[1 + luck % 256], 20) AS busy
  FROM (
    SELECT number, install_id, first_seen, from_1, until_1, until_2, environment, offset, share_from,
      share_until, users, size, weight, areas, onboarding, traced, adopted, arrayJoin(${DAYS}) AS day
    FROM fleet_installs WHERE ${WITHIN} AND share_from < {until:UInt16} AND number % {every:UInt32} = 0
  )
  WHERE day >= share_from AND day < share_until`;

const WEEK_1 = `(day = share_from + 7 AND onboarding = ${ONBOARDING.length})`;

/** A whole number of sessions that is right on average: what is left over decides by chance. */
const SESSION_DAYS = `
  SELECT *,
    if(day = share_from, 1,
      bitShiftRight(busy * {scale:UInt64} + bitShiftRight(luck, 32), 32) + ${WEEK_1}) AS sessions
  FROM (${SHARING_DAYS})`;

const mayDo = (script: string) =>
  `(bitTest(areas, {areas_of:Array(UInt8)}[1 + ${script}]) AND day >= share_from + {from_days:Array(UInt16)}[1 + ${script}])`;
const draw = (shift: number) =>
  `{draws:Array(UInt16)}[1 + bitAnd(bitShiftRight(h, ${shift}), 4095)]`;

/** One row a session: who, when, and what it is about. */
const SESSIONS = `
  SELECT *,
    ${draw(0)} AS first_idea, ${draw(12)} AS second_idea,
    multiIf(
      day = share_from, {onboarding:UInt16} + onboarding - 1,
      turn = 0 AND ${WEEK_1}, {week1:UInt16},
      ${running("day")} = {faulty:UInt16} AND bitShiftRight(h, 24) % ${FAULT} = 0, {errors:UInt16},
      ${mayDo("first_idea")}, first_idea,
      ${mayDo("second_idea")}, second_idea,
      {plain:UInt16}) AS script,
    greatest(first_seen + 120000 + turn,
      ({day0:UInt32} + day) * 86400000 - offset * 60000 + bitShiftRight(h, 54)
      + {clock:Array(UInt32)}[1 + bitShiftRight(h, 30) % ${SLOTS}] * 1000) AS began,
    cityHash64({seed:UInt32}, number, 'user',
      bitShiftRight(users * {skew:Array(UInt32)}[1 + bitShiftRight(h, 40) % ${SLOTS}], 16)) AS user
  FROM (
    SELECT *, cityHash64(luck, turn) AS h
    FROM (SELECT *, arrayJoin(range(sessions)) AS turn FROM (${SESSION_DAYS}) WHERE sessions > 0)
  )`;

/** Slot of a session for one thing that is drawn. */
const slot = (salt: string, slots: number) => `intHash64(bitXor(h, ${salt})) % ${slots}`;
const TEXTS = "(SELECT groupArray(value) FROM (SELECT value FROM fleet_texts ORDER BY at))";
const NUMBERS = "(SELECT groupArray(value) FROM (SELECT value FROM fleet_numbers ORDER BY at))";

/** One row an event. A life may end, and the present come, before a long story does. */
const EVENTS = `
FROM (
  SELECT *, intDiv(at, 86400000) - {day0:UInt32} AS day_at
  FROM (
    SELECT s.*, t.*,
      began + 1000 * (after + toInt64(arraySum(arrayMap(
        (from, salt) -> numbers_of[from + 1 + ${slot("salt", NUMBER_SLOTS)}], span_from, span_salt))))
        + intHash64(h + step) % 900 AS at
    FROM (${SESSIONS}) AS s INNER JOIN fleet_steps AS t ON s.script = t.script
  )
)
WHERE at <= {cut:Int64} AND day_at <= if(day < until_1, until_1, until_2)`;

export const INSERT_EVENTS = `INSERT INTO events (
  app, install_id, event, time, received_at, time_clamped, app_version, environment, user,
  properties, numbers, trace_id, span_id, _spool, _seg)
WITH ${TEXTS} AS texts_of, ${NUMBERS} AS numbers_of, cityHash64(h, step) AS e
SELECT
  {app:String}, install_id, event, ${moment("at")},
  ${moment("least(at + if(e % 83 = 0, 1200000 + e % 32400000, 900 + e % 28000), {cut:Int64})")},
  false, {versions:Array(LowCardinality(String))}[${running("day_at")}], environment,
  if(anonymous, 0, user),
  mapFromArrays(text_key, arrayMap(
    (from, range, salt) -> if(range > 0,
      toString(1 + intHash64(bitXor(h, salt)) % greatest(1, range * size)),
      texts_of[from + 1 + ${slot("salt", TEXT_SLOTS)}]),
    text_from, text_range, text_salt)),
  mapFromArrays(number_key, arrayMap(
    (from, salt) -> numbers_of[from + 1 + ${slot("salt", NUMBER_SLOTS)}], number_from, number_salt)),
  if(traced, lower(concat(leftPad(hex(h), 16, '0'), leftPad(hex(intHash64(h)), 16, '0'))), ''),
  if(traced, lower(leftPad(hex(e), 16, '0')), ''),
  {spool:UUID}, {seg:UInt64}${EVENTS}`;

export const COUNT_EVENTS = `WITH ${NUMBERS} AS numbers_of SELECT count() AS n${EVENTS}`;

/** How busy the days of a chunk are altogether; whole numbers, so the order of adding changes nothing. */
export const SUM_BUSY = `SELECT sum(busy) AS n FROM (${SHARING_DAYS})`;
