import type { Entry } from "../store/entries.ts";
import type { Project } from "../store/projects.ts";
import type { Task } from "../store/tasks.ts";
import { now } from "../time.ts";
import { type Html, html } from "./html.ts";
import { form, layout, type Screen } from "./layout.ts";
import { badge, checkbox, field, optionsOf, problem, select, table } from "./parts.ts";

export interface Totals {
  /** Seconds. */
  today: number;
  week: number;
}

export function homePage(screen: Screen, totals: Totals, recent: Entry[]): Html {
  const { format, running, settings, user } = screen;
  const tile = (name: string, value: string) =>
    html`<div class="card tile"><span>${name}</span><strong>${value}</strong></div>`;
  return layout(
    screen,
    "Today",
    html`<p>Hello ${user.name}. It is ${format.day(now())}, ${format.time(now())} in ${settings.timezone}.</p>
    <div class="tiles">
      ${tile("Today", format.duration(totals.today))}
      ${tile("Last 7 days", format.duration(totals.week))}
      ${tile("Running timers", String(running.length))}
    </div>
    ${runningTimers(screen)}
    ${running.length === 0 && html`<p><a class="button" href="/timer">Start a timer</a></p>`}
    ${entryTable(screen, recent)}`,
  );
}

export interface Choices {
  projects: Project[];
  tasks: Task[];
}

export function timerPage(
  screen: Screen,
  { projects, tasks }: Choices,
  recent: Entry[],
  fault?: string,
): Html {
  const open = tasks.filter(({ status }) => status !== "done");
  const choices = open.map(({ id, name, project_name }) => ({
    id,
    name: `${project_name}: ${name}`,
  }));
  const start = html`<div class="fields">
    ${select("Project", "project_id", optionsOf(projects))}
    ${select("Task", "task_id", optionsOf(choices, "none"))}
    ${field("What for", "description", html`maxlength="200"`)}
    ${checkbox("Billable", "billable", true)}
    <button>Start</button>
  </div>`;
  return layout(
    screen,
    "Timer",
    html`${problem(fault)}
    ${runningTimers(screen)}
    <section class="card">
      <h2>Start a timer</h2>
      ${
        projects.length === 0
          ? html`<p>Time is tracked on a project: <a href="/projects">create one</a> first.</p>`
          : form(screen, "/timer/start", start)
      }
    </section>
    ${entryTable(screen, recent)}`,
  );
}

function runningTimers(screen: Screen): Html {
  const { format, running } = screen;
  const stop = (id: number, label: string, at: "now" | "idle") =>
    form(
      screen,
      `/timer/${id}/stop`,
      html`<input type="hidden" name="at" value="${at}"><button>${label}</button>`,
    );
  return html`${running.map(
    ({ id, project_name, task_name, description, started_at, idle_since }) => html`
      <section class="card running" aria-label="Running timer">
        <div>
          <strong>${project_name}</strong> ${task_name && html`· ${task_name}`}
          ${description && html`<p>${description}</p>`}
          <p>since ${format.time(started_at)}, ${format.duration(now() - started_at)} so far</p>
          ${idle_since && html`<p class="problem">Nobody was here from ${format.time(idle_since)} on.</p>`}
        </div>
        <div class="row">
          ${stop(id, "Stop", "now")}
          ${
            idle_since &&
            html`${stop(id, `End it at ${format.time(idle_since)}`, "idle")}
            ${form(screen, `/timer/${id}/keep`, html`<button class="quiet">Keep the time</button>`)}`
          }
        </div>
      </section>
    `,
  )}`;
}

function entryTable({ format }: Screen, entries: Entry[]): Html {
  return table(
    "Time entries",
    [
      { title: "Day" },
      { title: "Project" },
      { title: "What for" },
      { title: "Time", number: true },
      { title: "Billing" },
    ],
    entries.map((entry) => [
      format.day(entry.started_at),
      entry.project_name,
      entry.description || entry.task_name,
      format.duration((entry.ended_at ?? now()) - entry.started_at),
      badge(entry.invoice_id !== null ? "billed" : entry.billable ? "billable" : "not_billable"),
    ]),
    "No time entries yet.",
  );
}
