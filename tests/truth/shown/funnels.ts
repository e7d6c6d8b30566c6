import { FUNNEL } from "../catalogue.ts";
import { eventsOf } from "../features.ts";
import { funnelsOf } from "../journeys.ts";
import type { ShownCard, ShownCards, ShownView } from "./cards.ts";

/** The funnel that the app itself names, its steps in the order of how many took them. */
export function funnelsCards({ uses, span, choices }: ShownView): ShownCards {
  const found = eventsOf(uses, span).rows;
  if (found.length === 0) return {};
  const installs = (name: string) => found.find(({ event }) => event === name)?.installs ?? 0;
  const steps = [...FUNNEL]
    .sort((one, other) => installs(other) - installs(one))
    .map((event) => ({ event, text: event }));
  const windowMinutes = Number(choices.window ?? 10_080);
  const join = choices.join === "install" ? "install" : "user";
  const [funnel] = funnelsOf(uses, { steps, windowMinutes, join, compare: null }, span).funnels;
  const reached = funnel!.steps;
  const [first, last] = [reached[0]!, reached.at(-1)!];
  const foot = windowMinutes === 30 ? [30] : windowMinutes === 10_080 ? [7] : [];
  const builder: ShownCard = {};
  if (first.entities === 0) return { builder, funnel: { foot } };
  const of = ({ entities }: typeof first, { entities: whole }: typeof first) => ({
    ...{ part: entities, whole },
  });
  const losses = reached.slice(1).map((step, at) => ({ step, before: reached[at]! }));
  const goOn = ({ step, before }: (typeof losses)[number]) =>
    before.entities === 0 ? 1 : step.entities / before.entities;
  const worst = losses.reduce((most, each) => (goOn(each) < goOn(most) ? each : most));
  const who = join === "user" ? "Users" : "Installs";
  return {
    builder,
    funnel: {
      rows: reached.map((step) => ({
        ...{ Steps: step.event, [who]: step.entities, "Of all": of(step, first) },
        "Median seconds": step.medianSeconds,
      })),
      drawn: reached.map((step, at) => [
        `${at + 1}. ${step.event}`,
        step.entities,
        at === 0 ? null : of(step, reached[at - 1]!),
        of(step, first),
        step.medianSeconds === null ? null : { seconds: step.medianSeconds },
      ]),
      summary: [
        ...[of(last, first), first.entities],
        ...(goOn(worst) < 1 ? [of(worst.step, worst.before)] : []),
      ],
      foot,
    },
  };
}
