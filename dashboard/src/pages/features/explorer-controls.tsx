import type { Measure } from "../../api/usage.ts";
import { IntervalChoice } from "../../card/interval-choice.tsx";
import { Segmented } from "../../shell/segmented.tsx";
import { featuresText } from "../../text/features.ts";
import { text } from "../../text/shell.ts";
import { useChoices } from "../usage/choices.ts";
import { ConditionList } from "../usage/condition-list.tsx";
import { joinList, splitList } from "../usage/conditions.ts";
import { EventSelect } from "../usage/event-select.tsx";

const words = featuresText.explore;
const FIELDS = [
  "app_version",
  "platform",
  "os_version",
  "architecture",
  "locale",
  "timezone",
  "deployment_type",
  "release_channel",
] as const;

/** Broken down by nothing; no choice at all leaves it to the page. */
export const NOTHING = "-";

/** What the explorer asks; every choice stands in the address bar. */
export function ExplorerControls(props: {
  events: readonly string[];
  /** Properties of the event that is chosen. */
  keys: readonly string[];
  choice: {
    event: string;
    by: string;
    where: string;
    measure: Measure;
    over: "total" | "time";
  };
}) {
  const set = useChoices();
  const { event, by, where, measure, over } = props.choice;
  const chosen = by.startsWith("p.") ? by.slice(2) : "";
  return (
    <div class="controls-row">
      <EventSelect
        label={words.event}
        value={event}
        events={props.events}
        // Another event has other properties.
        onChange={(next) =>
          set({
            "explore-event": next,
            "explore-where": "",
            "explore-by": by.startsWith("f.") ? by : "",
          })
        }
      />
      <select
        class="field inline-field"
        aria-label={words.by}
        value={by}
        onChange={(change) => set({ "explore-by": change.currentTarget.value })}
      >
        <option value={NOTHING}>{`${words.by}: ${words.nothing.toLowerCase()}`}</option>
        <optgroup label={words.properties}>
          {[...new Set([...props.keys, chosen])].filter(Boolean).map((key) => (
            <option key={key} value={`p.${key}`}>
              {key}
            </option>
          ))}
        </optgroup>
        <optgroup label={words.fields}>
          {FIELDS.map((field) => (
            <option key={field} value={`f.${field}`}>
              {text.value.field[field]}
            </option>
          ))}
        </optgroup>
      </select>
      <ConditionList
        id="explore"
        event={event}
        conditions={splitList(where)}
        onChange={(next) => set({ "explore-where": joinList(next) })}
      />
      <Segmented
        label={words.measure.label}
        value={measure}
        onChange={(next) => set({ "explore-measure": next === "count" ? "" : next })}
        options={(["count", "installs", "users"] as const).map((each) => ({
          value: each,
          label: words.measure[each],
        }))}
      />
      <Segmented
        label={words.over.label}
        value={over}
        onChange={(next) => set({ "explore-over": next === "total" ? "" : next })}
        options={(["total", "time"] as const).map((each) => ({
          value: each,
          label: words.over[each],
        }))}
      />
      {over === "time" && <IntervalChoice />}
    </div>
  );
}
