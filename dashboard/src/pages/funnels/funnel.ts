import type { Params } from "../../api/api.ts";
import type { Events, ListedFunnels } from "../../api/usage.ts";
import { joinList, parseStep, printStep, type Step, splitList } from "../usage/conditions.ts";

export const FEWEST_STEPS = 2;
export const MOST_STEPS = 8;

/**
 * The steps a link names; without any the app's own first funnel, else its two most used events.
 * @example readSteps("auth.login;auth_method:oidc~timer.started", null, null)
 */
export function readSteps(
  written: string,
  events: Events | null,
  listed: ListedFunnels | null,
): Step[] {
  if (written !== "") return splitList(written).slice(0, MOST_STEPS).map(parseStep);
  if (events === null || listed === null) return [];
  const own = listed.rows[0] && orderSteps(listed.rows[0].steps, events);
  const used = [...events.rows].sort((a, b) => b.installs - a.installs).slice(0, 2);
  return (own ?? used.map(({ event }) => event)).map(parseStep);
}

/**
 * A listed funnel's steps: those that more installs took first, for a later one cannot be reached by
 * more; else as they are listed.
 */
export function orderSteps(steps: readonly string[], events: Events): string[] {
  const installs = new Map(events.rows.map((row) => [row.event, row.installs]));
  const of = (event: string) => installs.get(event) ?? 0;
  return [...steps].sort((a, b) => of(b) - of(a)).slice(0, MOST_STEPS);
}

export const printSteps = (steps: readonly Step[]): string => joinList(steps.map(printStep));

/** A copy with the step at one place moved to another; the same where there is no such place. */
export function moveStep(steps: readonly Step[], from: number, to: number): Step[] {
  const moved = [...steps];
  const [step] = moved.splice(from, 1);
  if (step === undefined || to < 0 || to >= steps.length) return [...steps];
  moved.splice(to, 0, step);
  return moved;
}

/** What is asked of the collector, or null where there is not enough to ask. */
export function funnelParams(
  scope: Params,
  asked: { steps: readonly Step[]; window: string; join: string; compare: readonly string[] },
): Params | null {
  if (asked.steps.length < FEWEST_STEPS) return null;
  return {
    ...scope,
    step: asked.steps.map(printStep),
    window: asked.window,
    join: asked.join,
    ...(asked.compare.length === 2 ? { compare: asked.compare.join(",") } : {}),
  };
}
