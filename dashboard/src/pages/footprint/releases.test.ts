import { expect, it } from "vitest";
import { compareVersions } from "./releases.ts";

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
