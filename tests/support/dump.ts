import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { sql } from "./api.ts";
import type { Collector } from "./collector.ts";

/** Endless tables, those whose text is part of the program, and one that starts a process. */
const NOT_DUMPED =
  /^(numbers(_mt)?|zeros(_mt)?|primes|generate_?series|documentation|licenses|symbols|unicode|models)$/;
/** Closed to SQL, since they hold keys and hashes of tokens and passwords; settings.json has the same. */
const SETTINGS = /^(settings_log|token_uses|store_secrets)$/;
/** System tables may be closed to readers, or stand for a part that the server lacks. */
const CLOSED = /Not enough privileges|Zookeeper|detached tables|Cannot open file/;
/** Below the endpoint's own ceiling on rows; more are read page by page. */
const PAGE = 5_000;
const MOST_PAGES = 20;

interface Column {
  database: string;
  table: string;
  name: string;
}

/** Every text of one table, one string a row. */
export interface TableText {
  table: string;
  rows: string[];
}

/**
 * Reads every column that can hold text, of every table, system tables included, through the SQL
 * endpoint: column files are compressed, so a search of the files would prove nothing.
 *
 * @throws Error when a table has more rows than are read, or cannot be read
 */
export async function dumpTables(collector: Collector): Promise<TableText[]> {
  const columns = await sql<Column>(
    collector,
    `SELECT c.database AS database, c.table AS table, c.name AS name
     FROM system.columns AS c
     WHERE match(c.type, 'String|Enum|JSON|Dynamic|Variant|IPv')
       AND c.database IN (currentDatabase(), 'system', 'default')
     ORDER BY database, table, c.position`,
  );
  const tables = Map.groupBy(columns, (column) => `${column.database}\0${column.table}`);
  const dumps: TableText[] = [];
  for (const [key, ofTable] of tables) {
    const [database = "", table = ""] = key.split("\0");
    if (database === "system" ? NOT_DUMPED.test(table) : SETTINGS.test(table)) continue;
    const texts = ofTable.map(({ name }) => `ifNull(toString(${quoted(name)}), '')`);
    const select = `SELECT DISTINCT concatWithSeparator(' | ', '', ${texts.join(", ")}) AS text
      FROM ${quoted(database)}.${quoted(table)} ORDER BY text`;
    const rows = await everyRow(collector, select).catch((error: Error) => {
      if (database === "system" && CLOSED.test(error.message)) return [];
      throw error;
    });
    dumps.push({ table: `${database}.${table}`, rows });
  }
  return dumps;
}

async function everyRow(collector: Collector, select: string): Promise<string[]> {
  const texts: string[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = `${select} LIMIT ${PAGE} OFFSET ${page * PAGE}`;
    const rows = await sql<{ text: string }>(collector, query);
    for (const { text } of rows) texts.push(text);
    if (rows.length < PAGE) return texts;
  }
  throw new Error(`more than ${MOST_PAGES * PAGE} rows: ${select}`);
}

/** The bytes of every file below a directory, as Latin-1 so that no byte is lost. */
export function dumpFiles(directory: string): TableText[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false)
    .map((path) => ({ table: path, rows: [readFileSync(path, "latin1")] }));
}

/** Where the value stands, in any case of its letters: `["rollcall.events"]`. */
export function whereFound(value: string, dumps: TableText[]): string[] {
  const wanted = value.toLowerCase();
  return dumps
    .filter(({ rows }) => rows.some((row) => row.toLowerCase().includes(wanted)))
    .map(({ table }) => table);
}

const quoted = (name: string) => `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
