import { valueName } from "../format/values.ts";
import { useNavigation } from "../state/navigation.ts";
import { useScope } from "../state/scope.ts";
import { FILTERS, hasFilters, noFilters, toggleFilter } from "../state/view.ts";
import { text } from "../text/shell.ts";
import { FilterMenu } from "./filter-menu.tsx";
import { Freshness } from "./freshness.tsx";
import { CloseIcon } from "./icons.tsx";
import { PopulationSwitches } from "./population-switches.tsx";
import { RangeMenu } from "./range-menu.tsx";

/** Which of the bar's two menus is open; the keys open them too. */
export type OpenMenu = "range" | "custom" | "filter" | null;

/** @param props.rangeOnly for pages that are not about installs: no filter changes them */
export function FilterBar(props: {
  open: OpenMenu;
  onOpen: (menu: OpenMenu) => void;
  rangeOnly?: boolean;
}) {
  const scope = useScope();
  return (
    <section class="filter-bar" aria-label={text.filter.bar}>
      <RangeMenu
        days={scope.days}
        open={props.open === "range" || props.open === "custom"}
        custom={props.open === "custom"}
        onOpen={(open) => props.onOpen(open ? "range" : null)}
      />
      {!props.rangeOnly && (
        <>
          <FilterMenu
            open={props.open === "filter"}
            onOpen={(open) => props.onOpen(open ? "filter" : null)}
          />
          <Chips />
        </>
      )}
      <div class="filter-end">
        {!props.rangeOnly && (
          <div class="bar-only">
            <PopulationSwitches />
          </div>
        )}
        <Freshness />
      </div>
    </section>
  );
}

function Chips() {
  const { view, change } = useNavigation();
  if (!hasFilters(view.filters)) return null;
  return (
    <ul class="chips">
      {FILTERS.flatMap((filter) =>
        view.filters[filter].map((value) => (
          <li key={`${filter} ${value}`}>
            <button
              type="button"
              class="chip"
              aria-label={text.filter.remove(text.filter.name[filter], valueName(value))}
              onClick={() => change({ filters: toggleFilter(view.filters, filter, value) })}
            >
              <span class="quiet">{text.filter.name[filter]}</span> {valueName(value)} <CloseIcon />
            </button>
          </li>
        )),
      )}
      <li>
        <button type="button" class="button plain" onClick={() => change({ filters: noFilters() })}>
          {text.filter.clear}
        </button>
      </li>
    </ul>
  );
}
