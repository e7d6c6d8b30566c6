import { stringLiteral } from "../engine/lexer.ts";

/*
 * The statements that make `installs_flat` of one app anew. Rows are made in a table beside it, which
 * then takes the place of the app's partition in one step: a question reads the old rows or the new
 * ones, never some of both.
 */

/**
 * Apps with the parts of `installs` that hold them: another text means that something has changed. And
 * how many rows of `installs` each has.
 */
export const FLAT_SOURCES = `SELECT
  app, arrayStringConcat(arraySort(groupUniqArray(_part)), ' ') AS parts, count() AS rows
FROM installs GROUP BY app ORDER BY app`;

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

/** Takes `{app:String}`. In the order of the table's key, so that memory does not grow with installs. */
export function fillFlatStage(stage: string): string {
  return `INSERT INTO ${stage} (app, number, install_id, first_seen, last_seen, last_detailed, first_received,
  last_received, admitted, app_version, platform, os_version, architecture, locale, timezone, release_channel,
  deployment_type, first_token, versions, version_days)
WITH ${BY_FIRST_DAY} AS said
SELECT l.app, n.number, l.install_id, l.first_seen, l.last_seen, l.last_detailed, l.first_received,
  l.last_received, l.admitted, l.app_version, l.platform, l.os_version, l.architecture, l.locale, l.timezone,
  l.release_channel, l.deployment_type, l.first_token, said.1, said.2
FROM (SELECT * FROM installs_latest WHERE app = {app:String}) AS l
INNER JOIN (SELECT install_id, number FROM install_numbers WHERE app = {app:String}) AS n
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
