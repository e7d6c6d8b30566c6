import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { type Attributes, keyValues } from "../support/otlp.ts";
import { encodeRequest } from "../support/protobuf.ts";
import { CORPORA, SDK_RESOURCE } from "./corpus.ts";

/*
 * Spans as OpenTelemetry's instrumentations of node:http, a framework and a database make them, with
 * old names and new, and with everything that is dropped and counted: addresses, statements, agents.
 */

const INSTALLS = 10;
const SPANS_EACH = CORPORA.traces.records / INSTALLS;
const START = Date.UTC(2026, 6, 14, 12);
const ROUTES = ["/projects/:id", "/clients/:id/invoices", "/timers", "/reports/:kind", "/"];
const TABLES = ["projects", "clients", "timers", "invoices"];

const digits = (text: string, length: number) =>
  createHash("sha256").update(text).digest("hex").slice(0, length);
const nanos = (ms: number, more: number) => String(BigInt(START + ms) * 1_000_000n + BigInt(more));

function server(at: number): { name: string; kind: number; attributes: Attributes } {
  const route = ROUTES[at % ROUTES.length] as string;
  const path = route.replace(/:\w+/, String(1000 + at));
  return {
    name: `GET ${route}`,
    kind: 2,
    attributes: {
      "http.request.method": "GET",
      "url.scheme": "https",
      "server.address": "tracker.example.org",
      "server.port": 443,
      "url.path": path,
      "url.query": `tab=tasks&from=${at}`,
      "user_agent.original":
        "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0",
      "network.peer.address": `203.0.113.${at % 250}`,
      "network.peer.port": 40_000 + at,
      "client.address": `203.0.113.${at % 250}`,
      "network.protocol.version": "1.1",
      "http.route": route,
      "http.response.status_code": at % 40 === 0 ? 500 : 200,
    },
  };
}

function database(at: number): { name: string; kind: number; attributes: Attributes } {
  const table = TABLES[at % TABLES.length] as string;
  return {
    name: "pg.query:SELECT timetracker",
    kind: 3,
    attributes: {
      "db.system": "postgresql",
      "db.name": "timetracker",
      "db.user": "tracker",
      "db.connection_string": "postgresql://localhost:5432/timetracker",
      "net.peer.name": "localhost",
      "net.peer.port": 5432,
      "db.statement": `SELECT * FROM ${table} WHERE id = $1 AND owner = $2 ORDER BY created_at LIMIT 50`,
    },
  };
}

function middleware(at: number): { name: string; kind: number; attributes: Attributes } {
  return {
    name: "middleware - session",
    kind: 1,
    attributes: {
      "express.name": "session",
      "express.type": "middleware",
      "http.route": `/${at % 5}`,
    },
  };
}

function span(install: number, at: number): object {
  const key = `${install} ${at}`;
  const first = at - (at % 4);
  const made = at % 4 === 0 ? server(at) : at % 4 === 1 ? middleware(at) : database(at);
  const failed = at % 40 === 0;
  const stack = Array.from(
    { length: 8 },
    (_, frame) => `    at pay${frame} (/srv/app/src/pay.ts:${frame + 1}:9)`,
  );
  return {
    traceId: digits(`trace ${install} ${first}`, 32),
    spanId: digits(key, 16),
    parentSpanId: at === first ? "" : digits(`${install} ${first}`, 16),
    ...{ name: made.name, kind: made.kind },
    startTimeUnixNano: nanos(at * 10, at),
    endTimeUnixNano: nanos(at * 10 + 3, at * 7),
    attributes: keyValues(made.attributes),
    ...(failed && {
      events: [
        {
          ...{ timeUnixNano: nanos(at * 10 + 1, at), name: "exception" },
          attributes: keyValues({
            "exception.type": "TypeError",
            "exception.message": "Cannot read properties of undefined (reading 'total')",
            "exception.stacktrace": [
              "TypeError: Cannot read properties of undefined",
              ...stack,
            ].join("\n"),
          }),
        },
      ],
    }),
    status: failed ? { code: 2, message: "it broke" } : {},
  };
}

const resourceSpans = Array.from({ length: INSTALLS }, (_, install) => {
  const id = digits(`install ${install}`, 32);
  return {
    resource: {
      attributes: keyValues({
        install_id: id.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"),
        ...SDK_RESOURCE,
        "host.arch": "amd64",
        "process.pid": 4242,
        "process.command": "/srv/app/server.js",
        "process.runtime.name": "nodejs",
        "process.runtime.version": "24.1.0",
        "os.type": "linux",
      }),
    },
    scopeSpans: ["http", "express", "pg"].map((library, at) => ({
      scope: { name: `@opentelemetry/instrumentation-${library}`, version: "0.203.0" },
      spans: Array.from({ length: SPANS_EACH }, (_, place) => place)
        .filter((place) => Math.min(place % 4, 2) === at)
        .map((place) => span(install, place)),
    })),
  };
});
writeFileSync(CORPORA.traces.file, gzipSync(encodeRequest({ resourceSpans }), { level: 9 }));
