import { join } from "node:path";
import { BASE_HEARTBEAT, type Catalogue, parseCatalogue } from "@rollcall/schemas";
import type { ConsentChange, Rollcall, SentryState } from "./api.ts";
import { createLocalBase } from "./base/local.ts";
import { createMeter } from "./base/meter.ts";
import { createNotice } from "./base/notice.ts";
import { createReporter } from "./base/reporter.ts";
import { addressOf, resolveDestinations } from "./config/destinations.ts";
import { createChoiceKeeper } from "./consent/choice.ts";
import { baseRecording, decideConsent } from "./consent/consent.ts";
import { createConsentKeeper } from "./consent/keeper.ts";
import type { BaseReport } from "./delivery/encode.ts";
import { createOutlets } from "./delivery/outlets.ts";
import { createRecorder, type Track } from "./events/events.ts";
import { createGuardInForce } from "./events/guard-in-force.ts";
import { createPings } from "./events/pings.ts";
import { deriveKey } from "./installation/derive-key.ts";
import { fingerprintOf } from "./installation/fingerprint.ts";
import { openInstallation } from "./installation/installation.ts";
import { identityOf } from "./installation/installation-file.ts";
import { type Internals, registerInternals } from "./internals.ts";
import { createJournal } from "./journal/journal.ts";
import { createConsoleLogger, guardLogger } from "./log.ts";
import { createMyData } from "./my-data/my-data.ts";
import type { RollcallOptions } from "./options.ts";
import { describeState, whatWouldBeSent } from "./state.ts";

/** How soon a choice made in another process of the install is noticed; a look costs one `stat`. */
const REFRESH_MS = 1_000;
const CLOSE_DEADLINE_MS = 2_000;

/**
 * Starts telemetry for an app. Never throws and never connects by itself: with everything off, or
 * without an endpoint, no socket is opened and no name is looked up. What is wrong is logged and
 * listed in `state().problems`.
 *
 * @example
 * const rollcall = createRollcall({
 *   app: "timetracker",
 *   version: "5.10.0",
 *   dataDir: "/var/lib/timetracker",
 *   keys: EMBEDDED_KEYS, // see RollcallOptions.keys
 *   catalogue,
 * });
 * rollcall.track("timer.started", { project_id: 4 }, { user: 17 });
 * process.once("SIGTERM", () => void rollcall.close({ deadline: 2_000 }));
 */
export function createRollcall<const C extends Catalogue = Catalogue>(
  options: RollcallOptions<C>,
): Rollcall<C> {
  const { app, dataDir } = options;
  const env = options.env ?? process.env;
  const version = options.version ?? env.APP_VERSION ?? "";
  const log = guardLogger(options.logger ?? createConsoleLogger());
  const problems: string[] = [];
  const complain = (text: string): null => {
    problems.push(text);
    log.error({ problem: text }, "telemetry cannot work as it is configured");
    return null;
  };

  const resolved = resolveDestinations({ ...options, env });
  const journal = createJournal({
    directory: options.logDir ?? join(dataDir, "logs"),
    addressOf: (sink) => addressOf(resolved, sink),
    log,
  });
  const opened = openInstallation(dataDir, log);
  const installation = opened.ok ? opened.installation : complain(opened.problem);
  const catalogue = catalogueOf(options, complain);
  for (const text of resolved.problems) complain(text);
  const destinations = catalogue === undefined ? [] : resolved.destinations;
  const choice = installation && createChoiceKeeper(installation, log, catalogue ?? null);
  const state = () => choice?.state() ?? null;
  const identity = () => identityOf(state() ?? {});

  const guardFor = createGuardInForce({ app, catalogue, state, journal, log });
  const guard = () => guardFor(consent.current());
  const closers: ((deadline: number) => Promise<void>)[] = [];
  let sentry: (() => SentryState) | null = null;
  let closing: Promise<{ left: number }> | null = null;

  const consent = createConsentKeeper({
    choice,
    installation,
    decide: () =>
      decideConsent({
        env,
        baseTelemetry: options.baseTelemetry ?? "always",
        configured: destinations.length > 0,
        installation: state(),
      }),
    open(now) {
      outlets.open(now);
      local?.open(baseRecording(now) === "local");
      pings.due();
    },
    log,
  });
  const { refresh } = consent;
  const beforeSending = installation
    ? createNotice({ installation, destinations, log })
    : () => undefined;
  const { timeoutMs } = options.delivery ?? {};
  const meter = createMeter({
    app,
    salt: () => identity()?.salt ?? "",
    journal,
    beforeSending,
    timeoutMs,
  });
  const reporter = createReporter({
    state: () => state()!,
    meter,
    appVersion: version,
    releaseChannel: options.releaseChannel ?? env.RELEASE_CHANNEL ?? "default",
    deploymentType: options.deploymentType,
    env,
  });
  const outlets = createOutlets(
    installation === null ? [] : destinations,
    dataDir,
    journal,
    (destination) => ({
      destination,
      app,
      version,
      environment: options.environment,
      dataDir,
      tuning: options.delivery,
      claimMs: options.delivery?.claimMs,
      // There is none without it.
      installation: installation!,
      journal,
      checkBase: (name, report) => guard()?.checkBase(name, report) ?? null,
      report: (now) => reporter.report(destination, now),
      prepare: (signal) => reporter.prepare(destination, signal),
      beforeSending,
      refresh,
      log,
    }),
  );
  const recording = () => (closing === null ? consent.current().recording : "none");
  const recorder = createRecorder({
    appVersion: version,
    installId: () => identity()?.installId ?? "",
    fingerprint: () => fingerprintOf(identity()),
    recording,
    guard,
    accept: outlets.accept,
    journal,
    log,
  });
  const pings = createPings({ appVersion: version, recorder, installation, recording, log });
  const local = installation && createLocalBase({ installation, journal, report: checkedReport });
  const myData = createMyData({ destinations, identity, journal, beforeSending });

  consent.apply();
  pings.start();
  // Told once at the start, after the app has its client.
  if (options.onConsentChange) consent.onChange(options.onConsentChange, { first: true });
  const watch = setInterval(refresh, REFRESH_MS).unref();

  function change(saved: boolean | undefined): ConsentChange {
    consent.apply();
    return { saved: saved ?? false, consent: consent.current() };
  }

  function checkedReport(now: Date): BaseReport | null {
    if (identity() === null) return null;
    const report = reporter.report(destinations[0], now);
    return guard()?.checkBase(BASE_HEARTBEAT, report) ?? null;
  }

  async function eraseMyData(who?: string) {
    // First of all nothing more may leave; what was on its way meets the collector's tombstone.
    change(choice?.record("off", who));
    const result = await myData.erase();
    if (!result.ok) return result;
    choice?.forgetIdentity(who);
    consent.apply();
    await journal.purge();
    return result;
  }

  function close({ deadline = CLOSE_DEADLINE_MS } = {}): Promise<{ left: number }> {
    closing ??= (async () => {
      clearInterval(watch);
      local?.open(false);
      const [left] = await Promise.all([
        outlets.close(deadline),
        ...closers.map((closer) => closer(deadline).catch(() => undefined)),
      ]);
      await journal.close();
      return { left };
    })();
    return closing;
  }

  const view = {
    app,
    version,
    destinations,
    outlets: outlets.all,
    catalogue: catalogue ?? null,
    consent: consent.current,
    state,
    meter,
    journal,
    problems,
    sentry: () => sentry?.() ?? null,
    report: checkedReport,
  };
  const rollcall: Rollcall<C> = {
    track: recorder.track as Track<C>,
    trackPageView: pings.trackPageView,
    identify: pings.identify,
    installPing: pings.installPing,
    updatePing: pings.updatePing,
    healthPing: pings.healthPing,
    logEvent: (name, fields = {}) => journal.event(name, fields),
    optIn: (who) => change(choice?.record("on", who)),
    optOut: (who) => change(choice?.decline(who)),
    setMode: (mode, who) => change(choice?.record(mode, who)),
    acceptCatalogue: (who) => change(choice?.acceptCatalogue(who)),
    completeSetup: (made) => change(choice?.completeSetup(made)),
    consent: consent.current,
    state: () => describeState(view),
    wouldSend: () => whatWouldBeSent(view),
    sent: (asked) => journal.readSent(asked),
    unsent: (asked) => journal.readUnsent(asked),
    testSink: outlets.test,
    rotateIdentity: (who) => change(choice?.rotateIdentity(who)),
    exportMyData: myData.export,
    eraseMyData,
    close,
  };
  const internals: Internals = {
    app,
    version,
    environment: options.environment,
    env,
    log,
    journal,
    destinations,
    sentryDsn: resolved.sentryDsn,
    installId: () => identity()?.installId ?? "",
    epoch: () => state()?.consent_epoch ?? 0,
    consent: consent.current,
    refresh,
    onConsent: consent.onChange,
    onClose: (closer) => void closers.push(closer),
    showSentry: (show) => {
      sentry = show;
    },
    deriveKey: (purpose) => deriveKey(identity()?.salt, purpose),
    beforeSending,
  };
  registerInternals(rollcall, internals);
  return rollcall;
}

/** Null where the app has none: names are learnt. Undefined where it has a fault: nothing is sent then. */
function catalogueOf(
  options: { app: string; catalogue?: Catalogue | undefined },
  complain: (problem: string) => null,
): Catalogue | null | undefined {
  if (options.catalogue === undefined) return null;
  const parsed = parseCatalogue(options.catalogue);
  if (!parsed.ok) return complain(`catalogue: ${parsed.problems.join("; ")}`) ?? undefined;
  const { app } = parsed.catalogue;
  if (app === options.app) return parsed.catalogue;
  return complain(`catalogue: it is of ${app}, not of ${options.app}`) ?? undefined;
}
