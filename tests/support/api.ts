import { setTimeout as sleep } from "node:timers/promises";
import type { Collector } from "./collector.ts";
import { waitFor } from "./processes.ts";

type Door = Pick<Collector, "url" | "tokens">;
export type Row = Record<string, unknown>;

/** The read API takes ten questions a second of one caller, and the test has its own to ask. */
const ASK_AGAIN_MS = 200;
const MOST_ATTEMPTS = 30;

/** As any caller should: what is refused for the rate of questions is asked again a little later. */
async function patiently(url: string, init: RequestInit): Promise<Response> {
  for (let attempt = 0; ; attempt += 1) {
    const reply = await fetch(url, init);
    if (reply.status !== 429 || attempt === MOST_ATTEMPTS) return reply;
    await reply.body?.cancel();
    await sleep(1_000);
  }
}

/**
 * Asks the read API as the administrator.
 *
 * @example await read(collector, "events", { app: "timetracker" })
 */
export async function read<T = Row>(
  { url, tokens }: Door,
  path: string,
  parameters: Record<string, string> | URLSearchParams = {},
): Promise<T> {
  const reply = await patiently(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`, {
    headers: { authorization: `Bearer ${tokens.admin}` },
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${text}`);
  return JSON.parse(text) as T;
}

/** Runs one statement through the SQL endpoint and returns its rows. */
export async function sql<T = Row>({ url, tokens }: Door, query: string): Promise<T[]> {
  const reply = await patiently(`${url}/api/v1/sql`, {
    method: "POST",
    headers: { authorization: `Bearer ${tokens.admin}`, "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`sql: ${reply.status} ${text}\n${query}`);
  return (JSON.parse(text) as { rows: T[] }).rows;
}

/** The first column of the first row, as a number: ClickHouse writes 64-bit integers as strings. */
export async function count(door: Door, query: string): Promise<number> {
  const [row] = await sql(door, query);
  return Number(Object.values(row ?? {})[0]);
}

/**
 * Waits until everything acknowledged so far can be queried: from raw tables, and by the read API, whose
 * rows of installs are made anew shortly after a load.
 *
 * @throws Error with the collector's warnings when that takes longer than `milliseconds`
 */
export async function loaded(
  collector: Pick<Collector, "url" | "tokens" | "lines">,
  milliseconds = 20_000,
): Promise<void> {
  const called = new Date().toISOString();
  await waitFor("the spool is loaded into the store", milliseconds, async () => {
    const reply = await fetch(`${collector.url}/readyz`).catch(() => null);
    if (reply === null) return false;
    const { spool } = (await reply.json()) as { spool: { bytes: number } };
    if (spool.bytes > 0) return false;
    if ((await answersUntil(collector)) > called) return true;
    await sleep(ASK_AGAIN_MS);
    return false;
  }).catch((error: Error) => {
    const warnings = collector.lines().filter((line) => !line.startsWith('{"level":30'));
    throw new Error([error.message, ...warnings.slice(-10)].join("\n"));
  });
}

/** The moment until which received data is in answers; "" while there are none. */
async function answersUntil(door: Door): Promise<string> {
  const { asOf } = await read<{ asOf: string }>(door, "apps").catch(() => ({ asOf: "" }));
  return asOf;
}
