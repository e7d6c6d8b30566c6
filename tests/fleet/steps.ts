import type { Catalogue } from "../../schemas/src/index.ts";
import { areaBit } from "./areas.ts";
import { slotsOf, weightedSlots } from "./dice.ts";
import { type Play, playOf } from "./play.ts";
import type { Script, Span, Step } from "./scripts.ts";
import { NUMBER_SLOTS, propertiesOf, SPANS, sourceOf } from "./values.ts";

/** One row of `fleet_steps`: what a step of a script writes, in numbers that the engine works with. */
export interface StepRow {
  script: number;
  step: number;
  event: string;
  /** Seconds since the session began. */
  after: number;
  anonymous: 0 | 1;
  /** Distributions of seconds that pass before it, on top; with what their slot is drawn by. */
  span_from: number[];
  span_salt: number[];
  text_key: string[];
  /** Where its slots begin in the list of texts. */
  text_from: number[];
  /** For ids, how many there are in a small install; 0 for other texts. */
  text_range: number[];
  text_salt: number[];
  number_key: string[];
  number_from: number[];
  number_salt: number[];
}

export interface StepTable {
  rows: StepRow[];
  texts: string[];
  numbers: number[];
  play: Play;
  /** A script for each slot of what an install does next. */
  draws: number[];
  /** By script: the bit of its area, and the first day on which it happens. */
  areas: number[];
  fromDays: number[];
}

const DRAWS = 4096;

/** @example compileSteps(catalogue).rows.filter(({ event }) => event === "timer.started") */
export function compileSteps(catalogue: Catalogue): StepTable {
  const play = playOf(catalogue);
  const texts = createPool<string>();
  const numbers = createPool<number>();
  const salt = createSalts();
  const spanFrom = (span: Span) => numbers.add(slotsOf(NUMBER_SLOTS, SPANS[span]));

  function compile(script: Script, index: number): StepRow[] {
    let after = 0;
    const passed: Span[] = [];
    return script.steps.map((step, at) => {
      after += step.gap;
      if (step.span !== undefined) passed.push(step.span);
      const row: StepRow = {
        ...{ script: index, step: at, event: step.event, after, anonymous: step.anonymous ? 1 : 0 },
        span_from: passed.map(spanFrom),
        span_salt: passed.map((span) => salt(`span ${span}`)),
        ...{ text_key: [], text_from: [], text_range: [], text_salt: [] },
        ...{ number_key: [], number_from: [], number_salt: [] },
      };
      addProperties(row, step);
      return row;
    });
  }

  function addProperties(row: StepRow, step: Step): void {
    const own = catalogue.events.find(({ name }) => name === step.event)?.properties ?? {};
    const known = propertiesOf(catalogue, step.event);
    for (const name of step.only ?? Object.keys(own)) {
      const property = known[name];
      if (property === undefined) continue;
      const timed = property.type === "duration_seconds" ? step.span : undefined;
      const source = sourceOf(name, property, step.fixed?.[name]);
      const place = source.joint ?? `${row.script} ${row.step} ${name}`;
      if (timed !== undefined) {
        // The duration that is told is the one that passed.
        row.number_key.push(name);
        row.number_from.push(spanFrom(timed));
        row.number_salt.push(salt(`span ${timed}`));
      } else if (source.kind === "number") {
        row.number_key.push(name);
        row.number_from.push(numbers.add(source.slots));
        row.number_salt.push(salt(place));
      } else {
        row.text_key.push(name);
        row.text_from.push(source.kind === "id" ? 0 : texts.add(source.slots));
        row.text_range.push(source.kind === "id" ? source.range : 0);
        row.text_salt.push(salt(place));
      }
    }
  }

  const rows = play.scripts.flatMap(compile);
  const drawn = play.scripts.map(({ weight }, index) => [index, weight] as const);
  return {
    ...{ rows, play, texts: texts.all, numbers: numbers.all },
    draws: weightedSlots(
      DRAWS,
      drawn.filter(([, weight]) => weight > 0),
    ),
    areas: play.scripts.map(({ area }) => areaBit(area)),
    fromDays: play.scripts.map(({ fromDay }) => fromDay),
  };
}

/** Distributions one after the other, each once. */
function createPool<T extends string | number>() {
  const all: T[] = [];
  const known = new Map<string, number>();
  return {
    all,
    add(slots: T[]): number {
      const content = slots.join("\0");
      const from = known.get(content) ?? all.length;
      known.set(content, from);
      if (from === all.length) all.push(...slots);
      return from;
    },
  };
}

/** A number for each thing that is drawn: the same thing is drawn alike in all of a session. */
function createSalts(): (name: string) => number {
  const salts = new Map<string, number>();
  return (name) => {
    const known = salts.get(name) ?? salts.size + 1;
    salts.set(name, known);
    return known;
  };
}
