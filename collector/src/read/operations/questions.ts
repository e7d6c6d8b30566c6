import type { Alerts } from "../../alerts/alerts.ts";
import { createBudgets, type FixedTokens } from "../../settings/token-budgets.ts";
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

/** What questions about the collector itself are answered from. */
export interface OperationsParts {
  /** Apps that hold an ingest token. */
  apps(): AppInfo[];
  settings: Pick<Settings, "get">;
  fixedTokens: FixedTokens;
  alerts: Pick<Alerts, "rows">;
  machine?: Machine | undefined;
}

/** Questions about the collector itself. */
export const operationsQuestions = ({
  apps: configured,
  settings,
  fixedTokens,
  alerts,
  machine,
}: OperationsParts) => [
  apps(configured),
  refusals,
  draft,
  healthIngest(machine),
  healthSystem(machine),
  unlisted,
  arrivals(createBudgets(settings, fixedTokens)),
  healthAlerts(alerts),
];
