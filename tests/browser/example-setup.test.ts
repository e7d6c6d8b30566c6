import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { openBrowser } from "../support/browser.ts";
import { type Collector, startCollector } from "../support/collector.ts";
import { type Example, startExample } from "../support/example.ts";
import { ask, completeSetup, enter, installation, TYPED } from "../support/example-user.ts";
import { openVisit, type Visit } from "../support/page.ts";

let browser: Browser;
let collector: Collector;
let example: Example;
let visit: Visit;
beforeAll(async () => {
  browser = await openBrowser(inject("chromium"));
  collector = await startCollector();
});
afterAll(async () => {
  await browser?.close();
  await collector?.stop();
});

for (const javaScript of [true, false]) {
  describe(`the example's setup, ${javaScript ? "with" : "without"} JavaScript`, () => {
    beforeEach(async () => {
      example = await startExample(collector);
      visit = await openVisit(browser, example, { width: 1440, scheme: "light", javaScript });
    });
    afterEach(async () => {
      await visit.close();
      await example.stop();
    });

    test("every page leads to the wizard, and an untouched privacy step leaves detailed off", async () => {
      const { page } = visit;
      await page.goto(`${example.url}/invoices`);
      expect(page.url()).toBe(`${example.url}/setup`);
      await page.getByText("Step 1 of 6").waitFor();
      await completeSetup(page, example, { optIn: false });
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
      expect(ask(example, "SELECT company_name, allow_analytics FROM settings")).toEqual([
        { company_name: TYPED.company, allow_analytics: 0 },
      ]);
      expect(installation(example)).toMatchObject({
        setup_complete: true,
        telemetry_enabled: false,
      });
      await enter(page, example);
      await page.getByRole("link", { name: "Telemetry" }).click();
      await page.getByText("Detailed telemetry is off.").first().waitFor();
    });

    test("an answer that the server refuses keeps the others, and the box opts in", async () => {
      const { page } = visit;
      await completeSetup(page, example, { optIn: true, password: "short" });
      await page.getByText("Use at least 8 characters.").first().waitFor();
      expect(installation(example)).toMatchObject({ setup_complete: false });
      expect(await page.locator("#step-company").getByLabel("Name").inputValue()).toBe(
        TYPED.company,
      );
      expect(await page.getByLabel("Time zone").inputValue()).toBe("Europe/Berlin");
      expect(await page.getByLabel("Also share detailed usage").isChecked()).toBe(true);

      await completeSetup(page, example, { optIn: true });
      await enter(page, example);
      expect(ask(example, "SELECT allow_analytics FROM settings")).toEqual([
        { allow_analytics: 1 },
      ]);
      expect(installation(example)).toMatchObject({
        setup_complete: true,
        telemetry_enabled: true,
      });
      await page.goto(`${example.url}/setup`);
      expect(new URL(page.url()).pathname).not.toBe("/setup");
    });
  });
}
