import type { Column, Table } from "./tables.ts";

/**
 * The statements of one segment's load. They take `{spool:UUID}` and `{seg:UInt64}`, the segment's
 * place in the ledger, and `{rows:UInt64}`, how many rows the stage must hold: it is in the
 * engine's memory, so an engine that restarted under way would load nothing and report success.
 */
const NO_UID = "toFixedString('', 16)";

/** Names of this spool's stage tables. Two spools on one store have their own. */
export function stageName(table: Table, spoolUuid: string): string {
  return `stage_${table.name}_${spoolUuid.replaceAll("-", "")}`;
}

export function createStage(table: Table, stage: string): string {
  return `CREATE TABLE IF NOT EXISTS ${stage} (${structure(table)}) ENGINE = Memory`;
}

/** Fills a stage from Native blocks; older blocks that lack a column get its default. */
export function fillStage(table: Table, stage: string): string {
  const columns = table.columns.filter(({ spool }) => spool !== null).map(nameOf);
  const values = columns.map((name) => (name === "uid" ? SCOPED_UID : name));
  const input = structure(table).replaceAll("'", "\\'");
  return `INSERT INTO ${stage} (${columns.join(", ")}) SELECT ${values.join(", ")} FROM input('${input}') FORMAT Native`;
}

/** One sender's uid says nothing about another's, so app and install are part of what is compared. */
const SCOPED_UID = `if(uid = ${NO_UID}, uid, toFixedString(substring(SHA256(concat(app, '\\0', toString(install_id), '\\0', uid)), 1, 16), 16))`;

/**
 * Claims the records that no segment has claimed yet. What a segment has claimed is what it may
 * insert, so the answer is the same on every replay.
 */
export function claimUids(stage: string, rows: number): string {
  return `INSERT INTO record_uids (minute, uid, _spool, _seg, received_at)
SELECT minute, uid, {spool:UUID}, {seg:UInt64}, toDateTime(received_at, 'UTC') FROM ${stage}
WHERE uid != ${NO_UID} AND ${stageIsWhole(stage)}
  AND uid NOT IN (SELECT uid FROM record_uids WHERE ${isStaged(stage, rows)})
LIMIT 1 BY uid`;
}

/** Above this many the set of pairs costs more than reading the other records of those minutes. */
const PAIRS_UP_TO = 20_000;

/** Condition on `record_uids`, by its primary key. */
function isStaged(stage: string, rows: number): string {
  const staged = `FROM ${stage} WHERE uid != ${NO_UID}`;
  if (rows <= PAIRS_UP_TO) return `(minute, uid) IN (SELECT minute, uid ${staged})`;
  return `minute IN (SELECT DISTINCT minute ${staged}) AND uid IN (SELECT uid ${staged})`;
}

/** Whether a row repeats a record: the segment has claimed fewer records than it has rows with a uid. */
export function hasRepeats(stage: string): string {
  return `SELECT countIf(uid != ${NO_UID}) != (
  SELECT count() FROM record_uids WHERE _seg = {seg:UInt64} AND _spool = {spool:UUID}
) AS repeats FROM ${stage}`;
}

/** Rows that count: those without a uid, and the first row of each uid that this segment claimed. */
function counted(stage: string, rows: number): string {
  return `(uid = ${NO_UID} OR _row IN (
  SELECT min(_row) FROM ${stage} WHERE uid IN (
    SELECT uid FROM record_uids
    WHERE ${isStaged(stage, rows)} AND _seg = {seg:UInt64} AND _spool = {spool:UUID}
  ) GROUP BY uid
))`;
}

export function countRepeats(stage: string, rows: number): string {
  return `SELECT countIf(NOT ${counted(stage, rows)}) AS repeats FROM ${stage}`;
}

export interface InsertParts {
  /** Rows in the stage. */
  rows: number;
  /** Some rows repeat a record that is counted already. */
  repeats: boolean;
  /** An earlier try may have stored some partitions of this segment. */
  replay: boolean;
}

export function insertEvents(table: Table, stage: string, parts: InsertParts): string {
  const conditions = [stageIsWhole(stage)];
  if (parts.repeats) conditions.push(counted(stage, parts.rows));
  if (parts.replay) conditions.push(notInLedger(table, stage));
  return `${insertInto(table)} FROM ${stage} WHERE ${conditions.join(" AND ")}`;
}

export function insertHeartbeats(table: Table, stage: string): string {
  return `${insertInto(table)} FROM ${stage} WHERE ${stageIsWhole(stage)}`;
}

/** Rows that only the ledger tells from others: logs, spans, points of metrics. */
export function insertSignal(table: Table, stage: string, parts: { replay: boolean }): string {
  const conditions = [stageIsWhole(stage)];
  if (parts.replay) conditions.push(notInLedger(table, stage));
  return `${insertInto(table)} FROM ${stage} WHERE ${conditions.join(" AND ")}`;
}

export function insertRefusals(table: Table, stage: string, parts: { replay: boolean }): string {
  const keys = "app, day, outcome, reason, event, field, app_version";
  const conditions = [stageIsWhole(stage)];
  if (parts.replay) conditions.push(notInLedger(table, stage));
  return `INSERT INTO ${table.name} (${keys}, count, _spool, _seg)
SELECT ${keys}, sum(count), {spool:UUID}, {seg:UInt64} FROM ${stage}
WHERE ${conditions.join(" AND ")} GROUP BY ${keys}`;
}

/** The part of an install's row that base records speak of. Idempotent. */
export function updateInstallsFromHeartbeats(stage: string): string {
  const latest = [
    "app_version",
    "platform",
    "os_version",
    "architecture",
    "locale",
    "timezone",
    "release_channel",
    "deployment_type",
    "environment",
    "telemetry_fingerprint",
  ];
  return `INSERT INTO installs (app, install_id, first_seen, last_seen, first_admission_day,
  last_admission_day, first_received, last_received, days_seen, version_days, ${latest.join(", ")}, install_key, first_token)
SELECT app, install_id, min(time), max(time),
  minOrNullIf(admission_day, kind = 'heartbeat'), maxOrNullIf(admission_day, kind = 'heartbeat'),
  min(received_at), max(received_at), groupBitmapState(toUInt32(toDate(time))),
  minMapIf(map(toString(app_version), toDate(time)), app_version != ''),
  ${latest.map(latestState).join(", ")},
  argMinStateIf(install_key, received_at, install_key != ''),
  argMinStateIf(token, received_at, token != '')
FROM ${stage} WHERE ${stageIsWhole(stage)} GROUP BY app, install_id`;
}

/** The part of an install's row that detailed records speak of. Idempotent. */
export function updateInstallsFromEvents(stage: string): string {
  return `INSERT INTO installs (app, install_id, first_seen, last_seen, last_detailed, first_received,
  last_received, app_version, environment)
SELECT app, install_id, min(time), max(time), max(time), min(received_at), max(received_at),
  ${latestState("app_version")}, ${latestState("environment")}
FROM ${stage} WHERE ${stageIsWhole(stage)} GROUP BY app, install_id`;
}

/** Whether a segment speaks of installs that have no number yet. */
export function hasUnnumbered(stage: string): string {
  return `SELECT count() > 0 AS unnumbered FROM (${unnumbered(stage)})`;
}

/**
 * Gives numbers to the installs that have none, each app's in sequence. Two that do so at once would
 * give the same numbers: it is run under the claim lock.
 */
export function numberInstalls(stage: string): string {
  return `INSERT INTO install_numbers (app, install_id, number)
SELECT s.app, s.install_id, k.next + row_number() OVER (PARTITION BY s.app ORDER BY s.install_id) - 1
FROM (${unnumbered(stage)}) AS s
LEFT JOIN (
  SELECT app, toUInt64(max(number)) + 1 AS next FROM install_numbers
  WHERE app IN (SELECT DISTINCT app FROM ${stage}) GROUP BY app
) AS k ON k.app = s.app
WHERE ${stageIsWhole(stage)}`;
}

function unnumbered(stage: string): string {
  return `SELECT DISTINCT app, install_id FROM ${stage}
  WHERE (app, install_id) NOT IN (SELECT app, install_id FROM ${numbered(stage)})`;
}

function numbered(stage: string): string {
  return `(
    SELECT app, install_id, number FROM install_numbers
    WHERE app IN (SELECT DISTINCT app FROM ${stage}) AND install_id IN (SELECT install_id FROM ${stage})
  )`;
}

/** Adds a segment's installs to the sets of their days. Idempotent. */
export function addActiveDays(stage: string): string {
  return addToSets("active_days", stage, { day: "toDate(time)" });
}

export function addVersionDays(stage: string): string {
  return addToSets("version_days", stage, { day: "toDate(time)", app_version: "app_version" });
}

export function addEventDays(stage: string): string {
  return addToSets("event_days", stage, { event: "event", day: "toDate(time)" });
}

function addToSets(table: string, stage: string, keys: Record<string, string>): string {
  const names = Object.keys(keys);
  const select = Object.entries(keys).map(([name, value]) => `${value} AS ${name}_`);
  return `INSERT INTO ${table} (app, ${names.join(", ")}, installs)
SELECT s.app, ${names.map((name) => `s.${name}_`).join(", ")}, groupBitmapState(n.number)
FROM (SELECT DISTINCT app, install_id, ${select.join(", ")} FROM ${stage}) AS s
INNER JOIN ${numbered(stage)} AS n ON n.app = s.app AND n.install_id = s.install_id
WHERE ${stageIsWhole(stage)}
GROUP BY s.app, ${names.map((name) => `s.${name}_`).join(", ")}`;
}

function latestState(field: string): string {
  return `argMaxStateIf(${field}, time, ${field} != '')`;
}

function insertInto(table: Table): string {
  const columns = table.columns.filter((column) => column.table !== null);
  const values = columns.map((column) => column.expression ?? nameOf(column));
  return `INSERT INTO ${table.name} (${columns.map(nameOf).join(", ")}) SELECT ${values.join(", ")}`;
}

/** An insert is one part in each partition, and a part is there whole or not at all. */
function notInLedger({ name, partition }: Table, stage: string): string {
  return `${partition} NOT IN (
  SELECT DISTINCT ${partition} FROM ${name}
  WHERE ${partition} IN (SELECT ${partition} FROM ${stage}) AND _seg = {seg:UInt64} AND _spool = {spool:UUID}
)`;
}

function stageIsWhole(stage: string): string {
  // The throw is in the subquery, which has a row also where the stage has none.
  return `(SELECT throwIf(count() != {rows:UInt64}, 'the stage was lost') FROM ${stage}) = 0`;
}

function structure(table: Table): string {
  return table.columns
    .filter(({ spool }) => spool !== null)
    .map((column) => `${nameOf(column)} ${column.spool}`)
    .join(", ");
}

/** Those of a Nested have a dot in them. */
function nameOf({ name }: Column): string {
  return name.includes(".") ? `\`${name}\`` : name;
}
