import { expect, it } from "vitest";
import type { Slices } from "../../api/usage.ts";
import { versionsModel } from "./by-version.tsx";

const row = (kind: "value" | "other" | "none", value: string, points: number[]) => ({
  ...{ kind, value, points },
  ...{ count: 9, installs: 9, users: 9 },
});

it("draws the newest version first, and what is no version last", () => {
  const data = {
    ...{ interval: "day", starts: ["2026-11-19", "2026-11-20"], incomplete: 1, folded: 3 },
    rows: [
      row("value", "1.9.0", [5, 1]),
      row("value", "1.10.0", [4, 2]),
      row("other", "", [3, 3]),
      row("none", "", [0, 1]),
    ],
  } as unknown as Slices;
  expect(versionsModel(data).series.map(({ name, values }) => [name, values])).toEqual([
    ["1.10.0", [4, 2]],
    ["1.9.0", [5, 1]],
    ["Other (3)", [3, 3]],
    ["not said", [0, 1]],
  ]);
});
