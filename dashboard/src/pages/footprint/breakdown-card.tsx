import { useQuestion } from "../../api/query.ts";
import type { Breakdown, BreakdownField } from "../../api/shell.ts";
import { Card } from "../../card/card.tsx";
import { exportTable } from "../../card/export.ts";
import { RankedTable } from "../../card/ranked-table.tsx";
import { formatCount } from "../../format/numbers.ts";
import { valueName } from "../../format/values.ts";
import { Segmented } from "../../shell/segmented.tsx";
import { useChoice, useNavigation } from "../../state/navigation.ts";
import { useScope } from "../../state/scope.ts";
import { type Filter, toggleFilter } from "../../state/view.ts";
import { footprintText } from "../../text/footprint.ts";
import { text } from "../../text/shell.ts";

/** Installs by one of the base layer's fields, to be chosen where there are several; a row filters. */
export function BreakdownCard(props: {
  id: string;
  title: string;
  class: "half" | "narrow";
  fields: readonly [BreakdownField, ...BreakdownField[]];
}) {
  const scope = useScope();
  const { view, change } = useNavigation();
  const [chosen, choose] = useChoice(props.id, props.fields[0]);
  const field = props.fields.find((each) => each === chosen) ?? props.fields[0];
  const query = useQuestion<Breakdown>("installs/breakdown", { ...scope.params, field });
  const filter: Filter = field === "app_version" ? "version" : field;
  return (
    <Card
      id={props.id}
      class={props.class}
      title={props.title}
      query={query}
      foot={(data) => footprintText.breakdownFoot(formatCount(totalOf(data)))}
      actions={
        props.fields.length > 1 && (
          <Segmented
            label={text.value.shown}
            value={field}
            onChange={choose}
            options={props.fields.map((each) => ({ value: each, label: text.value.field[each] }))}
          />
        )
      }
      exportOf={(data) =>
        exportTable(scope, {
          name: field,
          title: text.value.field[field],
          definition: footprintText.breakdownFoot(String(totalOf(data))),
          asOf: data.asOf,
          columns: [field, "installs", "share"],
          rows: data.rows.map((row) => [row.value, row.installs, row.share]),
        })
      }
    >
      {(data) => (
        <RankedTable
          id={field}
          label={text.value.field[field]}
          heading={text.value.field[data.field]}
          total={totalOf(data)}
          rows={data.rows.map((row) => ({
            ...row,
            label: valueName(row.value),
          }))}
          picked={view.filters[filter]}
          onPick={(value) => change({ filters: toggleFilter(view.filters, filter, value) })}
        />
      )}
    </Card>
  );
}

function totalOf(data: Breakdown): number {
  return data.rows.reduce((sum, row) => sum + row.installs, 0);
}
