import { describe, expect, it } from "vitest";
import { areaModel, chartedReleases, latestModel, linesModel } from "./version-model.ts";

const data = {
  asOf: "2026-11-20T08:12:00Z",
  rows: [
    { version: "5.10.0", installs: 60, share: 0.6 },
    { version: "5.9.2", installs: 30, share: 0.3 },
    { version: "5.8.0", installs: 10, share: 0.1 },
  ],
  series: {
    starts: ["2026-11-18", "2026-11-19", "2026-11-20"],
    versions: [
      { version: "5.9.2", installs: [60, 40, 15] },
      { version: "5.10.0", installs: [20, 40, 20] },
      { version: "Other", installs: [20, 20, 5] },
    ],
  },
};

describe("version adoption", () => {
  it("stacks the newest at the bottom in the darkest colour and Other on top in grey", () => {
    const { series } = areaModel(data);
    expect(series.map((each) => [each.name, each.colour])).toEqual([
      ["5.10.0", "seq-8"],
      ["5.9.2", "seq-6"],
      ["Other", "other"],
    ]);
    expect(series[0]?.values).toEqual([0.2, 0.4, 0.5]);
    expect(series[0]?.notes).toEqual(["20 installs", "40 installs", "20 installs"]);
  });

  it("draws versions as lines in the fixed colours, newest first, without Other", () => {
    expect(linesModel(data).series.map((each) => [each.name, each.colour])).toEqual([
      ["5.10.0", "cat-1"],
      ["5.9.2", "cat-2"],
    ]);
  });

  it("marks the day that is not all loaded as incomplete", () => {
    expect(areaModel(data).incomplete).toBe(1);
  });
});

describe("the share on the latest two releases", () => {
  it("adds the two up, day by day", () => {
    expect(latestModel(data, ["5.10.0", "5.9.2"]).series[0]?.values).toEqual([0.8, 0.8, 0.875]);
  });

  it("is not drawn when one of them is only part of Other", () => {
    expect(chartedReleases(data, ["5.10.0", "5.9.2"])).toEqual(["5.10.0", "5.9.2"]);
    expect(chartedReleases(data, ["5.11.0", "5.10.0"])).toEqual([]);
  });
});
