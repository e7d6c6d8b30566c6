import { createHash } from "node:crypto";
import { createClient } from "@clickhouse/client";
import { combinationHash } from "@rollcall/schemas";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMeter, mustCoarsen } from "../../client/src/base/meter.ts";
import { count } from "../support/api.ts";
import { type Collector, startCollector } from "../support/collector.ts";
import { type OwnStore, openOwnStore } from "../support/own-store.ts";
import { waitFor } from "../support/processes.ts";

const DAY_MS = 86_400_000;
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const hash = (text: string) => createHash("sha256").update(text).digest("hex");
const report = (askers: number) => ({
  app_version: `1.0.${askers}`,
  platform: "Linux",
  os_version: "6.1.0",
  locale: "en_US",
  timezone: "UTC",
});
const combination = (askers: number) => combinationHash("timetracker", report(askers));

let store: OwnStore;
let collector: Collector;
let today = "";

/** Days other than today can only be made in the store. */
async function plant(): Promise<void> {
  const client = createClient({ url: store.clickhouseUrl });
  today = dayOf(Date.now());
  const yesterday = dayOf(Date.now() - DAY_MS);
  const rows = [9, 10, 99, 100, 250].map((askers) => ({ askers, day: yesterday }));
  // Enough on another day says nothing.
  rows.push({ askers: 500, day: dayOf(Date.now() - 2 * DAY_MS) }, { askers: 600, day: today });
  for (const { askers, day } of rows) {
    // Each asker twice, in two inserts: one install that asks again is one install.
    for (let time = 0; time < 2; time += 1) {
      await client.command({
        query: `INSERT INTO combinations SELECT 'timetracker', toDate('${day}'),
          unhex('${combination(askers)}'), groupUniqArrayState(100)(sipHash64(number))
          FROM numbers(${askers})`,
      });
    }
  }
  await client.close();
}

beforeAll(async () => {
  store = await openOwnStore();
  collector = await startCollector({ env: { CLICKHOUSE_URL: store.clickhouseUrl } });
  await plant();
}, 60_000);
afterAll(async () => {
  await collector?.stop();
  await store?.close();
});

interface Asking {
  combination?: unknown;
  asker?: unknown;
  token?: string | null;
  path?: string;
  method?: string;
  body?: string;
  headers?: Record<string, string>;
}

function ask(asking: Asking = {}): Promise<Response> {
  const { token = collector.tokens.ingest, method = "POST" } = asking;
  const question = {
    combination: asking.combination ?? combination(9),
    asker: asking.asker ?? hash("an asker").slice(0, 32),
  };
  return fetch(`${collector.url}${asking.path ?? "/v1/meter"}`, {
    method,
    headers: {
      "content-type": "application/json",
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...asking.headers,
    },
    ...(method === "GET" ? {} : { body: asking.body ?? JSON.stringify(question) }),
  });
}

describe("how many installs share a combination", () => {
  test.each([
    [9, "fewer_than_10"],
    [10, "fewer_than_100"],
    [99, "fewer_than_100"],
    [100, "at_least_100"],
    [250, "at_least_100"],
    // Asked about on other days than yesterday, or never.
    [500, "fewer_than_10"],
    [600, "fewer_than_10"],
    [700, "fewer_than_10"],
  ])("%i askers of yesterday are %s", async (askers, shared) => {
    for (const path of ["/v1/meter", "/otlp/v1/meter"]) {
      const reply = await ask({ combination: combination(askers), path });
      expect(reply.status).toBe(200);
      const answer = (await reply.json()) as { shared_by: string; as_of: string };
      expect(Object.keys(answer)).toEqual(["shared_by", "as_of"]);
      // The day may change while the test runs; then the snapshot is another one.
      if (dayOf(Date.now()) !== today) return;
      expect(answer).toEqual({ shared_by: shared, as_of: dayOf(Date.now() - DAY_MS) });
    }
  });

  test("another app's combination of the same hash is counted apart", async () => {
    const reply = await ask({ combination: combination(250), token: collector.tokens.learning });
    expect(await reply.json()).toMatchObject({ shared_by: "fewer_than_10" });
  });

  test("a question is counted once for each asker, and no install is named", async () => {
    const fresh = hash("a new combination");
    for (let asker = 0; asker < 12; asker += 1) {
      for (let time = 0; time < 2; time += 1) {
        await ask({ combination: fresh, asker: hash(`asker ${asker}`).slice(0, 32) });
      }
    }
    const askers = `SELECT length(groupUniqArrayMerge(100)(askers)) FROM combinations
      WHERE app = 'timetracker' AND combination = unhex('${fresh}')`;
    await waitFor("the questions are stored", 15_000, async () => {
      return (await count(collector, askers)) === 12;
    });
    const columns = await count(
      collector,
      `SELECT count() FROM system.columns WHERE database = currentDatabase()
       AND table = 'combinations' AND name NOT IN ('app', 'day', 'combination', 'askers')`,
    );
    expect(columns).toBe(0);
  });

  test("a new combination is rare today, however often it is asked about", async () => {
    const reply = await ask({ combination: hash("a new combination") });
    expect(await reply.json()).toMatchObject({ shared_by: "fewer_than_10" });
  });
});

describe("a question that is none", () => {
  const cases: [what: string, asking: Asking, status: number][] = [
    ["without a token", { token: null }, 401],
    ["with another token", { token: "not-the-token" }, 401],
    ["by GET", { method: "GET" }, 405],
    ["that is not JSON", { body: "{" }, 400],
    ["that is null", { body: "null" }, 400],
    ["with a plain combination", { combination: "Linux 6.1 en_US" }, 400],
    ["with an install id", { asker: "5e0c2a52-3f0f-4b6e-9d5e-0d9c6f5a7b11" }, 400],
    ["in another media type", { headers: { "content-type": "text/plain" } }, 415],
    ["that is compressed", { headers: { "content-encoding": "gzip" } }, 415],
    ["of more than a kibibyte", { body: `${" ".repeat(1_100)}{}` }, 413],
  ];
  test.each(cases)("%s is refused: %j", async (_what, asking, status) => {
    const reply = await ask(asking);
    expect(reply.status).toBe(status);
    expect(await reply.json()).toMatchObject({ code: expect.any(Number) });
    expect(reply.headers.has("access-control-allow-origin")).toBe(false);
  });
});

test("the client asks once a day and coarsens what stands out", async () => {
  const lines: unknown[][] = [];
  const meter = createMeter({
    app: "timetracker",
    salt: () => "a salt",
    journal: {
      sending: async (...line) => lines.push(line) > 0,
      outcome: (...line) => void lines.push(line),
    },
  });
  const destination = {
    name: "maintainer" as const,
    base: new URL(collector.url),
    token: collector.tokens.ingest,
    source: "options" as const,
  };
  const rare = await meter.ask(destination, report(9));
  expect(rare).toMatchObject({ kind: "class", sharedBy: "fewer_than_10" });
  expect(mustCoarsen(rare)).toBe(true);
  const common = await meter.ask(destination, report(100));
  expect(common).toMatchObject({ kind: "class", sharedBy: "at_least_100" });
  expect(mustCoarsen(common)).toBe(false);
  await meter.ask(destination, report(100));
  expect(lines.filter((line) => Array.isArray(line[2]))).toHaveLength(2);
});
