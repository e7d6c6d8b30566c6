import { describe, expect, it } from "vitest";
import { compareVersions, latestReleases } from "./releases.ts";

describe("order of versions", () => {
  it("puts the newest first, by number and not by letter", () => {
    const versions = ["5.9.2", "nightly", "v5.10.0", "5.10.0-rc.2", "5.10.0-rc.10", "5.2", "6.0.0"];
    expect(versions.sort(compareVersions)).toEqual([
      "6.0.0",
      "v5.10.0",
      "5.10.0-rc.10",
      "5.10.0-rc.2",
      "5.9.2",
      "5.2",
      "nightly",
    ]);
  });
});

describe("the latest release and the one before", () => {
  const rows = [
    { version: "5.9.2", installs: 400 },
    { version: "5.10.0", installs: 700 },
    { version: "5.8.0", installs: 90 },
  ];

  it("go by version, not by how many installs have it", () => {
    expect(latestReleases(rows)).toEqual(["5.10.0", "5.9.2"]);
  });

  it("are not moved by a pre-release or by a version that a few installs made up", () => {
    const noise = [
      { version: "99.0.0", installs: 3 },
      { version: "5.11.0-beta.1", installs: 60 },
    ];
    expect(latestReleases([...rows, ...noise])).toEqual(["5.10.0", "5.9.2"]);
  });

  it("are found among few installs too", () => {
    expect(latestReleases([{ version: "0.1.0", installs: 2 }])).toEqual(["0.1.0"]);
    expect(latestReleases([])).toEqual([]);
  });
});
