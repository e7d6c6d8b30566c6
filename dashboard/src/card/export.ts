import { rangeName } from "../shell/range-menu.tsx";
import type { Scope } from "../state/scope.ts";
import { FILTERS } from "../state/view.ts";
import { text } from "../text/shell.ts";
import type { Cell, Export } from "./csv.ts";

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
      ["Installs", view.admitted === "all" ? "admitted and pending" : "admitted"],
      ...(view.lifetime === "all" ? [] : [["Lifetime", "a day or longer"] as [string, string]]),
      ...FILTERS.flatMap((filter): [string, string][] =>
        view.filters[filter].length > 0
          ? [[text.filter.name[filter], view.filters[filter].join(", ")]]
          : [],
      ),
      ["Definition", table.definition],
      ["Data until", table.asOf],
    ],
    columns: table.columns,
    rows: table.rows,
  };
}
