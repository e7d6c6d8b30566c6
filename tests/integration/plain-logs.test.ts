import { randomUUID } from "node:crypto";
import { OTLPLogExporter as JsonExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPLogExporter as ProtoExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rowsByTable } from "../../collector/src/store/testing.ts";
import { loaded, type Row, sql } from "../support/api.ts";
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
});
