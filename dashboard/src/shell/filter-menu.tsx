import { useState } from "preact/hooks";
import { useQuery } from "../api/query.ts";
import type { BreakdownField } from "../api/types.ts";
import { formatCount } from "../format/numbers.ts";
import { valueName } from "../format/values.ts";
import { useNavigation } from "../state/navigation.ts";
import { questionKey, useScope } from "../state/scope.ts";
import { FILTERS, type Filter, toggleFilter } from "../state/view.ts";
import { text } from "../text.ts";
import { FilterIcon } from "./icons.tsx";
import { Popover } from "./popover.tsx";

const FIELDS: Record<Filter, BreakdownField> = {
  version: "app_version",
  platform: "platform",
  deployment_type: "deployment_type",
  release_channel: "release_channel",
};
/** More are found by searching. */
const MOST_VALUES = 8;

export function FilterMenu(props: { open: boolean; onOpen: (open: boolean) => void }) {
  const [search, setSearch] = useState("");
  return (
    <Popover
      id="filter-menu"
      label={text.filter.bar}
      open={props.open}
      onOpen={props.onOpen}
      face={
        <>
          <FilterIcon />
          <span>{text.filter.button}</span>
        </>
      }
    >
      <input
        class="field filter-search"
        type="search"
        data-autofocus
        placeholder={text.filter.search}
        aria-label={text.filter.search}
        value={search}
        onInput={(event) => setSearch(event.currentTarget.value)}
      />
      <div class="filter-groups">
        {FILTERS.map((filter) => (
          <FilterGroup key={filter} filter={filter} search={search.trim().toLowerCase()} />
        ))}
      </div>
    </Popover>
  );
}

function FilterGroup({ filter, search }: { filter: Filter; search: string }) {
  const { view, change } = useNavigation();
  const scope = useScope();
  const field = FIELDS[filter];
  // The values to choose from do not depend on the filters chosen so far.
  const params = {
    app: view.app,
    from: scope.days.from,
    to: scope.days.to,
    admitted: view.admitted,
  };
  const { data, error } = useQuery(questionKey(`breakdown ${field}`, params), (api, signal) =>
    api.breakdown(field, params, signal),
  );
  const chosen = view.filters[filter];
  const rows = data?.rows ?? [];
  const known = new Set(rows.map((row) => row.value));
  const gone = chosen.filter((value) => !known.has(value));
  const values = [...gone.map((value) => ({ value, installs: 0 })), ...rows];
  const found = values.filter((row) => row.value.toLowerCase().includes(search));
  return (
    <fieldset class="filter-group">
      <legend>{text.filter.name[filter]}</legend>
      {found.slice(0, MOST_VALUES).map((row) => (
        <label key={row.value} class="check-row">
          <input
            type="checkbox"
            checked={chosen.includes(row.value)}
            onChange={() => change({ filters: toggleFilter(view.filters, filter, row.value) })}
          />
          <span class="check-name">{valueName(row.value)}</span>
          <span class="number quiet">{formatCount(row.installs)}</span>
        </label>
      ))}
      {found.length === 0 && (
        <p class="quiet small">
          {error ? error.message : data ? text.filter.nothing : text.filter.loading}
        </p>
      )}
      {found.length > MOST_VALUES && (
        <p class="quiet small">{text.chart.tooltipMore(found.length - MOST_VALUES)}</p>
      )}
    </fieldset>
  );
}
