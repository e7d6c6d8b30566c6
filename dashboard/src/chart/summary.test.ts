import { expect, it } from "vitest";
import type { PlotModel } from "./model.ts";
import { summarise, summariseLine, summariseMany } from "./summary.ts";

const base = {
  subject: "Active installs",
  interval: "day" as const,
  unit: "count" as const,
};

it("names the first, last and highest complete bucket and ignores the one still filling", () => {
  const sentence = summariseLine({
    ...base,
    starts: ["2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20"],
    values: [812, 1044, 1020, 3],
    incomplete: 1,
  });
  expect(sentence).toBe(
    "Active installs went from 812 (Tue, Nov 17, 2026) to 1,020 (Thu, Nov 19, 2026); " +
      "the highest was 1,044 (Wed, Nov 18, 2026).",
  );
});

it("says how it stands so far when no bucket is complete, and never 0 for that", () => {
  const sentence = summariseLine({
    ...base,
    starts: ["2026-11-20"],
    values: [3],
    incomplete: 1,
  });
  expect(sentence).toBe("Active installs so far today: 3; the day is not over.");
  const months = { ...base, interval: "month" as const, starts: ["2026-11-01"], incomplete: 1 };
  expect(summariseLine({ ...months, values: [9] })).toBe(
    "Active installs so far: 9; no period is over yet.",
  );
  expect(summariseLine({ ...months, values: [null] })).toBe(
    "Active installs: no complete period yet.",
  );
});

it("does not tell the empty days before an app's first", () => {
  const starts = ["2026-11-18", "2026-11-19", "2026-11-20"];
  expect(summariseLine({ ...base, starts, values: [0, 0, 4], incomplete: 1 })).toBe(
    "Active installs so far today: 4; the day is not over.",
  );
  expect(summariseLine({ ...base, starts, values: [0, 2, 0], incomplete: 1 })).toContain(
    "went from 0 (Wed, Nov 18, 2026) to 2 (Thu, Nov 19, 2026)",
  );
  expect(summariseLine({ ...base, starts, values: [0, 0, 0], incomplete: 0 })).toContain("to 0");
});

it("names the three largest of many", () => {
  const parts = [
    { name: "5.8", value: 0.1 },
    { name: "5.10", value: 0.5 },
    { name: "5.9", value: 0.3 },
    { name: "Other", value: 0.05 },
  ];
  expect(summariseMany("Share of versions", "Thu, Nov 19, 2026", parts, "share")).toBe(
    "Share of versions on Thu, Nov 19, 2026: 5.10 50%, 5.9 30%, 5.8 10%.",
  );
});

const layers: PlotModel = {
  kind: "area",
  unit: "share",
  interval: "day",
  starts: ["2026-11-18", "2026-11-19", "2026-11-20"],
  incomplete: 1,
  series: [
    { name: "5.10", colour: "seq-8", values: [0.2, 0.6, 1] },
    { name: "5.9", colour: "seq-6", values: [0.8, 0.4, null] },
  ],
};

it("tells layers at the last complete bucket", () => {
  expect(summarise(layers, "Share of versions")).toBe(
    "Share of versions on Thu, Nov 19, 2026: 5.10 60%, 5.9 40%.",
  );
});

it("marks the bucket it tells when none is complete", () => {
  expect(summarise({ ...layers, incomplete: 3 }, "Share of versions")).toBe(
    "Share of versions on Fri, Nov 20, 2026 (still filling): 5.10 100%.",
  );
});

it("names days since something by their number", () => {
  const model: PlotModel = {
    ...layers,
    kind: "steps",
    starts: [],
    days: [0, 7, 14],
    incomplete: 0,
  };
  expect(summarise(model, "Share")).toBe("Share on day 14: 5.10 100%.");
});
