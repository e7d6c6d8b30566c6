import type { Page } from "../state/view.ts";

/** The pages as the sidebar groups them. */
export const PAGE_GROUPS: readonly {
  id: "footprint" | "usage" | "appliance";
  pages: readonly Page[];
}[] = [
  { id: "footprint", pages: ["overview", "installs", "versions", "environments"] },
  { id: "usage", pages: ["features", "funnels", "retention", "errors", "operations"] },
  { id: "appliance", pages: ["health", "settings"] },
];

/** The pages by the letter that follows g. */
export const PAGE_KEYS: readonly [string, Page][] = [
  ["o", "overview"],
  ["i", "installs"],
  ["v", "versions"],
  ["e", "environments"],
  ["f", "features"],
  ["u", "funnels"],
  ["r", "retention"],
  ["x", "errors"],
  ["p", "operations"],
  ["h", "health"],
  ["s", "settings"],
];

/**
 * What a page needs around it. "fleet": an app with installs, its denominators and the filter bar;
 * "app": an app, also an empty one, and the range; "none": nothing, the page is about the collector.
 */
export type Frame = "fleet" | "app" | "none";

export function frameOf(page: Page): Frame {
  if (page === "settings") return "none";
  return page === "health" || page === "operations" ? "app" : "fleet";
}
