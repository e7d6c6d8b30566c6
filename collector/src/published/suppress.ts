import { type Edge, settle, surelyBetween } from "./network.ts";
import { type Rounding, slackOf } from "./rounding.ts";

/** One cell of a table by two fields, as it is published. */
export interface SafeCell {
  row: number;
  column: number;
  installs: number;
}

interface Cell extends SafeCell {
  /** Null: withheld. */
  edge: Edge;
  /** The published count; null where the cell is withheld. */
  shown: number | null;
}

/** A table with everything that is known about it. */
interface Known {
  cells: Cell[];
  /** Every count, and every sum of withheld ones, as a flow. */
  edges: Edge[];
  /** What must not be known to be a small group: withheld cells, and their sum in each line. */
  secrets: { edge: Edge; row: number | null; column: number | null }[];
}

/**
 * Decides which cells of a table by two fields are published, and with which counts.
 *
 * A cell is published when its rounded count reaches the least; an empty cell and a small one look
 * the same. Then somebody is imagined who knows the true sum of every row and column, that every
 * published count is right to within the rounding, and the whole of this code. Where that leaves
 * no other possibility than that a withheld cell, or all withheld cells of a row or column
 * together, hold 1 to k − 1 installs, a published count beside it is rounded the other way, so that
 * nobody and a larger group fit as well. That is rare, and looks like any other rounding. Where it
 * does not help, nothing of the table is published. Withholding more cells, as is often done, would
 * give the small group away on the day it appears: a large cell would vanish for no other reason.
 *
 * @param counts installs by row and column, of which every row and column has `rounding.k` or more
 * @param of what the table is about, for the rounding: the two fields
 * @param names of rows and columns, for the rounding
 */
export function safeCells(
  counts: readonly (readonly number[])[],
  rounding: Rounding,
  of: string,
  names: readonly [readonly string[], readonly string[]],
): SafeCell[] {
  const known = whatIsKnown(
    counts,
    (installs, row, column) => {
      const rounded = rounding.round(installs, of, names[0][row] ?? "", names[1][column] ?? "");
      return rounded >= rounding.least ? rounded : null;
    },
    rounding,
  );
  if (!repaired(known, rounding)) return [];
  return known.cells.flatMap(({ row, column, shown }) =>
    shown === null ? [] : [{ row, column, installs: shown }],
  );
}

/** What a count is known to be from what is published of it. */
function boundsOf(shown: number | null, { k, base, least }: Rounding) {
  if (shown === null) return { least: 0, most: least - 1 };
  return { least: Math.max(k, shown - slackOf(base)), most: shown + slackOf(base) };
}

/**
 * The table as a network: source → row → (shown or withheld part of it) → cells → (shown or withheld
 * part of a column) → column → source. The sums of rows and columns are known exactly: other tables
 * hold the same sums, and all of them together may tell them better than one rounded count.
 */
function whatIsKnown(
  counts: readonly (readonly number[])[],
  publish: (installs: number, row: number, column: number) => number | null,
  rounding: Rounding,
): Known {
  const rows = counts.length;
  const columns = counts[0]?.length ?? 0;
  const source = 0;
  const rowNode = (row: number, part: 0 | 1 | 2) => 1 + row * 3 + part;
  const columnNode = (column: number, part: 0 | 1 | 2) => 1 + (rows + column) * 3 + part;
  const cells: Cell[] = [];
  const edges: Edge[] = [];
  const secrets: Known["secrets"] = [];
  const add = (edge: Edge) => {
    edges.push(edge);
    return edge;
  };
  for (const [row, line] of counts.entries()) {
    for (const [column, installs] of line.entries()) {
      const shown = publish(installs, row, column);
      const part = shown === null ? 2 : 1;
      const edge = add({
        from: rowNode(row, part),
        to: columnNode(column, part),
        ...boundsOf(shown, rounding),
        flow: installs,
      });
      cells.push({ row, column, installs, shown, edge });
      if (shown === null) secrets.push({ edge, row, column });
    }
  }
  const sum = (of: readonly Cell[]) => of.reduce((total, { installs }) => total + installs, 0);
  const addLine = (row: number | null, column: number | null) => {
    const line = cells.filter((cell) => (row === null ? cell.column === column : cell.row === row));
    const node = (part: 0 | 1 | 2) =>
      row === null ? columnNode(column as number, part) : rowNode(row, part);
    const joined = (from: number, to: number, flow: number, [least, most]: [number, number]) =>
      add(
        row === null ? { from: to, to: from, least, most, flow } : { from, to, least, most, flow },
      );
    const whole = sum(line);
    joined(source, node(0), whole, [whole, whole]);
    const withheld = line.filter(({ shown }) => shown === null);
    const shown = line.filter((cell) => cell.shown !== null);
    if (shown.length > 0) joined(node(0), node(1), sum(shown), [0, whole]);
    if (withheld.length === 0) return;
    const edge = joined(node(0), node(2), sum(withheld), [0, whole]);
    if (withheld.length > 1) secrets.push({ edge, row, column });
  };
  for (let row = 0; row < rows; row += 1) addLine(row, null);
  for (let column = 0; column < columns; column += 1) addLine(null, column);
  return { cells, edges, secrets };
}

/** Rounds until nothing small is known. False where that cannot be had. */
function repaired(known: Known, rounding: Rounding): boolean {
  const { edges, secrets, cells } = known;
  if (!settle(edges)) return false;
  const given = () => secrets.filter(({ edge }) => surelyBetween(edges, edge, 1, rounding.k - 1));
  let told = given();
  // Each round leaves fewer secrets that can be told.
  while (told.length > 0) {
    const [first] = told as [Known["secrets"][number]];
    // Larger cells first: there a step of the rounding says least.
    const beside = cells
      .filter(
        ({ shown, row, column }) =>
          shown !== null && (row === first.row || column === first.column),
      )
      .sort((a, b) => b.installs - a.installs);
    const better = beside.some((cell) =>
      [rounding.base, -rounding.base].some((step) => {
        const before = cell.shown as number;
        if (before + step < rounding.least) return false;
        setShown(cell, before + step, rounding);
        if (settle(edges)) {
          const left = given();
          if (left.length < told.length) {
            told = left;
            return true;
          }
        }
        setShown(cell, before, rounding);
        // What fitted before fits again.
        settle(edges);
        return false;
      }),
    );
    if (!better) return false;
  }
  return true;
}

function setShown(cell: Cell, shown: number, rounding: Rounding): void {
  cell.shown = shown;
  Object.assign(cell.edge, boundsOf(shown, rounding));
}
