import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { startExample } from "../support/example.ts";
import type { Person } from "./client-overhead-load.ts";

/** A data directory of the example app, set up and opted in, and the people who are signed in to it. */
export interface Seed {
  dataDir: string;
  people: Person[];
}

const PASSWORD = "a password of the benchmark";
const SETUP = {
  timezone: "UTC",
  date_format: "YYYY-MM-DD",
  time_format: "24h",
  currency: "EUR",
  company_name: "Benchmark",
  company_address: "1 Loop Road",
  company_email: "office@example.com",
  admin_name: "administrator",
  admin_password: PASSWORD,
  self_registration: "on",
  rounding_minutes: "1",
  single_active_timer: "on",
  idle_timeout_minutes: "30",
  telemetry_detailed: "on",
  finish: "yes",
};

/**
 * Goes through the wizard and the sign-in by HTTP, as a browser would. Copies of the directory share
 * its session key, so the same cookies hold in each.
 *
 * @param collector where nothing answers
 */
export async function makeSeed(dataDir: string, collector: string, people: number): Promise<Seed> {
  mkdirSync(dataDir);
  const example = await startExample(
    {
      url: collector,
      tokens: { ingest: "unused", backfill: "", unattributed: "", learning: "", admin: "" },
    },
    { dataDir },
  );
  try {
    const browse = browser(example.url);
    const setup = await browse("/setup");
    await browse("/setup", setup.cookie, { ...SETUP, csrf: setup.csrf });
    const login = { name: SETUP.admin_name, password: PASSWORD };
    const { cookie } = await browse("/login", "", login);
    const { csrf } = await browse("/projects", cookie);
    const project = { name: "Orchard", hourly_rate: "80", billable: "on", csrf };
    const { location } = await browse("/projects", cookie, project);
    const projectId = location.slice("/projects/".length);
    return {
      dataDir,
      people: await Promise.all(
        Array.from({ length: people }, async (_, number) => {
          const account = { name: `person ${number}`, password: PASSWORD };
          const { cookie } = await browse("/register", "", account);
          return { cookie, csrf: (await browse("/timer", cookie)).csrf, projectId };
        }),
      ),
    };
  } finally {
    await example.stop();
    // What the setup itself recorded is not the benchmark's.
    for (const made of ["queue", "logs"]) {
      rmSync(join(dataDir, made), { recursive: true, force: true });
    }
  }
}

/** One page, or one form that was sent: the cookie it set, its CSRF token, where it leads. */
function browser(url: string) {
  return async (path: string, cookie = "", form?: Record<string, string>) => {
    const reply = await fetch(url + path, {
      headers: { cookie },
      redirect: "manual",
      ...(form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) }),
    });
    const page = await reply.text();
    const expected = form === undefined ? 200 : 303;
    if (reply.status !== expected) throw new Error(`${path}: ${reply.status}\n${page}`);
    return {
      cookie: reply.headers.getSetCookie()[0]?.split(";")[0] ?? "",
      csrf: /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? "",
      location: reply.headers.get("location") ?? "",
    };
  };
}
