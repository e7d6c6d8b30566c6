import type { Settings, Store } from "../store/client.ts";
import { type InstallTable, installTables } from "../store/install-tables.ts";

/** Rows that are in memory at one time. */
const PAGE = 2_000;

const LIMITS: Settings = {
  max_execution_time: 60,
  max_threads: 2,
  max_memory_usage: 768 * 1024 * 1024,
  do_not_merge_across_partitions_select_final: 1,
};

interface Of {
  app: string;
  installId: string;
}

/** Rows of neighbouring days, or of neighbouring minutes of one day. */
interface Slice {
  unit: string;
  from: string;
  to: string;
  day?: string;
  rows: number;
}

/**
 * Everything that is stored about an install, as the text of one JSON object: `app`, `install_id`,
 * `exported_at`, `tables` (rows by table) and `rows` (how many, by table). It is read page by page,
 * so it may be of any length.
 *
 * @throws while it is read, what the store throws
 */
export async function* exportInstall(store: Store, of: Of, now: Date): AsyncGenerator<string> {
  const { app, installId } = of;
  // All questions that may find the store away come before the first byte.
  const slices = new Map<InstallTable, Slice[]>();
  for (const table of installTables) slices.set(table, await slicesOf(store, table, of));

  const head = JSON.stringify({ app, install_id: installId, exported_at: now.toISOString() });
  yield `${head.slice(0, -1)},"tables":{`;
  const rows: Record<string, number> = {};
  for (const [table, pages] of slices) {
    yield `${Object.keys(rows).length === 0 ? "" : ","}${JSON.stringify(table.name)}:[`;
    rows[table.name] = 0;
    for (const slice of pages) {
      for (let offset = 0; offset < slice.rows; offset += PAGE) {
        const page = await readPage(store, table, of, slice, offset);
        const text = page.map((row) => JSON.stringify(row)).join(",");
        yield `${rows[table.name] === 0 || text === "" ? "" : ","}${text}`;
        rows[table.name]! += page.length;
      }
    }
    yield "]";
  }
  yield `},"rows":${JSON.stringify(rows)}}`;
}

/** How many rows an install has in each table. */
export async function countRows(store: Store, of: Of): Promise<Record<string, number>> {
  const rows: Record<string, number> = {};
  for (const table of installTables) {
    const [row] = await store.query<{ rows: number }>(
      `SELECT count() AS rows FROM ${table.from} WHERE ${isOf(table)}`,
      { ...of },
      { settings: LIMITS },
    );
    rows[table.name] = Number(row?.rows ?? 0);
  }
  return rows;
}

/** Runs of days of about a page; a day of more rows in runs of minutes. */
async function slicesOf(store: Store, table: InstallTable, of: Of): Promise<Slice[]> {
  const slices: Slice[] = [];
  for (const run of await runsOf(store, table, of, { unit: table.day })) {
    if (run.rows <= PAGE) slices.push({ ...run, unit: table.day });
    else {
      const unit = `toStartOfMinute(${table.time})`;
      const minutes = await runsOf(store, table, of, { unit, day: run.from });
      for (const part of minutes) slices.push({ ...part, unit, day: run.from });
    }
  }
  return slices;
}

/** Counts rows by day or minute and joins neighbours while they make a page. */
async function runsOf(
  store: Store,
  table: InstallTable,
  of: Of,
  { unit, day }: { unit: string; day?: string },
): Promise<{ from: string; to: string; rows: number }[]> {
  const inDay = day === undefined ? "" : `AND ${table.day} = {day:Date}`;
  const counts = await store.query<{ at: string; rows: number }>(
    `SELECT toString(${unit}) AS at, count() AS rows
     FROM ${table.from} WHERE ${isOf(table)} ${inDay} GROUP BY at ORDER BY at`,
    { ...of, ...(day === undefined ? {} : { day }) },
    { settings: LIMITS },
  );
  const runs: { from: string; to: string; rows: number }[] = [];
  for (const { at, rows } of counts) {
    const last = runs.at(-1);
    if (last && last.rows + rows <= PAGE) {
      last.to = at;
      last.rows += rows;
    } else runs.push({ from: at, to: at, rows });
  }
  return runs;
}

function readPage(
  store: Store,
  table: InstallTable,
  of: Of,
  { unit, from, to, day }: Slice,
  offset: number,
): Promise<object[]> {
  const [type, inDay] =
    day === undefined ? ["Date", ""] : ["DateTime('UTC')", `AND ${table.day} = {day:Date}`];
  return store.query<object>(
    `SELECT ${table.columns} FROM ${table.from}
     WHERE ${isOf(table)} ${inDay} AND ${unit} >= {from:${type}} AND ${unit} <= {to:${type}}
     ORDER BY ${table.day}, ${table.order} LIMIT ${PAGE} OFFSET {offset:UInt64}`,
    { ...of, from, to, offset, ...(day === undefined ? {} : { day }) },
    { settings: LIMITS },
  );
}

const isOf = ({ app, installId }: InstallTable): string =>
  `${app} = {app:String} AND ${installId} = {installId:UUID}`;
