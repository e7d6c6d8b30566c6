import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Catalogue, compileTable } from "@rollcall/schemas";
import Fastify, { type FastifyInstance } from "fastify";
import { loadConfig } from "../config.ts";
import { inFront } from "../front.ts";
import { createLog, serverOptions } from "../log.ts";
import { createMetrics, type Metrics } from "../metrics.ts";
import { readSegment, segmentNumber } from "../spool/segment.ts";
import { createSpool, type LoadableSpool } from "../spool/spool.ts";
import { createTokenBook } from "./authenticate.ts";
import { createIngestRates, type RecordRates } from "./rates.ts";
import { createIngest } from "./route.ts";

/*
 * A collector without store and dashboard: ingest on a real port of 127.0.0.1, with real
 * enforcement and a real spool in a directory of its own.
 */

export const TOKEN = "test-ingest-token";
export const BACKFILL_TOKEN = "test-backfill-token";
export const INSTALL = "5f0c2f0e-7c8e-4f0e-9d3e-0a5a3c1b2d4f";

const described = { description: "For tests.", reason: "Does it work?", owner: "tests" };
const CATALOGUE: Catalogue = {
  app: "timetracker",
  version: 1,
  events: [
    {
      ...described,
      name: "timer.started",
      since: "1.0.0",
      properties: {
        project_id: { type: "id", description: "Which project." },
        amount: { type: "number", description: "How much." },
        billable: { type: "boolean", description: "Whether it is billed." },
      },
    },
  ],
};

export interface Stored {
  events: number;
  heartbeats: number;
  refusals: number;
  /** Rows of every table that has some. */
  tables: Record<string, number>;
  /** All column bytes, uncompressed. */
  bytes: Buffer;
}

export interface TestServer {
  app: FastifyInstance;
  url: string;
  port: number;
  spool: LoadableSpool;
  metrics: Metrics;
  logLines: string[];
  /** Everything that was acknowledged, read back from the disk. */
  stored(): Promise<Stored>;
  close(): Promise<void>;
}

interface TestServerOptions {
  maxBodyBytes?: number;
  maxInflightBytes?: number;
  corsOrigins?: string[];
  /** Default: those of the configuration. */
  rates?: RecordRates;
  /** Milliseconds by which rates refill; default: of the machine. */
  clock?: () => number;
  now?: () => number;
  spoolMaxBytes?: number;
}

export async function startIngest(options: TestServerOptions = {}): Promise<TestServer> {
  const directory = await mkdtemp(join(tmpdir(), "rollcall-ingest-"));
  const logLines: string[] = [];
  const log = createLog("debug", { write: (line) => void logLines.push(line) });
  const spoolDirectory = join(directory, "spool");
  const spool = await createSpool({
    directory: spoolDirectory,
    maxBytes: options.spoolMaxBytes ?? 256 * 1024 * 1024,
    log,
  });
  const metrics = createMetrics("0.0.0");
  const table = compileTable("timetracker", CATALOGUE);
  const ingest = createIngest({
    spool,
    tokens: createTokenBook([
      { app: "timetracker", token: TOKEN, backfill: false, unattributed: false },
      { app: "timetracker", token: BACKFILL_TOKEN, backfill: true, unattributed: true },
    ]),
    tables: () => table,
    rates: createIngestRates(options.rates ?? loadConfig({}).recordRates, options.clock),
    config: {
      maxBodyBytes: options.maxBodyBytes ?? 1024 * 1024,
      maxInflightBytes: options.maxInflightBytes ?? 16 * 1024 * 1024,
      corsOrigins: options.corsOrigins ?? [],
    },
    userHashKey: Buffer.alloc(32, 7),
    metrics,
    log,
    ...(options.now ? { now: options.now } : {}),
  });
  const app = Fastify({ ...serverOptions(log), serverFactory: inFront(ingest) });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;

  return {
    app,
    url: `http://127.0.0.1:${port}`,
    port,
    spool,
    metrics,
    logLines,
    async stored() {
      await spool.seal();
      const tables: Record<string, number> = {};
      let bytes = Buffer.alloc(0);
      for (const name of await readdir(spoolDirectory)) {
        const number = segmentNumber(name);
        if (number === null) continue;
        const read = readSegment(await readFile(join(spoolDirectory, name)), spool.uuid, number);
        if (!read.ok) throw new Error(read.reason);
        for (const { table: name, rows, block } of read.frames.flatMap((frame) => frame.sections)) {
          tables[name] = (tables[name] ?? 0) + rows;
          bytes = Buffer.concat([bytes, block]);
        }
      }
      const { events = 0, heartbeats = 0, refusals = 0 } = tables;
      return { events, heartbeats, refusals, tables, bytes };
    },
    async close() {
      await app.close();
      await spool.drain();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface Sent {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: Buffer | string;
  /** Send in chunks, without a Content-Length. */
  chunked?: boolean;
}

export const JSON_TYPE = { "content-type": "application/json" };
export const PROTOBUF_TYPE = { "content-type": "application/x-protobuf" };
export const BEARER = { authorization: `Bearer ${TOKEN}` };

/** One request over a connection of its own; with the test's token unless headers say otherwise. */
export function send(server: TestServer, sent: Sent): Promise<Answer> {
  const body = Buffer.from((sent.body ?? "") as string);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: "127.0.0.1",
        port: server.port,
        method: sent.method ?? "POST",
        path: sent.path ?? "/v1/logs",
        headers: {
          ...BEARER,
          ...(sent.chunked ? {} : { "content-length": String(body.length) }),
          ...sent.headers,
        },
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    request.on("error", reject);
    if (sent.chunked)
      for (let at = 0; at < body.length; at += 16_384)
        request.write(body.subarray(at, at + 16_384));
    request.end(sent.chunked ? undefined : body);
  });
}

type Value = string | number | bigint | boolean;

function anyValue(value: Value): object {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  return typeof value === "number" ? { doubleValue: value } : { intValue: String(value) };
}

export const attributes = (fields: Record<string, Value>) =>
  Object.entries(fields).map(([key, value]) => ({ key, value: anyValue(value) }));

/** A LogRecord as the time tracker writes it. */
export function logRecord(event: string, fields: Record<string, Value> = {}, timeMs = Date.now()) {
  return {
    timeUnixNano: `${timeMs}000000`,
    body: { stringValue: event },
    attributes: attributes({ event_name: event, install_id: INSTALL, ...fields }),
  };
}

export const exportLogs = (...logRecords: object[]) =>
  JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });

export const sendRecords = (server: TestServer, ...records: object[]) =>
  send(server, { headers: JSON_TYPE, body: exportLogs(...records) });
