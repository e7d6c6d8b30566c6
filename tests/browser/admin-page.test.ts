import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRollcall, type Rollcall } from "@rollcall/client";
import { createAdminHandler } from "@rollcall/client/admin";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { catalogue } from "../../client/src/test/catalogue.ts";
import { servePages } from "../../client/src/test/serve-pages.ts";
import { listen, type TestServer } from "../../client/src/test/server.ts";
import { openBrowser } from "../support/browser.ts";
import { openVisit } from "../support/page.ts";

const PAGE = "/admin/telemetry";
const dataDir = mkdtempSync(join(tmpdir(), "rollcall-admin-page-"));
let browser: Browser;
let collector: TestServer;
let rollcall: Rollcall;
let app: Awaited<ReturnType<typeof servePages>>;

beforeAll(async () => {
  browser = await openBrowser(inject("chromium"));
  collector = await listen();
  const logger = { info: () => {}, warn: () => {}, error: () => {} };
  const { endpoint } = collector;
  const made = { app: "timetracker", version: "5.10.0", dataDir, endpoint, catalogue, logger };
  rollcall = createRollcall({ ...made, env: {} }) as Rollcall;
  app = await servePages(createAdminHandler(rollcall, { authorize: () => ({ id: "4" }) }));
});
afterAll(async () => {
  await browser?.close();
  await app?.close();
  await rollcall?.close({ deadline: 0 });
  await collector?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

test.each([
  { width: 1440, scheme: "light" },
  { width: 1440, scheme: "dark" },
  { width: 390, scheme: "light" },
  { width: 390, scheme: "dark" },
  // 1,280 pixels at 400% zoom.
  { width: 320, scheme: "light" },
] as const)(
  "axe finds nothing, all of it fits, and nothing is loaded: $width px, $scheme",
  async (looks) => {
    const visit = await openVisit(browser, app, looks);
    for (const path of ["", "?tab=sent&done=mode", "?tab=never", "/rotate", "/erase"]) {
      await visit.page.goto(app.url + PAGE + path);
      await visit.page.evaluate(
        `for (const one of document.querySelectorAll("details")) one.open = true`,
      );
      expect(await visit.violations()).toEqual([]);
      expect(await visit.page.evaluate("document.documentElement.scrollWidth")).toBe(looks.width);
    }
    expect(visit.complaints()).toEqual([]);
    await visit.close();
  },
);

test("on a phone everything that is pressed is at least 44 pixels high", async () => {
  const visit = await openVisit(browser, app, { width: 390, scheme: "light" });
  await visit.page.goto(app.url + PAGE);
  const small = await visit.page.evaluate<string[]>(`
    [...document.querySelectorAll("a:not(.skip), button:not([hidden]), summary, label.choice")]
      .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)
      .map((one) => one.outerHTML)`);
  expect(small).toEqual([]);
  await visit.close();
});

test("without JavaScript detailed is switched on and off, and every tab is read", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false, locale: "en-US" });
  const page = await context.newPage();
  await page.goto(app.url + PAGE);
  await page.getByRole("button", { name: "Turn detailed telemetry on" }).click();
  await page.getByText("Saved. It holds from now on").waitFor();
  await page.getByText("Detailed telemetry is on.").waitFor();
  await page.getByRole("radio", { name: /^Base/ }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Detailed telemetry is off.").waitFor();
  await page.getByRole("link", { name: "Sent (30 days)" }).click();
  await page.getByText("Every record that left this install").waitFor();
  await page.getByRole("link", { name: "Never sent" }).click();
  await page.getByText("Never collected, in any mode").waitFor();
  expect(await page.getByRole("button", { name: "Copy" }).count()).toBe(0);
  await context.close();
});

test("with JavaScript a tab changes in place, keeps the focus, and has its address", async () => {
  const visit = await openVisit(browser, app, { width: 1440, scheme: "light" });
  const { page } = visit;
  await page.goto(app.url + PAGE);
  await page.evaluate("globalThis.sameDocument = true");
  await page.getByRole("link", { name: "Never sent" }).click();
  await page.getByText("Never collected, in any mode").waitFor();
  expect(await page.evaluate("globalThis.sameDocument")).toBe(true);
  expect(await page.evaluate("document.activeElement.textContent")).toBe("Never sent");
  expect(page.url()).toContain("tab=never");
  expect(visit.complaints()).toEqual([]);
  await visit.close();
});

test("the keyboard alone reaches and sends the mode", async () => {
  const visit = await openVisit(browser, app, { width: 1440, scheme: "light" });
  const { page } = visit;
  await page.goto(app.url + PAGE);
  await page.keyboard.press("Tab");
  expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the content");
  await page.getByRole("radio", { name: /^Base/ }).focus();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Tab");
  const outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle");
  expect(outline).toBe("solid");
  await page.keyboard.press("Enter");
  await page.getByText("Saved. It holds from now on").waitFor();
  expect(rollcall.consent().choice).toBe("local-only");
  await visit.close();
});
