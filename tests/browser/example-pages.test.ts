import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openBrowser } from "../support/browser.ts";
import { type Collector, startCollector } from "../support/collector.ts";
import { type Example, startExample } from "../support/example.ts";
import { addWork, completeSetup, enter, trackTime } from "../support/example-user.ts";
import { type Looks, openVisit } from "../support/page.ts";

const LOOKS: Looks[] = [1440, 390].flatMap((width) => [
  { width, scheme: "light" as const },
  { width, scheme: "dark" as const },
]);
const STEPS = ["welcome", "region", "company", "system", "integrations", "privacy"];
const PAGES = [
  "/",
  "/timer",
  "/projects",
  "/projects/1",
  "/tasks",
  "/clients",
  "/invoices",
  "/invoices/1",
  "/reports",
  "/admin/users",
  "/admin/telemetry",
  "/privacy",
  "/licence",
];

describe("the example's pages", () => {
  let browser: Browser;
  let collector: Collector;
  let example: Example;
  beforeAll(async () => {
    browser = await openBrowser(inject("chromium"));
    collector = await startCollector();
    example = await startExample(collector);
  });
  afterAll(async () => {
    await example?.stop();
    await collector?.stop();
    await browser?.close();
  });

  test("the wizard's steps have no violation, wide and narrow, light and dark", async () => {
    for (const looks of LOOKS) {
      const visit = await openVisit(browser, example, looks);
      const { page } = visit;
      for (const [index, step] of STEPS.entries()) {
        await page.goto(`${example.url}/setup#step-${step}`);
        await page.getByText(`Step ${index + 1} of 6`).waitFor();
        expect(await visit.violations()).toEqual([]);
        const width = await page.evaluate("document.documentElement.scrollWidth");
        expect(width, step).toBeLessThanOrEqual(looks.width);
      }
      expect(visit.complaints()).toEqual([]);
      await visit.close();
    }
  }, 60_000);

  describe("once it is set up", () => {
    beforeAll(async () => {
      const visit = await openVisit(browser, example, LOOKS[0]!);
      const { page } = visit;
      await completeSetup(page, example, { optIn: true });
      await enter(page, example);
      await addWork(page, example);
      await trackTime(page, example);
      await page.goto(`${example.url}/invoices`);
      await page.getByRole("button", { name: "Create an invoice" }).click();
      await page.getByText("Total").waitFor();
      await page.goto(`${example.url}/timer`);
      await page.getByRole("button", { name: "Start" }).click();
      await page.getByText("so far").waitFor();
      await visit.close();
    });

    for (const looks of LOOKS) {
      test(`no page has a violation or is too wide, ${looks.width} wide, ${looks.scheme}`, async () => {
        const visit = await openVisit(browser, example, looks);
        const { page } = visit;
        await enter(page, example);
        for (const path of PAGES) {
          await page.goto(example.url + path);
          expect({ path, found: await visit.violations() }).toEqual({ path, found: [] });
          const width = await page.evaluate("document.documentElement.scrollWidth");
          expect(width, path).toBeLessThanOrEqual(looks.width);
        }
        expect(visit.complaints()).toEqual([]);
        await visit.close();
      }, 60_000);
    }

    test("a form without this session's token is refused, and so is a page without a session", async () => {
      const visit = await openVisit(browser, example, LOOKS[0]!);
      await enter(visit.page, example);
      const [cookie] = await visit.page.context().cookies();
      await visit.close();
      const headers = { cookie: `${cookie?.name}=${cookie?.value}` };
      const post = (body: Record<string, string>, more: Record<string, string> = {}) =>
        fetch(`${example.url}/clients`, {
          method: "POST",
          redirect: "manual",
          headers: { ...headers, ...more },
          body: new URLSearchParams(body),
        });
      expect((await post({ name: "No token" })).status).toBe(403);
      expect((await post({ name: "Wrong token", csrf: "x" })).status).toBe(403);
      const page = await (await fetch(`${example.url}/clients`, { headers })).text();
      const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? "";
      expect((await post({ name: "", csrf })).status).toBe(400);
      const elsewhere = { "sec-fetch-site": "cross-site" };
      expect((await post({ name: "Elsewhere", csrf }, elsewhere)).status).toBe(403);
      expect((await post({ name: "Right", csrf })).status).toBe(303);

      const forged = { cookie: `${cookie?.name}=${cookie?.value?.replace(/^\d+/, "7")}` };
      for (const tried of [{}, forged]) {
        const reply = await fetch(`${example.url}/clients`, { headers: tried, redirect: "manual" });
        expect(reply.headers.get("location")).toBe("/login");
      }
      const metrics = await fetch(`${example.url}/metrics`);
      expect(await metrics.text()).toMatch(
        /^tt_requests_total\{method="POST",endpoint="\/clients",http_status="303"\} \d+$/m,
      );
    });
  });
});
