import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMetrics } from "../metrics.ts";
import { openTestSettings } from "../settings/testing.ts";
import { openTestStore, type TestStore } from "../store/testing.ts";
import { createAsks } from "./ask.ts";
import type { Ask } from "./question.ts";
import { isFinal, newestFinal, releaseSettings, releasesOf } from "./releases.ts";
import { beat } from "./testing.ts";

let stored: TestStore;
let ask: Ask;
beforeAll(async () => {
  stored = await openTestStore();
  ask = createAsks({ store: stored.store, duration: createMetrics("0.0.0").queryDuration })("test");
  const says = (install: number, at: string, app_version: string) => ({ install, at, app_version });
  await beat(stored.store, [
    says(1, "2026-11-01", "1.9.0"),
    says(1, "2026-11-05T23:59:59.999Z", "1.10.0"),
    says(2, "2026-11-03", "1.10.0"),
    says(2, "2026-11-04", "1.9.0"),
    says(3, "2026-11-02", "1.9.0"),
    says(3, "2026-11-07", "nightly"),
    // Pending: says what it likes.
    says(4, "2026-10-01", "1.9.0"),
    says(5, "2026-10-01", "9.9.9"),
    // Another app's.
    { ...says(1, "2026-10-01", "1.9.0"), app: "other" },
    { ...says(1, "2026-10-02", "3.0.0"), app: "other" },
  ]);
});
afterAll(() => stored?.close());

describe("releases", () => {
  it("begin on the day on which the k-th admitted install has said them", async () => {
    expect(await releasesOf(ask, "timetracker", { listed: [], k: 1 })).toEqual([
      { version: "1.10.0", day: "2026-11-03", listed: false, known: true },
      { version: "1.9.0", day: "2026-11-01", listed: false, known: false },
      { version: "nightly", day: "2026-11-07", listed: false, known: true },
    ]);
    expect(await releasesOf(ask, "timetracker", { listed: [], k: 2 })).toEqual([
      { version: "1.10.0", day: "2026-11-05", listed: false, known: true },
      { version: "1.9.0", day: "2026-11-02", listed: false, known: false },
    ]);
    expect(await releasesOf(ask, "timetracker", { listed: [], k: 3 })).toEqual([
      { version: "1.9.0", day: "2026-11-04", listed: false, known: false },
    ]);
    expect(await releasesOf(ask, "timetracker", { listed: [], k: 4 })).toEqual([]);
  });

  it("are what the maintainer says of the app, whoever runs them", async () => {
    const { settings, close } = await openTestSettings(stored.store);
    const list = (app: string, version: string, day: string) =>
      settings.put("release", `${app}/${version}`, { app, version, day }, "test");
    await list("timetracker", "1.9.0", "2026-10-30");
    await list("timetracker", "2.0.0-rc.1", "2026-11-25");
    await list("other", "3.0.0", "2026-11-25");
    await settings.put("app", "timetracker", { k: 5 }, "test");
    const own = releaseSettings(settings, "timetracker");
    expect(own.k).toBe(5);
    expect(releaseSettings(settings, "other").k).toBe(10);
    expect(await releasesOf(ask, "timetracker", own)).toEqual([
      { version: "2.0.0-rc.1", day: "2026-11-25", listed: true, known: true },
      { version: "1.9.0", day: "2026-10-30", listed: true, known: true },
    ]);
    await close();
  });

  it("are final without a pre-release or a word, and out from their day on", () => {
    expect(["2.0.0", "v2", "2.0.0+build.5"].every(isFinal)).toBe(true);
    expect(["2.0.0-rc.1", "nightly", ""].some(isFinal)).toBe(false);
    const release = (version: string, day: string) => ({ version, day, listed: true, known: true });
    const all = [
      release("3.0.0", "2026-11-21"),
      release("2.1.0", "2026-11-20"),
      release("2.1.0-rc.1", "2026-11-01"),
      release("2.0.0", "2026-10-01"),
      release("1.0.0", "2026-01-01"),
    ];
    expect(newestFinal(all, "2026-11-20", 2).map(({ version }) => version)).toEqual([
      "2.1.0",
      "2.0.0",
    ]);
  });
});
