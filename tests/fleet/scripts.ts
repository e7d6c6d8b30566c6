import type { Catalogue } from "@rollcall/schemas";
import type { Area } from "./areas.ts";

/** How long a step takes that takes long: a distribution in `values.ts`. */
export type Span = "timer" | "until_sent" | "until_paid";

export interface Step {
  event: string;
  /** Seconds since the step before it. */
  gap: number;
  /** A span that passes before it, on top of the gap. */
  span?: Span;
  /** Properties whose value the story decides. */
  fixed?: Record<string, string>;
  /** Only these properties; absent: all of the event's own. */
  only?: string[];
  /** Nobody is signed in: the record names no user. */
  anonymous?: boolean;
}

/** Something that one user does: its records, in their order. */
export interface Script {
  area: Area;
  weight: number;
  /** Days since the install began to share before which it does not happen. */
  fromDay: number;
  steps: Step[];
}

/** What each install does first; by how far its first user gets, from 1. */
export const ONBOARDING = 3;

const step = (event: string, gap = 20, more: Partial<Step> = {}): Step => ({ event, gap, ...more });
const page = (gap = 25): Step =>
  step("$pageview", gap, { only: ["pathname", "browser", "device_type", "os"] });
const login = step("auth.login", 2, { only: ["auth_method", "browser", "device_type", "os"] });
const stopped = step("timer.stopped", 0, { span: "timer" });
const invoice = (event: string, from: string, to: string, gap: number, span?: Span): Step =>
  step(event, gap, {
    fixed: { old_status: from, new_status: to },
    ...(span === undefined ? {} : { span }),
  });
const created = invoice("invoice.created", "draft", "draft", 60);
const sent = invoice("invoice.sent", "draft", "sent", 120, "until_sent");
const paid = invoice("invoice.paid", "sent", "paid", 60, "until_paid");
const steps = (prefix: string, names: string, gap = 30): Step[] =>
  names.split(" ").map((name) => step(`${prefix}${name}`, gap));

const signUp = [
  step("funnel.onboarding.signed_up", 0),
  login,
  step("setup.completed", 40),
  page(),
];
const firstProject = [
  step("funnel.onboarding.profile_completed", 180),
  step("project.created", 240),
  step("funnel.onboarding.first_project_created", 1),
];
const firstTimer = [
  step("timer.started", 90),
  step("funnel.onboarding.first_timer_started", 1),
  stopped,
  step("funnel.onboarding.first_time_logged", 1),
];

/** Played once each, not drawn. The first three are the onboarding, each a little longer. */
const STORIES: Script[] = [
  { area: "core", weight: 0, fromDay: 0, steps: signUp },
  { area: "core", weight: 0, fromDay: 0, steps: [...signUp, ...firstProject] },
  { area: "core", weight: 0, fromDay: 0, steps: [...signUp, ...firstProject, ...firstTimer] },
];
/** A week after it, by whoever got through it. */
const WEEK_1: Script = {
  area: "timer",
  weight: 0,
  fromDay: 0,
  steps: [login, step("funnel.onboarding.week_1_completed", 5)],
};
const ERRORS: Script = {
  area: "core",
  weight: 1.1,
  fromDay: 0,
  steps: [page(), step("error_occurred", 2), step("system.error", 1, { anonymous: true })],
};

const script = (area: Area, weight: number, list: Step[], fromDay = 0): Script => ({
  ...{ area, weight, fromDay, steps: list },
});
/** A funnel that is left on the way: one script for each step that may be the last. */
const funnel = (area: Area, weights: number[], list: Step[], fromDay = 0): Script[] =>
  weights.map((weight, left) =>
    script(area, weight, list.slice(0, list.length - (weights.length - 1 - left)), fromDay),
  );

const DAILY: Script[] = [
  script("core", 15, [login, page(2), page(), page(), step("auth.logout", 600)]),
  script("core", 18, [page(2), page(), page(40)]),
  script("core", 1.6, [step("auth.login_failed", 0, { anonymous: true }), login, page(2)]),
  script("core", 2.5, [page(2), step("performance_metric", 1, { anonymous: true })]),
  script("timer", 30, [page(2), step("timer.started", 6), stopped]),
  script("timer", 9, [login, page(2), step("timer.started", 12), stopped, page(3)]),
  script("timer", 2, [step("timer.started"), step("timer.idle_detected", 900), stopped]),
  script("timer", 4, [step("timer.resumed"), stopped]),
  script("timer", 1.2, [page(2), step("timer.duplicated")]),
  ...funnel(
    "timer",
    [1, 0.8, 4],
    [
      ...steps("funnel.time_tracking_flow.", "interface_opened timer_started", 4),
      step("timer.started", 1),
      stopped,
      ...steps("funnel.time_tracking_flow.", "timer_stopped notes_added entry_saved", 8),
    ],
  ),
  script("template", 3, [step("timer.started.from_template"), stopped]),
  ...funnel(
    "project",
    [0.5, 0.35, 0.3, 0.25, 1.2],
    steps(
      "",
      "funnel.project_setup.started funnel.project_setup.basic_info_entered funnel.project_setup.billing_configured funnel.project_setup.tasks_added funnel.project_setup.completed project.created",
      35,
    ).filter((_, at, { length }) => at < length),
  ),
  script("project", 1.6, [page(2), step("project.created", 60), page(2)]),
  script("project", 3, [page(2), step("project.updated", 50)]),
  script("project", 0.6, [step("project.archived")], 30),
  script("task", 5, [page(2), step("task.created", 30)]),
  script("task", 8, [page(2), step("task.status_changed", 12)]),
  script("task", 3, [step("task.updated")]),
  script("client", 1.1, [step("client.created"), page(2)]),
  script("client", 1.4, [page(2), step("client.updated", 40)]),
  ...funnel("invoice", [0.5, 0.35, 0.35, 0.9], [
    ...steps("funnel.invoice_generation.", "page_viewed project_selected invoice_previewed", 30),
    step("funnel.invoice_generation.invoice_generated", 20),
    created,
  ], 4),
  script("invoice", 1.1, [page(2), created], 4),
  script("invoice_sent", 1.2, [page(2), created, sent], 4),
  script("invoice_paid", 2.2, [page(2), created, sent, paid, step("payment_created", 20)], 4),
  script("report", 6, [page(2), step("report.viewed", 3)]),
  ...funnel("report", [0.7, 0.5, 0.5, 1.6], [
    ...steps("funnel.report_generation.", "page_viewed type_selected filters_applied generated", 9),
    step("report.generated", 1),
  ]),
  ...funnel("export", [0.3, 0.25, 0.3, 0.9], [
    ...steps("funnel.export_workflow.", "started format_selected filters_applied downloaded", 6),
    step("export.csv", 1),
  ]),
  script("export", 1.3, [page(2), step("export.csv", 10)]),
  script("export", 0.9, [page(2), step("export.pdf", 10)]),
  script("quote", 1.4, [step("quote.created"), step("quote.sent", 300), step("quote.accepted", 0, { span: "until_sent" })], 4),
  script("quote", 0.8, [step("quote.created"), step("quote.approval.requested", 200)], 4),
  script("expense", 2, [page(2), step("expense.created", 45)]),
  script("comment", 2.2, [page(2), step("comment.created", 30)]),
  script("support", 0.9, [page(2), step("support.prompt_shown", 4), step("support.prompt_dismissed", 5)]),
];

/** What `telemetry.update` says no story knows: which release came before. */
const NOT_PLAYED = new Set(["telemetry.update"]);
/** All events together that no script above has. */
const TAIL_WEIGHT = 9;
const TAIL_AREAS: [start: string, area: Area][] = [
  ...(["admin.", "system.", "telemetry.", "auth."].map((start) => [start, "admin"]) as [string, Area][]),
  ...([["project.attachment", "attachment"], ["client.attachment", "attachment"], ["client_note", "client"], ["client", "client"], ["quote", "quote"], ["invoice", "invoice"], ["payment", "invoice_paid"], ["task", "task"], ["comment", "comment"], ["receipt", "expense"], ["expense", "expense"], ["mileage", "mileage"], ["per_diem", "per_diem"], ["time_entry_template", "template"], ["saved_filter", "filter"], ["weekly_goal", "goal"], ["support", "support"], ["export", "export"], ["project", "project"], ["time_entries", "timer"]] as [string, Area][]),
];

export interface Play {
  scripts: Script[];
  /** Indexes of scripts that are not drawn. */
  onboarding: number;
  week1: number;
  errors: number;
  /** What is done instead of what an install cannot do. */
  plain: number;
}

/**
 * Everything that installs of an app do: the stories of a time tracker as far as its catalogue has
 * their events, and each other event of the catalogue by itself, the later in it the rarer.
 */
export function playOf(catalogue: Catalogue): Play {
  const listed = new Set(catalogue.events.map(({ name }) => name));
  const known = (each: Script): Script => ({
    ...each,
    steps: each.steps.filter(({ event }) => listed.has(event)),
  });
  const told = [...STORIES, WEEK_1, ERRORS, ...DAILY];
  const used = new Set([...told.flatMap((each) => each.steps.map(({ event }) => event)), ...NOT_PLAYED]);
  const tail = [...listed].filter((event) => !used.has(event));
  const rarity = tail.reduce((sum, _, at) => sum + 1 / (at + 5), 0);
  const scripts = [
    ...told.map(known),
    ...tail.map((event, at) =>
      script(areaOf(event), (TAIL_WEIGHT / (at + 5)) / rarity, [step(event)]),
    ),
  ];
  return { scripts, onboarding: 0, week1: STORIES.length, errors: STORIES.length + 1, plain: STORIES.length + 3 };
}

function areaOf(event: string): Area {
  return TAIL_AREAS.find(([start]) => event.startsWith(start))?.[1] ?? "core";
}
