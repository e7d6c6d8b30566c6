import type { Catalogue } from "@rollcall/schemas";
import type { Logger } from "./log.ts";
import type { RetryOptions } from "./retry.ts";

export interface RollcallOptions<C extends Catalogue> {
  /** The app's name, as the collector knows it. */
  app: string;
  /** The app's version. */
  version: string;
  /** Where `installation.json` lives; made when absent. All processes of an install share it. */
  dataDir: string;
  /** The collector's address, such as `https://telemetry.example.org`. Without it nothing is sent. */
  endpoint?: string | undefined;
  token?: string | undefined;
  /**
   * The detailed events of the app, `as const satisfies Catalogue` so that `track` is typed. Without
   * it names are learnt by the collector, and text is never kept.
   */
  catalogue?: C | undefined;
  /** `off` sends no base layer; a person can still opt in to detailed events. Default `always`. */
  baseTelemetry?: "always" | "off";
  /** Default `RELEASE_CHANNEL` in the environment, else `default`. */
  releaseChannel?: string | undefined;
  /** `docker`, `kubernetes` or `native`; default detected. */
  deploymentType?: string | undefined;
  /** `production`, `staging`, `development` or `test`. */
  environment?: string | undefined;
  /** A pino logger or the like; default the console. */
  logger?: Logger;
  /** Default `process.env`. Read once. */
  env?: Readonly<Record<string, string | undefined>>;
  delivery?: DeliveryOptions;
}

export interface DeliveryOptions {
  /** Bounds of the queue in memory: default 10,000 records and 5 MiB. */
  queueRecords?: number;
  queueBytes?: number;
  /** How long an event waits for others, default 5,000 ms. */
  flushAfterMs?: number;
  /** Pause after a delivery that failed for now, default up to 30,000 ms. */
  pauseMs?: number;
  /** Records in one request, default 512. */
  batchRecords?: number;
  /** For one request, default 10,000 ms. */
  timeoutMs?: number;
  retry?: RetryOptions;
}
