import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { OTLPLogExporter as JsonExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPLogExporter as ProtoExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loaded, type Row, read, sql } from "../support/api.ts";
import { type Collector, startCollector } from "../support/collector.ts";
import { baseFields, logRecord, logsRequest, postJson } from "../support/otlp.ts";
import { decodePartialSuccess, encodeRequest } from "../support/protobuf.ts";
import { type StartedStore, stores } from "../support/stores.ts";

for (const store of await stores()) {
  if (store.missing !== null) {
    test.skip(`senders on ${store.name}: ${store.missing}`, () => {});
    continue;
  }
  describe(`senders on ${store.name}`, () => {
    let started: StartedStore;
    let collector: Collector;
    beforeAll(async () => {
      started = await store.start();
      collector = await startCollector({ env: { CLICKHOUSE_URL: started.clickhouseUrl } });
    }, 180_000);
    afterAll(async () => {
      await collector?.stop();
      await started?.stop();
    });

    const stored = async (installId: string) => {
      await loaded(collector);
      return sql(
        collector,
        `SELECT event, app_version, properties, numbers, user FROM events
         WHERE install_id = '${installId}' ORDER BY event`,
      );
    };

    const exporters = { proto: ProtoExporter, JSON: JsonExporter };
    for (const [encoding, Exporter] of Object.entries(exporters)) {
      for (const compression of ["none", "gzip"]) {
        test(`OpenTelemetry's own ${encoding} exporter (${compression}) delivers every record`, async () => {
          const installId = randomUUID();
          const exporter = new Exporter({
            url: `${collector.url}/v1/logs`,
            headers: { authorization: `Bearer ${collector.tokens.ingest}` },
            // The enum stands in a package that is not ours to depend on; its value is this word.
            compression: compression as never,
          });
          const provider = new LoggerProvider({
            resource: resourceFromAttributes({
              "service.name": "timetracker",
              "service.version": "5.10.0",
              install_id: installId,
            }),
            processors: [new BatchLogRecordProcessor({ exporter })],
          });
          const logger = provider.getLogger("app");
          for (let project = 1; project <= 20; project += 1) {
            logger.emit({
              eventName: "timer.started",
              attributes: { project_id: project, identity: "17", note: "dropped" },
            });
          }
          await provider.shutdown();
          const rows = await stored(installId);
          const projects = rows.map((row) => (row.properties as Row).project_id).map(Number);
          expect(projects.sort((a, b) => a - b)).toEqual(
            Array.from({ length: 20 }, (_, i) => i + 1),
          );
          expect(new Set(rows.map((row) => row.app_version))).toEqual(new Set(["5.10.0"]));
        });
      }
    }

    test("the time tracker's requests are taken with each form of its token, at each of its paths", async () => {
      const installId = randomUUID();
      const { ingest } = collector.tokens;
      const base64 = (text: string) => Buffer.from(text).toString("base64");
      const forms = [
        `Basic ${base64(`12345:${ingest}`)}`,
        `Basic ${ingest}`,
        `Bearer ${ingest}`,
        `basic ${base64(`12345:${ingest}`)}`,
      ];
      for (const path of ["/v1/logs", "/otlp/v1/logs"]) {
        for (const authorization of forms) {
          const reply = await fetch(`${collector.url}${path}`, {
            method: "POST",
            headers: { "content-type": "application/json", authorization },
            body: JSON.stringify(
              logsRequest([
                logRecord({ event: "invoice.sent", installId, attributes: { invoice_id: 9 } }),
              ]),
            ),
          });
          expect([path, authorization, reply.status]).toEqual([path, authorization, 200]);
          expect(await reply.json()).toEqual({});
        }
      }
      expect(await stored(installId)).toHaveLength(2 * forms.length);
    });

    test("all four shapes of event name arrive", async () => {
      const installId = randomUUID();
      const names = ["timer.started", "quote.approval.rejected", "payment_deleted", "$pageview"];
      for (const event of names) {
        const request = logsRequest([logRecord({ event, installId })]);
        const reply = await postJson(collector.url, collector.tokens.ingest, request);
        expect([event, await reply.json()]).toEqual([event, {}]);
      }
      const rows = await stored(installId);
      expect(rows.map((row) => row.event)).toEqual(names.sort());
    });

    test("base events and detailed events of one install are told apart", async () => {
      const installId = randomUUID();
      const attributes = baseFields(installId);
      for (const event of ["base_telemetry.first_seen", "base_telemetry.heartbeat"]) {
        const request = logsRequest([logRecord({ event, installId, attributes })]);
        const reply = await postJson(collector.url, collector.tokens.ingest, request);
        expect(await reply.json()).toEqual({});
      }
      await loaded(collector);
      const rows = await sql(
        collector,
        `SELECT any(platform) AS platform, any(locale) AS locale, any(timezone) AS timezone,
                any(deployment_type) AS deployment_type, uniqExact(install_id) AS installs
         FROM heartbeats WHERE install_id = '${installId}'`,
      );
      expect(rows[0]).toMatchObject({
        platform: "Linux",
        locale: "en_US",
        timezone: "UTC",
        deployment_type: "docker",
      });
      expect(await stored(installId)).toEqual([]);
    });

    test("a partly refused request says how many records and why, in both encodings", async () => {
      const good = logRecord({ event: "timer.started" });
      const bad = [
        logRecord({ event: "timer.started", installId: "not-a-uuid" }),
        logRecord({ event: "Not A Name" }),
        logRecord({ event: "base_telemetry.other" }),
        logRecord({ event: "coffee.brewed" }),
      ];
      const request = logsRequest([good, ...bad]);
      const json = await postJson(collector.url, collector.tokens.ingest, request);
      expect(json.status).toBe(200);
      const { partialSuccess } = (await json.json()) as { partialSuccess: Row };
      expect(partialSuccess.rejectedLogRecords).toBe("4");
      const proto = await fetch(`${collector.url}/v1/logs`, {
        method: "POST",
        headers: {
          "content-type": "application/x-protobuf",
          "content-encoding": "gzip",
          authorization: `Bearer ${collector.tokens.ingest}`,
        },
        body: gzipSync(encodeRequest(request)),
      });
      const decoded = decodePartialSuccess(new Uint8Array(await proto.arrayBuffer()));
      expect(decoded?.rejected).toBe(4);
      const reasons = [
        "install_id_malformed",
        "event_name_malformed",
        "event_name_reserved",
        "event_unlisted",
      ];
      for (const reason of reasons) {
        expect(partialSuccess.errorMessage).toContain(reason);
        expect(decoded?.errorMessage).toContain(reason);
      }
    });

    test("what was dropped is counted by name and the record is kept", async () => {
      const installId = randomUUID();
      const request = logsRequest([
        logRecord({
          event: "quote.sent",
          installId,
          attributes: { quote_id: 4, quote_title: "Roof for the harbour office" },
        }),
      ]);
      await postJson(collector.url, collector.tokens.ingest, request);
      const [row] = await stored(installId);
      expect(row?.properties).toEqual({ quote_id: "4" });
      const { rows } = await read<{ rows: Row[] }>(collector, "refusals", { app: "timetracker" });
      expect(rows).toContainEqual(
        expect.objectContaining({ outcome: "dropped", event: "quote.sent", field: "quote_title" }),
      );
    });

    test("a sender that repeats a record with the same uid is counted once", async () => {
      const installId = randomUUID();
      const record = logRecord({ event: "timer.started", installId, uid: randomUUID() });
      const replies = await Promise.all(
        Array.from({ length: 5 }, () =>
          postJson(collector.url, collector.tokens.ingest, logsRequest([record])),
        ),
      );
      await loaded(collector);
      const late = await postJson(collector.url, collector.tokens.ingest, logsRequest([record]));
      expect([...replies, late].map((reply) => reply.status)).toEqual(Array(6).fill(200));
      expect(await stored(installId)).toHaveLength(1);
    });
  });
}
