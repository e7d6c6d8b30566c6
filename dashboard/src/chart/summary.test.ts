import { expect, it } from "vitest";
import { summariseLine, summariseMany } from "./summary.ts";

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

it("says so when no bucket is complete yet", () => {
  const sentence = summariseLine({
    ...base,
    starts: ["2026-11-20"],
    values: [3],
    incomplete: 1,
  });
  expect(sentence).toBe("Active installs: no complete period yet.");
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
