export type Cell = string | number | null;

/** A table as it leaves the dashboard: what it is, then its columns and rows. */
export interface Export {
  /** For the file name: "active-installs". */
  name: string;
  /** What a reader of the file needs to know, in order: app, days, filters, definition. */
  header: [name: string, value: string][];
  columns: string[];
  rows: Cell[][];
}

/**
 * The table as CSV (RFC 4180), the header as comment lines before it.
 * @example toCsv({ name: "x", header: [["App", "timetracker"]], columns: ["day"], rows: [["a"]] })
 */
export function toCsv(table: Export): string {
  const comments = table.header.map(([name, value]) => `# ${name}: ${oneLine(value)}`);
  const lines = [table.columns, ...table.rows].map((row) => row.map(printCell).join(","));
  return `${[...comments, ...lines].join("\r\n")}\r\n`;
}

/** The same as JSON: `{ about: {…}, rows: [{ column: value }] }`. */
export function toJson(table: Export): string {
  const rows = table.rows.map((row) =>
    Object.fromEntries(table.columns.map((column, index) => [column, row[index] ?? null])),
  );
  return `${JSON.stringify({ about: Object.fromEntries(table.header), rows }, null, 2)}\n`;
}

function printCell(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  // Versions and platforms come from strangers: a spreadsheet must not run them as formulas.
  const inert = /^[=+\-@\t\r＝＋－＠]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n#]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** A filter's value may come from a link: behind a comma a spreadsheet takes it for a cell of its own. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, " ").replace(/([,;\t][\s"]*)(?=[=+\-@＝＋－＠])/g, "$1'");
}
