import Fastify, { type FastifyInstance, type LightMyRequestResponse } from "fastify";
import { createAlerts } from "../alerts/alerts.ts";
import { parseNetworks, type WebhookNetworks } from "../alerts/network.ts";
import { loadCatalogues } from "../catalogues.ts";
import { createTokenBook, type TokenBook } from "../ingest/authenticate.ts";
import { createErasures } from "../installs/erasures.ts";
import { createMyData } from "../installs/my-data.ts";
import { createMetrics, type Metrics } from "../metrics.ts";
import { createArchive } from "../published/archive.ts";
import { describeApps, knownApps } from "../settings/apps.ts";
import type { SettingsKeeper } from "../settings/settings.ts";
import { openTestSettings } from "../settings/testing.ts";
import { createBudgets, type FixedTokens } from "../settings/token-budgets.ts";
import { createTokenUses } from "../settings/uses.ts";
import { silent } from "../spool/testing.ts";
import type { Store } from "../store/client.ts";
import { createFlatInstalls } from "../store/flat.ts";
import {
  addActiveDays,
  addEventDays,
  addVersionDays,
  numberInstalls,
  updateInstallsFromEvents,
  updateInstallsFromHeartbeats,
} from "../store/load-sql.ts";
import { createRetention } from "../store/retention.ts";
import { createTurns } from "../store/turns.ts";
import { createAsks } from "./ask.ts";
import { type ReadDeps, registerReadApi } from "./routes.ts";

/*
 * For the tests of this folder: a real engine with hand-made rows behind a real Fastify. "Now" is
 * fixed, so that every answer is known in advance.
 */

export const NOW = new Date("2026-11-20T12:00:00.000Z");
export const ADMIN = "admin-token-of-the-tests";
export const SESSION_KEY = Buffer.alloc(32, 7);
/** Webhooks of tests stay on this machine. */
export const LOOPBACK = parseNetworks("loopback") as WebhookNetworks;
/** A collector, among those on one store. */
export const HOLDER = "00000000-0000-4000-8000-0000000000c1";
const FIXED_TOKENS = [
  { app: "timetracker", token: "rci_of-the-environment", backfill: false, unattributed: false },
];
export const FIXED: FixedTokens = { tokens: FIXED_TOKENS, source: "environment" };
const CATALOGUES = new URL("../../../schemas/catalogues", import.meta.url).pathname;

export interface TestApi {
  app: FastifyInstance;
  settings: SettingsKeeper;
  /** What ingest would ask. */
  tokens: TokenBook;
  metrics: Metrics;
  /** GET as the administrator; the path stands after /api. */
  get(
    path: string,
    parameters?: Record<string, string | string[]>,
  ): Promise<LightMyRequestResponse>;
  /** The body of a 200. */
  read<T = Record<string, unknown>>(path: string, parameters?: Record<string, string>): Promise<T>;
  sql(query: unknown): Promise<LightMyRequestResponse>;
  close(): Promise<void>;
}

/** The read API in front of a store. */
export async function startApi(
  store: Store,
  { loadedUntil = NOW, sqlSeconds = 30, ...more }: { loadedUntil?: Date } & Partial<ReadDeps> = {},
): Promise<TestApi> {
  const app = Fastify();
  const metrics = createMetrics("0.0.0");
  // Rows are made by hand here: there is no spool to wait for.
  const settle = async () => true;
  const loader = { between: createTurns().takeWithin };
  const log = { info: () => {}, warn: () => {} };
  const erasures = createErasures({ store, loader, settle, log });
  const opened = await openTestSettings(store);
  const { settings } = opened;
  const uses = createTokenUses({ store, log: silent, now: () => NOW.getTime() });
  const catalogues = loadCatalogues([CATALOGUES], settings);
  const apps = () => describeApps(knownApps(["timetracker", "empty"], settings), catalogues);
  const alerts = await createAlerts({
    ask: createAsks({ store, duration: metrics.queryDuration })("alerts"),
    ...{ settings, directory: opened.directory, key: SESSION_KEY, version: "0.0.0", log: silent },
    ...{ store, holder: HOLDER, networks: LOOPBACK },
    budgetsOf: createBudgets(settings, FIXED),
    ...{ apps: () => apps().map(({ app }) => app), freshness: () => loadedUntil, now: () => NOW },
  });
  await registerReadApi(app, {
    store,
    alerts,
    webhookNetworks: LOOPBACK,
    settings,
    uses,
    reader: createArchive({ store }),
    retention: createRetention({ store, settings, log: silent, now: () => NOW }),
    catalogues,
    fixedTokens: FIXED,
    freshness: () => loadedUntil,
    apps,
    adminToken: ADMIN,
    sessionKey: SESSION_KEY,
    metrics,
    myData: createMyData({ store, erasures, settle, now: () => NOW }),
    version: "0.0.0",
    now: () => NOW,
    sqlSeconds,
    ...more,
  });
  const headers = { authorization: `Bearer ${ADMIN}` };
  const get: TestApi["get"] = (path, query = {}) =>
    app.inject({ method: "GET", url: `/api${path}`, query, headers });
  return {
    app,
    settings,
    tokens: createTokenBook(FIXED_TOKENS, { settings, uses, now: () => NOW.getTime() }),
    metrics,
    get,
    async read<T>(path: string, query: Record<string, string> = {}) {
      const reply = await get(path, { app: "timetracker", ...query });
      if (reply.statusCode !== 200) throw new Error(`${path}: ${reply.statusCode} ${reply.body}`);
      return reply.json<T>();
    },
    sql: (query) => app.inject({ method: "POST", url: "/api/v1/sql", headers, payload: { query } }),
    async close() {
      await app.close();
      await opened.close();
    },
  };
}

/** The install of a number, as a UUID. */
export const install = (number: number) =>
  `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

export interface Beat {
  app?: string;
  install: number;
  /** ISO time; a day alone means its noon. */
  at: string;
  /** When it was received; `at` by default. */
  received?: string;
  /** The day that counts for admission; that of `at` by default. */
  admission?: string;
  kind?: "heartbeat" | "first_seen";
  app_version?: string;
  platform?: string;
  os_version?: string;
  architecture?: string;
  timezone?: string;
  locale?: string;
  deployment_type?: string;
  release_channel?: string;
  /** Id of the ingest token that it came by. */
  token?: string;
}

export interface SentEvent {
  app?: string;
  install: number;
  at: string;
  event: string;
  app_version?: string;
  user?: number;
  properties?: Record<string, string>;
  numbers?: Record<string, number>;
}

const moment = (at: string) =>
  at.length === 10
    ? `${at} 12:00:00.000`
    : new Date(at).toISOString().replace("T", " ").slice(0, -1);
const quoted = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
const map = (entries: Record<string, string | number> = {}, type: string) =>
  `CAST(map(${Object.entries(entries)
    .flatMap(([key, value]) => [quoted(key), typeof value === "number" ? value : quoted(value)])
    .join(", ")}), ${quoted(type)})`;

const FIELDS = [
  "app_version",
  "platform",
  "os_version",
  "architecture",
  "locale",
  "timezone",
  "deployment_type",
  "release_channel",
  "token",
] as const;

/** Stores base records and what they make of their installs. */
export async function beat(store: Store, beats: Beat[]): Promise<void> {
  const rows = beats.map((row) => {
    const at = moment(row.at);
    const values = [
      row.app ?? "timetracker",
      install(row.install),
      at.slice(0, 10),
      at,
      moment(row.received ?? row.at),
      row.kind ?? "heartbeat",
      row.admission ?? at.slice(0, 10),
      ...FIELDS.map((field) => row[field] ?? ""),
    ];
    return `(${values.map(quoted).join(", ")})`;
  });
  // A merge would take rows away between two of the statements below.
  await store.command("SYSTEM STOP MERGES heartbeats");
  await store.command(
    `INSERT INTO heartbeats (app, install_id, day, time, received_at, kind, admission_day, ${FIELDS.join(", ")}) VALUES ${rows.join(", ")}`,
    // Every record is there for what is derived, as it is in the loader's stage.
    { settings: { optimize_on_insert: 0 } },
  );
  await derive(store, "heartbeats", [updateInstallsFromHeartbeats, addActiveDays, addVersionDays]);
}

/** Stores detailed records and what they make of their installs. */
export async function send(store: Store, events: SentEvent[]): Promise<void> {
  const rows = events.map((row) => {
    const app = quoted(row.app ?? "timetracker");
    const at = quoted(moment(row.at));
    const id = quoted(install(row.install));
    const maps = [
      map(row.properties, "Map(LowCardinality(String), String)"),
      map(row.numbers, "Map(LowCardinality(String), Float64)"),
    ];
    return `(${app}, ${id}, ${quoted(row.event)}, ${at}, ${at}, ${quoted(row.app_version ?? "")}, ${row.user ?? 0}, ${maps.join(", ")})`;
  });
  await store.command("SYSTEM STOP MERGES events");
  await store.command(
    `INSERT INTO events (app, install_id, event, time, received_at, app_version, user, properties, numbers) VALUES ${rows.join(", ")}`,
  );
  await derive(store, "events", [updateInstallsFromEvents, addEventDays]);
}

/** What the loader makes of a segment, made of all rows of a table: each statement may be repeated. */
async function derive(
  store: Store,
  table: "heartbeats" | "events",
  statements: ((stage: string) => string)[],
): Promise<void> {
  const [counted] = await store.query<{ rows: number }>(`SELECT count() AS rows FROM ${table}`);
  const stage = `(SELECT * FROM ${table})`;
  for (const statement of [numberInstalls, ...statements]) {
    await store.command(statement(stage), { params: { rows: counted?.rows ?? 0 } });
  }
  await makeFlat(store);
}

/** Makes `installs_flat` of every app anew. */
export async function makeFlat(store: Store): Promise<void> {
  const flat = createFlatInstalls({
    ...{ store, spoolUuid: "00000000-0000-4000-8000-0000000000f1", loadedUntil: () => NOW },
    log: { warn: () => {} },
  });
  await flat.refresh();
}
