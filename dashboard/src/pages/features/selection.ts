import type { Events } from "../../api/usage.ts";
import type { ColourToken } from "../../chart/theme.ts";

/** How many events the trend compares at most; the categorical colours are as many. */
export const MOST_EVENTS = 6;
const FIRST_EVENTS = 4;
/** In the address bar, "nothing chosen" has to differ from "no choice made". */
const NONE = "-";

/** The colour of the n-th event chosen; its row in the table wears the same. */
export function eventColour(index: number): ColourToken {
  return `cat-${(index % MOST_EVENTS) + 1}` as ColourToken;
}

/**
 * The events a link names; without a choice the few that most installs use.
 * @example readEvents("timer.started,auth.login", null) // ["timer.started", "auth.login"]
 */
export function readEvents(written: string, events: Events | null): string[] {
  if (written === NONE) return [];
  if (written !== "") return [...new Set(written.split(",").filter(Boolean))].slice(0, MOST_EVENTS);
  return [...(events?.rows ?? [])]
    .sort((a, b) => b.installs - a.installs || b.count - a.count)
    .slice(0, FIRST_EVENTS)
    .map((row) => row.event);
}

/** The other direction of `readEvents`. */
export function printEvents(events: readonly string[]): string {
  return events.length > 0 ? events.join(",") : NONE;
}
