import { randomInt, randomUUID } from "node:crypto";
import { count, loaded } from "../support/api.ts";
import type { Collector } from "../support/collector.ts";
import { logRecord, logsRequest, postJson } from "../support/otlp.ts";
import { clientOverhead } from "./client-overhead.ts";
import { BATCH, CORPORA, type Corpus, SINGLE } from "./corpus.ts";
import type { DecodeTask } from "./decode.ts";
import type { LoadResult, LoadTask } from "./load.ts";
import { median, memory, percentile, processorSeconds, rounded } from "./measure.ts";
import { render } from "./render.ts";
import { startWorker } from "./worker.ts";

export interface Effort {
  runs: number;
  /** How long each side of a run is under load. */
  milliseconds: number;
  /** How many single events `visible` follows. */
  samples: number;
}

export type Case = (collector: Collector, effort: Effort) => Promise<object>;

const CONNECTIONS = 64;
const BATCH_CONNECTIONS = 4;

/** Single JSON events, each acknowledged from disk, against a route that only parses them. */
const ingestJsonSingle: Case = async (collector, effort) => {
  const load = startWorker<LoadTask, LoadResult>("./load.ts");
  const bare = startWorker<number, number>("./bare.ts");
  try {
    const port = await bare.first();
    const headers = ["content-type: application/json"];
    const common = {
      bodyFile: SINGLE,
      connections: CONNECTIONS,
      milliseconds: effort.milliseconds,
    };
    return await compare(collector, effort, 1, {
      ours: () =>
        load.ask({ ...common, port: collector.port, headers: [...headers, bearer(collector)] }),
      yardstick: async () => rate(await load.ask({ ...common, port, headers })),
      unit: "requests/s",
      yardstickName: "bareFastify",
    });
  } finally {
    load.close();
    bare.close();
  }
};

/** Gzipped batches, each acknowledged from disk, against protobufjs decoding alone. */
const ingestBatches =
  (corpus: Corpus): Case =>
  async (collector, effort) => {
    const load = startWorker<LoadTask, LoadResult>("./load.ts");
    const decode = startWorker<DecodeTask, number>("./decode.ts");
    const { milliseconds } = effort;
    const headers = ["content-type: application/x-protobuf", "content-encoding: gzip"];
    const task = {
      ...{ port: collector.port, path: corpus.path, bodyFile: corpus.file },
      headers: [...headers, bearer(collector)],
      ...{ connections: BATCH_CONNECTIONS, milliseconds },
    };
    try {
      return await compare(
        collector,
        effort,
        corpus.records,
        {
          ours: () => load.ask(task),
          yardstick: () => decode.ask({ corpus, milliseconds }),
          unit: "records/s",
          yardstickName: "protobufjsDecode",
        },
        corpus.table,
      );
    } finally {
      load.close();
      decode.close();
    }
  };

/** From the acknowledgement of an event until a query counts it. */
const visible: Case = async (collector, effort) => {
  const milliseconds: number[] = [];
  for (let sample = 0; sample < effort.samples; sample += 1) {
    // At any point of the loader's rhythm, not always just after the last load.
    await new Promise((resolve) => setTimeout(resolve, randomInt(0, 700)));
    const installId = randomUUID();
    const request = logsRequest([logRecord({ event: "timer.started", installId })]);
    const reply = await postJson(collector.url, collector.tokens.ingest, request);
    if (reply.status !== 200) throw new Error(`not acknowledged: ${reply.status}`);
    const began = performance.now();
    const query = `SELECT count() FROM events WHERE install_id = '${installId}'`;
    while ((await count(collector, query)) === 0) {
      if (performance.now() - began > 30_000) throw new Error("not visible after 30 s");
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    milliseconds.push(performance.now() - began);
  }
  return {
    unit: "ms",
    p50: rounded(percentile(milliseconds, 50)),
    p95: rounded(percentile(milliseconds, 95)),
    samples: effort.samples,
  };
};

/** Resident memory of both processes: at rest, and the most while batches arrive. */
const memoryUse: Case = async (collector, effort) => {
  await loaded(collector, 120_000);
  await new Promise((resolve) => setTimeout(resolve, effort.milliseconds));
  const idle = memory(collector.pid);
  const load = startWorker<LoadTask, LoadResult>("./load.ts");
  const most = { ...idle };
  const timer = setInterval(() => {
    const now = memory(collector.pid);
    most.collector = Math.max(most.collector, now.collector);
    most.engine = Math.max(most.engine, now.engine);
  }, 100);
  try {
    for (let run = 0; run < effort.runs; run += 1) {
      await load.ask({
        port: collector.port,
        headers: [
          "content-type: application/x-protobuf",
          "content-encoding: gzip",
          bearer(collector),
        ],
        bodyFile: BATCH,
        connections: BATCH_CONNECTIONS,
        milliseconds: effort.milliseconds,
      });
    }
    await loaded(collector, 120_000);
  } finally {
    clearInterval(timer);
    load.close();
  }
  return { unit: "MB", idle, underLoad: most };
};

/** `memory` comes first: its idle figure is that of a fresh start. */
export const cases: Record<string, Case> = {
  memory: memoryUse,
  "ingest-json-single": ingestJsonSingle,
  "ingest-proto-batch": ingestBatches(CORPORA.logs),
  "ingest-traces-batch": ingestBatches(CORPORA.traces),
  "ingest-metrics-batch": ingestBatches(CORPORA.metrics),
  visible,
};

/** These start what they need themselves, and run where no collector does. */
export const clientCases: Record<string, (effort: Effort) => Promise<object>> = {
  "client-overhead": clientOverhead,
  render,
};

interface Sides {
  ours(): Promise<LoadResult>;
  /** Per second. */
  yardstick(): Promise<number>;
  unit: string;
  yardstickName: string;
}

/** Both sides in turn, so that what else the machine does falls on both alike. */
async function compare(
  collector: Collector,
  effort: Effort,
  recordsEach: number,
  sides: Sides,
  table = "events",
): Promise<object> {
  const query = `SELECT count() FROM ${table}`;
  const before = await count(collector, query);
  const [ours, theirs, processor]: [number[], number[], number[]] = [[], [], []];
  let acknowledged = 0;
  // The first run only warms up.
  for (let run = 0; run <= effort.runs; run += 1) {
    const cpu = processorSeconds(collector.pid);
    const result = await sides.ours();
    if (result.failed > 0) throw new Error(`${result.failed} requests were not acknowledged`);
    await loaded(collector, 120_000);
    const records = result.requests * recordsEach;
    acknowledged += records;
    const perMillion = ((processorSeconds(collector.pid) - cpu) / records) * 1e6;
    const yardstick = await sides.yardstick();
    if (run === 0) continue;
    ours.push((result.requests * recordsEach) / result.seconds);
    theirs.push(yardstick);
    processor.push(perMillion);
  }
  const stored = (await count(collector, query)) - before;
  if (stored !== acknowledged) throw new Error(`${acknowledged} acknowledged, ${stored} stored`);
  return {
    unit: sides.unit,
    ratio: rounded(median(ours.map((value, run) => value / theirs[run]!))),
    rollcall: Math.round(median(ours)),
    [sides.yardstickName]: Math.round(median(theirs)),
    cpuSecondsPerMillionRecords: rounded(median(processor)),
    runs: effort.runs,
  };
}

const rate = (result: LoadResult) => result.requests / result.seconds;
const bearer = (collector: Collector) => `authorization: Bearer ${collector.tokens.ingest}`;
