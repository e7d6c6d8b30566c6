import "./funnels.css";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Query } from "../../api/query.ts";
import type { Events, ListedFunnels } from "../../api/usage.ts";
import { Card } from "../../card/card.tsx";
import { Segmented } from "../../shell/segmented.tsx";
import { funnelsText } from "../../text/funnels.ts";
import { useChoices } from "../usage/choices.ts";
import { ConditionList } from "../usage/condition-list.tsx";
import type { Step } from "../usage/conditions.ts";
import { EventSelect } from "../usage/event-select.tsx";
import { FEWEST_STEPS, MOST_STEPS, moveStep, orderSteps, printSteps } from "./funnel.ts";

const words = funnelsText;

export interface Asked {
  steps: Step[];
  window: keyof typeof funnelsText.window.minutes;
  join: "user" | "install";
  compare: string[];
}

/** The funnel that is asked for: its steps, how long it may take, who takes it, which versions. */
export function Builder(props: {
  events: Query<Events>;
  listed: ListedFunnels | null;
  versions: readonly string[];
  asked: Asked;
}) {
  const set = useChoices();
  const { steps, window, join } = props.asked;
  return (
    <Card
      id="builder"
      class="narrow"
      title={words.build}
      query={props.events}
      foot={() => words.buildFoot}
    >
      {(events) => (
        <div class="funnel-builder">
          <PresetSelect
            events={events}
            listed={props.listed}
            onChoose={(names) => set({ steps: names.join("~") })}
          />
          <StepList
            steps={steps}
            events={events.rows.map((row) => row.event)}
            onChange={(next) => set({ steps: printSteps(next) })}
          />
          <label class="funnel-choice">
            <span>{words.window.label}</span>
            <select
              class="field"
              value={window}
              onChange={({ currentTarget: { value: minutes } }) =>
                set({ window: minutes === "10080" ? "" : minutes })
              }
            >
              {Object.entries(words.window.minutes).map(([minutes, name]) => (
                <option key={minutes} value={minutes}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <div class="funnel-choice">
            <span>{words.join.label}</span>
            <Segmented
              label={words.join.label}
              value={join}
              onChange={(next) => set({ join: next === "user" ? "" : next })}
              options={(["user", "install"] as const).map((each) => ({
                value: each,
                label: words.join[each],
              }))}
            />
          </div>
          <VersionSelects versions={props.versions} compare={props.asked.compare} />
        </div>
      )}
    </Card>
  );
}

/** The app's own funnels. */
function PresetSelect(props: {
  events: Events;
  listed: ListedFunnels | null;
  onChoose: (events: string[]) => void;
}) {
  const rows = props.listed?.rows ?? [];
  if (rows.length === 0) return null;
  const choose = (name: string) => {
    const found = rows.find((row) => row.name === name);
    if (found) props.onChoose(orderSteps(found.steps, props.events));
  };
  return (
    <label class="funnel-choice">
      <span>{words.preset}</span>
      <select class="field" value="" onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">{words.presetNone}</option>
        {rows.map(({ name }) => (
          <option key={name} value={name}>
            {name.replaceAll("_", " ")}
          </option>
        ))}
      </select>
    </label>
  );
}

function StepList(props: {
  steps: readonly Step[];
  events: readonly string[];
  onChange: (steps: Step[]) => void;
}) {
  const { steps, events, onChange } = props;
  const list = useRef<HTMLOListElement>(null);
  const moved = useRef<{ order: string; to: number; button: "up" | "down" } | null>(null);
  const [said, say] = useState("");

  function move(from: number, to: number, button: "up" | "down"): void {
    const next = moveStep(steps, from, to);
    moved.current = { order: printSteps(next), to, button };
    onChange(next);
    say(words.moved(steps[from]?.event ?? "", to + 1));
  }

  // The focus goes along with the step, so that it can be moved further with the same key: once the
  // new order is drawn, which may take more than one rendering and any number of frames.
  useLayoutEffect(() => {
    if (moved.current?.order !== printSteps(steps)) return;
    const { to, button } = moved.current;
    moved.current = null;
    const row = list.current?.children[to];
    const wanted = row?.querySelector<HTMLButtonElement>(`[data-move="${button}"]:enabled`);
    (wanted ?? row?.querySelector<HTMLButtonElement>("[data-move]:enabled"))?.focus();
  });

  function change(at: number, step: Step): void {
    onChange(steps.map((other, index) => (index === at ? step : other)));
  }

  return (
    <>
      <ol class="funnel-list" ref={list}>
        {steps.map((step, at) => (
          <li key={at}>
            <div class="funnel-row">
              <span class="funnel-number" aria-hidden="true">
                {at + 1}
              </span>
              <EventSelect
                label={words.event(at + 1)}
                value={step.event}
                events={events}
                onChange={(event) => change(at, { event, conditions: [] })}
              />
              <button
                type="button"
                class="button icon-button quiet-button"
                data-move="up"
                aria-label={words.up(at + 1)}
                title={words.up(at + 1)}
                disabled={at === 0}
                onClick={() => move(at, at - 1, "up")}
              >
                <Glyph path="M8 13V3M4 7l4-4 4 4" />
              </button>
              <button
                type="button"
                class="button icon-button quiet-button"
                data-move="down"
                aria-label={words.down(at + 1)}
                title={words.down(at + 1)}
                disabled={at === steps.length - 1}
                onClick={() => move(at, at + 1, "down")}
              >
                <Glyph path="M8 3v10M4 9l4 4 4-4" />
              </button>
              <button
                type="button"
                class="button icon-button quiet-button"
                aria-label={words.remove(at + 1)}
                title={words.remove(at + 1)}
                disabled={steps.length <= FEWEST_STEPS}
                onClick={() => {
                  onChange(steps.filter((_, index) => index !== at));
                  say(words.removed(step.event));
                }}
              >
                <Glyph path="M4 4l8 8M12 4l-8 8" />
              </button>
            </div>
            <ConditionList
              id={`step-${at}`}
              event={step.event}
              conditions={step.conditions}
              onChange={(conditions) => change(at, { ...step, conditions })}
            />
          </li>
        ))}
      </ol>
      <p class="visually-hidden" role="status">
        {said}
      </p>
      <button
        type="button"
        class="button"
        disabled={steps.length >= MOST_STEPS}
        title={steps.length >= MOST_STEPS ? words.most : undefined}
        onClick={() =>
          onChange([
            ...steps,
            {
              event: events.find((name) => !steps.some((s) => s.event === name)) ?? events[0] ?? "",
              conditions: [],
            },
          ])
        }
      >
        {words.add}
      </button>
    </>
  );
}

/** Drawn: not every font has arrows. */
function Glyph({ path }: { path: string }) {
  return (
    <svg class="icon" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      <path d={path} fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" />
    </svg>
  );
}

/** Two versions side by side; one alone compares nothing. */
function VersionSelects(props: { versions: readonly string[]; compare: readonly string[] }) {
  const set = useChoices();
  const [first = "", second = ""] = props.compare;
  const known = [...new Set([...props.versions, first, second])].filter(Boolean);
  const choose = (one: string, other: string) =>
    set({ versions: one === "" ? "" : [one, other].filter(Boolean).join(",") });
  const select = (label: string, value: string, except: string, onChange: (v: string) => void) => (
    <select
      class="field"
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      <option value="">{words.noVersion}</option>
      {known
        .filter((version) => version !== except)
        .map((version) => (
          <option key={version} value={version}>
            {version}
          </option>
        ))}
    </select>
  );
  return (
    <div class="funnel-choice">
      <span>{words.compare}</span>
      <div class="funnel-versions">
        {select(words.compare, first, second, (next) => choose(next, second))}
        {first !== "" && select(words.compareWith, second, first, (next) => choose(first, next))}
      </div>
    </div>
  );
}
