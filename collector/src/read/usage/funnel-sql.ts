import type { Params } from "../../store/client.ts";
import { conditionSql } from "./conditions.ts";
import { type Stage, stages } from "./stages.ts";
import type { Step } from "./steps.ts";

/** A SELECT of one row an entity, with the columns `times` and `level`. */
export interface FunnelSql {
  text: string;
  params: Params;
}

/**
 * SQL for the best run of each entity through a funnel.
 *
 * Every entity has a list of its records that are a step of the funnel, sorted by time; records of
 * the same millisecond in the order of the steps (by the first step that a record is). Level by level
 * it is worked out for every record whether it can be that step: there is a record of the step before
 * somewhere before it, and the first step of the run that this record continues is at most the window
 * away. A run continues from the *last* record of the step before, so it is the one that started last:
 * if any run reaches a record within the window, this one does. One record is never two steps of a run.
 *
 * `level` is the furthest step reached, `times` are the milliseconds since 1970 of the steps of the
 * first run that got there. Only lists are worked on, so it costs a pass over the records for each
 * step; ClickHouse's windowFunnel() gives the same levels but no times, and counts a record that meets
 * two steps' conditions as both.
 *
 * @param entity column of `events` that tells entities apart
 * @param records condition on `events`, besides the steps' own; binds `{until_ms:Int64}`, the end of
 *   the range: a first step has to be before it, the others need not
 */
export function funnelSql(steps: readonly Step[], entity: string, records: string): FunnelSql {
  const conditions = steps.map(({ conditions }, at) => conditionSql(conditions, `step${at}_`));
  const params: Params = { names: [...new Set(steps.map(({ event }) => event))] };
  for (const [at, { event }] of steps.entries()) params[`step${at}`] = event;
  for (const condition of conditions) Object.assign(params, condition.params);

  const isStep = (at: number) =>
    `(event = {step${at}:String} AND ${conditions[at]?.text ?? "true"}${at === 0 ? " AND toUnixTimestamp64Milli(time) < {until_ms:Int64}" : ""})`;
  const bits = steps.map((_, at) => `${isStep(at)} * ${1 << at}`).join(" + ");
  const lists = `
    SELECT arraySort(groupArray(bitOr(bitShiftLeft(ms, 16), bitShiftLeft(toUInt64(bitXor(bits, bits - 1)), 8) + bits))) AS list
    FROM (
      SELECT ${entity} AS entity, toUInt64(toUnixTimestamp64Milli(time)) AS ms, toUInt8(${bits}) AS bits
      FROM events
      WHERE ${records} AND event IN {names:Array(String)}
    )
    WHERE bits != 0
    GROUP BY entity
    HAVING bitTest(groupBitOr(bits), 0)`;
  return { text: stages(lists, [], walk(steps.length)), params };
}

/** The walk through each entity's list. */
function walk(steps: number): Stage[] {
  const walked: Stage[] = [
    {
      moments: "arrayMap(item -> toInt64(bitShiftRight(item, 16)), list)",
      marks: "arrayMap(item -> toUInt8(item), list)",
    },
    // The times of the run that ends in each record, [] where the record is no such step.
    { runs_1: "arrayMap((t, mark) -> if(bitTest(mark, 0), [t], []), moments, marks)" },
  ];
  for (let level = 2; level <= steps; level++) {
    walked.push(
      // The run of the last record before each that is the step before.
      {
        [`so_far_${level}`]: `arrayPopBack(arrayPushFront(arrayFill(run -> notEmpty(run), runs_${level - 1}), []))`,
      },
      {
        [`runs_${level}`]: `arrayMap(
          (t, mark, run) -> if(
            bitTest(mark, ${level - 1}) AND notEmpty(run) AND t - run[1] <= {window_ms:Int64},
            arrayPushBack(run, t), []),
          moments, marks, so_far_${level})`,
      },
    );
  }
  const levels = Array.from({ length: steps }, (_, at) => at + 1);
  const firsts = levels.map((level) => [
    `first_${level}`,
    `arrayFirst(run -> notEmpty(run), runs_${level})`,
  ]);
  walked.push(
    Object.fromEntries(firsts),
    // Whoever got to a step got to those before it, so the last that is there is the furthest.
    {
      times: `arrayLast(run -> notEmpty(run), [${levels.map((level) => `first_${level}`).join(", ")}])`,
    },
    { level: "length(times)" },
  );
  return walked;
}
