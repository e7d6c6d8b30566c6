import { createHmac, randomBytes } from "node:crypto";
import { join } from "node:path";
import { BASE_HEARTBEAT, type Catalogue, parseCatalogue } from "@rollcall/schemas";
import type { ConsentChange, Rollcall, SentryState } from "./api.ts";
import { createLocalBase } from "./base/local.ts";
import { createMeter } from "./base/meter.ts";
import { createNotice } from "./base/notice.ts";
import { createReporter } from "./base/reporter.ts";
import { resolveDestinations } from "./config/destinations.ts";
import { createChoiceKeeper } from "./consent/choice.ts";
import { baseRecording, type Consent, decideConsent } from "./consent/consent.ts";
import { forgetQueues } from "./delivery/disk-queue.ts";
import type { BaseReport } from "./delivery/encode.ts";
import { createOutlet, type Outlet } from "./delivery/outlet.ts";
import type { Destination } from "./delivery/types.ts";
import { createRecorder, type Track } from "./events/events.ts";
import { createGuardInForce } from "./events/guard-in-force.ts";
import { createPings } from "./events/pings.ts";
import { fingerprint } from "./installation/fingerprint.ts";
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

  const journal = createJournal({ directory: options.logDir ?? join(dataDir, "logs"), log });
  const opened = openInstallation(dataDir, log);
  const installation = opened.ok ? opened.installation : complain(opened.problem);
  const catalogue = catalogueOf(options, complain);
  const resolved = resolveDestinations({ ...options, env });
  for (const text of resolved.problems) complain(text);
  const destinations = catalogue === undefined ? [] : resolved.destinations;
  const choice = installation && createChoiceKeeper(installation, log, catalogue ?? null);
  const state = () => choice?.state() ?? null;
  const identity = () => identityOf(state() ?? {});

  const guardFor = createGuardInForce({ app, catalogue, state, journal, log });

  const outlets = new Map<Destination, Outlet>();
  const listeners = new Set<(consent: Consent) => void>();
  const closers: ((deadline: number) => Promise<void>)[] = [];
  let sentry: (() => SentryState) | null = null;
  let closing: Promise<{ left: number }> | null = null;
  let consent = decide();

  const beforeSending = installation
    ? createNotice({ installation, destinations, log })
    : () => undefined;
  const meter = createMeter({
    app,
    salt: () => identity()?.salt ?? "",
    journal,
    beforeSending,
    ...(options.delivery?.timeoutMs === undefined ? {} : { timeoutMs: options.delivery.timeoutMs }),
  });
  const reporter = createReporter({
    state: () => state()!,
    meter,
    appVersion: version,
    releaseChannel: options.releaseChannel ?? env.RELEASE_CHANNEL ?? "default",
    deploymentType: options.deploymentType,
    env,
  });
  const recorder = createRecorder({
    appVersion: version,
    installId: () => identity()?.installId ?? "",
    fingerprint: ownFingerprint,
    recording: () => (closing === null ? consent.recording : "none"),
    guard: () => guardFor(consent),
    accept: (record) => {
      for (const outlet of outlets.values()) outlet.accept(record);
    },
    journal,
    log,
  });
  const pings =
    installation &&
    createPings({
      appVersion: version,
      recorder,
      installation,
      recording: () => consent.recording,
      log,
    });
  const local = installation && createLocalBase({ installation, journal, report: checkedReport });
  const myData = createMyData({ destinations, identity, journal, beforeSending });

  if (installation !== null) {
    const unused = forgetQueues(
      dataDir,
      destinations.map(({ name }) => name),
    );
    if (unused > 0) journal.withheld("destination_gone", unused);
    for (const destination of destinations) {
      outlets.set(
        destination,
        createOutlet({
          destination,
          app,
          version,
          environment: options.environment,
          dataDir,
          tuning: options.delivery,
          claimMs: options.delivery?.claimMs,
          installation,
          journal,
          checkBase: (name, report) => guardFor(consent)?.checkBase(name, report) ?? null,
          report: (now) => reporter.report(destination, now),
          prepare: () => reporter.prepare(destination),
          beforeSending,
          refresh,
          log,
        }),
      );
    }
  }
  apply(true);
  pings?.start();
  const watch = setInterval(refresh, REFRESH_MS).unref();

  function decide(): Consent {
    return decideConsent({
      env,
      baseTelemetry: options.baseTelemetry ?? "always",
      configured: destinations.length > 0,
      installation: state(),
    });
  }

  function apply(first = false): void {
    const before = JSON.stringify(consent);
    choice?.acceptAtStart(decide());
    consent = decide();
    for (const outlet of outlets.values()) outlet.open(consent);
    local?.open(baseRecording(consent) === "local");
    if (!first) pings?.due();
    if (first || before !== JSON.stringify(consent)) announce();
  }

  /** Not inside the app's own call: at the start it has no client to ask yet. */
  function announce(): void {
    const now = consent;
    for (const listener of listeners) guarded(() => listener(now));
    queueMicrotask(() => guarded(() => options.onConsentChange?.(now)));
  }

  function guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      const kind = error instanceof Error ? error.name : typeof error;
      log.error({ kind }, "the app's handler of a consent change failed");
    }
  }

  function refresh(): void {
    choice?.retry();
    if (installation?.refresh()) apply();
  }

  function change(saved: boolean | undefined): ConsentChange {
    apply();
    return { saved: saved ?? false, consent };
  }

  function ownFingerprint(): string {
    const own = identity();
    return own === null ? "" : fingerprint(own.installId, own.salt);
  }

  function checkedReport(now: Date): BaseReport | null {
    if (identity() === null) return null;
    const report = reporter.report(destinations[0], now);
    return guardFor(consent)?.checkBase(BASE_HEARTBEAT, report) ?? null;
  }

  async function eraseMyData(who?: string) {
    // First of all nothing more may leave; what was on its way meets the collector's tombstone.
    change(choice?.record("off", who));
    const result = await myData.erase();
    if (!result.ok) return result;
    choice?.forgetIdentity(who);
    apply();
    await journal.purge();
    return result;
  }

  function close({ deadline = CLOSE_DEADLINE_MS } = {}): Promise<{ left: number }> {
    closing ??= (async () => {
      clearInterval(watch);
      local?.open(false);
      const [left] = await Promise.all([
        Promise.all([...outlets.values()].map((outlet) => outlet.close(deadline))),
        ...closers.map((closer) => closer(deadline).catch(() => undefined)),
      ]);
      await journal.close();
      return { left: Math.max(0, ...left) };
    })();
    return closing;
  }

  const view = {
    app,
    version,
    destinations,
    outlets,
    catalogue: catalogue ?? null,
    consent: () => consent,
    state,
    meter,
    journal,
    problems,
    sentry: () => sentry?.() ?? null,
    report: checkedReport,
  };
  const rollcall: Rollcall<C> = {
    track: recorder.track as Track<C>,
    trackPageView: (path, who) => pings?.trackPageView(path, who),
    identify: (user) => pings?.identify(user),
    installPing: () => pings?.installPing(),
    updatePing: (oldVersion) => pings?.updatePing(oldVersion),
    healthPing: () => pings?.healthPing(),
    logEvent: (name, fields = {}) => journal.event(name, fields),
    optIn: (who) => change(choice?.record("on", who)),
    optOut: (who) => change(choice?.decline(who)),
    setMode: (mode, who) => change(choice?.record(mode, who)),
    acceptCatalogue: (who) => change(choice?.acceptCatalogue(who)),
    completeSetup: (made) => change(choice?.completeSetup(made)),
    consent: () => consent,
    state: () => describeState(view),
    wouldSend: () => whatWouldBeSent(view),
    sent: (asked) => journal.readSent(asked),
    unsent: (asked) => journal.readUnsent(asked),
    testSink: async (sink) => {
      const outlet = [...outlets].find(([{ name }]) => name === sink)?.[1];
      return outlet?.test() ?? { ok: false, result: "there is no such destination", preview: "" };
    },
    rotateIdentity: (who) => change(choice?.rotateIdentity(who)),
    exportMyData: () => myData.export(),
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
    consent: () => consent,
    refresh,
    onConsent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onClose: (closer) => void closers.push(closer),
    showSentry: (show) => {
      sentry = show;
    },
    deriveKey,
    beforeSending,
  };
  registerInternals(rollcall, internals);
  return rollcall;

  function deriveKey(purpose: string): Buffer {
    return createHmac("sha256", identity()?.salt || spareKey)
      .update(`rollcall ${purpose}`)
      .digest();
  }
}

/** For an install without an identity: forms then work within one process. */
const spareKey = randomBytes(32).toString("hex");

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
