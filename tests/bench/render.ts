import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Locator, Page } from "playwright-core";
import { createFleet } from "../demo/fleet.ts";
import { playHistory } from "../demo/play.ts";
import { createSender } from "../demo/send.ts";
import { loaded } from "../support/api.ts";
import { openBrowser } from "../support/browser.ts";
import { unpackChromium } from "../support/chromium.ts";
import { type Collector, startCollector } from "../support/collector.ts";
import { openVisit, settled, signIn } from "../support/page.ts";
import type { Effort } from "./cases.ts";
import { percentile, rounded } from "./measure.ts";
import { fleetOf } from "./query/fleets.ts";
import { watchPainting } from "./render-page.ts";
import { workPerMove } from "./render-trace.ts";

const WARM_UP = 2;
const MOVES = 120;
/** A little more than a frame, so that no two moves fall into one. */
const MOVE_MS = 20;
/** What the design allows a frame. */
const BUDGET_MS = 8;
/** The Overview with every version as a chart of its own: more in step than on any other page. */
const MANY_CHARTS = "/?app=timetracker&range=28d&admitted=all&versions=apart";

/**
 * The dashboard in a real browser in front of a real collector: from the press of a filter to the frame
 * that shows the main chart with its answer, and what moving the pointer over charts in step takes of the
 * main thread. `control` is the same moves over the same page, beside its charts, with an empty frame loop.
 */
export async function render(effort: Effort): Promise<object> {
  const short = effort.runs === 1;
  const stage = await openStage(short);
  let browser: Browser | null = null;
  try {
    browser = await openBrowser(process.platform === "linux" ? await unpackChromium() : null);
    const looks = { width: 1440, scheme: "light" as const };
    const { page } = await openVisit(browser, stage.collector, looks);
    await signIn(page, stage.collector, "/?app=timetracker&range=28d&admitted=all");
    await settled(page);
    const filter = await filterToChart(page, short ? 2 : 20);
    await page.goto(`${stage.collector.url}${MANY_CHARTS}`);
    await settled(page);
    return { fleet: stage.fleet, unit: "ms", filter, cursor: await cursorFrames(browser, page) };
  } finally {
    await browser?.close();
    await stage.close();
  }
}

/** A fleet of 10,000 installs where one has been made, else a small one that takes seconds. */
async function openStage(short: boolean) {
  const env = { CLICKHOUSE_URL: undefined, ROLLCALL_LOG_LEVEL: "warn" };
  if (!short && existsSync(".cache/fleet-10k/fleet.json")) {
    const fleet = await fleetOf("10k", undefined);
    const collector = await startCollector({ env, dataDir: fleet.directory });
    await loaded(collector, 120_000);
    const close = async () => {
      await collector.stop();
      fleet.remove();
    };
    return { collector, fleet: "10k", close };
  }
  const installs = short ? 60 : 1_000;
  const collector = await startCollector({ env });
  await playFleet(collector, installs);
  return { collector, fleet: `demo of ${installs}`, close: () => collector.stop() };
}

async function playFleet(collector: Collector, installs: number): Promise<void> {
  const days = 60;
  const fleet = createFleet({ installs, days, seed: 1, now: Date.now() });
  const sender = createSender(collector.url, collector.tokens.backfill);
  await playHistory(fleet, days, sender);
  sender.close();
  await loaded(collector, 120_000);
}

/** Puts a filter on and takes it off again, so many times. */
async function filterToChart(page: Page, times: number): Promise<object> {
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  const linux = page.getByRole("checkbox", { name: /^Linux/ });
  const painting = await watchPainting(page, {
    canvas: '[data-testid="card-active"] canvas',
    answer: "/installs/active",
  });
  const [painted, answered]: [number[], number[]] = [[], []];
  for (let time = 0; time < WARM_UP + times; time += 1) {
    const one = await painting.after(() => linux.click());
    await settled(page);
    await refuseErrors(page);
    // The read API takes ten questions a second of one session; each press asks about that many.
    await sleep(1_000);
    if (time < WARM_UP) continue;
    painted.push(one.paintedMs);
    answered.push(one.answeredMs);
  }
  await page.keyboard.press("Escape");
  return { clickToPaint: spread(painted), clickToAnswer: spread(answered), presses: times };
}

/** What a frame takes while the pointer goes over a chart, and beside all of them. */
async function cursorFrames(browser: Browser, page: Page): Promise<object> {
  const plots = page.locator(".uplot");
  const charts = await plots.count();
  const moveOver = async (place: Locator) => {
    await place.scrollIntoViewIfNeeded();
    const box = await place.boundingBox();
    if (!box) throw new Error("there is nothing to move over");
    return workPerMove(browser, page, async () => {
      for (let move = 0; move < MOVES; move += 1) {
        await page.mouse.move(box.x + ((move + 0.5) * box.width) / MOVES, box.y + box.height / 2);
        await sleep(MOVE_MS);
      }
    });
  };
  await moveOver(plots.first().locator(".u-over"));
  const frames = await moveOver(plots.first().locator(".u-over"));
  await page.evaluate("(function loop() { requestAnimationFrame(loop); })()");
  const control = await moveOver(page.locator(".page-head"));
  await refuseErrors(page);
  return {
    ...{ charts, budget: BUDGET_MS, frame: spread(frames), control: spread(control) },
    overBudget: frames.filter((milliseconds) => milliseconds > BUDGET_MS).length,
    moves: frames.length,
  };
}

async function refuseErrors(page: Page): Promise<void> {
  const errors = await page.locator(".card-error").allInnerTexts();
  if (errors.length > 0) throw new Error(errors.join("\n"));
}

const spread = (milliseconds: number[]) => ({
  p50: rounded(percentile(milliseconds, 50)),
  p95: rounded(percentile(milliseconds, 95)),
  most: rounded(Math.max(...milliseconds)),
});
