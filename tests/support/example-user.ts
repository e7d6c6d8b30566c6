import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Page } from "playwright-core";
import type { Example } from "./example.ts";

/** What somebody types into the example. None of it may ever be on the wire. */
export const TYPED = {
  company: "Quillfeather Carpentry",
  address: "7 Plantedstone Lane",
  email: "office@quillfeather.example",
  administrator: "mistress-quill",
  password: "a long enough secret",
  calendarId: "planted-calendar-client",
  calendarSecret: "planted-calendar-secret",
  client: "Brackenridge Hotel",
  project: "Oak staircase",
  task: "Measure the hall",
  description: "Talked to the housekeeper",
  user: "apprentice-finch",
};

/** Goes through the wizard by its own links and sends it. */
export async function completeSetup(
  page: Page,
  { url }: Pick<Example, "url">,
  { optIn, password = TYPED.password }: { optIn: boolean; password?: string },
): Promise<void> {
  await page.goto(url);
  const next = async (title: string) => {
    await page.getByRole("link", { name: "Next" }).filter({ visible: true }).click();
    await page.getByRole("heading", { name: title }).waitFor();
  };
  await next("Region and time");
  await page.getByLabel("Time zone").selectOption("Europe/Berlin");
  await page.getByLabel("Date format").selectOption("DD.MM.YYYY");
  await next("Company");
  const company = page.locator("#step-company");
  await company.getByLabel("Name").fill(TYPED.company);
  await company.getByLabel("Address").fill(TYPED.address);
  await company.getByLabel("E-mail").fill(TYPED.email);
  await next("System");
  await page.getByLabel("Administrator's name").fill(TYPED.administrator);
  await page.getByLabel("Administrator's password").fill(password);
  await page.getByLabel("Round time to").fill("15");
  await next("Integrations");
  await page.getByLabel("Client id").fill(TYPED.calendarId);
  await page.getByLabel("Client secret").fill(TYPED.calendarSecret);
  await next("Privacy");
  await page.getByLabel("Also share detailed usage").setChecked(optIn);
  await page.getByRole("button", { name: "Finish setup" }).click();
}

/** Signs in as the administrator. */
export async function enter(page: Page, { url }: Pick<Example, "url">): Promise<void> {
  await page.goto(`${url}/login`);
  await page.getByLabel("Name").fill(TYPED.administrator);
  await page.getByLabel("Password").fill(TYPED.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Today" }).waitFor();
}

/** Creates a client, a project for it, and a task in that. */
export async function addWork(page: Page, { url }: Pick<Example, "url">): Promise<void> {
  await page.goto(`${url}/clients`);
  await page.getByLabel("Name").fill(TYPED.client);
  await page.getByRole("button", { name: "Create the client" }).click();
  await page.getByRole("cell", { name: TYPED.client, exact: true }).waitFor();
  await page.goto(`${url}/projects`);
  await page.getByLabel("Name").fill(TYPED.project);
  await page.getByLabel("Client").selectOption({ label: TYPED.client });
  await page.getByRole("button", { name: "Create the project" }).click();
  await page.getByRole("heading", { name: TYPED.project }).waitFor();
  await page.goto(`${url}/tasks`);
  await page.getByLabel("Name").fill(TYPED.task);
  await page.getByRole("button", { name: "Create the task" }).click();
  await page.getByRole("cell", { name: TYPED.task, exact: true }).waitFor();
}

/** Starts a timer for the first project and stops it. */
export async function trackTime(page: Page, { url }: Pick<Example, "url">): Promise<void> {
  await page.goto(`${url}/timer`);
  await page.getByLabel("What for").fill(TYPED.description);
  await page.getByRole("button", { name: "Start" }).click();
  await page.getByText("so far").waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText("so far").waitFor({ state: "detached" });
}

/** Runs one statement on the example's own database and returns its rows. */
export function ask<T>({ dataDir }: Pick<Example, "dataDir">, statement: string): T[] {
  const database = new DatabaseSync(join(dataDir, "timetracker.sqlite"));
  try {
    database.exec("PRAGMA busy_timeout = 2000");
    return database.prepare(statement).all() as T[];
  } finally {
    database.close();
  }
}

/** What Rollcall keeps in `installation.json`. */
export function installation({ dataDir }: Pick<Example, "dataDir">): Record<string, unknown> {
  return JSON.parse(readFileSync(join(dataDir, "installation.json"), "utf8"));
}
