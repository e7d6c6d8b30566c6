import type { Catalogue } from "../../schemas/src/index.ts";
import type { Area } from "./areas.ts";
import { DAILY, ERRORS, ONBOARDING, PLAIN, type Script, script, step, WEEK_1 } from "./scripts.ts";

/** All scripts of an app, and the indexes of those that are not only drawn. */
export interface Play {
  scripts: Script[];
  /** The first of as many scripts as `ONBOARDING` has. */
  onboarding: number;
  week1: number;
  errors: number;
  plain: number;
}

/** No script knows which release came before, as it says. */
const NOT_PLAYED = "telemetry.update";
/** All events together that no script has, beside the weights of scripts. */
const TAIL_WEIGHT = 9;
/** By how such an event's name begins; the first that fits. */
const TAIL_AREAS: Record<string, Area> = {
  ...{ "admin.": "admin", "system.": "admin", "telemetry.": "admin", "auth.": "admin" },
  ...{ "project.attachment": "attachment", "client.attachment": "attachment" },
  ...{ client: "client", quote: "quote", invoice: "invoice", payment: "invoice_paid" },
  ...{ task: "task", comment: "comment", receipt: "expense", expense: "expense" },
  ...{ mileage: "mileage", per_diem: "per_diem", time_entry_template: "template" },
  ...{ saved_filter: "filter", weekly_goal: "goal", support: "support", export: "export" },
  ...{ project: "project", time_entries: "timer" },
};

/**
 * Everything that installs of an app do: the scripts of a time tracker as far as its catalogue has
 * their events, and each other event of the catalogue by itself, the later in it the rarer.
 */
export function playOf(catalogue: Catalogue): Play {
  const listed = new Set(catalogue.events.map(({ name }) => name));
  const told = [...ONBOARDING, WEEK_1, ERRORS, PLAIN, ...DAILY];
  const used = new Set(told.flatMap(({ steps }) => steps.map(({ event }) => event)));
  const tail = [...listed].filter((event) => !used.has(event) && event !== NOT_PLAYED);
  const rarity = (at: number) => 1 / (at + 5);
  const whole = tail.reduce((sum, _, at) => sum + rarity(at), 0);
  const scripts = [
    ...told.map((each) => ({
      ...each,
      steps: each.steps.filter(({ event }) => listed.has(event)),
    })),
    ...tail.map((event, at) =>
      script(areaOf(event), (TAIL_WEIGHT * rarity(at)) / whole, [step(event)]),
    ),
  ];
  const [onboarding, week1, errors, plain] = [ONBOARDING[0]!, WEEK_1, ERRORS, PLAIN].map((each) =>
    told.indexOf(each),
  ) as [number, number, number, number];
  return { scripts, onboarding, week1, errors, plain };
}

function areaOf(event: string): Area {
  const found = Object.entries(TAIL_AREAS).find(([start]) => event.startsWith(start));
  return found?.[1] ?? "core";
}
