import { setTimeout as sleep } from "node:timers/promises";
import { dayOf } from "../../../collector/src/read/days.ts";
import { median, percentile, rounded } from "../measure.ts";
import { ask } from "./ask.ts";
import { difference } from "./compare.ts";
import type { BenchFleet } from "./fleets.ts";
import { footprintCases } from "./footprint-cases.ts";
import type { Answer, QueryCase, Row } from "./query-case.ts";
import { type Door, openStage, type Stage } from "./stage.ts";
import { usageCases } from "./usage-cases.ts";

export interface QueryEffort {
  /** How often each question is asked after the first time, which warms up. */
  rounds: number;
  /** How often the reading of its columns and the plain query are run after the first time; 0: once. */
  yardsticks: number;
  /** Whether the plain query is run at all. */
  plain: boolean;
}

/** Milliseconds, but for `equal`. */
export interface QueryFigures {
  /** null where the question was not answered. */
  p50: number | null;
  p95: number | null;
  /** Of all processors, which the engine took for an answer: what else runs does not count. */
  processor: number | null;
  /** The same answer from rows of records; null where there is no such query. */
  plain: number | null;
  /** Reading the columns that the answer needs. */
  scan: number | null;
  plainProcessor: number | null;
  scanProcessor: number | null;
  /** Bytes of the answer. */
  bytes: number;
  /** The answer is what the plain query says; a text says where it is not. */
  equal: true | string | null;
}

export const queryCases = ({ cut }: Pick<BenchFleet, "cut">): QueryCase[] => [
  ...footprintCases(dayOf(cut)),
  ...usageCases(dayOf(cut)),
];

/** Measures questions on a fleet that nothing else uses. */
export async function measureQueries(
  fleet: BenchFleet,
  chosen: readonly QueryCase[],
  effort: QueryEffort,
  onDone: (name: string, figures: QueryFigures) => void,
): Promise<void> {
  const stage = await openStage(fleet);
  try {
    const asked = await askInRounds(stage, fleet, chosen, effort.rounds);
    for (const each of chosen) {
      const found = asked.get(each.name)!;
      const yard = await yardsticks(stage, fleet, each, found, effort);
      onDone(each.name, { ...figuresOf(found), ...yard });
    }
  } finally {
    await stage.close();
  }
}

/** All answers to one question. */
export interface Asked {
  times: number[];
  /** Milliseconds of processors for all of them. */
  processor: number;
  /** The last one. */
  body: string;
  /** Why there was none: it is not asked again. */
  failed: string | null;
}

export const figuresOf = ({ times, processor, body, failed }: Asked) => ({
  p50: failed === null ? rounded(percentile(times, 50)) : null,
  p95: failed === null ? rounded(percentile(times, 95)) : null,
  processor: failed === null ? rounded(processor / times.length) : null,
  bytes: body.length,
});

/**
 * Round after round, so that what else the machine does falls on all alike.
 *
 * @param atLeastMs a question takes so long, counted with a pause: the read API bounds callers
 */
export async function askInRounds(
  door: Door,
  { app }: BenchFleet,
  chosen: readonly QueryCase[],
  rounds: number,
  atLeastMs = 0,
): Promise<Map<string, Asked>> {
  const found = new Map<string, Asked>(
    chosen.map(({ name }) => [name, { times: [], processor: 0, body: "", failed: null }]),
  );
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, path, parameters } of chosen) {
      const of = found.get(name)!;
      if (of.failed !== null) continue;
      const asked = { app, admitted: "admitted", ...parameters };
      const before = door.processorMs();
      const reply = await ask(door, path, asked).catch((error: Error) => error.message);
      if (typeof reply === "string") {
        of.failed = reply;
        continue;
      }
      of.body = reply.body;
      // The first round only warms up.
      if (round > 0) {
        of.times.push(reply.milliseconds);
        of.processor += door.processorMs() - before;
      }
      await sleep(Math.max(0, atLeastMs - reply.milliseconds));
    }
  }
  return found;
}

async function yardsticks(
  stage: Stage,
  { app, cut }: BenchFleet,
  { plain, params, reads }: QueryCase,
  { body, failed }: Asked,
  effort: QueryEffort,
): Promise<Omit<QueryFigures, "p50" | "p95" | "processor" | "bytes">> {
  const bound = { app, now: cut, ...params };
  const { milliseconds: scan, processor: scanProcessor } = await timed(stage, effort, async () => {
    for (const sql of reads) await stage.query(sql, bound);
  });
  const read = { scan, scanProcessor, plain: null, plainProcessor: null };
  if (failed !== null) return { ...read, equal: failed };
  if (plain === undefined || !effort.plain) return { ...read, equal: null };
  let parts: Row[][] = [];
  try {
    const took = await timed(stage, effort, async () => {
      parts = [];
      for (const sql of plain.sql) parts.push(await stage.query<Row>(sql, bound));
    });
    const ours = plain.ofAnswer(JSON.parse(body) as Answer);
    return {
      ...read,
      ...{ plain: took.milliseconds, plainProcessor: took.processor },
      equal: difference(ours, plain.ofRows(...parts)) ?? true,
    };
  } catch (error) {
    // Such as when it does not fit the engine's memory.
    return { ...read, equal: (error as Error).message.slice(0, 200) };
  }
}

/** The middle of several runs after one that warms up; of one run alone where no more are wanted. */
async function timed(stage: Stage, { yardsticks }: QueryEffort, work: () => Promise<void>) {
  const runs: { milliseconds: number; processor: number }[] = [];
  for (let run = 0; run <= yardsticks; run += 1) {
    const [began, before] = [performance.now(), stage.processorMs()];
    await work();
    const processor = stage.processorMs() - before;
    runs.push({ milliseconds: performance.now() - began, processor });
  }
  const counted = yardsticks === 0 ? runs : runs.slice(1);
  return {
    milliseconds: rounded(median(counted.map(({ milliseconds }) => milliseconds))),
    processor: rounded(median(counted.map(({ processor }) => processor))),
  };
}
