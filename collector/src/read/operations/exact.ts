type Row = Record<string, unknown>;

/** True where a value holds an integer that a JSON number rounds (or a float as large as that). */
function mayBeRounded(value: unknown): boolean {
  if (typeof value === "number") return Number.isInteger(value) && !Number.isSafeInteger(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(mayBeRounded);
}

/**
 * Rows with integers as numbers, apart from those beyond ±(2^53 − 1), which stay strings: hashes and
 * ids would be wrong otherwise. Nearly no statement has any, so they cost a second run where they do.
 *
 * @param run runs the statement with 64-bit integers written as numbers, or as strings
 * @example await exactRows((asStrings) => reader.query(sql, {}, { settings: { ... } }))
 */
export async function exactRows(run: (asStrings: boolean) => Promise<Row[]>): Promise<Row[]> {
  const rounded = await run(false);
  if (!rounded.some(mayBeRounded)) return rounded;
  const exact = await run(true);
  // A column of numbers that turned into strings is one of integers; other strings are text.
  const integers = new Set(Object.keys(rounded[0] ?? {}));
  for (const row of rounded) {
    for (const name of integers) {
      if (row[name] !== null && typeof row[name] !== "number") integers.delete(name);
    }
  }
  return exact.map((row) => {
    for (const name of integers) {
      const value = row[name];
      if (typeof value === "string" && Number.isSafeInteger(Number(value)))
        row[name] = Number(value);
    }
    return row;
  });
}
