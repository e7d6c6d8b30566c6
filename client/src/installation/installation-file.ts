import { randomBytes, randomUUID } from "node:crypto";
import { type ConsentEntry, withEntry } from "./history.ts";
import { createKeyPair, readKeyPair } from "./keys.ts";
import type { Mode } from "./mode.ts";

/**
 * The content of `installation.json`. The file is shared with the host app: keys that are not
 * listed here belong to the host and are kept as they are.
 */
export interface InstallationState {
  [hostKey: string]: unknown;
  /** Random UUID, lower case. "" after an erasure, while telemetry is off: see `identityOf`. */
  install_id: string;
  /** 64 hex digits; never leaves the install. "" together with the id. */
  telemetry_salt: string;
  /** The key pair of `keys.ts`; "" together with the id. */
  install_key: string;
  install_key_private: string;
  /** ISO 8601: since then there is no identity. Gone when a new one is made. */
  identity_erased_at?: string;
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
  /** The consent audit log, newest last. */
  telemetry_history?: readonly ConsentEntry[];
  /** What the catalogue had when it was accepted: see consent/acceptance.ts. */
  telemetry_accepted?: unknown;
  /**
   * Grows with each withdrawal and each new identity. What was recorded under another one is never
   * sent. Starts at the second the file was made, so that a file which was deleted and made again
   * does not meet what its predecessor left behind.
   */
  consent_epoch: number;
  /** Version of the app at its last start. */
  last_app_version?: string;
  /** Set by an opt-in until the ping has been recorded. */
  install_ping_due?: boolean;
  base_first_seen_tried_at?: string;
  base_first_seen_sent_at?: string;
  last_heartbeat_sent_at?: string;
  /** Set while one process of the install is sending base reports. */
  base_claimed_at?: string;
  /** The same for the self-hoster's own collector. */
  own_base_first_seen_tried_at?: string;
  own_base_first_seen_sent_at?: string;
  own_last_heartbeat_sent_at?: string;
  own_base_claimed_at?: string;
}

/** Who the install is to a collector. */
export interface InstallIdentity {
  installId: string;
  salt: string;
  /** Raw Ed25519 public key in base64. */
  installKey: string;
  /** PKCS8 DER in base64, for `sign`. */
  privateKey: string;
}

/**
 * The identity of an install; null after an erasure, until somebody chooses a mode other than off.
 * Without one there is nobody to send for: no report, no record, no question.
 */
export function identityOf(state: Readonly<Partial<InstallationState>>): InstallIdentity | null {
  const { install_id: installId = "" } = state;
  const { telemetry_salt: salt = "", install_key: installKey = "" } = state;
  const { install_key_private: privateKey = "" } = state;
  return installId === "" ? null : { installId, salt, installKey, privateKey };
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

/** The file's text. Keys of an identity that is not there are left out. */
export function formatInstallation(state: InstallationState): string {
  const { install_id, telemetry_salt, install_key, install_key_private, ...rest } = state;
  return `${JSON.stringify(install_id === "" ? rest : state, null, 2)}\n`;
}

/**
 * Fills in what is missing, for a new install and for files written by older software. An
 * `installation_id` that is a UUID becomes the `install_id`; any other stays under its own key. After
 * an erasure no new identity is made for as long as telemetry is off.
 */
export function completeInstallation(found: Record<string, unknown>, now: Date): InstallationState {
  const { identity_erased_at: erased, ...rest } = found;
  const isErased = isTime(erased) && found.telemetry_mode === "off";
  const { first_seen_at: firstSeen } = found;
  const state: InstallationState = {
    ...rest,
    ...(isErased ? { ...NO_IDENTITY, identity_erased_at: erased } : identityFields(found)),
    setup_complete: found.setup_complete === true,
    // An identity that follows an erased one is first seen when it is made.
    first_seen_at:
      isTime(firstSeen) && (isErased || erased === undefined) ? firstSeen : now.toISOString(),
    consent_epoch: isEpoch(found.consent_epoch)
      ? found.consent_epoch
      : Math.floor(now.getTime() / 1_000),
  };
  const { install_id: own } = found;
  // An id that cannot be used is the host's to keep, not ours to lose.
  if (own !== undefined && own !== "" && !isUuid(own)) state.previous_install_id = own;
  // Anything that is neither absent nor a plain yes counts as a refusal.
  if (found.telemetry_enabled !== undefined) {
    state.telemetry_enabled = found.telemetry_enabled === true;
  }
  return state;
}

const NO_IDENTITY = {
  install_id: "",
  telemetry_salt: "",
  install_key: "",
  install_key_private: "",
};

function identityFields(found: Record<string, unknown>): typeof NO_IDENTITY {
  const { install_id: own, telemetry_salt: salt } = found;
  // After an erasure not even an id that older software wrote comes back.
  const older = found.identity_erased_at === undefined ? found.installation_id : undefined;
  return {
    install_id: [own, older].find(isUuid)?.toLowerCase() ?? randomUUID(),
    telemetry_salt:
      typeof salt === "string" && SALT.test(salt) ? salt : randomBytes(32).toString("hex"),
    ...(readKeyPair(found.install_key, found.install_key_private) ?? createKeyPair()),
  };
}

/** What a state becomes when the file with the choice was damaged: off until a person decides again. */
export function distrust(state: InstallationState, now: Date): InstallationState {
  const at = now.toISOString();
  return {
    ...state,
    telemetry_enabled: false,
    telemetry_mode: "off",
    telemetry_decided_by: DAMAGED_FILE,
    telemetry_decided_at: at,
    telemetry_history: withEntry(state, { at, who: "", what: "file_damaged", mode: "off" }),
    consent_epoch: state.consent_epoch + 1,
  };
}

/**
 * What can be saved of a damaged file: the identity, so that the install is not counted twice, or
 * that it was erased.
 */
export function salvageInstallation(text: string, now: Date): InstallationState {
  const value = (key: string, shape: string) =>
    new RegExp(`"${key}"\\s*:\\s*"(${shape})"`, "i").exec(text)?.[1];
  const uuid = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
  const time = '[^"]{10,40}';
  const erased = value("identity_erased_at", time);
  const found: Record<string, unknown> = {
    install_id: value("install_id", uuid) ?? value("installation_id", uuid),
    telemetry_salt: value("telemetry_salt", "[0-9a-f]{64}"),
    install_key: value("install_key", "[A-Za-z0-9+/=]{44}"),
    install_key_private: value("install_key_private", "[A-Za-z0-9+/=]{64}"),
    identity_erased_at: erased,
    telemetry_mode: erased && "off",
    first_seen_at: value("first_seen_at", time),
    base_first_seen_sent_at: value("base_first_seen_sent_at", time),
    base_first_seen_tried_at: value("base_first_seen_tried_at", time),
    own_base_first_seen_sent_at: value("own_base_first_seen_sent_at", time),
    own_base_first_seen_tried_at: value("own_base_first_seen_tried_at", time),
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

function isEpoch(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
