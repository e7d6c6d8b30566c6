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
  /** How often the plain query and the reading of its columns are run. */
  yardsticks: number;
}

/** Milliseconds, but for `equal`. */
export interface QueryFigures {
  /** null where the question was not answered. */
  p50: number | null;
  p95: number | null;
  /** The same answer from rows of records; null where there is no such query. */
  plain: number | null;
  /** Reading the columns that the answer needs. */
  scan: number | null;
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
      const yard = await yardsticks(stage, fleet, each, found, effort.yardsticks);
      onDone(each.name, { ...figuresOf(found), ...yard });
    }
  } finally {
    await stage.close();
  }
}

/** All answers to one question. */
export interface Asked {
  times: number[];
  /** The last one. */
  body: string;
  /** Why there was none: it is not asked again. */
  failed: string | null;
}

export const figuresOf = ({ times, body, failed }: Asked) => ({
  p50: failed === null ? rounded(percentile(times, 50)) : null,
  p95: failed === null ? rounded(percentile(times, 95)) : null,
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
    chosen.map(({ name }) => [name, { times: [], body: "", failed: null }]),
  );
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, path, parameters } of chosen) {
      const of = found.get(name)!;
      if (of.failed !== null) continue;
      const asked = { app, admitted: "admitted", ...parameters };
      const reply = await ask(door, path, asked).catch((error: Error) => error.message);
      if (typeof reply === "string") {
        of.failed = reply;
        continue;
      }
      of.body = reply.body;
      // The first round only warms up.
      if (round > 0) of.times.push(reply.milliseconds);
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
  runs: number,
): Promise<Pick<QueryFigures, "plain" | "scan" | "equal">> {
  const bound = { app, now: cut, ...params };
  const scan = await timed(runs, async () => {
    for (const sql of reads) await stage.query(sql, bound);
  });
  if (failed !== null) return { plain: null, scan, equal: failed };
  if (plain === undefined) return { plain: null, scan, equal: null };
  let parts: Row[][] = [];
  try {
    const took = await timed(runs, async () => {
      parts = [];
      for (const sql of plain.sql) parts.push(await stage.query<Row>(sql, bound));
    });
    const ours = plain.ofAnswer(JSON.parse(body) as Answer);
    return { plain: took, scan, equal: difference(ours, plain.ofRows(...parts)) ?? true };
  } catch (error) {
    // Such as when it does not fit the engine's memory.
    return { plain: null, scan, equal: (error as Error).message.slice(0, 200) };
  }
}

/** The middle of several runs after one that warms up. */
async function timed(runs: number, work: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run <= runs; run += 1) {
    const began = performance.now();
    await work();
    if (run > 0 || runs === 0) times.push(performance.now() - began);
  }
  return rounded(median(times));
}
