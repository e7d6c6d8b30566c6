import {
  DAMAGED_FILE,
  type InstallationState,
  type Mode,
} from "../installation/installation-file.ts";

/** The layer whose word was final. */
export type DecidedBy =
  /** `DO_NOT_TRACK=1` in the environment. */
  | "DO_NOT_TRACK"
  /** `ROLLCALL=off` in the environment. */
  | "ROLLCALL"
  /** `ENABLE_TELEMETRY` in the environment: `false` caps at base, `true` where nobody chose. */
  | "ENABLE_TELEMETRY"
  /** The maintainer's `baseTelemetry` or the lack of an endpoint. */
  | "configuration"
  /** A person, on the page or in the wizard. */
  | "choice"
  /** `installation.json` was damaged, so the choice in it is lost. */
  | "damaged_file"
  /** `installation.json` cannot be kept, so no choice can be either. */
  | "storage"
  /** Nobody said anything: base on, detailed off. */
  | "default";

/** What may be sent now, and who said so. */
export interface Consent {
  base: boolean;
  detailed: boolean;
  decidedBy: DecidedBy;
  /** The person's recorded mode, whatever the other layers say; null when nobody chose. */
  choice: Mode | null;
}

export interface ConsentInput {
  /** `DO_NOT_TRACK`, `ROLLCALL` and `ENABLE_TELEMETRY` are read; others are not. */
  env: Readonly<Record<string, string | undefined>>;
  /** The maintainer's configuration. */
  baseTelemetry: "always" | "off";
  /** Whether there is a collector to send to. */
  configured: boolean;
  /** The installation file; null when it cannot be kept. */
  installation: Readonly<InstallationState> | null;
}

/**
 * Decides what may be sent. Several layers speak and the most restrictive wins, so each layer below
 * can only take away; the one exception, `ENABLE_TELEMETRY=true`, speaks only where nobody chose.
 * A pure function: the same input gives the same answer.
 *
 * @example
 * decideConsent({ env: process.env, baseTelemetry: "always", configured: true, installation });
 * // { base: true, detailed: false, decidedBy: "default", choice: null }
 */
export function decideConsent(input: ConsentInput): Consent {
  const { env, installation } = input;
  const choice = installation === null ? null : recordedMode(installation);
  const off = (decidedBy: DecidedBy): Consent => ({
    base: false,
    detailed: false,
    decidedBy,
    choice,
  });

  if (isSet(env.DO_NOT_TRACK)) return off("DO_NOT_TRACK");
  if (isOff(env.ROLLCALL)) return off("ROLLCALL");
  if (installation === null) return off("storage");
  if (!input.configured) return off("configuration");
  if (choice === "off" || choice === "local-only") {
    const damaged = installation.telemetry_decided_by === DAMAGED_FILE;
    return off(damaged ? "damaged_file" : "choice");
  }

  const base = input.baseTelemetry === "always";
  const limited = (decidedBy: DecidedBy): Consent => ({ base, detailed: false, decidedBy, choice });
  if (choice === "base") return limited("choice");
  if (isOff(env.ENABLE_TELEMETRY)) return limited("ENABLE_TELEMETRY");
  const detailedBy: DecidedBy | null =
    choice === "on" ? "choice" : isOn(env.ENABLE_TELEMETRY) ? "ENABLE_TELEMETRY" : null;
  if (detailedBy === null) return limited(base ? "default" : "configuration");
  return { base, detailed: true, decidedBy: detailedBy, choice };
}

/** Older files have only `telemetry_enabled`; where the two differ the more restrictive holds. */
function recordedMode(state: Readonly<InstallationState>): Mode | null {
  const { telemetry_enabled: enabled, telemetry_mode: mode } = state;
  if (mode === "off" || mode === "local-only" || mode === "base") return mode;
  // A mode this version does not know was written by another; it cannot be read as a yes.
  if (mode !== undefined && mode !== "on") return "off";
  if (enabled === undefined) return null;
  return enabled ? "on" : "base";
}

/** `DO_NOT_TRACK` convention: anything but empty, 0 and false means "do not". */
function isSet(value: string | undefined): boolean {
  return value !== undefined && !["", "0", "false"].includes(value.trim().toLowerCase());
}

function isOff(value: string | undefined): boolean {
  return value !== undefined && ["0", "false", "no", "off"].includes(value.trim().toLowerCase());
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && ["1", "true", "yes", "on"].includes(value.trim().toLowerCase());
}
