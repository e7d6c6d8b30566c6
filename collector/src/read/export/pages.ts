import { randomUUID } from "node:crypto";
import type { Params, Settings, Store } from "../../store/client.ts";
import type { Day } from "../days.ts";
import { stopWhen } from "../stop-when.ts";
import { type ExportFormat, FORMATS, WRITING } from "./formats.ts";
import { type ExportTable, selected } from "./tables.ts";

/** Rows that the engine holds in memory at one time. */
const PAGE = 20_000;

const LIMITS: Settings = {
  max_execution_time: 60,
  max_threads: 2,
  max_memory_usage: 512 * 1024 * 1024,
  do_not_merge_across_partitions_select_final: 1,
};

/** What is asked for. */
export interface Wanted {
  app: string;
  from: Day;
  to: Day;
}

/** Neighbouring days, or months, of a table. */
interface Slice {
  first: Day;
  last: Day;
  rows: number;
}

/** Where a page ends: the values of the key as text. */
type Place = string[];

/**
 * A table as text, page by page, so that neither process holds more than a page. Rows that were there
 * at the start are in it once; what comes meanwhile may be in it or not.
 *
 * @param page rows a page; tests make it small
 * @throws while it is read, what the store throws
 */
export async function* exportPages(
  store: Store,
  table: ExportTable,
  format: Exclude<ExportFormat, "parquet">,
  wanted: Wanted,
  gone: AbortSignal,
  page = PAGE,
): AsyncGenerator<Buffer> {
  const slices = await slicesOf(store, table, wanted, page);
  if (format === "csv") yield Buffer.from(`${table.columns.map(({ name }) => name).join(",")}\r\n`);
  for (const slice of slices) {
    for (let after: Place | null = null; !gone.aborted; ) {
      const upTo: Place | null =
        slice.rows > page ? await endOfPage(store, table, wanted, slice, after, page) : null;
      yield* readPage(store, table, format, wanted, { slice, after, upTo }, gone);
      if (upTo === null) break;
      after = upTo;
    }
  }
}

/** Runs of days, or months, of about a page; a larger one stands alone. */
async function slicesOf(
  store: Store,
  table: ExportTable,
  wanted: Wanted,
  page: number,
): Promise<Slice[]> {
  const counts = await store.query<{ at: Day; rows: number }>(
    `SELECT toString(${table.unit}) AS at, count() AS rows
     FROM ${table.from.replace(" FINAL", "")} WHERE ${table.where} GROUP BY at ORDER BY at`,
    { ...wanted },
    { settings: LIMITS },
  );
  const slices: Slice[] = [];
  for (const { at, rows } of counts) {
    const last = slices.at(-1);
    if (last && last.rows + rows <= page) {
      last.last = at;
      last.rows += rows;
    } else slices.push({ first: at, last: at, rows });
  }
  return slices;
}

/** The key of the last row of the page after a place; null where fewer rows are left. */
async function endOfPage(
  store: Store,
  table: ExportTable,
  wanted: Wanted,
  slice: Slice,
  after: Place | null,
  page: number,
): Promise<Place | null> {
  // Nothing to cut it by: such a slice is never large.
  if (table.key.length === 0) return null;
  const keys = table.key.map(({ expression }) => expression).join(", ");
  const { where, params } = within(table, wanted, { slice, after, upTo: null });
  const [row] = await store.query<{ place: Place }>(
    `SELECT [${table.key.map(({ expression }) => `toString(${expression})`).join(", ")}] AS place
     FROM ${table.from} WHERE ${where} ORDER BY ${keys} LIMIT 1 OFFSET {skipped:UInt64}`,
    { ...params, skipped: page - 1 },
    { settings: LIMITS },
  );
  return row?.place ?? null;
}

async function* readPage(
  store: Store,
  table: ExportTable,
  format: ExportFormat,
  wanted: Wanted,
  part: { slice: Slice; after: Place | null; upTo: Place | null },
  gone: AbortSignal,
): AsyncGenerator<Buffer> {
  const { where, params } = within(table, wanted, part);
  const order = table.key.map(({ expression }) => `t.${expression}`).join(", ") || "ALL";
  const queryId = randomUUID();
  const ended = stopWhen(gone, store, queryId);
  try {
    yield* store.stream(
      `SELECT ${selected(table, format)} FROM (${rowsOf(table, where)}) AS t
       ORDER BY ${order} FORMAT ${FORMATS[format]}`,
      { params, settings: { ...LIMITS, ...WRITING }, queryId },
    );
  } finally {
    ended();
  }
}

/** SQL for the rows themselves, as one SELECT. */
export const rowsOf = ({ from, groupBy }: ExportTable, where: string): string =>
  groupBy === undefined
    ? `SELECT * FROM ${from} WHERE ${where}`
    : `SELECT ${groupBy}, sum(count) AS count FROM ${from} WHERE ${where} GROUP BY ${groupBy}`;

/** Condition for a part of a table, with what it binds. */
function within(
  table: ExportTable,
  wanted: Wanted,
  { slice, after, upTo }: { slice: Slice; after: Place | null; upTo: Place | null },
): { where: string; params: Params } {
  const params: Params = { ...wanted, first: slice.first, last: slice.last };
  const conditions = [
    table.where,
    // One day said as such lets the store read in the order of the key.
    slice.first === slice.last
      ? `${table.unit} = {first:Date}`
      : `${table.unit} >= {first:Date} AND ${table.unit} <= {last:Date}`,
    ...(after ? [beyond(table, after, "after", params)] : []),
    ...(upTo ? [`NOT ${beyond(table, upTo, "until", params)}`] : []),
  ];
  return { where: conditions.join(" AND "), params };
}

/**
 * `(a, b) > (x, y)`, spelled out: the primary index does not see through a comparison of tuples.
 *
 * @param params receives the place's values
 */
function beyond({ key }: ExportTable, place: Place, name: string, params: Params): string {
  const bound = key.map(({ type }, at) => {
    params[`${name}${at}`] = place[at] ?? "";
    return `{${name}${at}:${type}}`;
  });
  const cases = key.map(({ expression }, at) =>
    [
      ...key.slice(0, at).map((earlier, nth) => `${earlier.expression} = ${bound[nth]}`),
      `${expression} > ${bound[at]}`,
    ].join(" AND "),
  );
  return `((${cases.join(") OR (")}))`;
}
