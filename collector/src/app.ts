import { join } from "node:path";
import Fastify, { type FastifyInstance } from "fastify";
import { loadCatalogues } from "./catalogues.ts";
import type { Config } from "./config.ts";
import { superviseEngine } from "./engine/supervise.ts";
import { registerHealth } from "./health.ts";
import { createTokenBook } from "./ingest/authenticate.ts";
import { registerIngest } from "./ingest/route.ts";
import { acquireDataDirectory } from "./lock.ts";
import { createLog, serverOptions } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { registerReadApi } from "./read/routes.ts";
import { loadSecrets, type Secrets } from "./secrets.ts";
import { createSpool } from "./spool/spool.ts";
import { registerStatic } from "./static.ts";
import { createStore } from "./store/client.ts";
import { createLoader } from "./store/load.ts";
import { migrate } from "./store/migrate.ts";

export interface Collector {
  secrets: Secrets;
  listening: { host: string; ingestPort: number; dashboardPort: number };
  /** Answers what is under way, commits and loads it, then ends the engine. */
  close(reason: string): Promise<void>;
}

/** How long a stop lets the loader empty the spool; what is left is loaded at the next start. */
const LAST_LOAD_MS = 5_000;

/**
 * Builds the whole collector and starts to listen. This is the one place where parts meet.
 *
 * @throws ConfigError or StartError with one line for the person at the shell.
 */
export async function createCollector(config: Config): Promise<Collector> {
  const log = createLog(config.logLevel);
  const metrics = createMetrics(config.version);
  const catalogues = loadCatalogues([config.catalogueDir, join(config.dataDir, "catalogues")]);
  const secrets = await loadSecrets({
    dataDir: config.dataDir,
    ingestTokensEnv: config.ingestTokens,
    adminTokenEnv: config.adminToken,
  });
  const lock = await acquireDataDirectory(config.dataDir, config.lockWaitSeconds * 1000);

  const engine = config.clickhouseUrl === undefined ? await superviseEngine({
    directory: join(config.dataDir, "engine"),
    memoryBytes: config.engineMemoryBytes,
    log,
    lockWaitMs: config.lockWaitSeconds * 1000,
    onRestart: () => metrics.engineRestarts.inc(),
  }) : null;
  const store = createStore(
    engine === null ? { clickhouseUrl: config.clickhouseUrl as string } : { engine },
  );
  const spool = await createSpool({ directory: join(config.dataDir, "spool"), maxBytes: config.spoolMaxBytes, log });
  const loader = createLoader({ spool, store, log });
  
  return null as never;
}
