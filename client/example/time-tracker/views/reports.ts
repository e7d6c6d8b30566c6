import type { Project } from "../store/projects.ts";
import { GROUPINGS, type Grouping, type ReportRow } from "../store/reports.ts";
import { type Html, html } from "./html.ts";
import { layout, type Screen } from "./layout.ts";
import { field, optionsOf, select, table } from "./parts.ts";

/** What a report is about; the form's fields. */
export interface ReportChoice {
  by: Grouping;
  /** `YYYY-MM-DD`, both included. */
  from: string;
  to: string;
  project_id: number | null;
}

export function reportsPage(
  screen: Screen,
  choice: ReportChoice,
  rows: ReportRow[],
  projects: Project[],
): Html {
  const { format } = screen;
  const { by, from, to, project_id } = choice;
  const query = new URLSearchParams({ by, from, to, project_id: String(project_id ?? "") });
  const groups = GROUPINGS.map((value) => ({ value, label: value }));
  const sum = (of: (row: ReportRow) => number) => rows.reduce((all, row) => all + of(row), 0);
  return layout(
    screen,
    "Reports",
    html`<section class="card">
      <h2>What to show</h2>
      <form method="get" action="/reports"><div class="fields">
        ${select("By", "by", groups, by)}
        ${field("From", "from", html`type="date" required value="${from}"`)}
        ${field("To", "to", html`type="date" required value="${to}"`)}
        ${select("Project", "project_id", optionsOf(projects, "all"), project_id)}
        <button>Show</button>
      </div></form>
    </section>
    ${table(
      `Time by ${by}`,
      [
        { title: by === "project" ? "Project" : "User" },
        { title: "Entries", number: true },
        { title: "Time", number: true },
        { title: "Billable", number: true },
      ],
      rows.map(({ name, entries, seconds, billable_seconds }) => [
        name,
        entries,
        format.duration(seconds),
        format.duration(billable_seconds),
      ]),
      "No finished time entries in these days.",
    )}
    <p class="total">Total ${format.duration(sum(({ seconds }) => seconds))}</p>
    <p><a class="button" href="/reports/export.csv?${query.toString()}">Export as CSV</a></p>`,
  );
}
