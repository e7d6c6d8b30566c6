import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openBrowser } from "../support/browser.ts";
import type { Collector } from "../support/collector.ts";
import type { Visit } from "../support/page.ts";
import { DESKTOP, enter, open, type PageName, pathOf } from "../support/pages.ts";
import { dayAt, type Interval } from "../truth/calendar.ts";
import type { Filter } from "../truth/lives.ts";
import { type ShownCards, type ShownView, viewOf } from "../truth/shown/cards.ts";
import { retentionPage } from "../truth/shown/cohorts.ts";
import { errorsCards } from "../truth/shown/errors.ts";
import { featuresCards } from "../truth/shown/features.ts";
import { denominatorOf, tilesOf } from "../truth/shown/frame.ts";
import { funnelsCards } from "../truth/shown/funnels.ts";
import { findingsOf, healthCards } from "../truth/shown/health.ts";
import { environmentsCards, installsCards, overviewCards } from "../truth/shown/installs.ts";
import { readPage, wrongIn, wrongInDrawing, wrongInTable } from "../truth/shown/read-page.ts";
import { hasLatest, versionsCards } from "../truth/shown/versions.ts";
import { fleetOf, seeds, startTruth } from "../truth/stage.ts";

/*
 * Every number that the pages show of a fleet, in the tables of all cards, in what is drawn of text, in
 * tiles and in sentences, compared with what plain loops say of what was sent. A failure names its seed;
 * ROLLCALL_TRUTH_SEED=<seed> makes that fleet again. Not looked at:
 * - how long ago a page was updated, and until when there is data, but for its being a time;
 * - what alerts measured: they are measured minutes after the start;
 * - sizes on disk, memory, ages and free space of the machine, and rows of tables that the engine merges
 *   whenever it likes;
 * - the days compared with, where a comparison is switched on; the bars of single minutes, of which only
 *   what they make together is known;
 * - what stands on buttons, in menus and in the builder of a funnel, and names of lines;
 * - pictures and how far their axes reach: they are drawn from what the table says.
 */
type Shown = Exclude<PageName, "operations" | "settings">;
const CARDS: Record<Exclude<Shown, "health">, (view: ShownView) => ShownCards> = {
  ...{ overview: overviewCards, installs: installsCards, versions: versionsCards },
  ...{ environments: environmentsCards, features: featuresCards, funnels: funnelsCards },
  ...{ retention: retentionPage, errors: errorsCards },
};

/** A view of all pages: who and when, and the choices of their cards. */
interface Looks {
  filter: Filter;
  days: number;
  range: string;
  interval: Interval;
  choices: Partial<Record<Shown, Record<string, string>[]>>;
}
const LOOKS: Looks[] = [
  {
    ...{ filter: { admitted: "admitted" }, days: 28, range: "range=28d", interval: "day" },
    choices: { overview: ["active", "new", "churned", "latest"].map((chart) => ({ chart })) },
  },
  {
    filter: { platform: "Linux,unknown" },
    ...{ days: 91, interval: "week" },
    range: "range=91d&interval=week&admitted=all&platform=Linux&platform=unknown",
    choices: {
      overview: [{ lifecycle: "all", platforms: "release_channel" }],
      versions: [{ versions: "lines", stuck: "30", drop: "os_version" }],
      features: [
        {
          ...{ metric: "users", "explore-over": "time", "explore-measure": "installs" },
          ...{ "path-side": "before", "path-steps": "3" },
        },
      ],
      funnels: [{ join: "install", window: "30" }],
      retention: [
        { weeks: "8", by: "timer.started", returning: "event" },
        { weeks: "26", by: "$pageview" },
      ],
      errors: [{ shown: "share" }, { shown: "types" }],
    },
  },
];

const now = Date.now();
const fleets = seeds().map((seed) => fleetOf(seed, now));
/** Every view of the first fleet, and one of another. */
const VISITS = fleets.flatMap((fleet, at) =>
  LOOKS.slice(at === 0 ? 0 : 1).map((looks) => ({
    seed: fleet.seed,
    range: looks.range,
    fleet,
    looks,
  })),
);

let browser: Browser;
let collector: Collector;
let visit: Visit;
beforeAll(async () => {
  browser = await openBrowser(inject("chromium"));
  collector = await startTruth(fleets, now);
  visit = await enter(browser, collector, DESKTOP);
}, 180_000);
afterAll(async () => {
  await visit?.close();
  await browser?.close();
  await collector?.stop();
});

describe.each(VISITS)("fleet $seed, $range", ({ fleet, looks }) => {
  const pages = [...(Object.keys(CARDS) as Shown[]), "health" as const].flatMap((name) =>
    (looks.choices[name] ?? [{}]).map((choices) => ({ name, choices })),
  );

  test.each(pages)("$name $choices", async ({ name, choices }) => {
    const asOf = Date.now();
    const to = dayAt(asOf);
    const span = { from: to - looks.days + 1, to, asOf };
    const { filter, interval } = looks;
    const view = viewOf(fleet, { filter, span, interval, choices });
    if (choices.chart === "latest" && !hasLatest(view)) return;
    const expected = name === "health" ? healthCards(view, fleets) : CARDS[name](view);
    const search = new URLSearchParams(choices);
    const address = pathOf(name, fleet.app, `&${looks.range}&${search}`);
    const ids = Object.keys(expected).join(",");
    // Of all rows, not of the first ten.
    const more = `${ids},platform,deployment_type,release_channel,os_version,app_version`;

    await open(visit.page, collector, address);
    for (const form of ["drawn", "table"]) {
      if (form === "table") await turn(visit.page, `${address}&table=${ids}&more=${more}`);
      const { cards, tiles, denominator, findings, left } = await readPage(visit.page);
      expect(left, "numbers in places that nobody reads here").toEqual([]);
      expect(cards.map(({ id }) => id).sort()).toEqual(Object.keys(expected).sort());
      const wrong = cards.flatMap((card) => {
        const truth = expected[card.id]!;
        if (form === "table") return wrongInTable(card, truth);
        return truth.drawn === undefined ? [] : wrongInDrawing(card, truth);
      });
      if (name === "health") {
        const own = findings.filter((text) => !/disk|memory|, since \d{4}-/.test(text));
        const known = findingsOf(view);
        expect(own.length, own.join("\n")).toBe(known.length);
        wrong.push(...own.flatMap((text, at) => wrongIn("status", text, known[at]!)));
      } else {
        wrong.push(...wrongIn("above all", denominator, denominatorOf(view)));
      }
      if (name === "overview") {
        for (const [tile, cells] of Object.entries(tilesOf(view))) {
          wrong.push(...wrongIn(`tile ${tile}`, tiles[tile] ?? "", cells));
        }
      }
      expect(wrong, address).toEqual([]);
    }
  });
});

/** As the buttons of all cards would: the page stays, and asks nothing anew. */
async function turn(page: Page, address: string): Promise<void> {
  await page.evaluate(`history.replaceState(null, "", ${JSON.stringify(address)})`);
  await page.evaluate(`dispatchEvent(new PopStateEvent("popstate"))`);
  // By the second frame everything is drawn anew.
  await page.evaluate(
    "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
  );
  await page.locator("main [role=application]").first().waitFor({ state: "detached" });
}
