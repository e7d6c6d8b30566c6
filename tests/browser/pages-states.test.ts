import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { loaded } from "../support/api.ts";
import { openBrowser } from "../support/browser.ts";
import { type Collector, startCollector } from "../support/collector.ts";
import { startWithFleet } from "../support/demo-collector.ts";
import { furnish } from "../support/furnish.ts";
import { baseFields, logRecord, logsRequest, postJson } from "../support/otlp.ts";
import { openVisit, settled, signIn, type Visit } from "../support/page.ts";
import {
  beyondTheEdge,
  DESKTOP,
  enter,
  FLEET_PAGES,
  muteCards,
  NAMES,
  open,
  PAGES,
  PHONE,
  pathOf,
} from "../support/pages.ts";

/** Every page while there is nothing to show on it, not yet, or not now. */
/** An app with a token that nobody has reported to. */
const EMPTY = "sandbox";
/** An app with one install, which has reported on one day. */
const PENDING = "newcomer";

let browser: Browser;
let collector: Collector;
beforeAll(async () => {
  browser = await openBrowser(inject("chromium"));
  const fleet = { installs: 40, days: 40, seed: 7 };
  const started = await startWithFleet(fleet);
  collector = started.collector;
  await furnish(collector, { ...fleet, now: started.now });
  await reportOnce();
  await loaded(collector, 60_000);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await collector?.stop();
});

/** Somebody installs the app of `PENDING`. */
async function reportOnce(): Promise<void> {
  const made = await fetch(`${collector.url}/api/v1/settings/ingest-tokens`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${collector.tokens.admin}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ app: PENDING, name: "first build" }),
  });
  const { token } = (await made.json()) as { token: string };
  const installId = randomUUID();
  const event = "base_telemetry.heartbeat";
  const record = logRecord({ event, installId, attributes: baseFields(installId) });
  const reply = await postJson(collector.url, token, logsRequest([record]));
  expect(reply.status).toBe(200);
}

describe.each([DESKTOP, PHONE])("without data, $width wide, $scheme", (looks) => {
  let visit: Visit;
  beforeAll(async () => {
    visit = await enter(browser, collector, looks);
  });
  afterAll(() => visit?.close());

  test("every page about installs waits for the first", async () => {
    const { page } = visit;
    for (const name of FLEET_PAGES) {
      // Nothing is loading there that one would have to wait for.
      await page.goto(`${collector.url}${pathOf(name, EMPTY)}`);
      await page.getByText(`Waiting for the first heartbeat of ${EMPTY}`).waitFor();
      expect([name, await beyondTheEdge(page)]).toEqual([name, 0]);
    }
    expect(await visit.violations()).toEqual([]);
    expect(visit.complaints()).toEqual([]);
  });

  test("Data health has nothing to complain about, Operations says how to send, and Settings are there", async () => {
    const { page } = visit;
    for (const name of ["operations", "health", "settings"] as const) {
      await open(page, collector, pathOf(name, EMPTY));
      expect(await page.locator(".card-error").count()).toBe(0);
      expect(await muteCards(page)).toEqual([]);
      expect([name, await visit.violations()]).toEqual([name, []]);
    }
    expect(visit.complaints()).toEqual([]);
  });

  test("where all installs are pending every page says so, and shows them when it is told to", async () => {
    const { page } = visit;
    for (const name of FLEET_PAGES) {
      await page.goto(`${collector.url}${pathOf(name, PENDING)}`);
      await page.getByText("1 reported, none admitted yet").waitFor();
    }
    expect(await visit.violations()).toEqual([]);
    await page.getByRole("button", { name: "Include pending installs" }).click();
    await page.waitForURL(/admitted=all/);
    for (const name of FLEET_PAGES) {
      await open(page, collector, pathOf(name, PENDING, "&range=28d&admitted=all"));
      expect([name, await page.getByTestId("all-pending").count()]).toEqual([name, 0]);
      expect([name, await page.locator(".card-error").count()]).toEqual([name, 0]);
      expect([name, await muteCards(page)]).toEqual([name, []]);
    }
    expect(visit.complaints()).toEqual([]);
  });

  test("a filter that lets nobody through leaves cards that say so", async () => {
    const { page } = visit;
    for (const name of FLEET_PAGES) {
      await open(page, collector, pathOf(name, "timetracker", "&range=28d&version=0.0.1"));
      expect([name, await page.locator(".card-error").count()]).toEqual([name, 0]);
      expect([name, await muteCards(page)]).toEqual([name, []]);
      expect([name, await page.locator("main").innerText()]).not.toEqual([
        name,
        expect.stringMatching(/NaN|undefined|Infinity|null/),
      ]);
      expect([name, await visit.violations()]).toEqual([name, []]);
    }
    expect(visit.complaints()).toEqual([]);
  });

  test("while answers are under way every page shows where they will stand", async () => {
    const { page } = visit;
    for (const name of [...FLEET_PAGES, "operations", "health"] as const) {
      const answers = await holdAnswers(page);
      await page.goto(`${collector.url}${pathOf(name)}`);
      await page.locator('main section[aria-busy="true"]').first().waitFor();
      // Skeletons are the same everywhere.
      if (name === "overview") expect(await visit.violations()).toEqual([]);
      await answers.release();
      await settled(page);
      expect([name, await page.locator(".card-error").count()]).toEqual([name, 0]);
    }
    expect(visit.complaints()).toEqual([]);
  });
});

/** Holds back what cards ask for; who is asking, about which app, is answered. */
async function holdAnswers(page: Page): Promise<{ release(): Promise<void> }> {
  const held: Route[] = [];
  let holding = true;
  // A question that its card has given up since cannot be answered any more.
  const answer = (route: Route) => route.continue().catch(() => {});
  // It stays: a browser that stops intercepting loses what is on its way at that moment.
  await page.route(/\/api\/v1\/(?!session|apps)/, (route) =>
    holding ? void held.push(route) : answer(route),
  );
  return {
    async release() {
      holding = false;
      await Promise.all(held.map(answer));
    },
  };
}

describe("when the engine is down", () => {
  let failing: Collector;
  let visit: Visit;
  beforeAll(async () => {
    failing = await startCollector({ env: { CLICKHOUSE_URL: undefined } });
    const installId = randomUUID();
    const event = "base_telemetry.heartbeat";
    const record = logRecord({ event, installId, attributes: baseFields(installId) });
    await postJson(failing.url, failing.tokens.ingest, logsRequest([record]));
    await loaded(failing);
    visit = await openVisit(browser, failing, DESKTOP);
    await signIn(visit.page, failing, pathOf("overview", undefined, "&range=28d&admitted=all"));
    await settled(visit.page);
  }, 60_000);
  afterAll(async () => {
    await visit?.close();
    await failing?.stop();
  });

  test("every page offers to try again, names the request, and comes back", async () => {
    const { page } = visit;
    const engine = await keepDown(failing);
    for (const name of NAMES.filter((each) => each !== "overview" && each !== "settings")) {
      await page.getByRole("link", { name: PAGES[name], exact: true }).click();
      const error = page.locator(".card-error").first();
      await error.waitFor();
      expect([name, await error.innerText()]).toEqual([name, expect.stringMatching(/Request \S+/)]);
      expect([name, await visit.violations()]).toEqual([name, []]);
    }
    await engine.mayComeBack();
    const retry = page.getByRole("button", { name: "Retry" });
    while ((await retry.count()) > 0) {
      // One that is refreshed by itself in the meantime is as good.
      await retry
        .first()
        .click({ timeout: 1_000 })
        .catch(() => {});
      // No person clicks as fast as the bounds of the read API would notice.
      await sleep(250);
    }
    await settled(page);
    expect(await page.locator(".card-error").count()).toBe(0);
    // The browser itself reports every 503.
    expect(visit.complaints().filter((complaint) => !complaint.includes("503"))).toEqual([]);
  }, 90_000);
});

const statusOf = async ({ url, tokens }: Collector) => {
  const headers = { authorization: `Bearer ${tokens.admin}` };
  return (await fetch(`${url}/api/v1/installs/summary?app=timetracker`, { headers })).status;
};

/** Ends the engine as a crash would, as often as the collector starts it again. */
async function keepDown(at: Collector): Promise<{ mayComeBack(): Promise<void> }> {
  const end = () => {
    for (const pid of at.enginePids()) process.kill(pid, "SIGKILL");
  };
  end();
  const timer = setInterval(end, 100);
  await expect.poll(() => statusOf(at), { timeout: 10_000 }).toBe(503);
  return {
    async mayComeBack() {
      clearInterval(timer);
      await expect.poll(() => statusOf(at), { timeout: 40_000, interval: 200 }).toBe(200);
    },
  };
}
