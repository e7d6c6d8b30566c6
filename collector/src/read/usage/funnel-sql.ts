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
  const params: Params = {};
  for (const [at, { event }] of steps.entries()) params[`step${at}`] = event;
  for (const condition of conditions) Object.assign(params, condition.params);

  const bitsOf = (names: readonly string[]) =>
    steps
      .flatMap(({ event }, at) => {
        if (!names.includes(event)) return [];
        const begins = at === 0 ? " AND toUnixTimestamp64Milli(time) < {until_ms:Int64}" : "";
        const isStep = `event = {step${at}:String} AND ${conditions[at]?.text ?? "true"}${begins}`;
        return `(${isStep}) * ${1 << at}`;
      })
      .join(" + ");
  const reads = partsOf(steps).map((names, part) => {
    params[`names${part}`] = names;
    return `
      SELECT ${entity} AS entity, toUInt64(toUnixTimestamp64Milli(time)) AS ms, toUInt8(${bitsOf(names)}) AS bits
      FROM events
      WHERE ${records} AND event IN {names${part}:Array(String)}`;
  });
  const lists = `
    SELECT arraySort(groupArray(bitOr(bitShiftLeft(ms, 16), bitShiftLeft(toUInt64(bitXor(bits, bits - 1)), 8) + bits))) AS list
    FROM (${reads.join(" UNION ALL ")})
    WHERE bits != 0
    GROUP BY entity
    HAVING bitTest(groupBitOr(bits), 0)`;
  return { text: stages(lists, ["list"], walk(steps.length)), params };
}

/**
 * Names of the steps' events: those with conditions, and the others. Properties are the widest columns,
 * so that they are read of the records that conditions are about, and of no others.
 */
function partsOf(steps: readonly Step[]): string[][] {
  const all = [...new Set(steps.map(({ event }) => event))];
  const isNarrowed = (name: string) =>
    steps.some(({ event, conditions }) => event === name && conditions.length > 0);
  return [all.filter(isNarrowed), all.filter((name) => !isNarrowed(name))].filter(
    (names) => names.length > 0,
  );
}

/** The walk through each entity's list. */
function walk(steps: number): Stage[] {
  const levels = Array.from({ length: steps }, (_, at) => at + 1);
  const walked: Stage[] = [
    { all_marks: "arrayMap(item -> toUInt8(item), list)" },
    {
      // Of records in a row that are one and the same step the first gets there first, and runs go on
      // from the last: those between them change nothing. 0 is no mark.
      kept: `arrayFilter(
        (item, mark, before, after) -> mark != before OR mark != after OR bitAnd(mark, mark - 1) != 0,
        list, all_marks,
        arrayPopBack(arrayPushFront(all_marks, 0)), arrayPushBack(arrayPopFront(all_marks), 0))`,
    },
    {
      moments: "arrayMap(item -> toInt64(bitShiftRight(item, 16)), kept)",
      marks: "arrayMap(item -> toUInt8(item), kept)",
    },
    // When the run began that ends in each record; 0 where the record is no such step.
    { begun_1: "arrayMap((t, mark) -> if(bitTest(mark, 0), t, 0), moments, marks)" },
  ];
  for (const level of levels.slice(1)) {
    walked.push(
      // The same of the last record before each that is the step before.
      {
        [`so_far_${level}`]: `arrayPopBack(arrayPushFront(arrayFill(start -> start != 0, begun_${level - 1}), 0))`,
      },
      {
        [`begun_${level}`]: `arrayMap(
          (t, mark, start) -> if(
            bitTest(mark, ${level - 1}) AND start != 0 AND t - start <= {window_ms:Int64}, start, 0),
          moments, marks, so_far_${level})`,
      },
    );
  }
  // Whoever got to a step got to those before it, so that they can be counted.
  walked.push({ level: levels.map((at) => `(arrayMax(begun_${at}) != 0)`).join(" + ") });
  // From the furthest step back: the first record that is it, then the last before that is the one before.
  for (const at of levels.toReversed()) {
    walked.push({
      [`place_${at}`]:
        at === steps
          ? `arrayFirstIndex(start -> start != 0, begun_${at})`
          : `multiIf(
              level < ${at}, 0,
              level = ${at}, arrayFirstIndex(start -> start != 0, begun_${at}),
              arrayLastIndex(start -> start != 0, arraySlice(begun_${at}, 1, toInt64(place_${at + 1}) - 1)))`,
    });
  }
  walked.push({
    times: `arraySlice([${levels.map((at) => `moments[place_${at}]`).join(", ")}], 1, level)`,
  });
  return walked;
}
