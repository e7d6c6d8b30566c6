import { createFleet, DAY, type FleetOptions } from "../demo/fleet.ts";
import type { Collector } from "./collector.ts";
import { logRecord, logsRequest, postJson } from "./otlp.ts";

const APP = "timetracker";
const CHARTS = ["summary", "active", "versions", "platform", "deployment_type", "events"];

/**
 * Makes what an administrator would have made after a while: a token, listed releases, a note on the
 * charts, a viewer, a webhook, a share link and a public page; and sends what the made-up fleet never
 * does: records that are refused.
 *
 * @param options those of the fleet that the collector was filled with
 * @returns the path of the public page
 */
export async function furnish(collector: Collector, options: FleetOptions): Promise<string> {
  const { days, now } = options;
  const fleet = createFleet(options);
  const set = (method: "POST" | "PUT", path: string, body: object) =>
    change(collector, method, path, { app: APP, ...body });
  const dayOf = (day: number) => new Date(now - (days - 1 - day) * DAY).toISOString().slice(0, 10);
  for (const { version, day, beta } of fleet.releases) {
    if (day >= 0 && !beta) await set("PUT", "releases", { version, day: dayOf(day) });
  }
  const noted = Math.round(days * 0.6);
  await set("POST", "annotations", { day: dayOf(noted), text: "Announced in the newsletter" });
  await set("POST", "ingest-tokens", { name: "Container image" });
  await set("POST", "webhooks", { name: "Pager", url: "https://pager.example/rollcall" });
  const viewer = { name: "board", password: "correct horse battery", role: "viewer", apps: [APP] };
  await change(collector, "POST", "users", viewer);
  await set("PUT", "public-page", { charts: CHARTS });
  await set("POST", "share-links", { name: "Newsletter", charts: CHARTS });
  await sendRefused(collector);
  return `/public/${APP}`;
}

/** Two events that no catalogue lists, and a field that must not be sent. */
async function sendRefused(collector: Collector): Promise<void> {
  const email = { user_email: "somebody@example.org" };
  const records = [
    ...Array.from({ length: 42 }, () => logRecord({ event: "timer.split" })),
    ...Array.from({ length: 9 }, () => logRecord({ event: "report.shared" })),
    ...Array.from({ length: 5 }, () => logRecord({ event: "auth.login", attributes: email })),
  ];
  await postJson(collector.url, collector.tokens.ingest, logsRequest(records, "5.10.1"));
}

async function change(
  { url, tokens }: Collector,
  method: string,
  path: string,
  body: object,
): Promise<void> {
  const reply = await fetch(`${url}/api/v1/settings/${path}`, {
    method,
    headers: { authorization: `Bearer ${tokens.admin}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
}
