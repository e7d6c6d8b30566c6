import type { Alerts } from "../../alerts/alerts.ts";
import { appSettings } from "../../settings/app-settings.ts";
import type { Settings } from "../../settings/types.ts";
import { healthAlerts } from "./alerts.ts";
import { type AppInfo, apps } from "./apps.ts";
import { arrivals } from "./arrivals.ts";
import { draft } from "./draft.ts";
import { healthIngest } from "./ingest.ts";
import type { Machine } from "./machine.ts";
import { refusals } from "./refusals.ts";
import { healthSystem } from "./system.ts";
import { unlisted } from "./unlisted.ts";

/** The most new installs a day that an app's settings allow, or null. */
const budgetOf = (settings: Pick<Settings, "get">) => (app: string) =>
  appSettings(settings, app).budget.newInstallsPerDay;

/** What questions about the collector itself are answered from. */
export interface OperationsParts {
  /** Apps that hold an ingest token. */
  apps(): AppInfo[];
  settings: Pick<Settings, "get">;
  alerts: Pick<Alerts, "rows">;
  machine?: Machine | undefined;
}

/** Questions about the collector itself. */
export const operationsQuestions = ({
  apps: configured,
  settings,
  alerts,
  machine,
}: OperationsParts) => [
  apps(configured),
  refusals,
  draft,
  healthIngest(machine),
  healthSystem(machine),
  unlisted,
  arrivals(budgetOf(settings)),
  healthAlerts(alerts),
];
