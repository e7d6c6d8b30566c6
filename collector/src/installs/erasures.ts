import type { SpoolLog } from "../spool/options.ts";
import type { Store } from "../store/client.ts";
import { installCopies, installTables } from "../store/install-tables.ts";
import type { Loader } from "../store/load.ts";
import {
  countTombstoned,
  deleteInstall,
  KEEP_NUMBER,
  NUMBER_OF_TOMBSTONE,
  type Owned,
  SET_TABLES,
  takeOutOfSets,
  tombstoneOf,
} from "../store/tombstone.ts";
import { countRows } from "./export.ts";
import { type Receipt, receiptOf } from "./receipt.ts";
import type { Settle } from "./settle.ts";

export type ErasedBy = "install" | "administrator";

/** What became of the wish to erase. */
export type Erasure =
  | { kind: "erased"; receipt: Receipt }
  /** It was done before; the receipt is that of then. */
  | { kind: "already"; receipt: Receipt }
  | { kind: "unknown" }
  /** It could not be begun, or is not finished yet: ask again. */
  | { kind: "busy" };

/** The ledger of erasures, and who carries them out. */
export interface Erasures {
  /** What the ledger says of an install; null where it was never erased. */
  find(
    app: string,
    installId: string,
  ): Promise<{ kind: "already"; receipt: Receipt } | { kind: "busy" } | null>;
  /** Erases an install. Throws what the store throws; what was begun is then finished by `start`'s clock. */
  erase(app: string, installId: string, by: ErasedBy): Promise<Erasure>;
  /** Finishes what an earlier process began, and from then on looks now and then. */
  start(): void;
  stop(): Promise<void>;
}

interface ErasuresDeps {
  store: Store;
  loader: Pick<Loader, "between">;
  settle: Settle;
  log: Pick<SpoolLog, "info" | "warn">;
  /** Rows that another part of the collector may have been copying meanwhile are made anew. */
  refreshCopies?: () => Promise<void>;
  onErased?: (by: ErasedBy) => void;
  /** When the tables are searched once more for what another collector was just loading. @default 5 minutes */
  sweepAfterMs?: number;
  /** How often unfinished erasures are looked at. @default 30 s */
  lookEveryMs?: number;
  /** How long an erasure waits for its turn. @default 10 s */
  turnMs?: number;
  /** Called before each step by its name; tests stop here. */
  onStep?: (step: "tombstone" | "delete" | "record") => Promise<void> | void;
}

interface Entry {
  app: string;
  hash: string;
  step: number;
  erasedMs: number;
  by: ErasedBy;
  rows: Record<string, number>;
}

/** `installs` is the last of them: as long as it has the row, the install is known. */
const ALL_TABLES = [...installCopies, ...installTables];

const DELETED = 1;
const SWEPT = 2;

/**
 * Erases installs in steps that each may be repeated: a tombstone between two segments, so that the
 * loader stores nothing more; the deletion; the entry that says it is done; and one more search. A
 * process that dies leaves the tombstone, and the next one goes on from there.
 */
export function createErasures(deps: ErasuresDeps): Erasures {
  const { store, loader, settle, log } = deps;
  const sweepAfterMs = deps.sweepAfterMs ?? 5 * 60_000;
  const step = async (name: "tombstone" | "delete" | "record") => deps.onStep?.(name);
  /** Erasures that this process carries out at the moment, by hash. */
  const running = new Map<string, Promise<Erasure>>();
  let looking: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let unfinished = true;
  let stopped = false;

  async function find(app: string, installId: string) {
    const entry = await read(tombstoneOf(app, installId));
    if (entry === null) return null;
    if (entry.step >= DELETED) return already(entry, installId);
    unfinished = true;
    look();
    return { kind: "busy" as const };
  }

  function erase(app: string, installId: string, by: ErasedBy): Promise<Erasure> {
    const hash = tombstoneOf(app, installId);
    const same = running.get(hash);
    if (same) return same;
    const mine = carryOut({ app, installId, hash, by }).finally(() => running.delete(hash));
    running.set(hash, mine);
    return mine;
  }

  async function carryOut(of: {
    app: string;
    installId: string;
    hash: string;
    by: ErasedBy;
  }): Promise<Erasure> {
    const before = await find(of.app, of.installId);
    if (before !== null) return before;
    // Everything acknowledged so far is counted and goes with the rest.
    if (!(await settle())) return { kind: "busy" };
    const begun = await loader.between(deps.turnMs ?? 10_000, async () => {
      const rows = await countRows(store, of);
      if (Object.values(rows).every((count) => count === 0)) return null;
      await step("tombstone");
      unfinished = true;
      const entry: Entry = { ...of, rows, step: 0, erasedMs: Date.now() };
      await record(entry);
      return entry;
    });
    if (begun === "busy") return { kind: "busy" };
    if (begun === null) return { kind: "unknown" };
    return { kind: "erased", receipt: already(await finish(begun), of.installId).receipt };
  }

  /** From the tombstone on. Nobody needs the install id any more. */
  async function finish(entry: Entry): Promise<Entry> {
    await step("delete");
    const params = { app: entry.app, hash: entry.hash };
    await takeOut(params);
    for (const table of ALL_TABLES) {
      // Counted before the tombstone, after which nothing more is loaded: a search of it would be in vain.
      if (entry.rows[table.name] !== 0) await remove(table, params);
    }
    await deps.refreshCopies?.();
    await step("record");
    const done = { ...entry, step: DELETED, erasedMs: Date.now() };
    await record(done);
    deps.onErased?.(done.by);
    log.info({ app: done.app, by: done.by, rows: done.rows }, "an install was erased");
    return done;
  }

  /** A collector that read the ledger before the tombstone may have stored rows after the deletion. */
  async function sweep(entry: Entry): Promise<void> {
    const params = { app: entry.app, hash: entry.hash };
    let found = 0;
    await takeOut(params);
    for (const table of ALL_TABLES) {
      const [row] = await store.query<{ rows: number }>(countTombstoned(table), params);
      const rows = Number(row?.rows ?? 0);
      if (rows > 0) await remove(table, params);
      found += rows;
    }
    if (found === 0) await record({ ...entry, step: SWEPT });
    else
      log.info({ app: entry.app, rows: found }, "rows of an erased install came late and are gone");
  }

  /** Out of the sets of days, while its number is still known; the number is not given again. */
  async function takeOut(params: { app: string; hash: string }): Promise<void> {
    for (const { number } of await store.query<{ number: number }>(NUMBER_OF_TOMBSTONE, params)) {
      for (const table of SET_TABLES) {
        const settings = { mutations_sync: 2 };
        await store.command(takeOutOfSets(table), { params: { ...params, number }, settings });
      }
    }
    await store.command(KEEP_NUMBER, { params });
  }

  function remove(table: Owned, params: { app: string; hash: string }): Promise<void> {
    return store.command(deleteInstall(table), { params, settings: { mutations_sync: 2 } });
  }

  async function lookOnce(): Promise<void> {
    const entries = await readUnfinished();
    if (entries.length === 0) unfinished = false;
    for (const entry of entries) {
      if (stopped) return;
      if (running.has(entry.hash)) continue;
      if (entry.step < DELETED) await finish(entry);
      else if (Date.now() - entry.erasedMs >= sweepAfterMs) await sweep(entry);
    }
  }

  function look(): void {
    if (stopped || !unfinished) return;
    looking ??= lookOnce()
      .catch((err) => log.warn({ err }, "an erasure is not finished yet; it is tried again"))
      .finally(() => {
        looking = null;
      });
  }

  function record({ app, hash, step, erasedMs, by, rows }: Entry): Promise<void> {
    return store.command(
      `INSERT INTO erasures (app, install_hash, step, erased_at, by, rows)
       SELECT {app:String}, unhex({hash:String}), {step:UInt8},
         fromUnixTimestamp64Milli({erasedMs:Int64}, 'UTC'), {by:String}, {rows:Map(String, UInt64)}`,
      { params: { app, hash, step, erasedMs, by, rows }, settings: { async_insert: 0 } },
    );
  }

  const COLUMNS = `app, lower(hex(install_hash)) AS hash, step,
    toUnixTimestamp64Milli(erased_at) AS erasedMs, by, rows`;

  async function read(hash: string): Promise<Entry | null> {
    const [entry] = await store.query<Entry>(
      `SELECT ${COLUMNS} FROM erasures WHERE install_hash = unhex({hash:String})
       ORDER BY step DESC, erased_at LIMIT 1`,
      { hash },
    );
    return entry ?? null;
  }

  const readUnfinished = () =>
    store.query<Entry>(`SELECT ${COLUMNS} FROM erasures FINAL WHERE step < ${SWEPT}`);

  return {
    find,
    erase,
    start() {
      if (stopped || timer !== undefined) return;
      look();
      timer = setInterval(look, deps.lookEveryMs ?? 30_000).unref();
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      await Promise.allSettled([...running.values(), looking ?? Promise.resolve()]);
    },
  };
}

function already(entry: Entry, installId: string): { kind: "already"; receipt: Receipt } {
  const { app, rows, erasedMs } = entry;
  const erasedAt = new Date(Number(erasedMs));
  return { kind: "already", receipt: receiptOf({ app, installId, erasedAt, rows }) };
}
