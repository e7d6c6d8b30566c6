import { expect, it } from "vitest";
import { parseViewerState, printViewerState, withFilter } from "./viewer-state.ts";

it("comes back from the address as it went into it", () => {
  const state = { app: "timetracker", days: 365, filters: { platform: "linux", locale: "de-DE" } };
  expect(parseViewerState(printViewerState(state))).toEqual(state);
  expect(printViewerState({ app: "", days: 91, filters: {} })).toBe("");
});

it("takes two filters at most and no range that is not offered", () => {
  const state = parseViewerState("?platform=linux&locale=de&timezone=UTC&days=-5&other=x");
  expect(state).toEqual({ app: "", days: 91, filters: { platform: "linux", locale: "de" } });
});

it("changes and removes a filter", () => {
  const state = parseViewerState("?platform=linux");
  expect(withFilter(state, "platform", "darwin").filters).toEqual({ platform: "darwin" });
  expect(withFilter(state, "platform", "").filters).toEqual({});
});
