import { randomInt, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loaded, sql } from "../support/api.ts";
import {
  type Collector,
  freePort,
  type StartOptions,
  startCollector,
  UNBOUNDED,
} from "../support/collector.ts";
import { SIGNALS, type Signal } from "../support/otlp.ts";
import { isRunning } from "../support/processes.ts";
import { startLoad } from "./generator.ts";
import { isClean, judge, type Verdict } from "./ledger.ts";
import type { LoadOptions } from "./load.ts";

/** One collector that is killed and started again on the same port and directory. */
export interface Stage {
  collector(): Collector;
  /** SIGKILL of the collector (its engine follows) and a new start. */
  restart(over?: StartOptions): Promise<void>;
  /** SIGKILL of the engine alone; the collector brings it back by itself. */
  killEngine(): void;
  /** What its collectors wrote so far, this one and those before it. */
  lines(): string[];
  /** Stops the engine where it is, and returns what lets it go on. */
  hangEngine(): () => void;
  close(): Promise<void>;
}

export async function openStage(options: StartOptions = {}): Promise<Stage> {
  const dataDir = mkdtempSync(join(tmpdir(), "rollcall-chaos-"));
  const port = await freePort();
  const env = {
    ...{ CLICKHOUSE_URL: undefined, ROLLCALL_LOG_LEVEL: "warn" },
    ...{ ...UNBOUNDED, ...options.env },
  };
  const start = async (over: StartOptions) =>
    startCollector({ ...options, ...over, dataDir, port, env: { ...env, ...over.env } });
  let collector = await start({});
  const earlier: string[] = [];
  const signal = (pid: number | undefined, name: NodeJS.Signals) => {
    if (pid !== undefined && isRunning(pid)) process.kill(pid, name);
  };
  return {
    collector: () => collector,
    async restart(over = {}) {
      await collector.kill();
      earlier.push(...collector.lines(), "-- killed");
      collector = await start(over);
    },
    lines: () => [...earlier, ...collector.lines()],
    killEngine: () => signal(collector.enginePids()[0], "SIGKILL"),
    hangEngine() {
      const pid = collector.enginePids()[0];
      signal(pid, "SIGSTOP");
      return () => signal(pid, "SIGCONT");
    },
    async close() {
      await collector.kill();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A round in which nothing was lost or doubled. */
export interface Round extends Verdict {
  /** How many of each signal are stored. */
  signals: Record<Signal, number>;
}

/**
 * Runs `trouble` while the load generator sends to the stages, which share one store, waits until all
 * is stored, and judges.
 */
export async function round(
  stages: Stage[],
  load: Partial<LoadOptions>,
  trouble: () => Promise<void>,
): Promise<Round> {
  const installId = randomUUID();
  const [stage] = stages;
  if (stage === undefined) throw new Error("no stage");
  const urls = stages.map((each) => each.collector().url);
  const { ingest: token } = stage.collector().tokens;
  const defaults = { urls, token, uids: true, cutShare: 0, lanes: 6 };
  const generator = startLoad({ ...defaults, installId, ...load });
  await trouble().catch(async (error: unknown) => {
    await generator.stop();
    throw error;
  });
  const ledger = await generator.stop();
  if (ledger.acknowledged.length === 0) throw new Error("nothing was acknowledged: a void round");
  for (const each of stages) await loaded(each.collector(), 30_000);
  const copies = await copiesOf(stage.collector(), installId);
  // Ids are of all signals together, so no two of them have the same one.
  const verdict = judge(ledger, new Map(SIGNALS.flatMap((signal) => [...copies[signal]])));
  if (!isClean(verdict)) throw new Error(explain(verdict, stage));
  const { logs, traces, metrics } = copies;
  return { ...verdict, signals: { logs: logs.size, traces: traces.size, metrics: metrics.size } };
}

/** Where the ids of each signal are stored. */
const STORED = `
  SELECT 'logs' AS signal, install_id AS install, toUInt64(properties['entry_id']) AS id FROM events
  UNION ALL
  SELECT 'traces', InstallId, reinterpretAsUInt64(reverse(unhex(SpanId))) FROM otel_traces
  UNION ALL SELECT 'metrics', InstallId, toUInt64(Value) FROM otel_metrics_gauge
  UNION ALL SELECT 'metrics', InstallId, toUInt64(Value) FROM otel_metrics_sum`;

/** How often each id of an install is stored, by signal. */
export async function copiesOf(
  collector: Collector,
  installId: string,
): Promise<Record<Signal, Map<number, number>>> {
  const copies = { logs: new Map(), traces: new Map(), metrics: new Map() };
  const PAGE = 5_000;
  for (let from = 0; ; from += PAGE) {
    const rows = await sql<{ signal: Signal; id: number; copies: number }>(
      collector,
      `SELECT signal, toUInt32(id) AS id, toUInt32(count()) AS copies FROM (${STORED})
       WHERE install = '${installId}' GROUP BY signal, id ORDER BY signal, id
       LIMIT ${PAGE} OFFSET ${from}`,
    );
    for (const row of rows) copies[row.signal].set(row.id, row.copies);
    if (rows.length < PAGE) return copies;
  }
}

export async function pause(least: number, most: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, randomInt(least, most + 1)));
}

function explain(verdict: Verdict, stage: Stage): string {
  const some = (ids: number[]) => `${ids.length} (${ids.slice(0, 5).join(", ")})`;
  return [
    `lost ${some(verdict.lost)}, doubled ${some(verdict.doubled)}, unexpected ${some(verdict.unexpected)}`,
    ...stage.lines().slice(-60),
  ].join("\n");
}
