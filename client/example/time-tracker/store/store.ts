import { type Clients, createClients } from "./clients.ts";
import type { Database } from "./database.ts";
import { createEntries, type Entries } from "./entries.ts";
import { createInvoices, type Invoices } from "./invoices.ts";
import { createProjects, type Projects } from "./projects.ts";
import { createReports, type Reports } from "./reports.ts";
import { createSettings, type SettingsStore } from "./settings.ts";
import { createTasks, type Tasks } from "./tasks.ts";
import { createUsers, type Users } from "./users.ts";

/** Everything the app keeps, one part a table or question. */
export interface Store {
  settings: SettingsStore;
  users: Users;
  clients: Clients;
  projects: Projects;
  tasks: Tasks;
  entries: Entries;
  invoices: Invoices;
  reports: Reports;
}

export function createStore(database: Database): Store {
  return {
    settings: createSettings(database),
    users: createUsers(database),
    clients: createClients(database),
    projects: createProjects(database),
    tasks: createTasks(database),
    entries: createEntries(database),
    invoices: createInvoices(database),
    reports: createReports(database),
  };
}
