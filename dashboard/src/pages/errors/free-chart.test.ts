import { expect, it } from "vitest";
import type { Errors } from "../../api/usage.ts";
import { freeModel } from "./free-chart.tsx";

it("takes the affected from those that share, and leaves a gap where nobody does", () => {
  const data = {
    ...{ interval: "day", starts: ["2026-11-18", "2026-11-19", "2026-11-20"], incomplete: 1 },
    ...{ sharing: [40, 0, 20], affected: [8, 0, 0] },
  } as unknown as Errors;
  const { series, incomplete, unit } = freeModel(data);
  expect({ incomplete, unit }).toEqual({ incomplete: 1, unit: "share" });
  expect(series[0]?.values).toEqual([0.8, null, 1]);
  expect(series[0]?.notes).toEqual(["32 of 40", "0 of 0", "20 of 20"]);
});
