import { setTimeout as sleep } from "node:timers/promises";
import { addDays, type Day, dayOf, startOf } from "../read/days.ts";
import type { Ask } from "../read/question.ts";
import type { SpoolLog } from "../spool/options.ts";
import type { Archive } from "./archive.ts";
import { createCounts } from "./count.ts";
import type { PublishedDocument } from "./document.ts";
import { MARGIN_MS } from "./due.ts";
import { CountsMoved, makeDocument } from "./make.ts";
import { createRounding } from "./rounding.ts";

const FIRST_DAYS = 90;
/** How often is looked for a day that is due: where none is, nothing is asked. */
const EVERY_MS = 10_000;
/** An app's first days are made when nothing has come to them for this long: somebody may be importing. */
const QUIET_MS = 30_000;
const LONGEST_WAIT_MS = 3_600_000;
const LONGEST_PAUSE_MS = 10_000;
const TRIES = 5;

export interface Publisher {
  start(): void;
  stop(): Promise<void>;
  /** Makes every document that is due. Rejects with what the store throws. */
  publish(): Promise<void>;
  /** The newest document of each app. */
  latest(): PublishedDocument[];
}

interface PublisherDeps {
  ask: Ask;
  archive: Archive;
  /** Apps there are. */
  apps(): string[];
  /** Of an app. */
  k(app: string): number;
  /** Everything received before this moment is counted. */
  freshness(): Date;
  /** At least 16 bytes; the same for ever, and for every collector on the store. */
  secret(signal: AbortSignal): Promise<Buffer>;
  log: Pick<SpoolLog, "info" | "warn">;
  now?: () => Date;
  /** How long an app's past must stay as it is before its first days are made. @default 30 s */
  quietMs?: number;
  /** Days that are made when an app is published for the first time. @default 90 */
  firstDays?: number;
}

/**
 * Publishes one document an app and UTC day, soon after the day is over, and never again: what
 * comes later, and what is erased later, changes no day that was published
 * (docs/decisions/0011). The first time it goes back 90 days, the newest first, once nothing is
 * being imported.
 *
 * @example createPublisher({ ask, archive, apps, k, freshness, secret, log }).start();
 */
export function createPublisher(deps: PublisherDeps): Publisher {
  const { ask, archive, log } = deps;
  const now = deps.now ?? (() => new Date());
  const newest = new Map<string, PublishedDocument>();
  const firstDays = deps.firstDays ?? FIRST_DAYS;
  const quietMs = deps.quietMs ?? QUIET_MS;
  /** Of apps without any document: what their past looked like, and since when. */
  const pasts = new Map<string, { mark: number; since: number; first: number }>();
  let timer: NodeJS.Timeout | undefined;
  const stopping = new AbortController();
  let running: Promise<void> | null = null;

  /** The last day that is over and, with everything that came in time, in the store. */
  function lastDay(): Day | null {
    const day = addDays(dayOf(new Date(now().getTime() - MARGIN_MS)), -1);
    return deps.freshness() >= startOf(addDays(day, 1)) ? day : null;
  }

  /** Days without a document, the newest first. */
  async function missing(app: string, last: Day): Promise<Day[]> {
    const done = new Set(await archive.days(app));
    const [row] = await ask<{ first: Day; days: number }>(
      "SELECT min(day) AS first, count() AS days FROM active_days WHERE app = {app:String}",
      { app },
    );
    if (row === undefined || row.days === 0) return [];
    const days: Day[] = [];
    for (let back = 0; back < firstDays; back += 1) {
      const day = addDays(last, -back);
      if (day < row.first) break;
      if (!done.has(day)) days.push(day);
    }
    return days;
  }

  /** False while the days of an app that has no document yet are still being filled. */
  async function isQuiet(app: string, last: Day): Promise<boolean> {
    if (quietMs === 0 || (await archive.days(app)).length > 0) return true;
    const [row] = await ask<{ mark: number }>(
      `SELECT sum(installs) AS mark FROM (
         SELECT groupBitmapMerge(installs) AS installs FROM active_days
         WHERE app = {app:String} AND day <= {last:Date} GROUP BY day
       )`,
      { app, last },
    );
    const at = now().getTime();
    const mark = row?.mark ?? 0;
    const known = pasts.get(app);
    if (known?.mark !== mark) pasts.set(app, { mark, since: at, first: known?.first ?? at });
    const { since, first } = pasts.get(app) ?? { since: at, first: at };
    return at - since >= quietMs || at - first >= LONGEST_WAIT_MS;
  }

  const pause = (milliseconds: number) =>
    sleep(milliseconds, null, { signal: stopping.signal, ref: false }).catch(() => {});

  async function make(app: string, day: Day): Promise<PublishedDocument> {
    const secret = await deps.secret(stopping.signal);
    const rounding = createRounding({ secret, app, k: deps.k(app) });
    for (let left = TRIES - 1; ; left -= 1) {
      try {
        return await makeDocument({ app, day }, createCounts(ask, app, day), rounding);
      } catch (error) {
        if (!(error instanceof CountsMoved) || left === 0) throw error;
      }
    }
  }

  async function publishApp(app: string, last: Day): Promise<void> {
    if (newest.get(app)?.day === last || !(await isQuiet(app, last))) return;
    const days = await missing(app, last);
    for (const [done, day] of days.entries()) {
      if (stopping.signal.aborted) return;
      const began = performance.now();
      await archive.add(await make(app, day));
      // Many days of a large fleet take minutes: half of the time is everybody else's.
      if (days.length > 1) await pause(Math.min(LONGEST_PAUSE_MS, performance.now() - began));
      if (days.length > 1 && (done + 1) % 10 === 0) {
        log.info(
          { app, done: done + 1, of: days.length },
          "publishing days for restricted readers",
        );
      }
    }
    if (days.length > 0) {
      log.info({ app, days: days.length, last }, "days published for restricted readers");
    }
    await remember(app);
  }

  async function remember(app: string): Promise<void> {
    if (newest.has(app) && lastDay() === null) return;
    const day = (await archive.days(app)).at(-1);
    if (day === undefined || newest.get(app)?.day === day) return;
    const [document] = await archive.documents(app, [day]);
    if (document !== undefined) newest.set(app, document);
  }

  async function publish(): Promise<void> {
    const last = lastDay();
    for (const app of deps.apps()) {
      if (last === null) await remember(app);
      else await publishApp(app, last);
    }
  }

  function round(): void {
    running = publish()
      .catch((err) => log.warn({ err }, "days for restricted readers could not be published yet"))
      .finally(() => {
        running = null;
        if (!stopping.signal.aborted) timer = setTimeout(round, EVERY_MS).unref();
      });
  }

  return {
    publish,
    latest: () => [...newest.values()],
    start: () => {
      if (running === null && timer === undefined) round();
    },
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
