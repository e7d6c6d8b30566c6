import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRollcall } from "@rollcall/client";
import { createWizardHandler } from "@rollcall/client/admin";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from "vitest";
import { catalogue } from "../../client/src/test/catalogue.ts";
import { servePages } from "../../client/src/test/serve-pages.ts";
import { listen } from "../../client/src/test/server.ts";
import { wizardOptions } from "../../client/src/test/wizard-options.ts";
import { openBrowser } from "../support/browser.ts";
import { openVisit } from "../support/page.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser(inject("chromium"));
});
afterAll(() => browser?.close());

/** A new install with its wizard, on a port of its own. */
async function open() {
  const dataDir = mkdtempSync(join(tmpdir(), "rollcall-wizard-"));
  const collector = await listen();
  const logger = { info: () => {}, warn: () => {}, error: () => {} };
  const { endpoint } = collector;
  const made = { app: "timetracker", version: "5.10.0", dataDir, endpoint, catalogue, logger };
  const rollcall = createRollcall({ ...made, env: {} });
  const options = wizardOptions({ doneUrl: "/done" });
  const server = await servePages(createWizardHandler(rollcall, options));
  onTestFinished(async () => {
    await server.close();
    await rollcall.close({ deadline: 0 });
    await collector.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return { server, rollcall, options };
}

const next = (page: Page) => page.getByRole("link", { name: "Next" }).click();

/** From the first step to the privacy step, as a person would. */
async function fillIn(page: Page, email = "office@example.org"): Promise<void> {
  await next(page);
  await page.getByLabel("Time zone").selectOption("Europe/Brussels");
  await next(page);
  await page.getByLabel("Company name").fill("Bread & Butter");
  await page.getByLabel("E-mail").fill(email);
  await next(page);
  await page.getByLabel("Round to minutes").fill("15");
  await next(page);
  await next(page);
}

test("without JavaScript: six steps, one POST, detailed stays off", async () => {
  const { server, rollcall, options } = await open();
  const context = await browser.newContext({ javaScriptEnabled: false, locale: "en-US" });
  const page = await context.newPage();
  let posts = 0;
  page.on("request", (request) => {
    if (request.method() === "POST") posts += 1;
  });
  await page.goto(`${server.url}/setup`);
  expect(await page.getByText("Step 1 of 6").isVisible()).toBe(true);
  expect(await page.getByText("Step 2 of 6").isVisible()).toBe(false);
  await fillIn(page);
  expect(await page.getByText("Step 6 of 6").isVisible()).toBe(true);
  expect(await page.getByRole("checkbox", { name: "Also share detailed usage" }).isChecked()).toBe(
    false,
  );
  await page.getByRole("button", { name: "Finish setup" }).click();
  await page.waitForURL("**/done");
  expect(posts).toBe(1);
  expect(options.kept).toEqual([
    expect.objectContaining({
      timezone: "Europe/Brussels",
      company_name: "Bread & Butter",
      rounding_minutes: "15",
    }),
  ]);
  expect(rollcall.consent()).toMatchObject({ base: true, detailed: false });
  await context.close();
});

test("without JavaScript: Enter in a field sends nothing, and a wrong answer opens its step with all answers kept", async () => {
  const { server, options } = await open();
  const context = await browser.newContext({ javaScriptEnabled: false, locale: "en-US" });
  const page = await context.newPage();
  let posts = 0;
  page.on("request", (request) => {
    if (request.method() === "POST") posts += 1;
  });
  await page.goto(`${server.url}/setup`);
  await next(page);
  await page.getByLabel("Currency").press("Enter");
  expect(page.url()).toContain("#step-region");
  await page.getByRole("link", { name: "Back" }).click();
  await fillIn(page, "office");
  await page.getByRole("button", { name: "Finish setup" }).click();
  await page.getByRole("alert").waitFor();
  expect(await page.getByText("Step 3 of 6").isVisible()).toBe(true);
  expect(await page.getByLabel("Company name").inputValue()).toBe("Bread & Butter");
  expect(await page.getByLabel("E-mail").inputValue()).toBe("office");
  await page.getByLabel("E-mail").fill("office@example.org");
  for (const _ of ["system", "integrations", "privacy"]) await next(page);
  await page.getByRole("button", { name: "Finish setup" }).click();
  await page.waitForURL("**/done");
  expect(posts).toBe(2);
  expect(options.kept).toHaveLength(1);
  await context.close();
});

test("ticking the box shows what it adds, and finishing turns detailed on", async () => {
  const { server, rollcall } = await open();
  const visit = await openVisit(browser, server, { width: 390, scheme: "dark" });
  const { page } = visit;
  await page.goto(`${server.url}/setup`);
  await fillIn(page);
  const example = page.getByText("With the box ticked, also records such as this");
  expect(await example.isVisible()).toBe(false);
  await page.getByRole("checkbox", { name: "Also share detailed usage" }).check();
  expect(await example.isVisible()).toBe(true);
  expect(await visit.violations()).toEqual([]);
  await page.getByRole("button", { name: "Finish setup" }).click();
  await page.waitForURL("**/done");
  expect(rollcall.consent().detailed).toBe(true);
  await visit.close();
});

test("with JavaScript: Enter goes on, a wrong step is not left, and the heading takes the focus", async () => {
  const { server } = await open();
  const visit = await openVisit(browser, server, { width: 1440, scheme: "light" });
  const { page } = visit;
  await page.goto(`${server.url}/setup`);
  await next(page);
  await page.getByLabel("Currency").press("Enter");
  await page.waitForURL("**#step-company");
  await page.waitForFunction(`document.activeElement.textContent === "Company"`);
  await next(page);
  expect(page.url()).toContain("#step-company");
  expect(visit.complaints()).toEqual([]);
  await visit.close();
});

test.each([
  { width: 1440, scheme: "light" },
  { width: 390, scheme: "light" },
  { width: 320, scheme: "dark" },
] as const)("axe finds nothing on any step: $width px, $scheme", async (looks) => {
  const { server, options } = await open();
  const visit = await openVisit(browser, server, looks);
  const { page } = visit;
  await page.goto(`${server.url}/setup`);
  for (const id of [...options.steps.map((step) => step.id), "privacy"]) {
    await page.goto(`${server.url}/setup#step-${id}`);
    expect(await visit.violations()).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(looks.width);
  }
  await page.getByRole("button", { name: "Finish setup" }).click();
  await page.getByRole("alert").waitFor();
  expect(await visit.violations()).toEqual([]);
  // Chromium reports the 422 of the refused form.
  expect(visit.complaints().filter((line) => !line.includes("422"))).toEqual([]);
  await visit.close();
});
