import { type Catalogue, parseCatalogue } from "@rollcall/schemas";
import { type ConsentChange, createChoiceKeeper } from "./consent/choice.ts";
import { type Consent, decideConsent } from "./consent/consent.ts";
import { createOutlet, type OutletState } from "./delivery/outlet.ts";
import { resolveEndpoint } from "./delivery/transport.ts";
import { createTrack, type Track } from "./events/events.ts";
import { createGuard, type Guard } from "./events/guard.ts";
import { fingerprint } from "./installation/fingerprint.ts";
import { openInstallation } from "./installation/installation.ts";
import type { Mode } from "./installation/installation-file.ts";
import { createConsoleLogger, guardLogger, type Logger } from "./log.ts";
import type { RollcallOptions } from "./options.ts";

export interface Rollcall<C extends Catalogue = Catalogue> {
  /**
   * Records a detailed event. Does nothing unless somebody opted in. Returns at once and never
   * throws; a field that the catalogue does not allow is dropped, an event that it does not list is
   * refused, both with one line in the log.
   *
   * @example
   * rollcall.track("timer.started", { project_id: 4 }, { user: 17 });
   */
  track: Track<C>;
  /** Records that a person switched detailed telemetry on. `who` is kept on disk, never sent. */
  optIn(who?: string): ConsentChange;
  /** Records that a person switched it off. Queued events are forgotten at once; base goes on. */
  optOut(who?: string): ConsentChange;
  /** What may be sent now, and which layer decided. */
  consent(): Consent;
  state(): RollcallState;
  /**
   * Sends what is queued, for at most `deadline` ms (default 2,000), and lets go of everything.
   * Resolves with the number of events that could not be sent. Never rejects.
   */
  close(options?: { deadline?: number }): Promise<{ left: number }>;
}

/** For an admin page or a health check. */
export interface RollcallState {
  consent: Consent;
  /** Null when `installation.json` cannot be kept. */
  installId: string | null;
  fingerprint: string | null;
  /** Scheme and host of the collector; null without one. */
  destination: string | null;
  /** Null while there is nothing to send with: see `problems`. */
  outlet: OutletState | null;
  /** ISO 8601; null when not yet. */
  firstSeenSentAt: string | null;
  lastHeartbeatSentAt: string | null;
  /** What keeps the client from working, in words. */
  problems: string[];
}

/** How soon a choice made in another process of the install is noticed without any traffic. */
const REFRESH_MS = 60_000;
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
 *   endpoint: "https://telemetry.example.org",
 *   token: "…",
 *   catalogue,
 * });
 * rollcall.track("timer.started", { project_id: 4 }, { user: 17 });
 * process.once("SIGTERM", () => void rollcall.close({ deadline: 2_000 }));
 */
export function createRollcall<const C extends Catalogue = Catalogue>(
  options: RollcallOptions<C>,
): Rollcall<C> {
  const env = options.env ?? process.env;
  const log = guardLogger(options.logger ?? createConsoleLogger());
  const problems: string[] = [];
  const problem = (text: string): null => {
    problems.push(text);
    log.error({ problem: text }, "telemetry cannot work as it is configured");
    return null;
  };

  const opened = openInstallation(options.dataDir, log);
  const installation = opened.ok ? opened.installation : problem(opened.problem);
  const choice = installation === null ? null : createChoiceKeeper(installation, log);
  const url = endpointOf(options, problem);
  const guard = guardOf(options, log, problem);
  const outlet =
    installation === null || url === null || guard === null
      ? null
      : createOutlet({ options, env, installation, url, guard, refresh, log });

  let consent = decide();
  let closed: Promise<{ left: number }> | null = null;
  outlet?.open(consent);
  const watch = setInterval(refresh, REFRESH_MS).unref();

  function decide(): Consent {
    return decideConsent({
      env,
      baseTelemetry: options.baseTelemetry ?? "always",
      configured: outlet !== null,
      installation: choice?.state() ?? null,
    });
  }

  function apply(): void {
    consent = decide();
    outlet?.open(consent);
  }

  function refresh(): void {
    choice?.retry();
    if (installation?.refresh()) apply();
  }

  function choose(mode: Mode, who: string | undefined): ConsentChange {
    const saved = choice?.record(mode, who) ?? false;
    apply();
    return { saved, consent };
  }

  function optOut(who?: string): ConsentChange {
    // A stricter choice stays: declining detailed telemetry does not switch base on.
    const mode = decide().choice;
    return choose(mode === "off" || mode === "local-only" ? mode : "base", who);
  }

  const track = createTrack({
    appVersion: options.version,
    installId: () => installation?.current().install_id ?? "",
    detailed: () => consent.detailed && closed === null,
    guard,
    accept: (record) => outlet?.accept(record),
    log,
  });

  function state(): RollcallState {
    const kept = installation?.current();
    return {
      consent,
      installId: kept?.install_id ?? null,
      fingerprint: kept ? fingerprint(kept.install_id, kept.telemetry_salt) : null,
      destination: url?.origin ?? null,
      outlet: outlet?.state() ?? null,
      firstSeenSentAt: kept?.base_first_seen_sent_at ?? null,
      lastHeartbeatSentAt: kept?.last_heartbeat_sent_at ?? null,
      problems: [...problems],
    };
  }

  function close({ deadline = CLOSE_DEADLINE_MS } = {}): Promise<{ left: number }> {
    clearInterval(watch);
    closed ??= (outlet?.close(deadline) ?? Promise.resolve(0)).then((left) => ({ left }));
    return closed;
  }

  return {
    track: track as Track<C>,
    optIn: (who) => choose("on", who),
    optOut,
    consent: () => consent,
    state,
    close,
  };
}

type Complain = (problem: string) => null;

function endpointOf(options: { endpoint?: string | undefined }, complain: Complain): URL | null {
  // No endpoint is a way to build an app without telemetry, not a fault.
  if (options.endpoint === undefined || options.endpoint === "") return null;
  const resolved = resolveEndpoint(options.endpoint);
  return resolved.ok ? resolved.url : complain(resolved.problem);
}

function guardOf(
  options: { app: string; catalogue?: Catalogue | undefined },
  log: Logger,
  complain: Complain,
): Guard | null {
  if (options.catalogue === undefined) return createGuard(options.app, null, log);
  const parsed = parseCatalogue(options.catalogue);
  if (!parsed.ok) return complain(`catalogue: ${parsed.problems.join("; ")}`);
  const { app } = parsed.catalogue;
  if (app !== options.app) return complain(`catalogue: it is of ${app}, not of ${options.app}`);
  return createGuard(app, parsed.catalogue, log);
}
