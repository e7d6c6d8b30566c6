import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Truth } from "../demo/truth.ts";
import { read } from "../support/api.ts";
import { openBrowser } from "../support/browser.ts";
import type { Collector } from "../support/collector.ts";
import { startWithFleet } from "../support/demo-collector.ts";
import { type Looks, openVisit, type Visit } from "../support/page.ts";
import { waitFor } from "../support/processes.ts";

const LOOKS: Looks[] = [1440, 390].flatMap((width) => [
  { width, scheme: "light" as const },
  { width, scheme: "dark" as const },
]);
const CHARTS = ["summary", "active", "versions", "platform", "deployment_type", "events"];
const VIEWER = { name: "vera", password: "a-long-password-of-a-viewer" };

let browser: Browser;
let collector: Collector;
let truth: Truth;
let now: number;
let sharePath: string;

/** Changes a setting as the administrator. */
async function change<T>(method: string, path: string, body: object): Promise<T> {
  const reply = await fetch(`${collector.url}/api/v1/settings/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${collector.tokens.admin}`,
      "content-type": "application/json",
    },
    body: JSON.stringify(body),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${text}`);
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

beforeAll(async () => {
  browser = await openBrowser(inject("chromium"));
  ({ collector, truth, now } = await startWithFleet({ installs: 120, days: 40, seed: 5 }));
  const app = "timetracker";
  await change("PUT", "public-page", { app, charts: CHARTS });
  const link = { app, name: "Board", charts: CHARTS, filters: { platform: "Linux" } };
  sharePath = (await change<{ path: string }>("POST", "share-links", link)).path;
  await change("POST", "users", { ...VIEWER, role: "viewer", apps: [app] });
  // The first days are made when the past has stood still for half a minute.
  await waitFor("the days are published", 150_000, async () => {
    await sleep(1_000);
    const { active } = await read<{ active: { days: string[] } | null }>(
      collector,
      "published/report",
      { app },
    );
    return (active?.days.length ?? 0) >= 39;
  });
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await collector?.stop();
});

const drawn = (page: Page) => page.getByTestId("rules").waitFor();

async function visiting(looks: Looks, path: string, look: (visit: Visit) => Promise<void>) {
  const visit = await openVisit(browser, collector, looks);
  await visit.page.goto(`${collector.url}${path}`);
  await look(visit);
  expect(visit.complaints()).toEqual([]);
  await visit.close();
}

describe.each(LOOKS)("the public page, $width wide, $scheme", (looks) => {
  test("shows the chosen charts by the published rules, without a violation", async () => {
    await visiting(looks, "/public/timetracker", async ({ page, violations }) => {
      await drawn(page);
      const rules = await page.getByTestId("rules").innerText();
      expect(rules).toContain("Counts are rounded to 5, groups under 10 are folded");
      for (const title of ["Active installs", "Versions", "Platform", "Deployment", "Features"]) {
        expect(await page.getByRole("heading", { name: title, exact: true }).count()).toBe(1);
      }
      expect(await page.getByRole("heading", { name: "Locale" }).count()).toBe(0);
      const tile = await page.locator(".report-tiles li").first().innerText();
      const shown = Number(/\n(\d+)\n/.exec(tile)?.[1]);
      // The fleet's truth is about now, the page about yesterday.
      const { month } = truth.summary(now).active;
      expect(shown % 5).toBe(0);
      expect(Math.abs(shown - month)).toBeLessThanOrEqual(15);
      expect(await violations()).toEqual([]);
      const wide = await page.evaluate("document.documentElement.scrollWidth");
      expect(wide).toBeLessThanOrEqual(looks.width);
    });
  });
});

const DESKTOP: Looks = { width: 1440, scheme: "light" };

test("a chart is read with the keyboard, seen as a table and saved as CSV", async () => {
  await visiting(DESKTOP, "/public/timetracker", async ({ page, violations }) => {
    await drawn(page);
    await page.locator(".time-plot").first().focus();
    await page.keyboard.press("Home");
    const first = await page.getByRole("status").innerText();
    await page.keyboard.press("ArrowRight");
    expect(await page.getByRole("status").innerText()).not.toBe(first);
    await page.keyboard.press("Escape");
    expect(await page.getByRole("status").count()).toBe(0);
    await page.getByRole("button", { name: "View as table" }).first().click();
    await page.getByRole("table", { name: "Active installs" }).waitFor();
    expect(await violations()).toEqual([]);
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download Platform as CSV" }).click();
    const stream = await (await download).createReadStream();
    let csv = "";
    for await (const part of stream) csv += String(part);
    expect(csv).toMatch(/# Groups folded under: 10\r\n/);
    expect(csv).toMatch(/\r\nLinux|\r\nlinux/);
    const picture = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download Versions as PNG" }).click();
    expect((await picture).suggestedFilename()).toMatch(/^timetracker-versions-.*\.png$/);
    const png = readFileSync(await (await picture).path());
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    // As wide as the card.
    expect(png.readUInt32BE(16)).toBeGreaterThan(1000);
  });
});

test("the public page asks nobody else, sets no cookie and needs none", async () => {
  await visiting(DESKTOP, "/public/timetracker", async ({ page }) => {
    await drawn(page);
    expect(await page.context().cookies()).toEqual([]);
  });
});

test("a share link shows its filter, and nothing after it is revoked", async () => {
  await visiting(DESKTOP, sharePath, async ({ page, violations }) => {
    await drawn(page);
    expect(await page.getByTestId("rules").innerText()).toContain(
      "Only installs with platform Linux.",
    );
    expect(await violations()).toEqual([]);
  });
  const { rows } = await read<{ rows: { id: string }[] }>(collector, "settings/share-links", {
    app: "timetracker",
  });
  await fetch(`${collector.url}/api/v1/settings/share-links/${rows[0]?.id}`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${collector.tokens.admin}` },
  });
  const gone = await openVisit(browser, collector, DESKTOP);
  const reply = await gone.page.goto(`${collector.url}${sharePath}`);
  expect(reply?.status()).toBe(404);
  await gone.page.getByText("There is nothing here").waitFor();
  await gone.close();
});

test("a viewer signs in, lands on the report, filters by two fields and signs out", async () => {
  const visit = await openVisit(browser, collector, DESKTOP);
  const { page } = visit;
  await page.goto(collector.url);
  // The cookie of a sign-in with name and password.
  const signedIn = await page.request.post(`${collector.url}/api/v1/session`, { data: VIEWER });
  expect(signedIn.status()).toBe(204);
  await page.goto(`${collector.url}/`);
  await drawn(page);
  expect(await visit.violations()).toEqual([]);
  await page.getByLabel("Add a filter").selectOption("platform");
  await page.getByText("Only installs with platform").waitFor();
  await page.getByLabel("Add a filter").selectOption("deployment_type");
  await page.getByText(/Only installs with .* and deployment/).waitFor();
  expect(new URL(page.url()).searchParams.has("deployment_type")).toBe(true);
  await page.reload();
  await page.getByText(/Only installs with .* and deployment/).waitFor();
  await page.getByRole("button", { name: "Remove filter Deployment" }).click();
  await page.getByText(/Only installs with platform \S+\. Counts/).waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in to Rollcall" }).waitFor();
  await visit.close();
});
