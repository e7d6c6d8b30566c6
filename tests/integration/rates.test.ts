import { randomUUID } from "node:crypto";
import { OTLPLogExporter as JsonExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPLogExporter as ProtoExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { read } from "../support/api.ts";
import { type Collector, startCollector } from "../support/collector.ts";
import { logRecord, logsRequest, postJson } from "../support/otlp.ts";
import {
  idOf,
  openOutage,
  PATIENCE_MS,
  sinkOf,
  stored,
  track,
  waits,
} from "../support/outage-client.ts";
import { waitFor } from "../support/processes.ts";

/** At one record a second, an install may send a thousand at once. */
const BURST = 1_000;
/** How long it must wait after what `spend` sends: longer than a busy machine takes to its next request. */
const OWED = 12;
const EVENTS = 20;

let collector: Collector;
beforeAll(async () => {
  collector = await startCollector({
    env: { CLICKHOUSE_URL: undefined, ROLLCALL_INSTALL_RATE: "1" },
  });
});
afterAll(async () => {
  await collector?.stop();
});

/** Uses up what an install may send, and a bit more. */
async function spend(token: string, installId: string): Promise<void> {
  const records = Array.from({ length: BURST + OWED - 1 }, () =>
    logRecord({ event: "timer.stopped", installId }),
  );
  expect((await postJson(collector.url, token, logsRequest(records))).status).toBe(200);
}

async function putOff(app: string): Promise<number> {
  const { rateLimited } = await read<{ rateLimited: { install: number } }>(
    collector,
    "health/ingest",
    { app },
  );
  return rateLimited.install;
}

// Each with an app of its own, so that what is counted is its own.
const exporters = [
  ["proto", ProtoExporter, "timetracker", "ingest"],
  ["JSON", JsonExporter, "sandbox", "learning"],
] as const;
for (const [encoding, Exporter, app, token] of exporters) {
  test.concurrent(`OpenTelemetry's own ${encoding} exporter recovers from 429 without loss or doubles`, async () => {
    const installId = randomUUID();
    const before = await putOff(app);
    const exporter = new Exporter({
      url: `${collector.url}/v1/logs`,
      headers: { authorization: `Bearer ${collector.tokens[token]}` },
      // It gives up where it is told to wait longer than this.
      timeoutMillis: 25_000,
    });
    const provider = new LoggerProvider({
      resource: resourceFromAttributes({ install_id: installId }),
      processors: [new BatchLogRecordProcessor({ exporter })],
    });
    const logger = provider.getLogger("app");
    await spend(collector.tokens[token], installId);
    for (let project = 1; project <= EVENTS; project += 1) {
      logger.emit({ eventName: "timer.started", attributes: { project_id: project } });
    }
    await provider.shutdown();
    expect(await putOff(app)).toBeGreaterThan(before);
    expect(await stored(collector, installId)).toEqual({ events: EVENTS, different: EVENTS });
  });
}

test("the client waits as it is told, and what it kept arrives exactly once", {
  timeout: 2 * PATIENCE_MS,
}, async () => {
  const { startClient } = await openOutage(collector);
  const rollcall = await startClient();
  const before = await putOff("sandbox");
  await spend(collector.tokens.learning, idOf(rollcall));
  await track(rollcall, 0, EVENTS);
  await waitFor("it is put off", PATIENCE_MS, () => sinkOf(rollcall).last?.reason === "status 429");
  expect(await putOff("sandbox")).toBeGreaterThan(before);
  await waits(rollcall, 0);
  expect(await stored(collector, idOf(rollcall))).toEqual({ events: EVENTS, different: EVENTS });
  expect(sinkOf(rollcall)).toMatchObject({ sent: 1 + EVENTS, rejected: 0, givenUp: 0 });
});
