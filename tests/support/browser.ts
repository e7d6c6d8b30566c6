import { type Browser, chromium as playwright } from "playwright-core";
import type { Chromium } from "./chromium.ts";

/**
 * Launches the unpacked Chromium, or, where there is none (macOS), the Chrome of the machine.
 * The package's own argument list is not used: it switches web security off.
 */
export async function openBrowser(chromium: Chromium | null): Promise<Browser> {
  if (chromium === null) return playwright.launch({ channel: "chrome" });
  return playwright.launch({
    executablePath: chromium.executablePath,
    env: chromium.env,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--font-render-hinting=none",
    ],
  });
}
