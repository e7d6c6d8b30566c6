import type { FrameSection } from "../spool/frame.ts";
import type { LoadableSpool } from "../spool/spool.ts";
import { CLAIM_SECONDS, withClaimLock } from "./claim-lock.ts";
import { type Settings, type Store, StoreUnreachable } from "./client.ts";
import { StoreRefused } from "./failure.ts";
import {
  addActiveDays,
  addEventDays,
  addVersionDays,
  claimUids,
  countRepeats,
  createStage,
  fillStage,
  hasRepeats,
  hasUnnumbered,
  insertEvents,
  insertHeartbeats,
  insertRefusals,
  insertSignal,
  numberInstalls,
  stageName,
  updateInstallsFromEvents,
  updateInstallsFromHeartbeats,
} from "./load-sql.ts";
import type { SegmentContent } from "./read-segment.ts";
import { signalTables } from "./signal-tables.ts";
import { spooledTables } from "./spooled-tables.ts";
import { events, heartbeats, refusals, type Table } from "./tables.ts";
import { ANY_ERASED, countErased, deleteErased } from "./tombstone.ts";

/** Rows of one segment that are stored now. */
export interface Loaded {
  events: number;
  heartbeats: number;
  /** Logs, spans and points of metrics. */
  signals: number;
  refusals: number;
  /** Events that repeat a record which is counted already. */
  repeats: number;
  /** Rows of erased installs, which are not stored. */
  erased: number;
}

/** One block an insert, so that it is one part in each partition: the ledger's unit. */
const ONE_BLOCK: Settings = {
  async_insert: 0,
  max_insert_threads: 1,
  min_insert_block_size_rows: 1_000_000_000,
  min_insert_block_size_bytes: 0,
  // Times are bounded before; a backfill of decades is one insert.
  max_partitions_per_insert_block: 0,
  distributed_foreground_insert: 1,
  // The ledger decides. ClickHouse's own check would swallow a batch that looks like another.
  insert_deduplicate: 0,
};

/** The steps that bring one segment's rows into the store, each named, none done twice in effect. */
export function createLoadSteps(options: {
  spool: LoadableSpool;
  store: Store;
  signal: AbortSignal;
  onStep: (step: string, segment: number) => Promise<void>;
}) {
  const { spool, store, signal, onStep } = options;
  /** Statements without an answer: they may still run. */
  const uncertain = new Set<string>();
  /** Stage tables that are there and hold nothing, as far as this process knows. */
  const emptyStages = new Set<string>();

  async function load(content: SegmentContent, segment: number, replay: boolean): Promise<Loaded> {
    const run = createRun(content.spool, segment);
    const done = spool.checkpoint.steps(segment);
    const loaded: Loaded = {
      ...{ events: 0, heartbeats: 0, signals: 0, refusals: 0 },
      ...{ repeats: 0, erased: 0 },
    };
    await settle(run, replay);

    const eventBlocks = content.tables.get(events.name);
    if (eventBlocks && !done.has(events.name)) {
      loaded.events = await loadEvents(run, eventBlocks, replay, loaded);
    }
    const heartbeatBlocks = content.tables.get(heartbeats.name);
    if (heartbeatBlocks && !done.has(heartbeats.name)) {
      loaded.heartbeats = await loadHeartbeats(run, heartbeatBlocks, loaded);
    }
    for (const table of signalTables) {
      const blocks = content.tables.get(table.name);
      if (blocks && !done.has(table.name)) {
        loaded.signals += await loadSignal(run, table, blocks, replay, loaded);
      }
    }
    const refusalBlocks = content.tables.get(refusals.name);
    if (refusalBlocks && !done.has(refusals.name)) {
      loaded.refusals = await loadRefusals(run, refusalBlocks, replay);
    }
    refuseUnknown(content);
    return loaded;
  }

  /** Ends what an earlier try left running: only then does the ledger say what is stored. */
  async function settle(run: Run, replay: boolean): Promise<void> {
    if (replay) for (const step of STEPS) uncertain.add(run.queryId(step));
    for (const queryId of uncertain) {
      await store.kill(queryId);
      uncertain.delete(queryId);
    }
  }

  async function loadEvents(
    run: Run,
    blocks: FrameSection[],
    replay: boolean,
    loaded: Loaded,
  ): Promise<number> {
    const stage = await fill(run, events, blocks);
    loaded.erased += await leaveOutErased(run, events, stage);
    const { rows } = run;
    await onStep("claim", run.segment);
    await withClaimLock(store, spool.uuid, signal, () =>
      run.statement("claim", claimUids(stage, rows), { max_execution_time: CLAIM_SECONDS }),
    );
    const repeats = (await count(hasRepeats(stage), run)) === 1;
    if (repeats) loaded.repeats = await count(countRepeats(stage, rows), run);

    await onStep("events", run.segment);
    await run.statement("events", insertEvents(events, stage, { rows, repeats, replay }));
    // Before the rows of `installs`: what is made from those must find a number for each.
    await number(run, stage);
    await onStep("installs", run.segment);
    await run.statement("installs", updateInstallsFromEvents(stage));
    await onStep("days", run.segment);
    await run.statement("event days", addEventDays(stage));
    await finish(run, events, stage);
    return run.rows - loaded.repeats;
  }

  async function loadHeartbeats(run: Run, blocks: FrameSection[], loaded: Loaded): Promise<number> {
    const stage = await fill(run, heartbeats, blocks);
    loaded.erased += await leaveOutErased(run, heartbeats, stage);
    await onStep("heartbeats", run.segment);
    await run.statement("heartbeats", insertHeartbeats(heartbeats, stage));
    // Before the rows of `installs`: what is made from those must find a number for each.
    await number(run, stage);
    await onStep("installs", run.segment);
    await run.statement("installs", updateInstallsFromHeartbeats(stage));
    await onStep("days", run.segment);
    await run.statement("active days", addActiveDays(stage));
    await run.statement("version days", addVersionDays(stage));
    await finish(run, heartbeats, stage);
    return run.rows;
  }

  /** Logs, spans or points of metrics: nothing else is counted from them. */
  async function loadSignal(
    run: Run,
    table: Table,
    blocks: FrameSection[],
    replay: boolean,
    loaded: Loaded,
  ): Promise<number> {
    const stage = await fill(run, table, blocks);
    loaded.erased += await leaveOutErased(run, table, stage);
    await onStep(table.name, run.segment);
    await run.statement(table.name, insertSignal(table, stage, { replay }));
    await finish(run, table, stage);
    return run.rows;
  }

  async function loadRefusals(run: Run, blocks: FrameSection[], replay: boolean): Promise<number> {
    const stage = await fill(run, refusals, blocks);
    await onStep("refusals", run.segment);
    await run.statement("refusals", insertRefusals(refusals, stage, { replay }));
    await finish(run, refusals, stage);
    return run.rows;
  }

  /** Gives numbers to installs that are heard of for the first time. */
  async function number(run: Run, stage: string): Promise<void> {
    if ((await count(hasUnnumbered(stage), run)) === 0) return;
    await onStep("numbers", run.segment);
    await withClaimLock(store, spool.uuid, signal, () =>
      run.statement("numbers", numberInstalls(stage), { max_execution_time: CLAIM_SECONDS }),
    );
  }

  /** Puts the blocks into the engine's memory, where all later steps read them. */
  async function fill(run: Run, table: Table, blocks: FrameSection[]): Promise<string> {
    await onStep("stage", run.segment);
    const stage = stageName(table, spool.uuid);
    run.rows = blocks.reduce((sum, block) => sum + block.rows, 0);
    if (!emptyStages.has(stage)) {
      await store.command(createStage(table, stage));
      await store.command(`TRUNCATE TABLE ${stage}`);
    }
    emptyStages.delete(stage);
    const queryId = run.queryId("stage");
    const body = stream(blocks);
    const outcome = await store.insertNative(fillStage(table, stage), body, {
      queryId,
      settings: { async_insert: 0 },
    });
    if (!outcome.ok && outcome.kind === "refused") {
      throw new StoreRefused(outcome.code, outcome.message);
    }
    if (!outcome.ok) {
      uncertain.add(queryId);
      throw new StoreUnreachable(outcome.message);
    }
    return stage;
  }

  /**
   * Takes the rows of erased installs out of the stage, so that no later step sees them. Asked for
   * every segment: another collector on the same store may have erased one a moment ago.
   */
  async function leaveOutErased(run: Run, table: Table, stage: string): Promise<number> {
    if ((await count(ANY_ERASED, run)) === 0) return 0;
    const erased = await count(countErased(stage, table), run);
    if (erased === 0) return 0;
    await store.command(deleteErased(stage, table));
    run.rows -= erased;
    return erased;
  }

  async function count(sql: string, run: Run): Promise<number> {
    const [row] = await store.query<Record<string, number>>(sql, run.params());
    return Number(Object.values(row ?? {})[0] ?? 0);
  }

  /** From here on this table's part of the segment is never looked at again. */
  async function finish(run: Run, table: Table, stage: string): Promise<void> {
    await onStep(`${table.name} checkpoint`, run.segment);
    await spool.checkpoint.record(run.segment, table.name);
    await store.command(`TRUNCATE TABLE ${stage}`);
    emptyStages.add(stage);
  }

  interface Run {
    segment: number;
    rows: number;
    queryId(step: string): string;
    params(): { spool: string; seg: number; rows: number };
    statement(step: string, sql: string, settings?: Settings): Promise<void>;
  }

  function createRun(writer: string, segment: number): Run {
    const run: Run = {
      segment,
      rows: 0,
      // The same in every process, so that a successor can end what its predecessor left running.
      queryId: (step) => `rollcall-load-${writer}-${segment}-${step}`,
      params: () => ({ spool: writer, seg: segment, rows: run.rows }),
      async statement(step, sql, settings = {}) {
        const queryId = run.queryId(step);
        try {
          await store.command(sql, {
            params: run.params(),
            settings: { ...ONE_BLOCK, ...settings },
            queryId,
          });
        } catch (error) {
          if (error instanceof StoreUnreachable) uncertain.add(queryId);
          throw error;
        }
      },
    };
    return run;
  }

  return { load };
}

/** Every statement of a load by its name in the query id. */
const STEPS = [
  "stage",
  "claim",
  "events",
  "heartbeats",
  "installs",
  "numbers",
  "event days",
  "active days",
  "version days",
  ...signalTables.map(({ name }) => name),
  "refusals",
];

async function* stream(blocks: FrameSection[]): AsyncIterable<Buffer> {
  for (const { block } of blocks) yield block;
}

/** After a downgrade: what a newer version wrote is kept in quarantine and not deleted. */
function refuseUnknown(content: SegmentContent): void {
  const known = new Set(spooledTables.map(({ name }) => name));
  for (const name of content.tables.keys()) {
    if (!known.has(name)) throw new Error(`this version knows no table ${name}`);
  }
}
