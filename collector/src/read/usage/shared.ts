import { z } from "zod";
import type { Population } from "../population.ts";
import { count } from "../reply.ts";

/** Above this ClickHouse's uniq() keeps a sample of the hashes instead of all of them. */
export const USERS_EXACT_TO = 65_536;

export const usersExactTo = count.meta({
  description:
    "Numbers of users up to this are counted, from some thousands on to within one or two; larger ones are estimates, within about 1%.",
  example: USERS_EXACT_TO,
});

/** Distinct users; 0 stands for records that name none. */
export const USERS = "uniqIf(user, user != 0)";

/** Records of the range, as a condition on `events`. */
export const IN_RANGE =
  "app = {app:String} AND toDate(time) >= {from:Date} AND toDate(time) <= {to:Date}";

/** Days of the range, as a condition on `event_days`, `version_days` and `active_days`. */
export const DAYS_IN_RANGE = "app = {app:String} AND day >= {from:Date} AND day <= {to:Date}";

/** Installs with an accepted detailed record in the range, whoever asks, as one bitmap. */
export const SHARING = senders(DAYS_IN_RANGE);

/**
 * Installs that sent a detailed record on some days, as one bitmap.
 *
 * @param condition on `event_days`
 * @param from a table of its columns
 */
export function senders(condition: string, from = "event_days"): string {
  return `(SELECT groupBitmapMergeState(installs) FROM ${from} WHERE ${condition})`;
}

/**
 * Installs that a question is about, to be joined with their records or to narrow them. Only those
 * that sent something that is asked about are in it: of a million installs that is a fraction, and
 * looking up what is in no cache costs more than reading the records.
 *
 * @param where condition on `installs_flat`
 * @param sent bitmap of `senders`
 * @example `… AND install_id IN (${knownInstalls("install_id", where, SHARING)})`
 */
export function knownInstalls(columns: string, where: string, sent: string): string {
  return `SELECT ${columns} FROM installs_flat WHERE ${where} AND bitmapContains(${sent}, number)`;
}

/**
 * Narrows records to a population's installs: ` AND install_id …`, or "".
 *
 * @param sent bitmap of `senders`: who else is in the population has no record that is asked about
 * @example `FROM events WHERE ${IN_RANGE}${andKnown(population(app, filter), SHARING)}`
 */
export function andKnown(
  { andInstall, byField, where }: Pick<Population, "andInstall" | "byField" | "where">,
  sent: string,
): string {
  return byField ? ` AND install_id IN (${knownInstalls("install_id", where, sent)})` : andInstall;
}

/**
 * Ends a statement that joins records with their installs. Left alone, the engine may build the table
 * of installs for many threads, and then looking up each record takes four times as long.
 */
export const JOINED = "SETTINGS join_algorithm = 'hash'";

export const sharingDetailed = count.meta({
  description:
    "Installs with an accepted detailed record in the range: the denominator of every share of installs that use something.",
});

const EVENT = /^\$?[a-z][a-z0-9_.]{0,99}$/;
export const EVENT_ALLOWED = "the name of an event, such as timer.started";
export const isEvent = (name: string) => EVENT.test(name);

/** One event of the detailed layer; it need not have come yet. */
export const eventName = z.string(EVENT_ALLOWED).refine(isEvent, EVENT_ALLOWED);
export const eventParameter = eventName.meta({
  description: "An event of the detailed layer.",
  example: "timer.started",
});

/** A whole number in the address, with bounds. */
export const whole = (from: number, to: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `a whole number from ${from} to ${to}`)
    .transform(Number)
    .refine((value) => value >= from && value <= to, `a whole number from ${from} to ${to}`);
