import type { ComponentChildren } from "preact";
import type { Query } from "../api/query.ts";
import type { AsOf } from "../api/shell.ts";
import { formatCount } from "../format/numbers.ts";
import { useScope } from "../state/scope.ts";
import { hasFilters } from "../state/view.ts";
import { text } from "../text/shell.ts";
import { Card } from "./card.tsx";
import { define, exportCard } from "./export.ts";
import { FigureRows, type FigureTable } from "./figure-rows.tsx";
import { useNamed } from "./use-names.ts";

const TOP = 10;

/**
 * A card whose answer is a table: the first ten rows or all, a sentence that sums it up, and export.
 * @param props.summary "" says nothing
 * @param props.empty what to say when there is no row; filters are named as the reason where they apply
 */
export function TableCard<T extends AsOf>(props: {
  id: string;
  title: string;
  query: Query<T>;
  definition: string | ((data: T) => string);
  table: (data: T) => FigureTable;
  summary?: (data: T) => string;
  empty?: string;
  actions?: ComponentChildren;
  class?: string;
}) {
  const scope = useScope();
  const [showAll, toggleAll] = useNamed("more", props.id);
  return (
    <Card
      id={props.id}
      title={props.title}
      query={props.query}
      class={props.class ?? ""}
      actions={props.actions}
      foot={(data) => define(props, data)}
      exportOf={(data) => exportCard(scope, props, data)}
    >
      {(data) => {
        const table = props.table(data);
        if (table.rows.length === 0) {
          const filtered = hasFilters(scope.view.filters);
          return (
            <p class="card-empty">
              {filtered ? text.card.emptyFiltered : (props.empty ?? text.card.empty)}
            </p>
          );
        }
        const summary = props.summary?.(data);
        return (
          <>
            {summary && <p class="summary above">{summary}</p>}
            <FigureRows label={props.title} table={table} {...(showAll ? {} : { top: TOP })} />
            {table.rows.length > TOP && (
              <button type="button" class="button plain show-all" onClick={toggleAll}>
                {showAll ? text.card.showTop : text.card.showAll(formatCount(table.rows.length))}
              </button>
            )}
          </>
        );
      }}
    </Card>
  );
}
