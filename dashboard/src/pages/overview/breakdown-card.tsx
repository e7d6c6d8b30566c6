import { useQuery } from "../../api/query.ts";
import type { Breakdown, BreakdownField } from "../../api/types.ts";
import { Card } from "../../card/card.tsx";
import { exportTable } from "../../card/export.ts";
import { RankedTable } from "../../card/ranked-table.tsx";
import { formatCount } from "../../format/numbers.ts";
import { valueName } from "../../format/values.ts";
import { Segmented } from "../../shell/segmented.tsx";
import { useChoice, useNavigation } from "../../state/navigation.ts";
import { questionKey, useScope } from "../../state/scope.ts";
import { FILTERS, type Filter, toggleFilter } from "../../state/view.ts";
import { text } from "../../text.ts";

/** Installs by one of the base layer's fields; a row filters where the API has such a filter. */
export function BreakdownCard(props: {
  id: "platforms" | "deployments";
  title: string;
  fields: readonly [BreakdownField, ...BreakdownField[]];
}) {
  const scope = useScope();
  const { view, change } = useNavigation();
  const [chosen, choose] = useChoice(props.id, props.fields[0]);
  const field = props.fields.find((each) => each === chosen) ?? props.fields[0];
  const query = useQuery(questionKey(`breakdown ${field}`, scope.params), (api, signal) =>
    api.breakdown(field, scope.params, signal),
  );
  const filter = FILTERS.find((each): each is Filter => each === field);
  return (
    <Card
      id={props.id}
      class="half"
      title={props.title}
      query={query}
      foot={(data) => text.overview.breakdownFoot(formatCount(totalOf(data)))}
      actions={
        <Segmented
          label={text.overview.shown}
          value={field}
          onChange={choose}
          options={props.fields.map((each) => ({ value: each, label: text.overview.field[each] }))}
        />
      }
      exportOf={(data) =>
        exportTable(scope, {
          name: field,
          title: text.overview.field[field],
          definition: text.overview.breakdownFoot(String(totalOf(data))),
          asOf: data.asOf,
          columns: [field, "installs", "share"],
          rows: data.rows.map((row) => [row.value, row.installs, row.share]),
        })
      }
    >
      {(data) => (
        <RankedTable
          id={field}
          label={text.overview.field[field]}
          heading={text.overview.field[data.field]}
          total={totalOf(data)}
          rows={data.rows.map((row) => ({
            ...row,
            label: valueName(row.value),
          }))}
          {...(filter && data.field === field
            ? {
                picked: view.filters[filter],
                onPick: (value: string) =>
                  change({ filters: toggleFilter(view.filters, filter, value) }),
              }
            : {})}
        />
      )}
    </Card>
  );
}

function totalOf(data: Breakdown): number {
  return data.rows.reduce((sum, row) => sum + row.installs, 0);
}
