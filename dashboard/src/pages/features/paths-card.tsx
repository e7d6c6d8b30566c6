import { type Query, useQuestion } from "../../api/query.ts";
import type { Events, Paths } from "../../api/usage.ts";
import { FigureCard } from "../../card/figure-card.tsx";
import { formatShare } from "../../format/numbers.ts";
import { Segmented } from "../../shell/segmented.tsx";
import { Switch } from "../../shell/switch.tsx";
import { useChoice } from "../../state/navigation.ts";
import { useScope } from "../../state/scope.ts";
import { featuresText } from "../../text/features.ts";
import { EventSelect } from "../usage/event-select.tsx";
import { nameOf, PathTree } from "./path-tree.tsx";

const words = featuresText.paths;
const STEPS = ["1", "2", "3"] as const;
/** Sent without anybody doing something of note; the question hides more of the kind by itself. */
const VIEW = "$pageview";

/** What users did before or after an event. */
export function PathsCard({ events }: { events: Query<Events> }) {
  const { params } = useScope();
  const [written, setEvent] = useChoice("path-event", "");
  const [side, setSide] = useChoice("path-side", "after");
  const [asked, setSteps] = useChoice("path-steps", "2");
  const [noise, setNoise] = useChoice("path-noise", "hide");
  const names = (events.data?.rows ?? []).map((row) => row.event);
  const event = written || names.find((name) => name !== VIEW) || "";
  const direction = side === "before" ? "before" : "after";
  const steps = STEPS.find((each) => each === asked) ?? "2";
  const query = useQuestion<Paths>(
    "paths",
    event === ""
      ? null
      : { ...params, event, direction, steps, top: "4", ...(noise === "show" ? { hide: "" } : {}) },
  );
  return (
    <FigureCard
      id="paths"
      class="half with-controls"
      title={words.title}
      query={query}
      definition={(data) =>
        words.foot(data.hidden) + (data.sample > 1 ? ` ${words.sampled(data.sample)}` : "")
      }
      empty={(data) => data.total === 0 && words.empty}
      summary={(data) => {
        const first = data.rows[0];
        return first
          ? words.summary[data.direction](
              data.event,
              nameOf(first, data.direction),
              formatShare(first.count, data.total),
            )
          : "";
      }}
      chart={(data, summary) => <PathTree data={data} label={summary} />}
      table={(data) => ({
        columns: [
          ...Array.from({ length: Number(steps) }, (_, at) => ({
            id: `step_${at + 1}`,
            label: words.step(at + 1),
          })),
          { id: "times", label: words.times, unit: "count" },
          {
            id: "share",
            label: words.share,
            unit: "share",
            pair: (at) => [data.rows[at]?.count ?? 0, data.total],
          },
        ],
        rows: data.rows.map((row) => {
          const path = row.kind === "event" ? row.path : [...row.path, nameOf(row, data.direction)];
          return [
            ...Array.from({ length: Number(steps) }, (_, at) => path[at] ?? null),
            row.count,
            row.count / data.total,
          ];
        }),
      })}
      actions={
        <div class="controls-row">
          <EventSelect label={words.event} value={event} events={names} onChange={setEvent} />
          <Segmented
            label={words.direction.label}
            value={direction}
            onChange={setSide}
            options={(["after", "before"] as const).map((each) => ({
              value: each,
              label: words.direction[each],
            }))}
          />
          <Segmented
            label={words.steps}
            value={steps}
            onChange={setSteps}
            options={STEPS.map((each) => ({ value: each, label: each }))}
          />
          <Switch
            label={words.noise}
            on={noise !== "show"}
            onChange={(on) => setNoise(on ? "hide" : "show")}
          />
        </div>
      }
    />
  );
}
