import { active } from "./active.ts";
import { breakdown } from "./breakdown.ts";
import { summary } from "./summary.ts";
import { versions } from "./versions.ts";

/** Questions about the base layer: who answers the roll call. */
export const footprintQuestions = [summary, active, versions, breakdown];
