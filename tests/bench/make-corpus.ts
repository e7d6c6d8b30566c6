import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { createFleet, type FleetRecord } from "../demo/fleet.ts";
import { type Attributes, logRecord, logsRequest } from "../support/otlp.ts";
import { encodeRequest } from "../support/protobuf.ts";
import { BATCH, BATCH_RECORDS, SINGLE } from "./corpus.ts";

/** What the time tracker adds from the web request; most of it is dropped and counted. */
const WEB_REQUEST = {
  current_url: "https://time.example.org/projects/12?tab=tasks",
  host: "time.example.org",
  pathname: "/projects/12",
  browser: "firefox",
  device_type: "desktop",
  os: "linux",
};

/** Without a uid: it would be recognised as a repetition, and the corpus is sent again and again. */
function wire(record: FleetRecord, more: Attributes): object {
  return logRecord({
    event: record.event,
    installId: record.install.id,
    identity: record.user,
    time: record.time,
    attributes: {
      telemetry_fingerprint: record.install.fingerprint,
      environment: "production",
      app_version: record.version,
      deployment_method: record.install.deploymentType,
      ...record.properties,
      ...more,
    },
  });
}

const now = Date.UTC(2026, 6, 14, 12);
const fleet = createFleet({ installs: 400, days: 10, seed: 7, now });
const records = Array.from({ length: 10 }, (_, day) => fleet.day(day))
  .flat()
  .filter((record) => record.layer === "detailed")
  .slice(-BATCH_RECORDS);
if (records.length !== BATCH_RECORDS) throw new Error(`only ${records.length} records`);
const single = logsRequest([wire(records[0]!, WEB_REQUEST)]);
writeFileSync(SINGLE, `${JSON.stringify(single)}\n`);
const batch = encodeRequest(logsRequest(records.map((record) => wire(record, {}))));
writeFileSync(BATCH, gzipSync(batch, { level: 9 }));
