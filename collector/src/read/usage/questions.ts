import { events } from "./events.ts";
import { trend } from "./trend.ts";

/** Questions about the detailed layer, from installs that opted in. */
export const usageQuestions = [events, trend];
