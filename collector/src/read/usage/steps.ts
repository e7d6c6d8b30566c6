import { z } from "zod";
import { type Condition, parseConditions } from "./conditions.ts";
import { isEvent } from "./shared.ts";

/** One step of a funnel: a record of this event that meets these conditions. */
export interface Step {
  event: string;
  conditions: Condition[];
  /** As it was asked for. */
  text: string;
}

export const FEWEST_STEPS = 2;
export const MOST_STEPS = 8;
const ALLOWED = `${FEWEST_STEPS} to ${MOST_STEPS} steps, each an event's name and conditions after it, as auth.login;auth_method:oidc`;

/**
 * Reads a step: an event's name, then conditions on its properties, with semicolons between them.
 *
 * @returns null for what is none
 * @example parseStep("export.csv;rows>5") // { event: "export.csv", conditions: [{ key: "rows", operator: ">", bound: 5 }], text: … }
 */
export function parseStep(text: string): Step | null {
  const [event = "", ...rest] = text.split(";").map((part) => part.trim());
  const conditions = parseConditions(rest.filter((part) => part !== ""));
  return isEvent(event) && conditions !== null ? { event, conditions, text } : null;
}

function parseSteps(texts: readonly string[]): Step[] | null {
  const steps = texts.map(parseStep);
  if (steps.length < FEWEST_STEPS || steps.length > MOST_STEPS) return null;
  return steps.includes(null) ? null : (steps as Step[]);
}

/** Not a comma list, and not without repetitions: a step may come twice. */
export const stepsParameter = z
  .union([z.string(), z.array(z.string())], ALLOWED)
  .refine((given) => parseSteps([given].flat()) !== null, ALLOWED)
  .transform((given) => parseSteps([given].flat()) ?? [])
  .meta({
    description: `A step; repeat it, in order, ${FEWEST_STEPS} to ${MOST_STEPS} of them. An event's name, then conditions as in \`where\` of the explorer, each after a semicolon.`,
    example: "timer.started",
  });
