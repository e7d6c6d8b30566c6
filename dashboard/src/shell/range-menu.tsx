import { useState } from "preact/hooks";
import { formatDay, formatDayAndYear } from "../format/dates.ts";
import { useNavigation } from "../state/navigation.ts";
import { type Days, parseDays, type Range } from "../state/ranges.ts";
import { text } from "../text/shell.ts";
import { CalendarIcon, CheckIcon, ChevronIcon } from "./icons.tsx";
import { RANGE_KEYS } from "./keys.ts";
import { Popover } from "./popover.tsx";

/** The name of a range as buttons and exports say it: "Last 28 days", "Oct 1 – Oct 31, 2026". */
export function rangeName(range: Range): string {
  if (range.kind !== "custom") return text.range[range.kind];
  return `${formatDay(range.from)} – ${formatDayAndYear(range.to)}`;
}

/** @param props.custom whether it was opened to type two days in */
export function RangeMenu(props: {
  days: Days;
  open: boolean;
  custom: boolean;
  onOpen: (open: boolean) => void;
}) {
  const { view, change } = useNavigation();
  const choose = (range: Range) => {
    change({ range, zoom: null });
    props.onOpen(false);
  };
  return (
    <Popover
      id="range-menu"
      label={text.range.label}
      open={props.open}
      onOpen={props.onOpen}
      face={
        <>
          <CalendarIcon />
          <span>
            <span class="visually-hidden">{text.range.label}: </span>
            {rangeName(view.range)}
            {view.compare !== "off" && (
              <span class="quiet"> {text.compare.against[view.compare]}</span>
            )}
          </span>
          <ChevronIcon />
        </>
      }
    >
      <ul class="menu">
        {RANGE_KEYS.map(([key, kind]) => (
          <li key={kind}>
            <button
              type="button"
              aria-pressed={view.range.kind === kind}
              onClick={() => choose({ kind })}
            >
              <span class="menu-check">{view.range.kind === kind && <CheckIcon />}</span>
              <span class="menu-name">{text.range[kind]}</span>
              <kbd>{key.toUpperCase()}</kbd>
            </button>
          </li>
        ))}
      </ul>
      <CompareChoice onChosen={() => props.onOpen(false)} />
      <CustomRange days={props.days} focused={props.custom} onApply={choose} />
    </Popover>
  );
}

/** What charts over time are laid beside. */
function CompareChoice({ onChosen }: { onChosen: () => void }) {
  const { view, change } = useNavigation();
  return (
    <section class="menu-part" aria-label={text.compare.label}>
      <p class="menu-title">{text.compare.label}</p>
      <ul class="menu">
        {(["off", "previous", "weekdays"] as const).map((compare) => (
          <li key={compare}>
            <button
              type="button"
              aria-pressed={view.compare === compare}
              onClick={() => {
                change({ compare });
                onChosen();
              }}
            >
              <span class="menu-check">{view.compare === compare && <CheckIcon />}</span>
              <span class="menu-name">{text.compare[compare]}</span>
              {compare === "previous" && <kbd>X</kbd>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function CustomRange(props: { days: Days; focused: boolean; onApply: (range: Range) => void }) {
  const { days, onApply } = props;
  const [from, setFrom] = useState(days.from);
  const [to, setTo] = useState(days.to);
  const [wrong, setWrong] = useState(false);
  return (
    <form
      class="custom-range"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const chosen = parseDays(`${from}..${to}`);
        setWrong(chosen === null);
        if (chosen) onApply({ kind: "custom", ...chosen });
      }}
    >
      <label>
        {text.range.from}
        <input
          class="field"
          type="date"
          data-autofocus={props.focused ? "" : undefined}
          value={from}
          onInput={(event) => setFrom(event.currentTarget.value)}
        />
      </label>
      <label>
        {text.range.to}
        <input
          class="field"
          type="date"
          value={to}
          onInput={(event) => setTo(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button">
        {text.range.apply}
      </button>
      <p class={wrong ? "field-error" : "quiet small"} role={wrong ? "alert" : undefined}>
        {wrong ? text.range.wrong : text.range.utc}
      </p>
    </form>
  );
}
