import { metricsRequest, tracesRequest } from "../support/otlp.ts";
import { DAY, type Fleet } from "./fleet.ts";
import { exported } from "./metrics.ts";
import { random } from "./random.ts";
import { requestSpans } from "./traces.ts";

const HOUR = 3_600_000;
/** Signals are kept for a month, and believed for three weeks. */
const DAYS = 14;
const REQUESTS_A_DAY = 260;
const BATCH = 300;
/** Of ten requests, how many come from installs that share; the others' SDKs say of none. */
const OF_INSTALLS = 0.2;

/** Spans of one version and sender. */
interface Batch {
  resource: Record<string, string>;
  spans: object[];
}

interface Door {
  url: string;
  tokens: { ingest: string; unattributed: string };
}

/**
 * Sends the traces and metrics of the app itself: some thousand spans and twenty metrics of the last two
 * weeks, most of them from a stock SDK, which names no install.
 *
 * @returns how many spans and metrics' exports were sent
 */
export async function playSignals(
  { url, tokens }: Door,
  fleet: Fleet,
  { days, seed, now }: { days: number; seed: number; now: number },
): Promise<{ spans: number; exports: number }> {
  const sharing = fleet.installs.filter(({ optInDay }) => optInDay < days).slice(0, 5);
  const batches = new Map<string, Batch>();
  let spans = 0;
  const flush = async (key: string) => {
    const batch = batches.get(key);
    if (batch === undefined) return;
    batches.delete(key);
    spans += batch.spans.length;
    const token = batch.resource.install_id ? tokens.ingest : tokens.unattributed;
    await post(`${url}/v1/traces`, token, tracesRequest(batch.spans, origin(batch.resource)));
  };
  const first = now - Math.min(days, DAYS) * DAY;
  for (let at = first, nth = 0; at < now; nth += 1) {
    const dice = random(seed, 77, nth);
    at += dice.exponential(DAY / REQUESTS_A_DAY / (2 * loadAt(at)));
    if (at >= now) break;
    const version = versionAt(fleet, (at - fleet.start) / DAY - (dice.chance(0.3) ? 9 : 0));
    const install = dice.chance(OF_INSTALLS) ? sharing[nth % Math.max(1, sharing.length)] : null;
    const resource: Batch["resource"] = {
      ...{ "service.name": "timetracker", "service.version": version },
      ...(install && { install_id: install.id }),
    };
    const key = JSON.stringify(resource);
    const batch: Batch = batches.get(key) ?? { resource, spans: [] };
    batches.set(key, batch);
    batch.spans.push(...requestSpans(dice, at, version.startsWith("5.9") ? 1.5 : 1));
    if (batch.spans.length >= BATCH) await flush(key);
  }
  for (const key of [...batches.keys()]) await flush(key);
  let exports = 0;
  for (let at = Math.ceil(first / HOUR) * HOUR; at < now; at += HOUR) {
    const version = versionAt(fleet, (at - fleet.start) / DAY);
    const resource = { "service.name": "timetracker", "service.version": version };
    const metrics = exported(seed, Math.floor(at / HOUR) % 100_000, at, loadAt(at));
    await post(`${url}/v1/metrics`, tokens.unattributed, metricsRequest(metrics, origin(resource)));
    exports += metrics.length;
  }
  return { spans, exports };
}

const origin = (resource: Record<string, string>) => ({ resource, scope: { name: "demo" } });

/** How busy an hour is, between 0 and 1: working hours, and less of it at week-ends. */
function loadAt(time: number): number {
  const at = new Date(time);
  const hour = at.getUTCHours() + at.getUTCMinutes() / 60;
  const bump = Math.exp(-((hour - 13) ** 2) / 18);
  return (0.08 + 0.9 * bump) * (at.getUTCDay() % 6 === 0 ? 0.35 : 1);
}

/** The newest release of a day. */
function versionAt({ releases }: Fleet, day: number): string {
  const out = releases.filter((release) => !release.beta && release.day <= day);
  return (out.at(-1) ?? releases[0])?.version ?? "5.6.0";
}

/** As any exporter should, comes again when it is told to. */
async function post(url: string, token: string, body: object): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const reply = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    const said = await reply.text();
    if (reply.ok && !said.includes("rejected")) return;
    const later = reply.status === 429 || reply.status === 503;
    if (!later || attempt === 20) throw new Error(`${url}: ${reply.status} ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
