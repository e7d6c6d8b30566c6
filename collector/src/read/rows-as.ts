import { stringify } from "csv-stringify/sync";
import { ZodArray as ZodArrayType, type ZodObject, ZodObject as ZodObjectType, z } from "zod";

export type RowFormat = "json" | "csv" | "ndjson";

export const MEDIA_TYPES: Record<Exclude<RowFormat, "json">, string> = {
  csv: "text/csv; charset=utf-8; header=present",
  ndjson: "application/x-ndjson; charset=utf-8",
};

export const formatParameter = z
  .enum(["json", "csv", "ndjson"], "json, csv or ndjson")
  .default("json")
  .meta({
    description:
      "`csv` (RFC 4180, a header line, cells that a spreadsheet would run as formulas begin with an apostrophe) and `ndjson` hold the rows alone; a list in a cell is written as JSON.",
    example: "json",
  });

/** The names of a row's fields in the order of the schema, or null where an answer has no rows. */
export function columnsOf(reply: ZodObject): string[] | null {
  const rows: unknown = reply.shape.rows;
  if (!(rows instanceof ZodArrayType)) return null;
  return rows.element instanceof ZodObjectType ? Object.keys(rows.element.shape) : null;
}

/**
 * The rows of an answer as text.
 *
 * @example rowsAs("csv", ["app", "n"], [{ app: "=1+1", n: -1 }]) // "app,n\r\n'=1+1,-1\r\n"
 */
export function rowsAs(
  format: Exclude<RowFormat, "json">,
  columns: string[],
  rows: readonly Record<string, unknown>[],
): string {
  if (format === "ndjson") return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  return stringify([...rows], {
    header: true,
    columns,
    record_delimiter: "windows",
    escape_formulas: true,
    cast: { boolean: String },
  });
}
