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

export const step = (event: string, gap = 20, more: Partial<Step> = {}): Step => ({
  event,
  gap,
  ...more,
});
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

const signUp = [step("funnel.onboarding.signed_up", 0), login, step("setup.completed", 40), page()];
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

export const script = (area: Area, weight: number, list: Step[], fromDay = 0): Script => ({
  ...{ area, weight, fromDay, steps: list },
});

/** By how far the first user gets; each install plays one of them, first of all. */
export const ONBOARDING = [
  script("core", 0, signUp),
  script("core", 0, [...signUp, ...firstProject]),
  script("core", 0, [...signUp, ...firstProject, ...firstTimer]),
];
/** A week after it, by whoever got through it. */
export const WEEK_1 = script("core", 0, [login, step("funnel.onboarding.week_1_completed", 5)]);
/** Drawn now and then, and often of a faulty release. */
export const ERRORS = script("core", 1.1, [
  page(),
  step("error_occurred", 2),
  step("system.error", 1, { anonymous: true }),
]);
/** What is done instead of what an install cannot do. */
export const PLAIN = script("core", 18, [page(2), page(), page(40)]);

/** A funnel that is left on the way: one script for each step that may be the last. */
const funnel = (area: Area, weights: number[], list: Step[], fromDay = 0): Script[] =>
  weights.map((weight, left) =>
    script(area, weight, list.slice(0, list.length - (weights.length - 1 - left)), fromDay),
  );

/** What is drawn, as often as its weight says. */
export const DAILY: readonly Script[] = [
  script("core", 15, [login, page(2), page(), page(), step("auth.logout", 600)]),
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
    [
      ...steps("funnel.project_setup.", "started basic_info_entered billing_configured", 35),
      ...steps("funnel.project_setup.", "tasks_added completed", 35),
      step("project.created", 1),
    ],
  ),
  script("project", 1.6, [page(2), step("project.created", 60), page(2)]),
  script("project", 3, [page(2), step("project.updated", 50)]),
  script("project", 0.6, [step("project.archived")], 30),
  script("task", 5, [page(2), step("task.created", 30)]),
  script("task", 8, [page(2), step("task.status_changed", 12)]),
  script("task", 3, [step("task.updated")]),
  script("client", 1.1, [step("client.created"), page(2)]),
  script("client", 1.4, [page(2), step("client.updated", 40)]),
  ...funnel(
    "invoice",
    [0.5, 0.35, 0.35, 0.9],
    [
      ...steps("funnel.invoice_generation.", "page_viewed project_selected invoice_previewed", 30),
      step("funnel.invoice_generation.invoice_generated", 20),
      created,
    ],
    4,
  ),
  script("invoice", 1.1, [page(2), created], 4),
  script("invoice_sent", 1.2, [page(2), created, sent], 4),
  script("invoice_paid", 2.2, [page(2), created, sent, paid, step("payment_created", 20)], 4),
  script("report", 6, [page(2), step("report.viewed", 3)]),
  ...funnel(
    "report",
    [0.7, 0.5, 0.5, 1.6],
    [
      ...steps(
        "funnel.report_generation.",
        "page_viewed type_selected filters_applied generated",
        9,
      ),
      step("report.generated", 1),
    ],
  ),
  ...funnel(
    "export",
    [0.3, 0.25, 0.3, 0.9],
    [
      ...steps("funnel.export_workflow.", "started format_selected filters_applied downloaded", 6),
      step("export.csv", 1),
    ],
  ),
  script("export", 1.3, [page(2), step("export.csv", 10)]),
  script("export", 0.9, [page(2), step("export.pdf", 10)]),
  script(
    "quote",
    1.4,
    [
      step("quote.created"),
      step("quote.sent", 300),
      step("quote.accepted", 0, { span: "until_sent" }),
    ],
    4,
  ),
  script("quote", 0.8, [step("quote.created"), step("quote.approval.requested", 200)], 4),
  script("expense", 2, [page(2), step("expense.created", 45)]),
  script("comment", 2.2, [page(2), step("comment.created", 30)]),
  script("support", 0.9, [
    page(2),
    step("support.prompt_shown", 4),
    step("support.prompt_dismissed", 5),
  ]),
];
