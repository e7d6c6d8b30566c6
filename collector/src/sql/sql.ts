import type { Logger } from "pino";
import { exception } from "../engine/exception.ts";
import type { Engine } from "../engine/supervise.ts";
import type { FrontHandler } from "../front.ts";
import type { Metrics } from "../metrics.ts";
import type { PublishedReader } from "../published/reader.ts";
import type { Auth } from "../read/auth.ts";
import { createPasswords } from "../settings/passwords.ts";
import type { Settings } from "../settings/types.ts";
import { createSqlCallers } from "./callers.ts";
import { createDoor } from "./door.ts";
import { createRestrictedSql } from "./restricted/restricted.ts";
import { createSqlRoute } from "./route.ts";
import { engineTarget, serverTarget } from "./targets.ts";
import { whySqlMayNot } from "./wall.ts";
import { withoutPaths } from "./words.ts";

export interface SqlEndpoint {
  /** A handler for in front of Fastify: `/sql` beside other paths, "" on a port of its own. */
  at(path: string): FrontHandler;
  stop(): Promise<void>;
}

interface SqlEndpointDeps {
  /** The embedded engine, or the address of a server. */
  store: { engine: Engine } | { clickhouseUrl: string };
  auth: Pick<Auth, "byToken">;
  settings: Pick<Settings, "get">;
  /** All that restricted readers are answered from. */
  reader: PublishedReader;
  apps(): string[];
  dataDir: string;
  metrics: Pick<Metrics, "answered" | "sqlDuration">;
  log: Logger;
  now?: () => Date;
}

const AWAY = exception(210, "NETWORK_ERROR", "The store does not answer at the moment");

/**
 * The read-only SQL endpoint for Grafana and SQL tools.
 *
 * @example const sql = createSql({ store: { engine }, auth, reader, apps, dataDir, metrics, log });
 */
export function createSql(deps: SqlEndpointDeps): SqlEndpoint {
  const { store, apps, metrics, log } = deps;
  const now = deps.now ?? (() => new Date());
  const restricted = createRestrictedSql(deps);
  const server = "clickhouseUrl" in store ? serverTarget(store.clickhouseUrl) : null;
  const target = () => ("engine" in store ? engineTarget(store.engine) : server);
  const door = createDoor();
  const route = createSqlRoute({
    callerOf: createSqlCallers({ ...deps, passwords: createPasswords(), now }),
    everything: async (asked) => {
      const where = target();
      if (where === null) return { ok: false, refused: AWAY };
      const database = asked.request.database || where.database;
      const request = { ...asked.request, database };
      return door(where, { whyNot: whySqlMayNot, scrub: withoutPaths }, { ...asked, request });
    },
    restricted: (only, asked) =>
      restricted.ask(only === null ? apps() : apps().filter((app) => only.includes(app)), asked),
    metrics,
    log,
  });
  return { at: route, stop: restricted.stop };
}
