import type { AsOf } from "../api/shell.ts";
import { frameOf } from "../shell/page-list.ts";
import { rangeName } from "../shell/range-menu.tsx";
import type { Scope } from "../state/scope.ts";
import { FILTERS, type View } from "../state/view.ts";
import { text } from "../text/shell.ts";
import type { Cell, Export } from "./csv.ts";
import type { FigureTable } from "./figure-rows.tsx";

/** What a card with a table says of an answer, in words and as a file. */
export interface TableExport<T> {
  id: string;
  title: string;
  definition: string | ((data: T) => string);
  table: (data: T) => FigureTable;
}

/** A card's definition of its numbers. */
export function define<T>({ definition }: Pick<TableExport<T>, "definition">, data: T): string {
  return typeof definition === "string" ? definition : definition(data);
}

/** The table of a card, for export. */
export function exportCard<T extends AsOf>(scope: Scope, card: TableExport<T>, data: T): Export {
  const { columns, rows } = card.table(data);
  return exportTable(scope, {
    name: card.id,
    title: card.title,
    definition: define(card, data),
    asOf: data.asOf,
    columns: columns.map((column) => column.id),
    rows,
  });
}

/** A table for export with the view's filters, the definition and the freshness in its header. */
export function exportTable(
  scope: Scope,
  table: {
    name: string;
    title: string;
    definition: string;
    asOf: string;
    columns: string[];
    rows: Cell[][];
  },
): Export {
  const { view, days } = scope;
  return {
    name: `${view.app}-${table.name}-${days.from}-${days.to}`,
    header: [
      ["Title", table.title],
      ["App", view.app],
      ["Days (UTC)", `${days.from} to ${days.to} (${rangeName(view.range)})`],
      ...(frameOf(view.page) === "fleet" ? populationOf(view) : []),
      ["Definition", table.definition],
      ["Data until", table.asOf],
    ],
    columns: table.columns,
    rows: table.rows,
  };
}

/** Which installs the numbers of a page are about. */
function populationOf(view: View): [string, string][] {
  return [
    ["Installs", view.admitted === "all" ? "admitted and pending" : "admitted"],
    ...(view.lifetime === "all" ? [] : [["Lifetime", "a day or longer"] as [string, string]]),
    ...FILTERS.flatMap((filter): [string, string][] =>
      view.filters[filter].length > 0
        ? [[text.filter.name[filter], view.filters[filter].join(", ")]]
        : [],
    ),
  ];
}
