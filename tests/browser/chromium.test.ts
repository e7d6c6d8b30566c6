import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { openBrowser } from "../support/browser.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser(inject("chromium"));
});
afterAll(() => browser.close());

test("text is visible: a letter paints pixels that a space does not", async () => {
  const page = await browser.newPage();
  const shot = async (text: string) => {
    await page.setContent(`<p style="font:48px system-ui">${text}</p>`);
    return page.screenshot();
  };
  const [letters, other, blank] = [await shot("Roll"), await shot("call"), await shot("&nbsp;")];
  expect(letters.equals(blank)).toBe(false);
  expect(letters.equals(other)).toBe(false);
});
