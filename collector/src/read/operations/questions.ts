import { type AppInfo, apps } from "./apps.ts";
import { draft } from "./draft.ts";
import { refusals } from "./refusals.ts";

/**
 * Questions about the collector itself.
 *
 * @param configured apps that hold an ingest token
 */
export const operationsQuestions = (configured: () => AppInfo[]) => [
  apps(configured),
  refusals,
  draft,
];
