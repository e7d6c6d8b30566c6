import { randomUUID } from "node:crypto";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { openBrowser } from "../support/browser.ts";
import { type Collector, startCollector } from "../support/collector.ts";
import { baseFields, logRecord, logsRequest, postJson } from "../support/otlp.ts";
import { type Looks, openVisit, settled, signIn, type Visit } from "../support/page.ts";

const SECTIONS = [
  ...["apps", "ingest-tokens", "api-tokens", "users", "releases", "catalogue", "sharing"],
  ...["alerts", "audit"],
];
const LOOKS: Looks[] = [
  { width: 1440, scheme: "light" },
  { width: 390, scheme: "dark" },
];

let browser: Browser;
let collector: Collector;
let visit: Visit;
beforeAll(async () => {
  browser = await openBrowser(inject("chromium"));
}, 120_000);
afterAll(() => browser?.close());

const open = async (page: Page, section: string, more = "") => {
  await page.goto(`${collector.url}/settings?app=timetracker&section=${section}${more}`);
  await settled(page);
};
const focused = (page: Page, attribute: string) =>
  page.evaluate<string | null>(`document.activeElement.getAttribute("${attribute}")`);
const dialog = (page: Page) => page.getByRole("dialog");
/** What the collector answers to a heartbeat that is sent with a token. */
const sends = async (token: string) => {
  const installId = randomUUID();
  const event = "base_telemetry.heartbeat";
  const record = logRecord({ event, installId, attributes: baseFields(installId) });
  return (await postJson(collector.url, token, logsRequest([record]))).status;
};

for (const looks of LOOKS) {
  describe(`Settings, ${looks.width} wide, ${looks.scheme}`, () => {
    beforeAll(async () => {
      collector = await startCollector({ env: { CLICKHOUSE_URL: undefined } });
    }, 60_000);
    afterAll(() => collector?.stop());
    beforeEach(async () => {
      visit = await openVisit(browser, collector, looks);
      await signIn(visit.page, collector, "/settings");
    });
    afterEach(() => visit.close());

    test("no section has a violation, a complaint, or more width than the screen", async () => {
      for (const section of SECTIONS) {
        await open(visit.page, section, section === "apps" ? "&edit=timetracker" : "");
        expect([section, await visit.violations()]).toEqual([section, []]);
        const tooWide = "document.documentElement.scrollWidth > innerWidth";
        expect([section, await visit.page.evaluate(tooWide)]).toEqual([section, false]);
      }
      expect(visit.complaints()).toEqual([]);
    });

    test("an ingest token is shown once, opens ingest, and closes it when it is revoked", async () => {
      const { page } = visit;
      await open(page, "ingest-tokens");
      await page.getByLabel("App", { exact: true }).last().fill("notes");
      await page.getByLabel("Name", { exact: true }).fill("build server");
      await page.getByLabel("name no install, as stock SDKs do").check();
      await page.getByRole("button", { name: "Make a token" }).click();
      const shown = page.getByRole("group", { name: "The new ingest token" });
      const token = await shown.locator("code").innerText();
      expect(await sends(token)).toBe(200);
      await shown.getByRole("button", { name: "I have it" }).click();
      expect(await page.content()).not.toContain(token);
      const row = page.getByRole("row").filter({ hasText: "build server" });
      await row.getByRole("cell", { name: "send, naming no install", exact: true }).waitFor();

      const revoke = page.getByRole("button", { name: "Revoke build server" });
      await revoke.click();
      await dialog(page).waitFor();
      await page.keyboard.press("Escape");
      await dialog(page).waitFor({ state: "detached" });
      expect(await focused(page, "aria-label")).toBe("Revoke build server");
      expect(await sends(token)).toBe(200);
      await revoke.click();
      await dialog(page).getByRole("button", { name: "Revoke" }).click();
      await page.getByText(/^revoked /).waitFor();
      expect(await sends(token)).toBe(401);
    });

    test("an ingest token has the app's budget and the collector's rate until it is given its own", async () => {
      const { page } = visit;
      const name = `image of ${looks.width}`;
      await open(page, "ingest-tokens");
      await page.getByLabel("App", { exact: true }).last().fill("timetracker");
      await page.getByLabel("Name", { exact: true }).fill(name);
      await page.getByRole("button", { name: "Make a token" }).click();
      await page.getByRole("button", { name: "I have it" }).click();
      await page.getByRole("button", { name: `Budget of ${name}: the app's` }).click();
      const field = dialog(page).getByLabel("New installs a day");
      await field.fill("0");
      await page.keyboard.press("Enter");
      await page.getByText("Allowed is a whole number from 1 to 10000000, or null.").waitFor();
      expect(await visit.violations()).toEqual([]);
      await field.fill("2500");
      await dialog(page).getByLabel("Records a second").fill("3000");
      await page.keyboard.press("Enter");
      await dialog(page).waitFor({ state: "detached" });
      const given = page.getByRole("button", { name: `Budget of ${name}: 2,500` });
      expect(await given.innerText()).toBe("2,500");
      const row = page.getByRole("row").filter({ has: given });
      await row.getByText("3,000 a second").waitFor();
    });

    test("what is wrong with a field stands at the field, which has the focus", async () => {
      const { page } = visit;
      await open(page, "apps", "&edit=timetracker");
      const smallest = page.getByLabel("Smallest group");
      await smallest.fill("4");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("Allowed is a whole number from 5 to 1000.").waitFor();
      expect(await smallest.getAttribute("aria-invalid")).toBe("true");
      expect(await focused(page, "name")).toBe("k");
      await smallest.fill("12");
      await page.keyboard.press("Enter");
      await page.getByText("Saved.").waitFor();
      await page.getByRole("cell", { name: "12", exact: true }).waitFor();
    });

    test("a retention is agreed to after it was shown", async () => {
      const { page } = visit;
      await open(page, "apps", "&edit=timetracker");
      await page.getByLabel("Detailed records, days").fill("90");
      await page.getByRole("button", { name: "Show what this deletes" }).click();
      await page.getByText("Nothing is deleted now.").waitFor();
      await page.getByRole("button", { name: "Keep so" }).click();
      await dialog(page).getByRole("button", { name: "Keep so" }).click();
      await page.getByRole("cell", { name: "90 days" }).waitFor();
    });

    test("a user signs in by name and reads the log of who changed what", async () => {
      const { page } = visit;
      await open(page, "users");
      await page.getByLabel("Name", { exact: true }).fill("maria");
      await page.getByLabel("Password", { exact: true }).fill("correct horse battery");
      await page.getByLabel("Role").selectOption("administrator");
      await page.getByRole("button", { name: "Add a user" }).click();
      await page.getByRole("rowheader", { name: "maria" }).waitFor();

      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByRole("button", { name: "Name and password" }).click();
      await page.getByLabel("Name", { exact: true }).fill("maria");
      await page.getByLabel("Password", { exact: true }).fill("wrong horse battery");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByText("There is no user with this name and password.").waitFor();
      await page.getByLabel("Password", { exact: true }).fill("correct horse battery");
      await page.keyboard.press("Enter");
      await page.getByRole("navigation").first().waitFor();

      await open(page, "users");
      const own = page.getByRole("region", { name: "Your own password" });
      await own.getByLabel("Password of now").fill("wrong horse battery");
      await own.getByLabel("New password").fill("another horse battery");
      await own.getByRole("button", { name: "Change my password" }).click();
      await own.getByText("Allowed is the one you signed in with.").waitFor();
      expect(await focused(page, "name")).toBe("current");
      await own.getByLabel("Password of now").fill("correct horse battery");
      await page.keyboard.press("Enter");
      await own.getByText("Your password was changed.").waitFor();
      expect(await visit.violations()).toEqual([]);

      // The session that changed it goes on.
      await open(page, "audit", "&kind=user");
      await page.getByRole("cell", { name: "user created" }).waitFor();
      await page.getByRole("cell", { name: "user password" }).waitFor();
      expect(await page.content()).not.toContain("argon2");
    });

    test("a link, the public page and a webhook are made, and secrets are shown once", async () => {
      const { page } = visit;
      await open(page, "sharing");
      await page.getByLabel("Name", { exact: true }).fill("Newsletter");
      await page.getByRole("button", { name: "Make a link" }).click();
      const link = page.getByRole("group", { name: "The new link" });
      expect(await link.locator("code").innerText()).toMatch(/^http:.*\/share\/[\w-]{20,}$/);
      await page.getByRole("rowheader", { name: "Newsletter" }).waitFor();
      const publicPage = page.getByRole("group", { name: "Charts" }).last();
      await publicPage.getByLabel("Versions", { exact: true }).check();
      await page.getByRole("button", { name: "Save the choice" }).click();
      await dialog(page).getByRole("button", { name: "Save the choice" }).click();
      await page.getByRole("link", { name: "/public/timetracker", exact: true }).waitFor();

      await open(page, "alerts");
      await page.getByLabel("Name", { exact: true }).fill("Pager");
      await page.getByLabel("Address").fill("https://pager.example/hook");
      await page.getByLabel("Digest of every app").selectOption("weekly");
      await page.getByRole("button", { name: "Add a webhook" }).click();
      const secret = page.getByRole("group", { name: "The secret that signs deliveries" });
      expect(await secret.locator("code").innerText()).toMatch(/^whsec_/);
      await page.getByRole("rowheader", { name: "Pager" }).waitFor();
      expect(await visit.violations()).toEqual([]);
    });

    test("a catalogue is compared before it is taken", async () => {
      const { page } = visit;
      await open(page, "catalogue");
      const field = page.getByLabel("Catalogue as JSON");
      await field.fill("{");
      await page.getByRole("button", { name: "Show the difference" }).click();
      await page.getByText("This is not JSON").waitFor();
      await field.fill('{"app": "timetracker", "version": 99, "events": [{"name": "a.b"}]}');
      await page.getByRole("button", { name: "Show the difference" }).click();
      await page.getByText("events[0].properties").waitFor();

      const event = { name: "note.saved", description: "d", reason: "r", owner: "o" };
      const events = [{ ...event, since: "1.0", properties: {} }];
      await field.fill(JSON.stringify({ app: "timetracker", version: 99, events }));
      await page.getByRole("button", { name: "Show the difference" }).click();
      await page.getByText("+ note.saved").waitFor();
      expect(await visit.violations()).toEqual([]);
      await page.getByRole("button", { name: "Take this catalogue" }).click();
      await dialog(page).getByRole("button", { name: "Take this catalogue" }).click();
      await page.getByText("Taken. It is enforced from now on.").waitFor();
      await page.getByText("Version 99, 1 event, taken here.").waitFor();
    });
  });
}
