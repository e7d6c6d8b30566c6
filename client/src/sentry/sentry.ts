import { AsyncResource } from "node:async_hooks";
import type { SentryState } from "../api.ts";
import { type Internals, internalsOf } from "../internals.ts";
import { type Endpoint, parseDsn } from "./dsn.ts";
import { createGate, type Gate } from "./gate.ts";
import { SENTRY_RULES } from "./rules.ts";
import { type AllowedOptions, type Sdk, sdkOptions } from "./sdk-options.ts";

/** What `createSentry` takes. */
export interface SentryOptions {
  /** Default: `@sentry/node` is imported when somebody has opted in. */
  sdk?: Sdk;
  /** Share of transactions that are sent, 0 to 1; default `SENTRY_TRACES_RATE` in the environment, else 0. */
  tracesSampleRate?: number;
  /** Of the SDK's own options those that cannot lead past the scrubbing. */
  options?: AllowedOptions;
}

/** What `createSentry` gives back. */
export interface RollcallSentry {
  state(): SentryState;
  /** Resolves when a start or stop that is under way has ended. */
  settled(): Promise<void>;
}

/** A started SDK. */
interface Running {
  sdk: Sdk;
  gate: Gate;
  client: ReturnType<Sdk["getClient"]>;
  /** Listeners of the process that the SDK has added and does not remove itself. */
  release(): void;
}

const CLOSE_MS = 100;

/**
 * Error reports by Sentry's SDK, which runs only while detailed telemetry is on: it is started at an
 * opt-in and disabled at once at an opt-out. The app goes on calling `Sentry.captureException`.
 * Everything that leaves is made anew from an allow-list. The DSN is the client's: embedded, or
 * `SENTRY_DSN`. Without one nothing happens.
 *
 * Import `@sentry/node` early where transactions are wanted, and pass it as `sdk`.
 *
 * @param rollcall from `createRollcall`
 * @throws TypeError for another object
 * @example
 * import * as Sentry from "@sentry/node";
 * createSentry(rollcall, { sdk: Sentry, tracesSampleRate: 0.1 });
 */
export function createSentry(rollcall: object, settings: SentryOptions = {}): RollcallSentry {
  const internals = internalsOf(rollcall);
  const { sentryDsn: configured, log } = internals;
  const tracesSampleRate = rateOf(settings.tracesSampleRate, internals);
  const endpoint = configured === null ? null : parseDsn(configured.dsn);
  if (configured !== null && endpoint === null) {
    log.error(
      { source: configured.source },
      "the Sentry DSN is none: https://<key>@<host>/<project>",
    );
  }
  let running: Running | null = null;
  let missing = false;
  let firstStart = true;
  let closed = false;
  let work = Promise.resolve();
  // Somebody opts in or out within a request, whose scope of the SDK is that request's own.
  const app = new AsyncResource("rollcall.sentry");

  const wanted = (): boolean => !closed && !missing && internals.consent().detailed;

  async function start(dsn: string, { url }: Endpoint): Promise<void> {
    const sdk = settings.sdk ?? (await importSdk());
    if (sdk === null) {
      missing = true;
      log.warn({}, "@sentry/node is not installed: there are no error reports");
    } else if (wanted()) {
      running = startSdk(sdk, dsn, url);
    }
  }

  function startSdk(sdk: Sdk, dsn: string, url: URL): Running {
    const gate = createGate(internals, url, follow);
    if (firstStart)
      log.info({ host: url.host }, "errors are reported to Sentry while telemetry is on");
    firstStart = false;
    const before = listeners();
    const options = settings.options ?? {};
    const client = sdk.init(sdkOptions(sdk, internals, { dsn, gate, tracesSampleRate, options }));
    const added = listeners().filter((listener) => !before.includes(listener));
    const release = (): void => {
      for (const listener of added) process.off("uncaughtException", listener);
    };
    return { sdk, gate, client, release };
  }

  /** Nothing leaves from the first line on; the rest is tidying up. */
  async function stop({ sdk, gate, client, release }: Running): Promise<void> {
    gate.close();
    release();
    if (client === undefined) return;
    client.getOptions().enabled = false;
    if (sdk.getClient() === client) sdk.getCurrentScope().setClient(undefined);
    await client.close(CLOSE_MS);
  }

  /** Starts the SDK where consent wants it and it is not there; one step at a time. */
  async function step(): Promise<void> {
    if (configured === null || endpoint === null) return;
    try {
      if (running === null && wanted()) await start(configured.dsn, endpoint);
    } catch {
      log.warn({ fault: "sentry" }, "error reports could not be started");
    }
  }

  function follow(): void {
    const stopping = running;
    // Not behind the queue: an opt-out counts at once. Another yes begins anew, because whatever
    // changed, what was recorded before is not sent.
    if (stopping !== null) {
      running = null;
      const stopped = app.runInAsyncScope(stop, null, stopping);
      work = work.then(() => stopped).catch(() => {});
    }
    work = work.then(() => app.runInAsyncScope(step));
  }

  function state(): SentryState {
    return {
      active: running !== null && internals.consent().detailed,
      dsnHost: endpoint?.host ?? null,
      source: configured?.source ?? null,
      tracesSampleRate,
      rules: SENTRY_RULES,
    };
  }

  internals.showSentry(state);
  internals.onConsent(follow);
  internals.onClose(async (deadline) => {
    // Of 0 ms the SDK makes "as long as it takes".
    await running?.client?.flush(Math.max(1, deadline));
    closed = true;
    follow();
    await work;
  });
  follow();
  return { state, settled: () => work };
}

function rateOf(option: number | undefined, { env, log }: Internals): number {
  const given = option ?? env.SENTRY_TRACES_RATE;
  if (given === undefined || given === "") return 0;
  const rate = Number(given);
  if (rate >= 0 && rate <= 1) return rate;
  const variable = option === undefined ? "SENTRY_TRACES_RATE" : "tracesSampleRate";
  log.warn({ variable, allowed: "0 to 1" }, "the rate of transactions is not one; none are sent");
  return 0;
}

const listeners = () => process.listeners("uncaughtException");

async function importSdk(): Promise<Sdk | null> {
  try {
    return await import("@sentry/node");
  } catch {
    return null;
  }
}
