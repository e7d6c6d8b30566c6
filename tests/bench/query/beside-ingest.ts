import { loaded } from "../../support/api.ts";
import { startCollector, UNBOUNDED } from "../../support/collector.ts";
import { BATCH, BATCH_RECORDS } from "../corpus.ts";
import type { LoadResult, LoadTask } from "../load.ts";
import { processorSeconds, rounded } from "../measure.ts";
import { startWorker } from "../worker.ts";
import type { BenchFleet } from "./fleets.ts";
import type { QueryCase } from "./query-case.ts";
import { askInRounds, figuresOf } from "./run.ts";

const EVENTS_A_SECOND = 5_000;
const CONNECTIONS = 2;
/** The read API takes ten questions a second of one caller. */
const PACE_MS = 120;
/** Longer than any measurement: it is ended when that is done. */
const MOST_MS = 3_600_000;
const PATIENCE_MS = 600_000;

export interface BesideIngest {
  figures: Map<string, ReturnType<typeof figuresOf>>;
  /** What was acknowledged meanwhile. */
  eventsASecond: number;
}

/** Asks the same of a real collector that takes in batches all the time. */
export async function measureBesideIngest(
  fleet: BenchFleet,
  chosen: readonly QueryCase[],
  rounds: number,
): Promise<BesideIngest> {
  const collector = await startCollector({
    dataDir: fleet.directory,
    env: { CLICKHOUSE_URL: undefined, ROLLCALL_LOG_LEVEL: "warn", ...UNBOUNDED },
  });
  const load = startWorker<LoadTask, LoadResult>("./load.ts");
  try {
    await loaded(collector, PATIENCE_MS);
    const sent = load.ask({
      port: collector.port,
      headers: [
        "content-type: application/x-protobuf",
        "content-encoding: gzip",
        `authorization: Bearer ${collector.tokens.ingest}`,
      ],
      bodyFile: BATCH,
      connections: CONNECTIONS,
      milliseconds: MOST_MS,
      perSecond: EVENTS_A_SECOND / BATCH_RECORDS,
    });
    const door = {
      ...{ url: collector.url, token: collector.tokens.admin },
      processorMs: () => 1000 * processorSeconds(collector.pid),
    };
    const asked = await askInRounds(door, fleet, chosen, rounds, PACE_MS);
    load.tell({ stop: true });
    const { requests, seconds, failed } = await sent;
    if (failed > 0) throw new Error(`${failed} requests were not acknowledged`);
    return {
      figures: new Map([...asked].map(([name, found]) => [name, figuresOf(found)])),
      eventsASecond: rounded((requests * BATCH_RECORDS) / seconds),
    };
  } finally {
    load.close();
    await collector.stop();
  }
}
