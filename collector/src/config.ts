import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseNetworks, type WebhookNetworks } from "./alerts/network.ts";

/** Everything the environment can say; names and defaults are listed in docs/configuration.md. */
export interface Config {
  host: string;
  port: number;
  /** Where the dashboard and the read API listen when they are split off; null: on `port` too. */
  dashboardPort: number | null;
  /** Where SQL is served at `/`, besides `/sql` beside the dashboard; null: nowhere. */
  sqlPort: number | null;
  dataDir: string;
  ingestTokens: string | undefined;
  adminToken: string | undefined;
  metricsToken: string | undefined;
  clickhouseUrl: string | undefined;
  corsOrigins: string[];
  catalogueDir: string;
  maxBodyBytes: number;
  maxInflightBytes: number;
  /** Records a second, over time; 0: no bound. */
  recordRates: { token: number; install: number };
  spoolMaxBytes: number;
  engineMemoryBytes: number;
  lockWaitSeconds: number;
  logLevel: string;
  /** Where webhooks may go besides public addresses. */
  webhookNetworks: WebhookNetworks;
  version: string;
}

/** Why the collector cannot start. Its message is one line for the person at the shell. */
export class StartError extends Error {}

/** A setting it cannot start with: the line names the variable, what was found, what is allowed. */
export class ConfigError extends StartError {}

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"];
const MIB = 1024 * 1024;

function wholeNumber(
  env: NodeJS.ProcessEnv,
  name: string,
  fallback: number,
  min: number,
  max: number,
): number {
  const found = env[name];
  if (found === undefined || found === "") return fallback;
  const value = /^\d{1,15}$/.test(found) ? Number(found) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new ConfigError(
    `${name}: found "${found}", allowed is a whole number from ${min} to ${max}`,
  );
}

function oneOf(env: NodeJS.ProcessEnv, name: string, allowed: string[], fallback: string): string {
  const found = env[name] || fallback;
  if (allowed.includes(found)) return found;
  throw new ConfigError(`${name}: found "${found}", allowed is one of ${allowed.join(", ")}`);
}

function httpUrl(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const found = env[name];
  if (found === undefined || found === "") return undefined;
  const url = URL.canParse(found) ? new URL(found) : null;
  if (url?.protocol === "http:" || url?.protocol === "https:") return found;
  // The value may hold a password, so it is not repeated.
  throw new ConfigError(
    `${name}: found something that is no http(s) URL, allowed is http://user:password@host:8123/database`,
  );
}

function origins(env: NodeJS.ProcessEnv, name: string): string[] {
  const found = (env[name] ?? "")
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  for (const entry of found) {
    if (!URL.canParse(entry) || new URL(entry).origin !== entry) {
      throw new ConfigError(
        `${name}: found "${entry}", allowed is a comma list of origins such as https://app.example`,
      );
    }
  }
  return found;
}

function hostName(env: NodeJS.ProcessEnv, name: string, fallback: string): string {
  const found = env[name] || fallback;
  if (/^[0-9A-Za-z.:%_-]{1,253}$/.test(found)) return found;
  throw new ConfigError(
    `${name}: found "${found}", allowed is an address or host name to listen on`,
  );
}

function networks(env: NodeJS.ProcessEnv, name: string): WebhookNetworks {
  const found = env[name] ?? "";
  const parsed = parseNetworks(found);
  if (parsed !== null) return parsed;
  throw new ConfigError(
    `${name}: found "${found}", allowed is a comma list of loopback, private, addresses and ranges such as 192.168.1.0/24`,
  );
}

function ownVersion(): string {
  const manifest = new URL("../package.json", import.meta.url);
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}

/**
 * Reads the configuration from the environment.
 *
 * @throws ConfigError with one line that names the variable, what was found and what is allowed.
 * @example loadConfig({ ROLLCALL_PORT: "4318" }).port // 4318
 */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const port = wholeNumber(env, "ROLLCALL_PORT", 4318, 0, 65535);
  const dashboardPort = env.ROLLCALL_DASHBOARD_PORT
    ? wholeNumber(env, "ROLLCALL_DASHBOARD_PORT", 0, 0, 65535)
    : null;
  if (dashboardPort !== null && dashboardPort !== 0 && dashboardPort === port) {
    throw new ConfigError(
      `ROLLCALL_DASHBOARD_PORT: found ${port}, the same as ROLLCALL_PORT; leave it unset to use one port`,
    );
  }
  const sqlPort = env.ROLLCALL_SQL_PORT ? wholeNumber(env, "ROLLCALL_SQL_PORT", 0, 0, 65535) : null;
  if (sqlPort !== null && sqlPort !== 0 && [port, dashboardPort].includes(sqlPort)) {
    throw new ConfigError(
      `ROLLCALL_SQL_PORT: found ${sqlPort}, the same as another port; leave it unset to use /sql beside the dashboard`,
    );
  }
  const maxBodyBytes = wholeNumber(env, "ROLLCALL_MAX_BODY_BYTES", 20 * MIB, 1024, 256 * MIB);
  return {
    host: hostName(env, "ROLLCALL_HOST", "127.0.0.1"),
    port,
    dashboardPort,
    sqlPort,
    dataDir: resolve(env.ROLLCALL_DATA_DIR || "./data"),
    ingestTokens: env.ROLLCALL_INGEST_TOKENS || undefined,
    adminToken: env.ROLLCALL_ADMIN_TOKEN || undefined,
    metricsToken: env.ROLLCALL_METRICS_TOKEN || undefined,
    clickhouseUrl: httpUrl(env, "CLICKHOUSE_URL"),
    corsOrigins: origins(env, "ROLLCALL_CORS_ORIGINS"),
    catalogueDir: resolve(
      env.ROLLCALL_CATALOGUE_DIR || new URL("../../schemas/catalogues", import.meta.url).pathname,
    ),
    maxBodyBytes,
    maxInflightBytes: wholeNumber(
      env,
      "ROLLCALL_MAX_INFLIGHT_BYTES",
      Math.max(64 * MIB, 2 * maxBodyBytes),
      maxBodyBytes,
      4096 * MIB,
    ),
    recordRates: {
      token: wholeNumber(env, "ROLLCALL_TOKEN_RATE", 10_000, 0, 10_000_000),
      install: wholeNumber(env, "ROLLCALL_INSTALL_RATE", 10, 0, 10_000_000),
    },
    spoolMaxBytes: wholeNumber(env, "ROLLCALL_SPOOL_MAX_BYTES", 4096 * MIB, MIB, 1e15),
    engineMemoryBytes: wholeNumber(
      env,
      "ROLLCALL_ENGINE_MEMORY_BYTES",
      1024 * MIB,
      256 * MIB,
      1e15,
    ),
    lockWaitSeconds: wholeNumber(env, "ROLLCALL_LOCK_WAIT_SECONDS", 15, 0, 3600),
    logLevel: oneOf(env, "ROLLCALL_LOG_LEVEL", LOG_LEVELS, "info"),
    webhookNetworks: networks(env, "ROLLCALL_WEBHOOK_PRIVATE"),
    version: ownVersion(),
  };
}
