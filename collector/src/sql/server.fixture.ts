import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Writable } from "node:stream";
import { createLog } from "../log.ts";
import { createMetrics, type Metrics } from "../metrics.ts";
import { createArchive } from "../published/archive.ts";
import { FIELDS, type PublishedDocument } from "../published/document.ts";
import { createAuth } from "../read/auth.ts";
import { createSessions } from "../read/session.ts";
import type { Scope } from "../settings/kinds.ts";
import { newToken } from "../settings/new-token.ts";
import type { SettingsKeeper } from "../settings/settings.ts";
import { openTestSettings } from "../settings/testing.ts";
import { createTokenUses } from "../settings/uses.ts";
import { openTestStore, type TestStore } from "../store/testing.ts";
import { createSql } from "./sql.ts";

/* For the tests of this folder: the endpoint on a real port, in front of a real engine. */

export const ADMIN = "admin-token-of-the-tests";
export const APPS = ["timetracker", "bookshelf", "empty"];

export interface Answer {
  status: number;
  text: string;
  headers: Headers;
}

export interface SqlServer {
  /** Of the endpoint at `/sql`. */
  url: string;
  port: number;
  opened: TestStore;
  settings: SettingsKeeper;
  metrics: Metrics;
  /** Everything that was logged. */
  logged(): string;
  /** A token of these scopes. */
  token(scopes: Scope[], apps?: string[] | null): Promise<string>;
  /** Sends a statement as the body, by Basic. */
  ask(
    sql: string,
    options?: { token?: string; search?: string; signal?: AbortSignal },
  ): Promise<Answer>;
  close(): Promise<void>;
}

/** A day of an app whose installs are all alike but for their versions. */
export function documentOf(
  app: string,
  day: string,
  versions: [string, number][] | null,
): PublishedDocument {
  const month = (versions ?? []).reduce((sum, [, installs]) => sum + installs, 0);
  const table = (rows: [string, number][]) => ({ rows, other: 0 });
  return {
    ...{ version: 1, app, day, k: 10, rounding: 5 },
    totals: { day: month, week: month, month, new: 5, churned: 0, sharing: 15 },
    fields:
      versions &&
      (Object.fromEntries(
        FIELDS.map((field) => [
          field,
          field === "app_version"
            ? { rows: versions, other: 20 }
            : table([[`${field} of ${app}`, month]]),
        ]),
      ) as PublishedDocument["fields"]),
    pairs: versions
      ? {
          "app_version,platform": {
            values: [["1.0.0"], ["linux"]],
            cells: [
              [0, 0, 40],
              [1, 0, 15],
            ],
          },
        }
      : {},
    events: versions ? [["timer.started", 30]] : [],
  };
}

export async function startSql(
  options: { idleMs?: number; external?: boolean; now?: () => Date } = {},
): Promise<SqlServer> {
  const opened = await openTestStore();
  const { store, engine } = opened;
  const set = await openTestSettings(store);
  const { settings } = set;
  const metrics = createMetrics("0.0.0");
  const archive = createArchive({ store, ...(options.now && { now: options.now }) });
  let lines = "";
  const log = createLog(
    "info",
    new Writable({
      write(chunk, _encoding, done) {
        lines += chunk;
        done();
      },
    }),
  );
  const uses = createTokenUses({ store, log });
  const sessions = createSessions(Buffer.alloc(32, 7), ADMIN);
  const address = new URL(engine.url);
  [address.username, address.password] = [engine.username, engine.password];
  const sql = createSql({
    store: options.external ? { clickhouseUrl: address.href } : { engine },
    auth: createAuth({ adminToken: ADMIN, sessions, settings, uses }),
    settings,
    reader: archive,
    apps: () => APPS,
    dataDir: opened.directory,
    ...{ metrics, log, ...options },
  });
  const handler = sql.at("/sql");
  const server = createServer((request, response) => {
    if (!handler(request, response)) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/sql`;
  return {
    ...{ url, port, opened, settings, metrics },
    logged: () => lines,
    async token(scopes, apps = null) {
      const { id, token, hash, hint } = newToken("rcp");
      const more = { expiresAt: null, createdAt: new Date().toISOString() };
      const value = { name: "a test", hash, hint, scopes, apps, ...more };
      await settings.put("api_token", id, value, "a test");
      return token;
    },
    async ask(text, { token = ADMIN, search = "", signal } = {}) {
      const reply = await fetch(`${url}?${search}`, {
        ...{ method: "POST", body: text, ...(signal && { signal }) },
        headers: { authorization: `Basic ${Buffer.from(`any:${token}`).toString("base64")}` },
      });
      return { status: reply.status, text: await reply.text(), headers: reply.headers };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await sql.stop();
      await set.close();
      await opened.close();
    },
  };
}

/** Publishes documents as the publisher would keep them. */
export async function publish({ opened }: SqlServer, ...documents: PublishedDocument[]) {
  const archive = createArchive({ store: opened.store });
  for (const document of documents) await archive.add(document);
}
