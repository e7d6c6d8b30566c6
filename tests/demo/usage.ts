import type { Random } from "./random.ts";

export type Properties = Record<string, string | number | boolean>;

interface Action {
  area: string;
  /** How often, beside the others. */
  weight: number;
  /** The first release that has it; absent: all. */
  since?: string;
  properties?(dice: Random): Properties;
}

const id = (dice: Random) => dice.integer(1, 900);
const projectId = (dice: Random) => ({ project_id: dice.integer(1, 60) });
const STATUSES = ["todo", "in_progress", "review", "done", "cancelled"];
const PATHS = ["/dashboard", "/timer", "/projects", "/projects/:id", "/tasks", "/reports"];
const REPORTS = ["summary", "project", "user", "task"];

/** What people do in a time tracker on a working day. Every name and property is in its catalogue. */
export const ACTIONS: Record<string, Action> = {
  "timer.started": { area: "timer", weight: 30, properties: projectId },
  "timer.stopped": {
    area: "timer",
    weight: 28,
    properties: (dice) => ({
      time_entry_id: dice.integer(1, 40_000),
      duration_seconds: Math.round(dice.exponential(4200)),
    }),
  },
  "timer.idle_detected": { area: "timer", weight: 2 },
  "project.created": { area: "project", weight: 1.2, properties: projectId },
  "project.updated": { area: "project", weight: 2, properties: projectId },
  "project.archived": { area: "project", weight: 0.4, properties: projectId },
  "task.created": {
    area: "task",
    weight: 5,
    properties: (dice) => ({
      task_id: id(dice),
      ...projectId(dice),
      priority: dice.weighted({ low: 2, medium: 6, high: 3, urgent: 1 }),
    }),
  },
  "task.status_changed": {
    area: "task",
    weight: 7,
    properties: (dice) => ({
      task_id: id(dice),
      old_status: dice.pick(STATUSES),
      new_status: dice.pick(STATUSES),
    }),
  },
  "client.created": {
    area: "client",
    weight: 0.7,
    properties: (dice) => ({ client_id: dice.integer(1, 80) }),
  },
  "invoice.created": {
    area: "invoice",
    weight: 1.4,
    properties: (dice) => ({ invoice_id: id(dice) }),
  },
  "invoice.sent": {
    area: "invoice",
    weight: 1.1,
    properties: (dice) => ({ invoice_id: id(dice) }),
  },
  "invoice.paid": {
    area: "invoice",
    weight: 0.9,
    properties: (dice) => ({ invoice_id: id(dice) }),
  },
  "quote.sent": {
    area: "quote",
    weight: 1.2,
    since: "5.8.0",
    properties: (dice) => ({ quote_id: id(dice) }),
  },
  "quote.approval.requested": {
    area: "quote",
    weight: 0.8,
    since: "5.9.0",
    properties: (dice) => ({ quote_id: id(dice) }),
  },
  "report.viewed": {
    area: "report",
    weight: 6,
    properties: (dice) => ({ report_type: dice.pick(REPORTS) }),
  },
  "export.csv": {
    area: "export",
    weight: 1.6,
    properties: (dice) => ({ num_rows: Math.round(dice.exponential(300)) }),
  },
  "export.pdf": {
    area: "export",
    weight: 0.9,
    since: "5.9.0",
    properties: (dice) => ({ num_rows: Math.round(dice.exponential(80)) }),
  },
  "expense.updated": {
    area: "expense",
    weight: 2,
    properties: (dice) => ({ expense_id: id(dice) }),
  },
  "comment.created": {
    area: "comment",
    weight: 2.2,
    properties: (dice) => ({ comment_id: id(dice) }),
  },
  "auth.login": {
    area: "auth",
    weight: 6,
    properties: (dice) => ({ auth_method: dice.weighted({ local: 8, oidc: 2 }) }),
  },
  "auth.logout": { area: "auth", weight: 2.5 },
  "support.prompt_shown": { area: "support", weight: 0.5, since: "5.8.0" },
  $pageview: {
    area: "view",
    weight: 24,
    properties: (dice) => ({
      pathname: dice.pick(PATHS).replace(":id", String(dice.integer(1, 60))),
      browser: dice.weighted({ chrome: 52, firefox: 27, safari: 12, edge: 9 }),
      device_type: dice.weighted({ desktop: 82, mobile: 15, tablet: 3 }),
    }),
  },
};

/** The versions in which something goes wrong, and what, how often in a hundred. */
export const BROKEN = /^5\.(8|9|10)\./;
export const ERRORS = { database: 50, network: 30, validation: 20 };

/** Shares of a working day's use, Sunday first. */
export const WEEKDAY_RHYTHM = [0.12, 1, 1.06, 1.04, 1, 0.82, 0.17];

/** The weights of what an install can do that has these areas and runs this release. */
export function actionWeights(areas: ReadonlySet<string>, version: string): Record<string, number> {
  return Object.fromEntries(
    Object.entries(ACTIONS)
      .filter(([, action]) => areas.has(action.area) && !isBefore(version, action.since))
      .map(([event, action]) => [event, action.weight]),
  );
}

function isBefore(version: string, since: string | undefined): boolean {
  if (since === undefined) return false;
  const parts = (text: string) => text.split("-")[0]!.split(".").map(Number);
  const [left, right] = [parts(version), parts(since)];
  const differing = left.findIndex((part, index) => part !== right[index]);
  return differing >= 0 && left[differing]! < right[differing]!;
}
