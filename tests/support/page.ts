import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import type { Collector } from "./collector.ts";

export interface Looks {
  width: number;
  scheme: "light" | "dark";
  /** Whether the browser runs the page's scripts; default true. */
  javaScript?: boolean;
  /** The browser's language; default `en-US`. Null leaves the machine's, which may be no tag at all. */
  locale?: string | null;
}

/** A page and what went wrong on it, seen from outside. */
export interface Visit {
  page: Page;
  /** Errors in the console, exceptions, and requests that left the collector. */
  complaints(): string[];
  /** What axe-core finds: one line a violation. */
  violations(): Promise<string[]>;
  close(): Promise<void>;
}

/** Opens an empty page in a context of its own: no cookie, nothing remembered. */
export async function openVisit(
  browser: Browser,
  collector: Pick<Collector, "url">,
  { width, scheme, javaScript = true, locale = "en-US" }: Looks,
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width, height: width < 640 ? 844 : 900 },
    colorScheme: scheme,
    javaScriptEnabled: javaScript,
    reducedMotion: "reduce",
    ...(locale === null ? {} : { locale }),
    timezoneId: "Europe/Berlin",
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    // The question whether a session is open is answered with 401 before signing in; Chromium reports it.
    const expected = message.text().includes("401") && message.location().url.endsWith("/session");
    if (message.type() === "error" && !expected) complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (/^https?:$/.test(url.protocol) && url.origin !== collector.url) {
      complaints.push(`request to another origin: ${url.href}`);
    }
  });
  return {
    page,
    complaints: () => complaints,
    async violations() {
      // Evaluated and not added as a script: the page's content security policy stays in force.
      await page.evaluate(axe.source);
      return page.evaluate<string[]>(`
        axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
          violations.map(({ id, nodes }) => id + ": " + nodes.map((node) => node.html).join(" … ")))
      `);
    },
    close: () => context.close(),
  };
}

/** Opens the sign-in link and waits until the page behind it is there. */
export async function signIn(page: Page, { url, tokens }: Collector, path = "/"): Promise<void> {
  await page.goto(`${url}${path}#token=${tokens.admin}`);
  await page.getByRole("navigation").first().waitFor();
}

/** Waits until no card is loading and nothing is under way. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState("networkidle");
  // A locator polls from outside: the page's content security policy would refuse a polled expression.
  await page.locator('[aria-busy="true"]').first().waitFor({ state: "detached" });
}
