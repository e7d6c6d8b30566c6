import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OTLPLogExporter as JsonExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPLogExporter as ProtoExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rowsByTable } from "../../collector/src/store/testing.ts";
import { count, loaded, type Row, sql } from "../support/api.ts";
import { type Collector, startCollector } from "../support/collector.ts";
import { dumpTables, whereFound } from "../support/dump.ts";
import { baseFields, keyValues, logRecord, logsRequest, postJson } from "../support/otlp.ts";

let collector: Collector;
beforeAll(async () => {
  collector = await startCollector({ env: { CLICKHOUSE_URL: undefined } });
}, 60_000);
afterAll(() => collector?.stop());

const rowsOf = async (table: string, installId: string, column = "InstallId") => {
  await loaded(collector);
  return sql(collector, `SELECT * FROM ${table} WHERE ${column} = '${installId}'`);
};

describe("plain logs", () => {
  const exporters = { proto: ProtoExporter, JSON: JsonExporter };

  test.each(Object.entries(exporters))(
    "of OpenTelemetry's %s exporter are stored once each, without what they say",
    async (_, Exporter) => {
      const installId = randomUUID();
      const exporter = new Exporter({
        url: `${collector.url}/v1/logs`,
        headers: { authorization: `Bearer ${collector.tokens.ingest}` },
      });
      const resource = { "service.name": "timetracker", "service.version": "5.10.0" };
      const provider = new LoggerProvider({
        resource: resourceFromAttributes({ ...resource, install_id: installId }),
        processors: [new BatchLogRecordProcessor({ exporter })],
      });
      const logger = provider.getLogger("pino", "9.0.0");
      const error = new TypeError("walrus entry is locked");
      for (let line = 1; line <= 20; line += 1) {
        logger.emit({
          ...{ severityNumber: 13, severityText: "warn", body: `walrus entry ${line} was saved` },
          attributes: {
            "http.route": `/entries/${line}`,
            "code.line.number": line,
            note_text: "walrus",
          },
        });
      }
      logger.emit({
        attributes: {
          ...{ "exception.type": error.name, "exception.message": error.message },
          "exception.stacktrace": error.stack ?? "",
        },
      });
      await provider.shutdown();
      const rows = await rowsOf("otel_logs", installId);
      expect(rows).toHaveLength(21);
      const said = rows.filter((row) => row.SeverityNumber === 13);
      const lines = said.map((row) => Number((row.LogAttributes as Row)["code.line.number"]));
      expect(lines.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
      for (const row of said) {
        expect(row).toMatchObject({
          ...{ SeverityText: "WARN", Body: "", EventName: "", ServiceName: "timetracker" },
          ...{ ScopeName: "pino", ScopeVersion: "9.0.0", App: "timetracker", ScopeAttributes: {} },
          LogAttributes: { "http.route": "/entries/{id}" },
        });
        expect(Object.keys(row.LogAttributes as Row).sort()).toEqual([
          "code.line.number",
          "http.route",
        ]);
      }
      const [thrown] = await rowsOf("exceptions", installId, "install_id");
      expect(thrown).toMatchObject({
        ...{ type: "TypeError", message: "", source: "log", app_version: "5.10.0" },
        service: "timetracker",
      });
      expect(String(thrown?.stack).split("\n")[0]).toMatch(
        /^at .+ \(tests\/integration\/plain-logs\.test\.ts:\d+:\d+\)$|^at .+ \(plain-logs\.test\.ts:\d+:\d+\)$/,
      );
      const dumps = await dumpTables(collector);
      expect(whereFound("walrus", dumps)).toEqual([]);
      expect(whereFound("9.0.0", dumps)).toContainEqual(expect.stringMatching(/otel_logs$/));
    },
  );

  test("belong to their install: exported with it, and erased with it alone", async () => {
    const [mine, other] = [randomUUID(), randomUUID()];
    const exception = { "exception.type": "TypeError" };
    const plant = async (installId: string) => {
      const plain = { attributes: keyValues({ install_id: installId, ...exception }) };
      const records = [
        logRecord({
          ...{ event: "base_telemetry.heartbeat", installId },
          attributes: baseFields(installId),
        }),
        logRecord({ event: "system.error", installId, attributes: exception }),
        plain,
        { ...plain, timeUnixNano: `${Date.now() - 86_400_000}000000` },
      ];
      const reply = await postJson(collector.url, collector.tokens.ingest, logsRequest(records));
      expect([reply.status, await reply.text()]).toEqual([200, "{}"]);
    };
    await plant(mine);
    await plant(other);
    await loaded(collector);
    const ask = async (method: "GET" | "DELETE") => {
      const reply = await fetch(`${collector.url}/api/v1/installs/${mine}?app=timetracker`, {
        method,
        headers: { authorization: `Bearer ${collector.tokens.admin}` },
      });
      expect(reply.status).toBe(200);
      return (await reply.json()) as { rows: Row; tables: Record<string, Row[]> };
    };
    const rows = rowsByTable({
      events: 1,
      heartbeats: 1,
      installs: 1,
      otel_logs: 2,
      exceptions: 3,
    });
    const { rows: exported, tables } = await ask("GET");
    expect(exported).toEqual(rows);
    expect(tables.exceptions?.map(({ source }) => source).sort()).toEqual(["event", "log", "log"]);
    expect(tables.otel_logs?.map(({ InstallId }) => InstallId)).toEqual([mine, mine]);
    expect((await ask("DELETE")).rows).toEqual(rows);
    expect(await rowsOf("otel_logs", mine)).toEqual([]);
    expect(await rowsOf("exceptions", mine, "install_id")).toEqual([]);
    expect(await rowsOf("otel_logs", other)).toHaveLength(2);
    expect(await rowsOf("exceptions", other, "install_id")).toHaveLength(3);
    // What comes late of an erased install is left out.
    await plant(mine);
    expect(await rowsOf("otel_logs", mine)).toEqual([]);
    expect(await rowsOf("exceptions", mine, "install_id")).toEqual([]);
  });

  test("keep every column, and NULL for nobody's", async () => {
    const installId = randomUUID();
    const now = BigInt(Date.now()) * 1_000_000n + 123_456n;
    const record = (attributes: Record<string, string>) => ({
      ...{ timeUnixNano: String(now), observedTimeUnixNano: "1", severityNumber: 9, flags: 1 },
      ...{ traceId: "5B8EFFF798038103D269B633813FC60C", spanId: "EEE19B7EC3C1B174" },
      attributes: keyValues({ "error.type": "ECONNREFUSED", ...attributes }),
    });
    const request = {
      resourceLogs: [
        {
          resource: { attributes: keyValues({ "service.name": "columns" }) },
          schemaUrl: "https://opentelemetry.io/schemas/1.37.0",
          scopeLogs: [
            {
              scope: { name: "pino", version: "9.0.0" },
              schemaUrl: "https://ann.example.org/1.0.0",
              logRecords: [record({ install_id: installId }), record({ app_version: "5.9.0" })],
            },
          ],
        },
      ],
    };
    const reply = await postJson(collector.url, collector.tokens.unattributed, request);
    expect([reply.status, await reply.text()]).toEqual([200, "{}"]);
    await loaded(collector);
    const rows = await sql(
      collector,
      `SELECT * EXCEPT (Timestamp, _spool, _seg), toString(toUnixTimestamp64Nano(Timestamp)) AS nanos
       FROM otel_logs WHERE ServiceName = 'columns' ORDER BY InstallId NULLS LAST`,
    );
    const both = {
      ...{ nanos: String(now), TraceFlags: 1, SeverityNumber: 9, SeverityText: "INFO", Body: "" },
      ...{ TraceId: "5b8efff798038103d269b633813fc60c", SpanId: "eee19b7ec3c1b174", EventName: "" },
      ...{ ServiceName: "columns", ResourceAttributes: { "service.name": "columns" } },
      ...{ ResourceSchemaUrl: "https://opentelemetry.io/schemas/1.37.0", ScopeSchemaUrl: "" },
      ...{ ScopeName: "pino", ScopeVersion: "9.0.0", ScopeAttributes: {}, App: "timetracker" },
    };
    expect(rows).toEqual([
      { ...both, InstallId: installId, LogAttributes: { "error.type": "ECONNREFUSED" } },
      {
        ...{ ...both, InstallId: null },
        LogAttributes: { "error.type": "ECONNREFUSED", app_version: "5.9.0" },
      },
    ]);
  });
});

test("what was acknowledged is there once after a crash", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "rollcall-logs-"));
  const env = { CLICKHOUSE_URL: undefined };
  let crashing = await startCollector({ env, dataDir });
  try {
    const installId = randomUUID();
    const record = {
      attributes: keyValues({ install_id: installId, "exception.type": "OSError" }),
    };
    const request = logsRequest(Array.from({ length: 50 }, () => record));
    for (let sent = 0; sent < 10; sent += 1) {
      const reply = await postJson(crashing.url, crashing.tokens.ingest, request);
      expect(reply.status).toBe(200);
    }
    await crashing.kill();
    crashing = await startCollector({ env, dataDir });
    await loaded(crashing);
    const counted = "SELECT count() FROM";
    expect(await count(crashing, `${counted} otel_logs WHERE InstallId = '${installId}'`)).toBe(
      500,
    );
    expect(await count(crashing, `${counted} exceptions WHERE install_id = '${installId}'`)).toBe(
      500,
    );
  } finally {
    await crashing.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
