import { randomBytes, randomUUID } from "node:crypto";

/** What a person chose on the page or in the wizard. `local-only`: recorded, never sent. */
export type Mode = "on" | "base" | "local-only" | "off";

/**
 * The content of `installation.json`. The file is shared with the host app: keys that are not
 * listed here belong to the host and are kept as they are.
 */
export interface InstallationState {
  [hostKey: string]: unknown;
  /** Random UUID, lower case. */
  install_id: string;
  /** 64 hex digits; never leaves the install. */
  telemetry_salt: string;
  setup_complete: boolean;
  /** All times are ISO 8601 in UTC. */
  setup_completed_at?: string;
  first_seen_at: string;
  /** Whether detailed telemetry was chosen; absent until somebody chose. */
  telemetry_enabled?: boolean;
  telemetry_mode?: Mode;
  /** An id of the person who chose, as given by the host app; never sent. */
  telemetry_decided_by?: string;
  telemetry_decided_at?: string;
  base_first_seen_sent_at?: string;
  last_heartbeat_sent_at?: string;
  /** Set while one process of the install is sending base reports. */
  base_claimed_at?: string;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const SALT = /^[0-9a-f]{64}$/i;

/** The `decided_by` of a state that nobody chose: the file with the choice was damaged. */
export const DAMAGED_FILE = "damaged-file";

/**
 * Reads the file's text. `null` when it is not a JSON object: then nothing in it can be trusted to
 * say what the person chose.
 */
export function parseInstallation(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/**
 * Fills in what is missing, for a new install and for files written by older software. An
 * `installation_id` that is a UUID becomes the `install_id`; any other stays under its own key.
 */
export function completeInstallation(found: Record<string, unknown>, now: Date): InstallationState {
  const { install_id: own, installation_id: older } = found;
  const installId = [own, older].find(isUuid)?.toLowerCase() ?? randomUUID();
  const salt = typeof found.telemetry_salt === "string" ? found.telemetry_salt : "";
  const state: InstallationState = {
    ...found,
    install_id: installId,
    telemetry_salt: SALT.test(salt) ? salt : randomBytes(32).toString("hex"),
    setup_complete: found.setup_complete === true,
    first_seen_at: isTime(found.first_seen_at) ? found.first_seen_at : now.toISOString(),
  };
  // An id that cannot be used is the host's to keep, not ours to lose.
  if (own !== undefined && !isUuid(own)) state.previous_install_id = own;
  // Anything that is neither absent nor a plain yes counts as a refusal.
  if (found.telemetry_enabled !== undefined) {
    state.telemetry_enabled = found.telemetry_enabled === true;
  }
  return state;
}

/** What a state becomes when the file with the choice was damaged: off until a person decides again. */
export function distrust(state: InstallationState, now: Date): InstallationState {
  return {
    ...state,
    telemetry_enabled: false,
    telemetry_mode: "off",
    telemetry_decided_by: DAMAGED_FILE,
    telemetry_decided_at: now.toISOString(),
  };
}

/** What can be saved of a damaged file: the identity, so that the install is not counted twice. */
export function salvageInstallation(text: string, now: Date): InstallationState {
  const value = (key: string, shape: string) =>
    new RegExp(`"${key}"\\s*:\\s*"(${shape})"`, "i").exec(text)?.[1];
  const uuid = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
  const found: Record<string, unknown> = {
    install_id: value("install_id", uuid) ?? value("installation_id", uuid),
    telemetry_salt: value("telemetry_salt", "[0-9a-f]{64}"),
    first_seen_at: value("first_seen_at", '[^"]{10,40}'),
    base_first_seen_sent_at: value("base_first_seen_sent_at", '[^"]{10,40}'),
    setup_complete: /"setup_complete"\s*:\s*true/.test(text),
  };
  for (const key of Object.keys(found)) if (found[key] === undefined) delete found[key];
  return completeInstallation(found, now);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isUuid(value: unknown): value is string {
  return typeof value === "string" && UUID.test(value);
}

function isTime(value: unknown): value is string {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}
