import { afterAll, beforeAll, expect, it } from "vitest";
import { createMetrics } from "../metrics.ts";
import { type Beat, beat, type SentEvent, send } from "../read/testing.ts";
import { openTestSettings } from "../settings/testing.ts";
import { storeSecret } from "../store/store-secret.ts";
import { openTestStore, type TestStore } from "../store/testing.ts";
import { createPublished } from "./published.ts";

let opened: TestStore;
let set: Awaited<ReturnType<typeof openTestSettings>>;
beforeAll(async () => {
  opened = await openTestStore();
  set = await openTestSettings(opened.store);
});
afterAll(async () => {
  await set?.close();
  await opened?.close();
});

const silent = { info() {}, warn() {} };

/** A fleet whose last active day is 19 November: `of` says what each install is. */
async function fleet(app: string, size: number, of: (install: number) => Partial<Beat>) {
  const beats = Array.from({ length: size }, (_, number) => number + 1).flatMap((number) =>
    ["2026-11-01", "2026-11-10", "2026-11-19"].map((at) => ({
      app,
      install: number,
      at,
      ...of(number),
    })),
  );
  await beat(opened.store, beats);
}

function published(
  app: string,
  now: string | (() => string),
  {
    freshness = "2027-01-01T00:00:00Z",
    quietMs = 0,
    firstDays = 2,
    key = Buffer.alloc(32, 9) as Buffer,
  } = {},
) {
  const clock = () => new Date(typeof now === "string" ? now : now());
  return createPublished({
    store: opened.store,
    settings: set.settings,
    metrics: createMetrics("0.0.0"),
    holder: "00000000-0000-4000-8000-0000000000c1",
    key,
    quietMs,
    firstDays,
    apps: () => [app],
    freshness: () => new Date(freshness),
    log: silent,
    now: clock,
  });
}

it("publishes every complete day once, two hours after its end, the first day of the app on", async () => {
  await fleet("days", 40, () => ({ platform: "linux", app_version: "1.0.0" }));
  const { publisher, reader } = published("days", "2026-11-20T01:59:00Z", { firstDays: 90 });
  await publisher.publish();
  expect((await reader.days("days")).at(-1)).toBe("2026-11-18");
  const later = published("days", "2026-11-20T02:00:00Z", { firstDays: 90 });
  await later.publisher.publish();
  const days = await later.reader.days("days");
  expect([days[0], days.at(-1), days.length]).toEqual(["2026-11-01", "2026-11-19", 19]);
  const waiting = published("days", "2026-11-21T09:00:00Z", {
    freshness: "2026-11-20T23:59:59Z",
  });
  await waiting.publisher.publish();
  expect((await waiting.reader.days("days")).at(-1)).toBe("2026-11-19");
});

it("counts what the rows say, to within the rounding", async () => {
  // 100 installs: 70 on Linux (60 of them in Docker), 27 on Windows without Docker, 3 on Darwin.
  await fleet("counts", 100, (number) => ({
    platform: number <= 70 ? "linux" : number <= 97 ? "windows" : "darwin",
    deployment_type: number <= 60 ? "docker" : "bare_metal",
    app_version: number % 2 === 0 ? "2.0.0" : "1.9.0",
    locale: "de-DE",
    release_channel: "stable",
  }));
  const events: SentEvent[] = Array.from({ length: 50 }, (_, number) => ({
    app: "counts",
    install: number + 1,
    at: "2026-11-15",
    event: number < 45 ? "timer.started" : "rare.event",
  }));
  await send(opened.store, events);
  const { publisher, reader } = published("counts", "2026-11-20T03:00:00Z");
  await publisher.publish();
  const [document] = await reader.documents("counts", ["2026-11-19"]);
  const near = (truth: number) => [5, 0].map((up) => Math.floor(truth / 5) * 5 + up);
  expect(document?.k).toBe(10);
  expect(near(100)).toContain(document?.totals.month);
  expect(near(100)).toContain(document?.totals.day);
  expect(near(100)).toContain(document?.totals.new);
  expect(document?.totals.churned).toBe(0);
  expect(near(50)).toContain(document?.totals.sharing);
  const platform = document?.fields?.platform;
  expect(platform?.rows.map(([value]) => value)).toEqual(["linux", "windows"]);
  expect(platform?.other).toBe(0);
  // The three on Darwin are counted with Linux.
  expect(near(73)).toContain(platform?.rows[0]?.[1]);
  expect(near(27)).toContain(platform?.rows[1]?.[1]);
  expect(document?.fields?.architecture).toEqual({
    rows: [["unknown", expect.any(Number)]],
    other: 0,
  });
  expect(document?.events.map(([event]) => event)).toEqual(["timer.started"]);
  const pair = document?.pairs["platform,deployment_type"];
  expect(pair?.values).toEqual([
    ["linux", "windows"],
    ["bare_metal", "docker"],
  ]);
  const cells = new Map(pair?.cells.map(([a, b, installs]) => [`${a},${b}`, installs]));
  expect(near(60)).toContain(cells.get("0,1"));
  expect(cells.has("1,1")).toBe(false);
});

it("says nothing but totals of an app with too few installs", async () => {
  await fleet("few", 9, () => ({ platform: "linux" }));
  const { publisher, reader } = published("few", "2026-11-20T03:00:00Z");
  await publisher.publish();
  const [document] = await reader.documents("few", ["2026-11-19"]);
  expect(document).toMatchObject({ fields: null, pairs: {}, events: [] });
  expect([5, 10]).toContain(document?.totals.month);
});

it("leaves out installs that are not admitted, and those that are not active any more", async () => {
  await fleet("gone", 30, () => ({ platform: "linux" }));
  await beat(
    opened.store,
    Array.from({ length: 30 }, (_, number) => [
      { app: "gone", install: 100 + number, at: "2026-11-18", platform: "forged" },
      { app: "gone", install: 200 + number, at: "2026-10-20", platform: "old" },
      { app: "gone", install: 200 + number, at: "2026-10-21", platform: "old" },
    ]).flat(),
  );
  const { publisher, reader } = published("gone", "2026-11-20T03:00:00Z", { firstDays: 22 });
  await publisher.publish();
  const [document] = await reader.documents("gone", ["2026-11-19"]);
  expect(document?.fields?.platform.rows.map(([value]) => value)).toEqual(["linux"]);
  expect([30, 35]).toContain(document?.totals.churned);
  // On 29 October they were active in 28 days.
  const [before] = await reader.documents("gone", ["2026-10-29"]);
  expect(before?.fields?.platform.rows.map(([value]) => value)).toEqual(["old"]);
});

it("makes an app's first days when its past has stood still for a while", async () => {
  let now = "2026-11-20T09:00:00Z";
  const { publisher, reader } = published("import", () => now, { quietMs: 30_000 });
  await fleet("import", 25, () => ({ platform: "linux" }));
  await publisher.publish();
  now = "2026-11-20T09:00:29Z";
  await beat(opened.store, [{ app: "import", install: 99, at: "2026-11-02" }]);
  await publisher.publish();
  now = "2026-11-20T09:00:58Z";
  await publisher.publish();
  expect(await reader.days("import")).toEqual([]);
  now = "2026-11-20T09:00:59Z";
  await publisher.publish();
  expect(await reader.days("import")).toHaveLength(2);
});

it("never changes a day again, whatever comes late or is erased", async () => {
  await fleet("fixed", 40, () => ({ platform: "linux" }));
  const first = published("fixed", "2026-11-20T09:00:00Z");
  await first.publisher.publish();
  const before = await first.reader.documents("fixed", ["2026-11-19"]);
  await fleet("fixed", 90, () => ({ platform: "linux" }));
  const later = published("fixed", "2026-11-20T10:00:00Z");
  await later.publisher.publish();
  expect(await later.reader.documents("fixed", ["2026-11-19"])).toEqual(before);
  // Of two that were made, as by two collectors, the first counts.
  const text = JSON.stringify({ ...before[0], k: 99 });
  await opened.store.command(
    "INSERT INTO snapshots (app, day, published_at, document) SELECT 'fixed', '2026-11-19', '2027-01-01 00:00:00', {text:String}",
    { params: { text } },
  );
  const other = published("fixed", "2026-11-20T10:00:00Z");
  expect(await other.reader.documents("fixed", ["2026-11-19"])).toEqual(before);
});

it("rounds the same way whichever collector on the store publishes a day", async () => {
  await fleet("shared", 300, (number) => ({
    platform: ["linux", "windows", "darwin"][number % 3] as string,
    locale: `l${number % 7}`,
    app_version: `1.${number % 5}.0`,
  }));
  const countsOf = async (day: string, now: string, key: Buffer) => {
    const { publisher, reader } = published("shared", now, { key, firstDays: 1 });
    await publisher.publish();
    const [document] = await reader.documents("shared", [day]);
    return { totals: document?.totals.month, fields: document?.fields, pairs: document?.pairs };
  };
  // The fleet stands still: what differs could only be the offsets.
  const one = await countsOf("2026-11-19", "2026-11-20T03:00:00Z", Buffer.alloc(32, 9));
  const other = await countsOf("2026-11-20", "2026-11-21T03:00:00Z", Buffer.alloc(32, 1));
  expect(other).toEqual(one);
  expect(Object.keys(one.pairs ?? {}).length).toBeGreaterThan(5);
});

it("has one secret for the rounding, also where two collectors need the first at once", async () => {
  const signal = AbortSignal.timeout(60_000);
  const ask = (holder: string, first: number) =>
    storeSecret({
      ...{ store: opened.store, holder, name: "a test", first: Buffer.alloc(32, first), signal },
    });
  const found = await Promise.all([1, 2, 3, 4].map((nth) => ask(`holder-${nth}`, nth)));
  expect(new Set(found.map((secret) => secret.toString("hex"))).size).toBe(1);
  expect(found[0]).toHaveLength(32);
  expect(await ask("holder-5", 5)).toEqual(found[0]);
  await expect(opened.store.reader.query("SELECT secret FROM store_secrets")).rejects.toThrow();
});
