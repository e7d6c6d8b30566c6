/** Columns that are worked out together: name → expression over the columns of the stages before. */
export type Stage = Record<string, string>;

/**
 * SQL that works columns out one stage after the other, each in a SELECT around the one before. With
 * aliases in a single SELECT ClickHouse writes every alias out wherever it stands, so that lists built
 * upon lists take longer to analyse than to compute.
 *
 * @param columns of `from` that the last stage still needs
 * @example stages("SELECT 2 AS a", ["a"], [{ b: "a * a" }, { c: "b + b" }]) // … one row: a 2, c 8
 */
export function stages(from: string, columns: readonly string[], steps: readonly Stage[]): string {
  return steps.reduce((inner, stage, at) => {
    // A column is carried along until nothing after needs it.
    const later = steps
      .slice(at)
      .flatMap((step) => Object.values(step))
      .join(" ");
    const known = [...columns, ...steps.slice(0, at).flatMap((step) => Object.keys(step))];
    const kept = known.filter(
      (name) => columns.includes(name) || new RegExp(`\\b${name}\\b`).test(later),
    );
    const made = Object.entries(stage).map(([name, text]) => `${text} AS ${name}`);
    return `SELECT ${[...new Set(kept), ...made].join(", ")} FROM (${inner})`;
  }, from);
}
