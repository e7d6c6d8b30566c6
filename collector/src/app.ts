import { join } from "node:path";
import Fastify, { type FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { createAlerts } from "./alerts/alerts.ts";
import { loadCatalogues } from "./catalogues.ts";
import { type Config, ConfigError, StartError } from "./config.ts";
import { closeSilentConnections } from "./connections.ts";
import { superviseEngine } from "./engine/supervise.ts";
import { answerBadUrl, sendApiError } from "./errors.ts";
import { type FrontHandler, firstOf, inFront } from "./front.ts";
import { registerHealth } from "./health.ts";
import { createTokenBook } from "./ingest/authenticate.ts";
import { createIngestRates } from "./ingest/rates.ts";
import { createIngest } from "./ingest/route.ts";
import { createErasures } from "./installs/erasures.ts";
import { createMyData } from "./installs/my-data.ts";
import { quietStore } from "./installs/quiet-store.ts";
import { createInstallRoute } from "./installs/route.ts";
import { createSettle } from "./installs/settle.ts";
import { acquireDataDirectory } from "./lock.ts";
import { createLog, serverOptions } from "./log.ts";
import { createMeter } from "./meter/meter.ts";
import { createMetrics, observeRequests } from "./metrics.ts";
import { createPublished } from "./published/published.ts";
import { createAsks, QUERY_BOUNDS } from "./read/ask.ts";
import { createAuth } from "./read/auth.ts";
import { createMachine } from "./read/operations/machine.ts";
import { createDoors, registerOpenDoors } from "./read/published/open.ts";
import { viewerCheck } from "./read/published/viewer.ts";
import { registerReadApi } from "./read/routes.ts";
import { createSessions } from "./read/session.ts";
import { loadSecrets, type Secrets } from "./secrets.ts";
import { appSettings } from "./settings/app-settings.ts";
import { describeApps, knownApps } from "./settings/apps.ts";
import { createSettings } from "./settings/settings.ts";
import { createBudgets } from "./settings/token-budgets.ts";
import { createTokenUses } from "./settings/uses.ts";
import { createSpool } from "./spool/spool.ts";
import { createSql } from "./sql/sql.ts";
import { registerStatic } from "./static.ts";
import { createStore } from "./store/client.ts";
import { createFlatInstalls } from "./store/flat.ts";
import { learnedNames } from "./store/learned.ts";
import { createLoader } from "./store/load.ts";
import { openStore } from "./store/open.ts";
import { createRetention } from "./store/retention.ts";

export interface Collector {
  secrets: Secrets;
  listening: { host: string; ingestPort: number; dashboardPort: number; sqlPort: number | null };
  /** Answers what is under way, commits and loads it, then ends the engine. */
  close(reason: string): Promise<void>;
}

/** How long a stop waits for requests, and then for the loader; what is left is loaded next time. */
const LAST_REQUESTS_MS = 10_000;
const LAST_LOAD_MS = 5_000;
/** How long a request for somebody's data waits until what is in the spool can be read. */
const SETTLE_MS = 10_000;

const DASHBOARD = new URL("../../dashboard/dist", import.meta.url).pathname;

/**
 * Builds the whole collector and starts to listen. This is the one place where the parts meet.
 *
 * @throws StartError with one line for the person at the shell.
 */
export async function createCollector(config: Config): Promise<Collector> {
  const log = createLog(config.logLevel);
  const metrics = createMetrics(config.version);
  const secrets = await loadSecrets({
    dataDir: config.dataDir,
    ingestTokensEnv: config.ingestTokens,
    adminTokenEnv: config.adminToken,
  });
  const lockWaitMs = config.lockWaitSeconds * 1000;
  const lock = await step(
    acquireDataDirectory(config.dataDir, lockWaitMs, () =>
      log.warn(
        { seconds: config.lockWaitSeconds },
        "waiting: another collector has the data directory",
      ),
    ),
  );

  const engine = config.clickhouseUrl
    ? null
    : await step(
        superviseEngine({
          directory: join(config.dataDir, "engine"),
          memoryBytes: config.engineMemoryBytes,
          log,
          lockWaitMs,
          onRestart: () => metrics.engineRestarts.inc(),
        }),
      );
  const storeTarget = engine ? { engine } : { clickhouseUrl: config.clickhouseUrl as string };
  const store = createStore(storeTarget);

  const spool = await step(
    createSpool({
      directory: join(config.dataDir, "spool"),
      maxBytes: config.spoolMaxBytes,
      log,
      onSetAside: () => metrics.storeQuarantined.inc(),
    }),
  );
  metrics.watchSpool(() => spool.state());
  const loader = createLoader({
    spool,
    store,
    log,
    onStep: (step) => {
      if (step === "installs") flat.changed();
    },
    onLoaded: (loaded) => {
      metrics.loaded(loaded);
      flat.changed();
    },
    onRetry: () => metrics.storeRetries.inc(),
  });
  const loadedUntil = loader.freshness;
  const flat = createFlatInstalls({ store, spoolUuid: spool.uuid, loadedUntil, log });
  const settings = await createSettings({ store, directory: config.dataDir, log });
  const uses = createTokenUses({ store, log });
  const catalogues = loadCatalogues(
    [config.catalogueDir, join(config.dataDir, "catalogues")],
    settings,
    (app) => void teachAgain(app),
  );
  const teachAgain = (app: string) =>
    learnedNames(store, app)
      .then((learned) => catalogues.teach(app, learned))
      .catch((err) => log.warn({ err, app }, "what the app taught before could not be read"));
  const fixedApps = secrets.ingest.map(({ app }) => app);
  const apps = () => knownApps(fixedApps, settings);
  const quiet = quietStore(store);
  const settle = createSettle(loader, SETTLE_MS);
  const erasures = createErasures({
    ...{ store: quiet, loader, settle, log },
    refreshCopies: flat.refresh,
    onErased: (by) => metrics.erasures.inc({ by }),
  });
  const tokens = createTokenBook(secrets.ingest, { settings, uses });
  const meter = createMeter({ store, tokens, metrics, log });
  const retention = createRetention({ store, settings, log });
  const load = async () => {
    await settings.load();
    await uses.load();
  };
  const { dataDir, engineMemoryBytes } = config;
  const machine = createMachine({ spool, loader, engine, engineMemoryBytes, metrics, dataDir });
  machine.start();
  const fixedTokens = { tokens: secrets.ingest, source: secrets.ingestSource };
  const alerts = await createAlerts({
    ask: createAsks({ store, duration: metrics.queryDuration, bounds: { atOnce: 1 } })("alerts"),
    ...{ settings, apps, freshness: () => flat.freshness(), log },
    budgetsOf: createBudgets(settings, fixedTokens),
    ...{ directory: dataDir, key: secrets.sessionKey, version: config.version },
    ...{ store, holder: spool.uuid, networks: config.webhookNetworks },
  });
  const { reader, publisher } = createPublished({
    ...{ store, settings, metrics, apps, log },
    freshness: flat.freshness,
    key: secrets.userHashKey,
    holder: spool.uuid,
  });
  metrics.watchPublished(publisher.latest);
  const onReady = () => {
    loader.start();
    flat.start();
    erasures.start();
    meter.start();
    publisher.start();
    alerts.start();
    retention.start();
  };
  const opening = openStore({ store, apps, settings: { load }, catalogues, onReady, log });
  await step(opening.firstTry);

  let draining = false;
  const health = {
    metricsToken: config.metricsToken,
    adminToken: secrets.adminToken,
    host: config.host,
    spool,
    storeState: opening.state,
    registry: metrics.registry,
    draining: () => draining,
  };

  const createServer = (front: FrontHandler): FastifyInstance => {
    const server = Fastify({
      ...serverOptions(log),
      frameworkErrors: answerBadUrl,
      serverFactory: inFront(front),
    });
    observeRequests(server, metrics);
    closeSilentConnections(server);
    server.setNotFoundHandler((request, reply) => sendApiError(request, reply, "not_found"));
    registerHealth(server, health);
    return server;
  };

  const ingest = createIngest({
    spool,
    tokens,
    tables: catalogues.table,
    rates: createIngestRates(config.recordRates),
    config,
    userHashKey: secrets.userHashKey,
    metrics,
    log,
  });
  const myData = createMyData({ store: quiet, erasures, settle });
  const installs = createInstallRoute({ store: quiet, tokens, myData, settle, metrics, log });
  const sessions = createSessions(secrets.sessionKey, secrets.adminToken);
  const sql = createSql({
    store: storeTarget,
    auth: createAuth({ ...secrets, sessions, settings, uses }),
    ...{ settings, reader, apps, dataDir, metrics, log },
  });
  const isOne = config.dashboardPort === null;
  // Ingest takes whatever else is under /v1.
  const ingestServer = createServer(
    firstOf(...(isOne ? [sql.at("/sql")] : []), installs, meter.front, ingest),
  );
  const dashboardServer = isOne ? ingestServer : createServer(sql.at("/sql"));
  const sqlServer = config.sqlPort === null ? null : createServer(sql.at(""));
  await registerReadApi(dashboardServer, {
    store,
    freshness: flat.freshness,
    apps: () => describeApps(apps(), catalogues),
    adminToken: secrets.adminToken,
    sessionKey: secrets.sessionKey,
    settings,
    reader,
    uses,
    retention,
    catalogues,
    fixedTokens,
    metrics,
    myData,
    alerts,
    machine,
    webhookNetworks: config.webhookNetworks,
    engineDirectory: engine && join(dataDir, "engine"),
    bounds: engine ? { memoryBytes: queryMemory(engineMemoryBytes) } : {},
    version: config.version,
  });
  const now = () => new Date();
  const doors = createDoors(settings, now);
  const nameOf = (app: string) => appSettings(settings, app).name ?? app;
  registerOpenDoors(dashboardServer, { reader, doors, nameOf, now });
  const isViewer = viewerCheck({ ...secrets, settings, uses });
  await registerStatic(dashboardServer, { root: DASHBOARD, doors, isViewer });

  const ingestPort = await listen(ingestServer, config.host, config.port, "ROLLCALL_PORT");
  const dashboardPort =
    config.dashboardPort === null
      ? ingestPort
      : await listen(dashboardServer, config.host, config.dashboardPort, "ROLLCALL_DASHBOARD_PORT");
  const sqlPort =
    sqlServer && (await listen(sqlServer, config.host, config.sqlPort ?? 0, "ROLLCALL_SQL_PORT"));
  log.info(
    { host: config.host, ingestPort, dashboardPort, sqlPort, apps: apps() },
    "collector is listening",
  );

  async function close(reason: string): Promise<void> {
    log.info({ reason }, "stopping: no new requests, finishing what is under way");
    draining = true;
    machine.stop();
    await within(LAST_LOAD_MS, alerts.stop(), log);
    const servers = [
      ...new Set([ingestServer, dashboardServer, ...(sqlServer ? [sqlServer] : [])]),
    ];
    await within(LAST_REQUESTS_MS, Promise.all(servers.map((server) => server.close())), log);
    await within(LAST_LOAD_MS, sql.stop(), log);
    await spool.drain();
    if (opening.state() === "ready") await within(LAST_LOAD_MS, loader.idle(), log);
    await opening.stop();
    // What is not finished then goes on at the next start.
    await within(
      LAST_LOAD_MS,
      Promise.all([erasures.stop(), meter.stop(), flat.stop(), publisher.stop(), retention.stop()]),
      log,
    );
    await loader.stop();
    await within(LAST_LOAD_MS, Promise.all([uses.stop(), settings.stop()]), log);
    await store.close();
    await engine?.stop();
    await lock.release();
    log.info({}, "stopped");
  }

  return { secrets, listening: { host: config.host, ingestPort, dashboardPort, sqlPort }, close };
}

/** One question leaves some of a small engine to the loader. */
const queryMemory = (engineBytes: number): number =>
  Math.min(QUERY_BOUNDS.memoryBytes, Math.floor(engineBytes * 0.75));

/** What stops one of the first steps is told in its own one line; a stack would say less. */
async function step<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new StartError((error as Error).message);
  }
}

async function listen(
  server: FastifyInstance,
  host: string,
  port: number,
  variable: string,
): Promise<number> {
  try {
    await server.listen({ host, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "EADDRINUSE" ? "another process listens there" : String(code);
    throw new ConfigError(`${variable}: cannot listen on ${host}:${port}: ${why}`);
  }
  const address = server.server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

async function within(ms: number, work: Promise<unknown>, log: Logger): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise((resolve) => {
    timer = setTimeout(() => {
      log.warn({ ms }, "stopping: did not wait any longer");
      resolve(null);
    }, ms);
  });
  await Promise.race([work, deadline]);
  clearTimeout(timer);
}
