import { appSettings } from "../../settings/app-settings.ts";
import type { Settings } from "../../settings/types.ts";
import { type AppInfo, apps } from "./apps.ts";
import { arrivals } from "./arrivals.ts";
import { draft } from "./draft.ts";
import { healthIngest } from "./ingest.ts";
import type { Machine } from "./machine.ts";
import { refusals } from "./refusals.ts";
import { healthSystem } from "./system.ts";
import { unlisted } from "./unlisted.ts";

/** The most new installs a day that an app's settings allow, or null. */
export const budgetOf = (settings: Pick<Settings, "get">) => (app: string) =>
  appSettings(settings, app).budget.newInstallsPerDay;

/**
 * Questions about the collector itself.
 *
 * @param configured apps that hold an ingest token
 * @param budgetOf the most new installs a day that an app's settings allow, or null
 */
export const operationsQuestions = (
  configured: () => AppInfo[],
  machine?: Machine,
  budgetOf: (app: string) => number | null = () => null,
) => [
  apps(configured),
  refusals,
  draft,
  healthIngest(machine),
  healthSystem(machine),
  unlisted,
  arrivals(budgetOf),
];
