import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loaded, type Row, sql } from "../support/api.ts";
import { type Collector, startCollector } from "../support/collector.ts";
import { dumpTables, type TableText, whereFound } from "../support/dump.ts";
import { pythonProgram } from "../support/python.ts";

const python = await pythonProgram("python-otel");

if (python.missing !== null) {
  test.skip(`OpenTelemetry's Python SDK delivers: ${python.missing}`, () => {});
} else {
  describe("OpenTelemetry's Python SDK", () => {
    let collector: Collector;
    let tables: TableText[];
    const directory = mkdtempSync(join(tmpdir(), "rollcall-walrus-"));
    beforeAll(async () => {
      collector = await startCollector({ env: { CLICKHOUSE_URL: undefined } });
      // As it is out of the box, by older conventions, and by the current ones.
      await runApp("old", "");
      await runApp("current", "http,database");
      await loaded(collector);
      tables = await dumpTables(collector);
    }, 180_000);
    afterAll(async () => {
      await collector?.stop();
      rmSync(directory, { recursive: true, force: true });
    });

    async function runApp(service: string, conventions: string): Promise<void> {
      const { stdout } = await promisify(execFile)(
        python.python,
        [python.main, join(directory, `${service}.sqlite`)],
        {
          timeout: 90_000,
          env: {
            PATH: process.env.PATH,
            OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
            // Python's SDK wants its headers encoded as in an address.
            OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer%20${collector.tokens.unattributed}`,
            OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
            OTEL_SERVICE_NAME: service,
            OTEL_RESOURCE_ATTRIBUTES: "service.version=5.10.0,host.name=walrus-laptop",
            OTEL_EXPERIMENTAL_RESOURCE_DETECTORS: "otel,os,process,host",
            OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SERVER_REQUEST: ".*",
            OTEL_SEMCONV_STABILITY_OPT_IN: conventions,
          },
        },
      );
      expect(JSON.parse(stdout)).toEqual({ statuses: [200, 200, 500, 200, 404] });
    }

    const each = ["old", "current"];

    test.each(each)("its spans are stored by the current conventions (%s)", async (service) => {
      const rows = await sql(
        collector,
        `SELECT SpanName AS name, SpanKind AS kind, SpanAttributes['http.route'] AS route,
           SpanAttributes['http.request.method'] AS method,
           SpanAttributes['http.response.status_code'] AS status,
           SpanAttributes['db.system.name'] AS database, toUInt32(count()) AS spans
         FROM otel_traces WHERE ServiceName = '${service}' GROUP BY ALL
         ORDER BY kind, name, status`,
      );
      const span = (kind: string, name: string, spans: number, more: Row) => ({
        ...{ kind, name, spans, route: "", method: "", status: "", database: "" },
        ...more,
      });
      const asked = (status: string, spans: number) =>
        span("Client", "GET", spans, { method: "GET", status });
      const statement = (name: string) => span("Client", name, 2, { database: "sqlite" });
      const answered = (name: string, status: string, spans: number, route = name) =>
        span("Server", `GET ${name}`, spans, { method: "GET", status, route });
      expect(rows).toEqual([
        statement("CREATE"),
        // The one without a status asked a host that there is not.
        ...[asked("", 1), asked("200", 3), asked("404", 1), asked("500", 1)],
        ...["INSERT", "SELECT", "connect"].map(statement),
        answered("/clients/{name}", "500", 1),
        answered("/home/{id}/{id}", "404", 1, ""),
        answered("/logged", "200", 1),
        answered("/projects/{project_id}", "200", 2),
      ]);
    });

    test.each(each)("its metrics are stored by the current conventions (%s)", async (service) => {
      const rows = await sql(
        collector,
        `SELECT MetricName AS name, MetricUnit AS unit, toUInt32(sum(Count)) AS count,
           max(Max) < 30 AS in_seconds
         FROM otel_metrics_histogram WHERE ServiceName = '${service}' GROUP BY ALL ORDER BY name`,
      );
      expect(rows).toEqual([
        { name: "http.client.request.duration", unit: "s", count: 6, in_seconds: 1 },
        { name: "http.server.request.duration", unit: "s", count: 5, in_seconds: 1 },
        { name: "timetracker.page.size", unit: "By", count: 2, in_seconds: 0 },
      ]);
    });

    test("its logs and exceptions are stored without what they say", async () => {
      const logs = await sql(
        collector,
        `SELECT SeverityText AS severity, Body AS body, toUInt32(count()) AS logs FROM otel_logs
         GROUP BY ALL ORDER BY severity`,
      );
      expect(logs).toEqual([
        { severity: "ERROR", body: "", logs: 2 },
        { severity: "WARN", body: "", logs: 4 },
      ]);
      const exceptions = await sql(
        collector,
        `SELECT type, message, source, install_id, any(stack) AS stack, toUInt32(count()) AS times
         FROM exceptions GROUP BY type, message, source, install_id ORDER BY type, source`,
      );
      const exception = (type: string, source: string, stack: RegExp) => ({
        ...{ type, source, message: "", install_id: null, times: 2 },
        stack: expect.stringMatching(stack),
      });
      expect(exceptions).toEqual([
        exception("KeyError", "log", /^at logged \(main\.py:\d+\)$/),
        exception("ValueError", "span", /^at client \(main\.py:\d+\)$/m),
        exception("requests.exceptions.ConnectionError", "span", /urllib3\/connection\.py:\d+/),
      ]);
    });

    test("it is nobody's, though it says another service.instance.id at each start", async () => {
      const rows = await sql(
        collector,
        `SELECT toUInt32(uniqExact(ResourceAttributes['service.instance.id'])) AS instances,
           toUInt32(countIf(InstallId IS NOT NULL)) AS owned FROM otel_traces`,
      );
      expect(rows).toEqual([{ instances: 2, owned: 0 }]);
    });

    test("nothing personal stands in any table", () => {
      const ours = tables.filter(({ table }) => /\.(otel_|exceptions)/.test(table));
      for (const mark of ["walrus", "203.0.113.77"]) expect(whereFound(mark, tables)).toEqual([]);
      for (const mark of ["127.0.0.1", "localhost", "4711"]) {
        expect(whereFound(mark, ours)).toEqual([]);
      }
      expect(whereFound("/projects/{project_id}", ours).length).toBeGreaterThan(0);
    });
  });
}
