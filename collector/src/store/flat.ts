import type { SpoolLog } from "../spool/options.ts";
import { type Settings, type Store, StoreUnreachable } from "./client.ts";
import { newParts, partOf } from "./flat-parts.ts";
import {
  changedStageName,
  copyFlatStage,
  createChangedStage,
  createFlatStage,
  dropFlat,
  dropFlatStage,
  FLAT_SOURCES,
  FLAT_TABLES,
  fillArrivalsStage,
  fillChangedStage,
  fillFlatStage,
  flatStageName,
  PARTS_OF_APP,
  replaceFlat,
} from "./flat-sql.ts";

const LIMITS: Settings = {
  max_execution_time: 600,
  max_threads: 1,
  optimize_aggregation_in_order: 1,
  max_block_size: 8192,
};
/** Of the time, at most this part is spent on making rows anew. */
const BUSY_SHARE = 0.06;
/** What making it takes on a quiet machine: on a busy one waiting longer would only make it older. */
const QUIET_MS = 20;
const QUIET_MS_A_ROW = 0.01;
const QUIET_MS_A_KEPT_ROW = 0.0017;
/** Where more than this part of an app's rows has changed, making all anew is not dearer. */
const MOST_CHANGED = 0.1;
const LOOK_EVERY_MS = 150;
/** Another collector on the same store may have loaded something. */
const LOOK_ANYWAY_MS = 30_000;
const RETRY_MS = 2_000;

interface FlatOptions {
  store: Store;
  /** Names the table in which rows are made. */
  spoolUuid: string;
  /** Until when received data is loaded. */
  loadedUntil(): Date;
  log: Pick<SpoolLog, "warn">;
}

export interface FlatInstalls {
  /** The store has its tables: begin. */
  start(): void;
  /** Rows of `installs` are about to change, or have changed. */
  changed(): void;
  /** Data received before this moment is in `installs_flat`. */
  freshness(): Date;
  /** Makes it anew now, as far as it has changed. Throws what the store throws. */
  refresh(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Keeps `installs_flat` in step with `installs`: when that has changed, the rows of the installs that
 * have are made anew, and all others are copied. All of an app's rows are made anew at the start, after
 * an erasure, and where another collector has replaced them. A small fleet's are there within about a
 * second; of a million installs it takes a second or two, and is done every half a minute or so.
 */
export function createFlatInstalls(options: FlatOptions): FlatInstalls {
  const { store, spoolUuid, loadedUntil, log } = options;
  const stages = FLAT_TABLES.map((table) => ({ table, stage: flatStageName(table, spoolUuid) }));
  const [flatStage, arrivalsStage] = stages.map(({ stage }) => stage) as [string, string];
  const changedStage = changedStageName(spoolUuid);
  /** What an app's rows were made from. */
  const made = new Map<string, Made>();
  const stopping = new AbortController();
  /** How often something has changed, and how much of that is in the rows. */
  let changes = 1;
  let seen = 0;
  /** What the last time would have taken on a quiet machine. */
  let quietMs = 0;
  let until = new Date(0);
  let running: Promise<void> | null = null;
  let refreshing: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    let lookedAt = 0;
    while (!stopping.signal.aborted) {
      if (changes === seen && performance.now() - lookedAt < LOOK_ANYWAY_MS) {
        await pause(LOOK_EVERY_MS);
        continue;
      }
      const began = performance.now();
      const done = await refresh().then(
        () => true,
        (error: unknown) => {
          if (!(error instanceof StoreUnreachable)) {
            log.warn({ err: error }, "store: installs_flat could not be made anew; tried again");
          }
          return false;
        },
      );
      lookedAt = performance.now();
      const work = Math.min(lookedAt - began, QUIET_MS + quietMs);
      await pause(done ? Math.max(LOOK_EVERY_MS, work / BUSY_SHARE) : RETRY_MS);
    }
  }

  /** One after the other: all use the same stage. */
  function refresh(): Promise<void> {
    refreshing = refreshing.catch(() => {}).then(makeChangedAnew);
    return refreshing;
  }

  async function makeChangedAnew(): Promise<void> {
    const at = changes;
    const loaded = loadedUntil();
    if (made.size === 0) await each(({ stage }) => dropFlatStage(stage));
    quietMs = 0;
    const sources = await store.query<Source>(FLAT_SOURCES);
    const everybodys = [...new Set(sources.map(({ part }) => part))];
    for (const [app, own] of Map.groupBy(sources, ({ app }) => app)) {
      if (stopping.signal.aborted) return;
      const live = await makeAnew(app, own);
      made.set(app, { parts: own.map(({ part }) => part), everybodys, live });
    }
    seen = at;
    until = loaded;
  }

  /** @returns what questions read from now on */
  async function makeAnew(app: string, sources: readonly Source[]): Promise<Live | null> {
    const before = made.get(app);
    const parts = sources.map(({ part }) => part);
    const fresh = before === undefined ? null : newParts(before.parts, before.everybodys, parts);
    if (before !== undefined && fresh?.length === 0) return before.live;
    await each(({ table, stage }) => createFlatStage(table, stage));
    await each(({ stage }) => `TRUNCATE TABLE ${stage}`);
    const changed = sources.filter(({ part }) => fresh?.includes(part));
    if (!before?.live || fresh === null || !(await makeChanged(app, before.live, changed))) {
      await store.command(`TRUNCATE TABLE ${flatStage}`);
      await store.command(fillFlatStage(flatStage, null), { params: { app }, settings: LIMITS });
      // The first time is part of starting, and what comes after it need not wait for so long.
      const perRow = before === undefined ? QUIET_MS_A_KEPT_ROW : QUIET_MS_A_ROW;
      quietMs += rowsOf(sources) * perRow;
    }
    await store.command(fillArrivalsStage(arrivalsStage, flatStage), { settings: LIMITS });
    const staged = await partsOf(flatStage, app);
    const [once] = await store.query<{ rows: number }>(
      `SELECT groupBitmap(number) AS rows FROM ${flatStage}`,
    );
    for (const { table, stage } of stages) {
      const [made] = await store.query<{ rows: number }>(`SELECT count() AS rows FROM ${stage}`);
      const replace = made?.rows === 0 ? dropFlat(table, app) : replaceFlat(table, stage, app);
      await store.command(replace);
    }
    const live = liveOf(staged, await partsOf("installs_flat", app));
    await each(({ stage }) => `TRUNCATE TABLE ${stage}`);
    // A statement that had no answer may have gone on while it was repeated: those rows are not copied.
    return once?.rows === rowsOf(staged) ? live : null;
  }

  /**
   * Copies the rows that stay and makes the others anew.
   *
   * @returns false where the copy cannot be relied on
   */
  async function makeChanged(app: string, live: Live, fresh: readonly Source[]): Promise<boolean> {
    const changed = rowsOf(fresh);
    if (changed > live.rows * MOST_CHANGED) return false;
    const parts = fresh.map(({ part }) => part);
    const options = { params: { app, parts, changed }, settings: LIMITS };
    await store.command(createChangedStage(changedStage));
    await store.command(`TRUNCATE TABLE ${changedStage}`);
    await store.command(fillChangedStage(changedStage), options);
    const [found] = await store.query<{ rows: number }>(
      `SELECT count() AS rows FROM ${changedStage}`,
    );
    // A part that was merged since is not there under its name.
    const isWhole = found?.rows === changed;
    if (isWhole) {
      await store.command(copyFlatStage(flatStage, changedStage), options);
      await store.command(fillFlatStage(flatStage, changedStage), options);
      quietMs += live.rows * QUIET_MS_A_KEPT_ROW + changed * QUIET_MS_A_ROW;
    }
    await store.command(`TRUNCATE TABLE ${changedStage}`);
    // Looked at after the copy: numbers of parts only grow, so it was the same while it was read.
    return isWhole && isStill(live, await partsOf("installs_flat", app));
  }

  function partsOf(table: string, app: string): Promise<LivePart[]> {
    return store.query<LivePart>(PARTS_OF_APP, { table, app });
  }

  async function each(statement: (of: (typeof stages)[number]) => string): Promise<void> {
    for (const of of stages) await store.command(statement(of));
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        stopping.signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      stopping.signal.addEventListener("abort", end);
      if (stopping.signal.aborted) end();
    });
  }

  return {
    start() {
      running ??= run();
    },
    changed() {
      changes++;
    },
    freshness() {
      const loaded = loadedUntil();
      return changes === seen || loaded < until ? loaded : until;
    },
    refresh,
    async stop() {
      stopping.abort();
      await running;
      await refreshing.catch(() => {});
    },
  };
}

interface Source {
  app: string;
  part: string;
  rows: number;
}

const rowsOf = (parts: readonly { rows: number }[]) =>
  parts.reduce((sum, { rows }) => sum + rows, 0);

/** What an app's rows were made from, and what became of them. */
interface Made {
  parts: string[];
  /** All parts of `installs` at that time. */
  everybodys: string[];
  /** null where it is not known that they are what questions read. */
  live: Live | null;
}

/** Rows of `installs_flat` that this process put there: the numbers of their parts. */
interface Live {
  rows: number;
  first: number;
  last: number;
}

interface LivePart {
  name: string;
  rows: number;
  /** Of its files: a part that took the place of others has that of the one it was cloned from. */
  hash: string;
}

/** null where another collector has put other rows there at the same moment. */
function liveOf(staged: readonly LivePart[], found: readonly LivePart[]): Live | null {
  const areSame =
    staged.length === found.length && staged.every(({ hash }, at) => hash === found[at]?.hash);
  const numbers = found.map(({ name }) => partOf(name)).filter((part) => part !== null);
  if (!areSame || found.length === 0 || numbers.length < found.length) return null;
  return {
    rows: rowsOf(found),
    first: Math.min(...numbers.map(({ first }) => first)),
    last: Math.max(...numbers.map(({ last }) => last)),
  };
}

/** Merged perhaps, but neither replaced nor with rows taken away. */
function isStill(live: Live, found: readonly LivePart[]): boolean {
  return (
    rowsOf(found) === live.rows &&
    found.every(({ name }) => {
      const part = partOf(name);
      return (
        part !== null && part.first >= live.first && part.last <= live.last && part.mutation === 0
      );
    })
  );
}
