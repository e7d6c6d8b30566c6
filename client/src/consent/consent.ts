import { DAMAGED_FILE, type InstallationState } from "../installation/installation-file.ts";
import type { Mode } from "../installation/mode.ts";

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
  /** `baseTelemetry: "after-setup"`, and the wizard is not complete. */
  | "setup"
  /** A person, on the page or in the wizard. */
  | "choice"
  /** `installation.json` was damaged, so the choice in it is lost. */
  | "damaged_file"
  /** `installation.json` cannot be kept, so no choice can be either. */
  | "storage"
  /** Nobody said anything: base on, detailed off. */
  | "default";

/** What becomes of a record: it is sent, kept in the transparency log alone, or not made at all. */
export type Recording = "send" | "local" | "none";

/** What may be sent now, and who said so. */
export interface Consent {
  /** Whether base reports may be sent. */
  base: boolean;
  /** Whether detailed records may be sent. */
  detailed: boolean;
  /** What `track` does. */
  recording: Recording;
  /** Whose word was final for the detailed layer. */
  decidedBy: DecidedBy;
  /** Whose word was final for the base layer. */
  baseDecidedBy: DecidedBy;
  /** A layer above the page decides: a choice there cannot turn detailed telemetry on. */
  locked: boolean;
  /** The person's recorded mode, whatever the other layers say; null when nobody chose. */
  choice: Mode | null;
}

export interface ConsentInput {
  /** `DO_NOT_TRACK`, `ROLLCALL` and `ENABLE_TELEMETRY` are read; others are not. */
  env: Readonly<Record<string, string | undefined>>;
  /** The maintainer's configuration. */
  baseTelemetry: "always" | "after-setup" | "off";
  /** Whether there is a collector to send to. */
  configured: boolean;
  /** The installation file; null when it cannot be kept. */
  installation: Readonly<InstallationState> | null;
}

/** The most that one layer allows. A layer that says nothing about base or detailed allows all. */
interface Word {
  by: DecidedBy;
  base?: Recording;
  detailed?: Recording;
}

/**
 * Decides what may be sent. Several layers speak and the most restrictive wins; where two say the
 * same, the one that the page cannot change is named. `ENABLE_TELEMETRY=true` turns detailed on only
 * where nobody chose. A pure function: the same input gives the same answer.
 *
 * @example
 * decideConsent({ env: process.env, baseTelemetry: "always", configured: true, installation });
 * // { base: true, detailed: false, recording: "none", decidedBy: "default", … }
 */
export function decideConsent(input: ConsentInput): Consent {
  const { env, installation } = input;
  const choice = installation === null ? null : recordedMode(installation);
  const damaged = installation?.telemetry_decided_by === DAMAGED_FILE;
  const page = choice === null ? unchosen(env) : [chosen(choice, damaged)];
  const words = [...abovePage(input, choice), ...page];
  const base = strictest(words, "base");
  const detailed = strictest(words, "detailed");
  return {
    base: base.level === "send",
    detailed: detailed.level === "send",
    recording: detailed.level,
    decidedBy: detailed.by,
    baseDecidedBy: base.by,
    locked: abovePage(input, "on").some((word) => word.detailed !== undefined),
    choice,
  };
}

/** What becomes of base reports. In local-only mode they are recorded as well. */
export function baseRecording({ base, baseDecidedBy, choice }: Consent): Recording {
  if (base) return "send";
  return baseDecidedBy === "choice" && choice === "local-only" ? "local" : "none";
}

/** The layers that a choice on the page cannot change. */
function abovePage(input: ConsentInput, choice: Mode | null): Word[] {
  const { env, installation, baseTelemetry } = input;
  const words: Word[] = [];
  if (isSet(env.DO_NOT_TRACK)) words.push({ by: "DO_NOT_TRACK", base: "none", detailed: "none" });
  if (isOff(env.ROLLCALL)) words.push({ by: "ROLLCALL", base: "none", detailed: "none" });
  if (installation === null) words.push({ by: "storage", base: "none", detailed: "none" });
  // Local only needs no collector.
  if (!input.configured && choice !== "local-only") {
    words.push({ by: "configuration", base: "none", detailed: "none" });
  }
  if (baseTelemetry === "off") words.push({ by: "configuration", base: "none" });
  if (baseTelemetry === "after-setup" && installation?.setup_complete !== true) {
    words.push({ by: "setup", base: "none" });
  }
  if (isOff(env.ENABLE_TELEMETRY)) words.push({ by: "ENABLE_TELEMETRY", detailed: "none" });
  return words;
}

function chosen(mode: Mode, damaged: boolean): Word {
  const by = damaged && mode === "off" ? "damaged_file" : "choice";
  switch (mode) {
    case "on":
      return { by, base: "send", detailed: "send" };
    case "base":
      return { by, base: "send", detailed: "none" };
    case "local-only":
      return { by, base: "local", detailed: "local" };
    case "off":
      return { by, base: "none", detailed: "none" };
  }
}

function unchosen(env: ConsentInput["env"]): Word[] {
  if (!isOn(env.ENABLE_TELEMETRY)) return [{ by: "default", base: "send", detailed: "none" }];
  return [
    { by: "default", base: "send" },
    { by: "ENABLE_TELEMETRY", detailed: "send" },
  ];
}

const STRICTEST_FIRST = ["none", "local", "send"] as const;

function strictest(words: readonly Word[], layer: "base" | "detailed") {
  for (const level of STRICTEST_FIRST) {
    const word = words.find((candidate) => candidate[layer] === level);
    if (word !== undefined) return { level, by: word.by };
  }
  throw new Error(`no layer says anything about ${layer}`);
}

/**
 * The choice in the file; null where nobody chose. Older files have only `telemetry_enabled`; where
 * the two differ the more restrictive holds.
 */
export function recordedMode(state: Readonly<InstallationState>): Mode | null {
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

/** What is set and no clear yes is a no: whoever writes `disabled` means it. */
function isOff(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== "" && !isOn(value);
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && ["1", "true", "yes", "on"].includes(value.trim().toLowerCase());
}
