import { useLayoutEffect, useRef } from "preact/hooks";
import type { Range } from "../state/ranges.ts";
import type { Page } from "../state/view.ts";
import { PAGE_KEYS } from "./page-list.ts";

/** The ranges by their keys, in the order the range menu shows them. */
export const RANGE_KEYS: readonly [string, Exclude<Range["kind"], "custom">][] = [
  ["d", "today"],
  ["w", "7d"],
  ["f", "28d"],
  ["n", "91d"],
  ["y", "365d"],
  ["a", "all"],
];

const PAUSE_AFTER_G_MS = 1500;

/** What the keys do. */
export interface KeyActions {
  range(kind: Exclude<Range["kind"], "custom">): void;
  custom(): void;
  filter(): void;
  compare(): void;
  help(): void;
  page(page: Page): void;
}

/** The key a press means, or null: with a modifier, in a text field, or behind a dialog. */
export function readKey(event: KeyboardEvent): string | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return null;
  // Some layouts need Shift for / and ?, so Shift counts as a modifier for letters only.
  const key = event.key;
  if (event.shiftKey && key !== "?" && key !== "/") return null;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("textarea, select, [contenteditable], dialog, [role=dialog]")) return null;
  const input = target?.closest("input");
  if (input && input.type !== "checkbox" && input.type !== "radio") return null;
  return key.toLowerCase();
}

export function useKeys(enabled: boolean, actions: KeyActions): void {
  const latest = useRef(actions);
  latest.current = actions;
  useLayoutEffect(() => {
    if (!enabled) return;
    let waitingSince = 0;
    const onKeyDown = (event: KeyboardEvent) => {
      const key = readKey(event);
      if (key === null) return;
      const afterG = event.timeStamp - waitingSince < PAUSE_AFTER_G_MS && waitingSince > 0;
      waitingSince = !afterG && key === "g" ? event.timeStamp : 0;
      const action = afterG ? pageAction(key, latest.current) : plainAction(key, latest.current);
      if (!action) return;
      event.preventDefault();
      action();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [enabled]);
}

function pageAction(key: string, actions: KeyActions): (() => void) | undefined {
  const page = PAGE_KEYS.find(([letter]) => letter === key)?.[1];
  return page && (() => actions.page(page));
}

function plainAction(key: string, actions: KeyActions): (() => void) | undefined {
  const range = RANGE_KEYS.find(([letter]) => letter === key)?.[1];
  if (range) return () => actions.range(range);
  return { c: actions.custom, x: actions.compare, "/": actions.filter, "?": actions.help }[key];
}
