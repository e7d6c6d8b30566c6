import { stringLiteral } from "../engine/lexer.ts";

/*
 * The statements that make `installs_flat` of one app anew. Rows are made in a table beside it, which
 * then takes the place of the app's partition in one step: a question reads the old rows or the new
 * ones, never some of both.
 */

/** The parts of `installs` that hold rows of each app. */
export const FLAT_SOURCES = `SELECT app, _part AS part, count() AS rows
FROM installs GROUP BY app, part ORDER BY app, part`;

/** Parts of `{table:String}` that hold the app `{app:String}`, where apps are partitions. */
export const PARTS_OF_APP = `SELECT name, rows, hash_of_all_files AS hash
FROM system.parts
WHERE active AND database = currentDatabase() AND table = {table:String} AND partition = {app:String}
ORDER BY hash`;

/** The tables that are made anew, in the order in which they are filled. */
export const FLAT_TABLES = ["installs_flat", "version_arrivals"] as const;
export type FlatTable = (typeof FLAT_TABLES)[number];

/** Where the rows of a table are made. Each spool has its own, so that two collectors do not meet. */
export function flatStageName(table: FlatTable, spoolUuid: string): string {
  return `stage_${table}_${spoolUuid.replaceAll("-", "")}`;
}

/** One that an earlier version left may have other columns. */
export function dropFlatStage(stage: string): string {
  return `DROP TABLE IF EXISTS ${stage} SYNC`;
}

export function createFlatStage(table: FlatTable, stage: string): string {
  return `CREATE TABLE IF NOT EXISTS ${stage} AS ${table}`;
}

/** Parts of a pre-release such as rc.10: numbers as numbers, and below words (semver 2.0, section 11). */
const PRERELEASE = `arrayMap(
      part -> (NOT match(part, '^[0-9]+$'), toUInt32OrZero(part), part),
      splitByChar('.', substring(entry.1, position(entry.1, '-') + 1))
    )`;

/**
 * Versions of one day from the oldest to the newest, so that an upgrade within a day is one; a
 * pre-release comes before its release.
 */
const BY_FIRST_DAY = `arraySort(
  entry -> (
    entry.2,
    arrayMap(digits -> toUInt32OrZero(digits), extractAll(splitByChar('-', entry.1)[1], '\\\\d+')),
    position(entry.1, '-') = 0,
    ${PRERELEASE},
    entry.1
  ),
  arrayZip(mapKeys(l.version_days), mapValues(l.version_days))
)`;

/** Where ids of installs are put whose rows are made anew, one for each row that `installs` has of them. */
export function changedStageName(spoolUuid: string): string {
  return `stage_installs_changed_${spoolUuid.replaceAll("-", "")}`;
}

/** In the engine's memory: it is gone with the engine, which is why `isChanged` counts it. */
export function createChangedStage(stage: string): string {
  return `CREATE TABLE IF NOT EXISTS ${stage} (install_id UUID) ENGINE = Memory`;
}

/** Takes `{app:String}` and `{parts:Array(String)}`. */
export function fillChangedStage(stage: string): string {
  return `INSERT INTO ${stage} SELECT install_id FROM installs
WHERE app = {app:String} AND has({parts:Array(String)}, _part)`;
}

/**
 * Condition on rows with an install id; takes `{changed:UInt64}`, how many rows the stage must hold.
 *
 * @param not "NOT " for all the others
 */
function isChanged(stage: string, not: "" | "NOT "): string {
  return `install_id ${not}IN (SELECT install_id FROM ${stage})
  AND (SELECT throwIf(count() != {changed:UInt64}, 'the stage was lost') FROM ${stage}) = 0`;
}

/** Rows that stay as they are. Takes `{app:String}` and `{changed:UInt64}`. */
export function copyFlatStage(stage: string, changed: string): string {
  return `INSERT INTO ${stage} SELECT * FROM installs_flat
WHERE app = {app:String} AND ${isChanged(changed, "NOT ")}`;
}

/**
 * Takes `{app:String}`. In the order of the table's key, so that memory does not grow with installs.
 *
 * @param changed the stage that says which installs, with `{changed:UInt64}`; null: all
 */
export function fillFlatStage(stage: string, changed: string | null): string {
  const which = `app = {app:String}${changed === null ? "" : ` AND ${isChanged(changed, "")}`}`;
  return `INSERT INTO ${stage} (app, number, install_id, first_seen, last_seen, last_detailed, first_received,
  last_received, admitted, app_version, platform, os_version, architecture, locale, timezone, release_channel,
  deployment_type, first_token, versions, version_days)
WITH ${BY_FIRST_DAY} AS said
SELECT l.app, n.number, l.install_id, l.first_seen, l.last_seen, l.last_detailed, l.first_received,
  l.last_received, l.admitted, l.app_version, l.platform, l.os_version, l.architecture, l.locale, l.timezone,
  l.release_channel, l.deployment_type, l.first_token, said.1, said.2
FROM (SELECT * FROM installs_latest WHERE ${which}) AS l
INNER JOIN (SELECT install_id, number FROM install_numbers WHERE ${which}) AS n
  ON n.install_id = l.install_id`;
}

/** @param flat the stage of `installs_flat`, which holds the rows of one app */
export function fillArrivalsStage(stage: string, flat: string): string {
  return `INSERT INTO ${stage} (app, version, day, installs)
SELECT app, version, day, count()
FROM (SELECT app, versions, version_days FROM ${flat} WHERE admitted)
ARRAY JOIN versions AS version, version_days AS day
WHERE version != ''
GROUP BY app, version, day`;
}

export function replaceFlat(table: FlatTable, stage: string, app: string): string {
  return `ALTER TABLE ${table} REPLACE PARTITION ${stringLiteral(app)} FROM ${stage}`;
}

/** What stands for it where the stage is empty: ClickHouse refuses to replace rows by none. */
export function dropFlat(table: FlatTable, app: string): string {
  return `ALTER TABLE ${table} DROP PARTITION ${stringLiteral(app)}`;
}
