import type { Browser, Page } from "playwright-core";
import type { Collector } from "./collector.ts";
import { type Looks, openVisit, settled, signIn, type Visit } from "./page.ts";

/** The dashboard's pages, by the name in their address, with their heading. */
export const PAGES = {
  overview: "Overview",
  installs: "Installs",
  versions: "Versions",
  environments: "Environments",
  features: "Features",
  funnels: "Funnels",
  retention: "Retention",
  errors: "Errors",
  operations: "Operations",
  health: "Data health",
  settings: "Settings",
} as const;
export type PageName = keyof typeof PAGES;
export const NAMES = Object.keys(PAGES) as PageName[];
const OTHER_PAGES: readonly PageName[] = ["operations", "health", "settings"];
/** Those that are about an app's installs: they have nothing to show without one. */
export const FLEET_PAGES = NAMES.filter((name) => !OTHER_PAGES.includes(name));
export const DESKTOP: Looks = { width: 1440, scheme: "light" };
export const PHONE: Looks = { width: 390, scheme: "dark" };

/** @example pathOf("versions") // /versions?app=timetracker&range=28d */
export const pathOf = (name: PageName, app = "timetracker", more = "&range=28d") =>
  `/${name === "overview" ? "" : name}?app=${app}${more}`;

/** A visit that is signed in already, for as many pages as one likes. */
export async function enter(browser: Browser, collector: Collector, looks: Looks): Promise<Visit> {
  const visit = await openVisit(browser, collector, looks);
  await signIn(visit.page, collector, pathOf("settings"));
  await settled(visit.page);
  return visit;
}

/** Goes to an address of the dashboard and waits until everything on it is there. */
export async function open(page: Page, { url }: Collector, path: string): Promise<void> {
  await page.goto(`${url}${path}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await settled(page);
}

/** The titles of the cards that show neither a sentence nor a table, nor say why. */
export const muteCards = (page: Page) => page.evaluate<string[]>(MUTE_CARDS);
const MUTE_CARDS = `[...document.querySelectorAll("main section[data-testid^=card-]")]
  .filter((card) => !card.querySelector(".summary, table, .card-empty, form, dl, li"))
  .map((card) => card.querySelector("h2")?.textContent ?? card.outerHTML.slice(0, 200))`;

/** The labels of the charts on whose canvas there is no colour: axes, grid and markers are grey. */
export const blankCharts = (page: Page) => page.evaluate<string[]>(BLANK_CHARTS);
const BLANK_CHARTS = `[...document.querySelectorAll("main .uplot canvas")]
  .filter((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let coloured = 0;
    for (let at = 0; at < data.length; at += 4) {
      const [red, green, blue, opacity] = data.subarray(at, at + 4);
      if (opacity > 200 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) coloured++;
    }
    return coloured < 50;
  })
  .map((canvas) => canvas.closest("[role=application]")?.getAttribute("aria-label"))`;

/** By how many pixels the page is wider than the screen. */
export const beyondTheEdge = (page: Page) =>
  page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
