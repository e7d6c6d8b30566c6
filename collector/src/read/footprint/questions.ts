import type { ReleaseSource } from "../releases.ts";
import { active } from "./active.ts";
import { adoption } from "./adoption.ts";
import { age } from "./age.ts";
import { breakdown } from "./breakdown.ts";
import { droppable } from "./droppable.ts";
import { lag } from "./lag.ts";
import { lifecycle } from "./lifecycle.ts";
import { retention } from "./retention.ts";
import { rolling } from "./rolling.ts";
import { stuck } from "./stuck.ts";
import { summary } from "./summary.ts";
import { survival } from "./survival.ts";
import { upgrades } from "./upgrades.ts";
import { versions } from "./versions.ts";

/**
 * Questions about the base layer: who answers the roll call.
 *
 * @param settings what the maintainer says of releases
 */
export const footprintQuestionsOf = (settings: ReleaseSource) => [
  summary(settings),
  active,
  rolling,
  lifecycle,
  versions,
  adoption(settings),
  lag(settings),
  upgrades,
  stuck(settings),
  droppable,
  breakdown,
  age,
  survival,
  retention,
];
