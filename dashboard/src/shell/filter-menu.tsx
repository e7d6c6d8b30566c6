import { useState } from "preact/hooks";
import { useQuestion } from "../api/query.ts";
import type { Breakdown, BreakdownField } from "../api/shell.ts";
import { formatCount } from "../format/numbers.ts";
import { valueName } from "../format/values.ts";
import { useNavigation } from "../state/navigation.ts";
import { useScope } from "../state/scope.ts";
import { FILTERS, type Filter, toggleFilter } from "../state/view.ts";
import { text } from "../text/shell.ts";
import { FilterIcon } from "./icons.tsx";
import { Popover } from "./popover.tsx";
import { PopulationSwitches } from "./population-switches.tsx";

const FIELDS: Record<Filter, BreakdownField> = {
  version: "app_version",
  platform: "platform",
  deployment_type: "deployment_type",
  release_channel: "release_channel",
  os_version: "os_version",
  architecture: "architecture",
  locale: "locale",
  timezone: "timezone",
};
/** How many fields show at first; the others are a press away. */
const AT_HAND = 4;
/** More are found by searching. */
const MOST_VALUES = 8;

export function FilterMenu(props: { open: boolean; onOpen: (open: boolean) => void }) {
  const { view } = useNavigation();
  const [search, setSearch] = useState("");
  const [more, setMore] = useState(false);
  const [atHand, others] = [FILTERS.slice(0, AT_HAND), FILTERS.slice(AT_HAND)];
  // What is chosen or searched for must not hide.
  const forced = search !== "" || others.some((filter) => view.filters[filter].length > 0);
  const shown = more || forced ? FILTERS : atHand;
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
      <div class="sheet-only">
        <PopulationSwitches />
      </div>
      <div class="filter-groups">
        {shown.map((filter) => (
          <FilterGroup key={filter} filter={filter} search={search.trim().toLowerCase()} />
        ))}
      </div>
      {!forced && (
        <button
          type="button"
          class="button plain"
          aria-expanded={more}
          onClick={() => setMore(!more)}
        >
          {more ? text.filter.fewer : text.filter.more}
        </button>
      )}
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
    field,
  };
  const { data, error } = useQuestion<Breakdown>("installs/breakdown", params);
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
