import type { Catalogue } from "@rollcall/schemas";
import type { Consent } from "./consent/consent.ts";
import type { RetryOptions } from "./delivery/retry.ts";
import type { Logger } from "./log.ts";

/** What `createRollcall` takes. Only `app` and `dataDir` are a must. */
export interface RollcallOptions<C extends Catalogue> {
  /** The app's name, as the collector knows it. */
  app: string;
  /** The app's version; default `APP_VERSION` in the environment. */
  version?: string | undefined;
  /** Where `installation.json` lives; made when absent. All processes of an install share it. */
  dataDir: string;
  /** Where `app.jsonl`, the transparency log, is written; default `logs` in `dataDir`. */
  logDir?: string | undefined;
  /**
   * Keys that are put in at build time, as one text:
   * `"rollcall-keys/1 endpoint=%%ROLLCALL_ENDPOINT%% token=%%ROLLCALL_TOKEN%% sentry_dsn=%%ROLLCALL_SENTRY_DSN%%"`.
   * What is filled in wins over everything else; a placeholder that is still there counts as absent.
   */
  keys?: string | undefined;
  /** The collector's address, such as `https://telemetry.example.org`; default from the environment. */
  endpoint?: string | undefined;
  /** Its token. Belongs to `endpoint`: neither is ever mixed with another source's. */
  token?: string | undefined;
  /**
   * The detailed events of the app, `as const satisfies Catalogue` so that `track` is typed. Without
   * it names are learnt by the collector, and text is never kept.
   */
  catalogue?: C | undefined;
  /**
   * `after-setup` waits for the wizard's end, `off` sends no base layer; a person can still opt in to
   * detailed events. Default `always`.
   */
  baseTelemetry?: "always" | "after-setup" | "off";
  /** Default `RELEASE_CHANNEL` in the environment, else `default`. */
  releaseChannel?: string | undefined;
  /** `docker`, `kubernetes` or `native`; default detected. */
  deploymentType?: string | undefined;
  /** `production`, `staging`, `development` or `test`. */
  environment?: string | undefined;
  /**
   * Called after each change of what may be sent, also one that another process made: keeps a
   * setting of the app's own, such as `settings.allow_analytics`, in step.
   */
  onConsentChange?: (consent: Consent) => void;
  /** A pino logger or the like; default the console. */
  logger?: Logger;
  /** Default `process.env`. Read once. */
  env?: Readonly<Record<string, string | undefined>>;
  delivery?: DeliveryOptions;
}

/** Bounds and patience of the delivery. The defaults suit an app on a server. */
export interface DeliveryOptions {
  /** Bounds of what waits in memory: default 10,000 records and 5 MiB. */
  queueRecords?: number;
  queueBytes?: number;
  /** What waits on disk for one destination, default 20 MiB; then the oldest go. */
  diskBytes?: number;
  /** How long an event waits for others, default 5,000 ms. */
  flushAfterMs?: number;
  /** Pause after a delivery that failed for now, default up to 30,000 ms. */
  pauseMs?: number;
  /** Records in one request, default 512. */
  batchRecords?: number;
  /** After this a batch that a dead process was sending is sent by another, default 180,000 ms. */
  claimMs?: number;
  /** For one request, default 10,000 ms. */
  timeoutMs?: number;
  retry?: RetryOptions;
}
