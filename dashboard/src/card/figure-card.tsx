import type { ComponentChildren } from "preact";
import type { Query } from "../api/query.ts";
import type { AsOf } from "../api/shell.ts";
import { ChartIcon, TableIcon } from "../shell/icons.tsx";
import { useNavigation } from "../state/navigation.ts";
import { useScope } from "../state/scope.ts";
import { hasFilters } from "../state/view.ts";
import { text } from "../text/shell.ts";
import { Card } from "./card.tsx";
import { define, exportCard } from "./export.ts";
import { FigureRows, type FigureTable } from "./figure-rows.tsx";
import { useNamed } from "./use-names.ts";

/**
 * A card whose answer is a picture: with its summary sentence, the same as a table, and export.
 *
 * @param props.empty whether there is nothing to draw; a text says why
 * @param props.chart draws; null where the table says it all
 * @example
 * <FigureCard id="age" title="Install age" query={query} definition="Days since first seen."
 *   summary={(data) => `Half are older than ${data.median} days.`}
 *   chart={(data, summary) => <Histogram label={summary} bins={data.rows} />}
 *   table={(data) => ({ columns: [{ id: "days", label: "Days" }], rows: [["0–6"]] })} />
 */
export function FigureCard<T extends AsOf>(props: {
  id: string;
  title: string;
  query: Query<T>;
  definition: string | ((data: T) => string);
  summary: (data: T) => string;
  chart: (data: T, summary: string) => ComponentChildren | null;
  table: (data: T) => FigureTable;
  empty?: (data: T) => boolean | string;
  actions?: ComponentChildren;
  class?: string;
}) {
  const scope = useScope();
  const { view } = useNavigation();
  const [asTable, toggleTable] = useNamed("table", props.id);
  return (
    <Card
      id={props.id}
      title={props.title}
      query={props.query}
      tall
      class={`chart-card ${props.class ?? ""}`}
      foot={(data) => define(props, data)}
      exportOf={(data) => exportCard(scope, props, data)}
      actions={
        <>
          {props.actions}
          <button
            type="button"
            class="button icon-button quiet-button"
            aria-pressed={asTable}
            aria-label={text.card.asTable}
            title={asTable ? text.card.asChart : text.card.asTable}
            onClick={toggleTable}
          >
            {asTable ? <ChartIcon /> : <TableIcon />}
          </button>
        </>
      }
    >
      {(data) => {
        const empty = props.empty?.(data) ?? false;
        if (empty) {
          const why = hasFilters(view.filters) ? text.card.emptyFiltered : text.card.empty;
          return <p class="card-empty">{typeof empty === "string" ? empty : why}</p>;
        }
        const summary = props.summary(data);
        const chart = asTable ? null : props.chart(data, summary);
        return (
          <figure>
            {chart ?? <FigureRows label={props.title} table={props.table(data)} />}
            <figcaption class="summary">{summary}</figcaption>
          </figure>
        );
      }}
    </Card>
  );
}
