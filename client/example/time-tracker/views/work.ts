import type { Client } from "../store/clients.ts";
import type { Project } from "../store/projects.ts";
import { PRIORITIES, STATUSES, type Task } from "../store/tasks.ts";
import { type Html, html } from "./html.ts";
import { form, layout, type Screen } from "./layout.ts";
import { badge, checkbox, field, optionsOf, problem, select, table } from "./parts.ts";

const NAME = html`required maxlength="200"`;

export function clientsPage(screen: Screen, clients: Client[], fault?: string): Html {
  const archive = ({ id, name, archived }: Client) =>
    archived
      ? badge("archived")
      : form(
          screen,
          `/clients/${id}/archive`,
          html`<button class="quiet" aria-label="Archive ${name}">Archive</button>`,
        );
  return layout(
    screen,
    "Clients",
    html`${problem(fault)}
    <section class="card">
      <h2>New client</h2>
      ${form(
        screen,
        "/clients",
        html`<div class="fields">${field("Name", "name", NAME)}<button>Create the client</button></div>`,
      )}
    </section>
    ${table(
      "Clients",
      [{ title: "Name" }, { title: "State" }],
      clients.map((client) => [client.name, archive(client)]),
      "No clients yet. A project can do without one, an invoice cannot.",
    )}`,
  );
}

export function projectsPage(
  screen: Screen,
  projects: Project[],
  clients: Client[],
  fault?: string,
): Html {
  return layout(
    screen,
    "Projects",
    html`${problem(fault)}
    <section class="card">
      <h2>New project</h2>
      ${form(screen, "/projects", projectFields(clients, null))}
    </section>
    ${table(
      "Projects",
      [
        { title: "Name" },
        { title: "Client" },
        { title: "Rate an hour", number: true },
        { title: "State" },
      ],
      projects.map(({ id, name, client_name, billable, hourly_rate, archived }) => [
        html`<a href="/projects/${id}">${name}</a>`,
        client_name,
        billable ? screen.format.money(hourly_rate) : "not billed",
        badge(archived ? "archived" : "active"),
      ]),
      "No projects yet. Time is always tracked on one.",
    )}`,
  );
}

export function projectPage(
  screen: Screen,
  project: Project,
  clients: Client[],
  tasks: Task[],
  fault?: string,
): Html {
  const { id, name, archived } = project;
  return layout(
    screen,
    name,
    html`${problem(fault)}
    <section class="card">
      <h2>Settings</h2>
      ${form(screen, `/projects/${id}`, projectFields(clients, project))}
      ${form(
        screen,
        `/projects/${id}/${archived ? "unarchive" : "archive"}`,
        html`<button class="quiet">${archived ? "Take out of the archive" : "Archive"}</button>`,
      )}
    </section>
    ${taskTable(screen, tasks, "No tasks in this project.")}
    <p><a href="/projects">All projects</a></p>`,
  );
}

export function tasksPage(
  screen: Screen,
  tasks: Task[],
  projects: Project[],
  fault?: string,
): Html {
  const words = PRIORITIES.map((value) => ({ value, label: value }));
  return layout(
    screen,
    "Tasks",
    html`${problem(fault)}
    <section class="card">
      <h2>New task</h2>
      ${form(
        screen,
        "/tasks",
        html`<div class="fields">
          ${field("Name", "name", NAME)}
          ${select("Project", "project_id", optionsOf(projects))}
          ${select("Priority", "priority", words, "medium")}
          <button>Create the task</button>
        </div>`,
      )}
    </section>
    ${taskTable(screen, tasks, "No tasks yet.")}`,
  );
}

function projectFields(clients: Client[], project: Project | null): Html {
  const rate = ((project?.hourly_rate ?? 8_000) / 100).toFixed(2);
  return html`<div class="fields">
    ${field("Name", "name", html`${NAME} value="${project?.name}"`)}
    ${select("Client", "client_id", optionsOf(clients, "none"), project?.client_id)}
    ${field("Rate an hour", "hourly_rate", html`required inputmode="decimal" value="${rate}"`)}
    ${checkbox("Billable", "billable", project === null || project.billable === 1)}
    <button>${project === null ? "Create the project" : "Save"}</button>
  </div>`;
}

function taskTable(screen: Screen, tasks: Task[], empty: string): Html {
  const statuses = STATUSES.map((value) => ({ value, label: value.replaceAll("_", " ") }));
  const move = ({ id, name, status }: Task) =>
    form(
      screen,
      `/tasks/${id}/status`,
      html`<div class="row">
        ${select(`Status of ${name}`, "status", statuses, status)}<button class="quiet">Set</button>
      </div>`,
    );
  return table(
    "Tasks",
    [{ title: "Task" }, { title: "Project" }, { title: "Priority" }, { title: "Status" }],
    tasks.map((task) => [task.name, task.project_name, badge(task.priority), move(task)]),
    empty,
  );
}
