import type { BaseText, BaseTime } from "./base-fields.ts";
import {
  architectures,
  canonicalKey,
  channels,
  deployments,
  platforms,
  text,
  time,
  wordOf,
} from "./base-values.ts";
import { canonicalHex, canonicalUuid } from "./ids.ts";
import { canonicalLocale, canonicalZone } from "./places.ts";
import type { Decide } from "./types.ts";
import { isVersion, leadingRelease } from "./version.ts";

export const BASE_FIRST_SEEN = "base_telemetry.first_seen";
export const BASE_HEARTBEAT = "base_telemetry.heartbeat";
/** The base layer's events: each app has these two and no others. */
export const BASE_EVENTS = [
  {
    name: BASE_FIRST_SEEN,
    description: "Sent once by each install, when telemetry first runs.",
    reason: "How many installs are new?",
  },
  {
    name: BASE_HEARTBEAT,
    description: "Sent once a day by each install.",
    reason: "How many installs are alive?",
  },
] as const;

/** One field of the base layer: what it holds, and which question it answers. */
export interface BaseField {
  readonly name: BaseText | BaseTime | "install_id" | "app_version" | "telemetry_fingerprint";
  readonly type: string;
  readonly description: string;
  readonly reason: string;
  /** The schema's version that brought it. */
  readonly since: string;
  readonly required: boolean;
  /** The closed set of its values, where it is one. */
  readonly values?: readonly string[];
  /** The canonical value, or why the field is dropped. */
  readonly decide: Decide;
}

const since = "0.1.0";

/**
 * The base schema. It is closed: a base event keeps these fields and nothing else, whatever a
 * catalogue says. An install id is the only field without which a record is refused.
 */
export const BASE_SCHEMA: readonly BaseField[] = [
  {
    name: "install_id",
    type: "UUID",
    description: "A random number that the install gave itself.",
    reason: "Which heartbeats come from the same install?",
    since,
    required: true,
    decide: text(canonicalUuid, "value_malformed"),
  },
  {
    name: "app_version",
    type: "version",
    description: "The version of the app.",
    reason: "Which versions are still in use?",
    since,
    required: false,
    decide: text((value) => (isVersion(value) ? value : ""), "value_malformed"),
  },
  {
    name: "platform",
    type: "closed set",
    description: "The family of the operating system.",
    reason: "Which systems must the app run on?",
    since,
    required: false,
    values: platforms.members,
    decide: wordOf(platforms),
  },
  {
    name: "os_version",
    type: "leading numeric release",
    description:
      "The numbers at the start of the system's release; the rest is cut off, because a self-built kernel may be named after a person or a host.",
    reason: "Which releases of a system can be given up?",
    since,
    required: false,
    decide: text(leadingRelease, "value_malformed"),
  },
  {
    name: "architecture",
    type: "closed set",
    description: "The processor architecture.",
    reason: "Which builds must be published?",
    since,
    required: false,
    values: architectures.members,
    decide: wordOf(architectures),
  },
  {
    name: "locale",
    type: "language, script and region of ISO 639, 15924 and 3166",
    description: "The language and region that the server is set to.",
    reason: "Which translations are worth the work?",
    since,
    required: false,
    decide: text(canonicalLocale, "value_malformed"),
  },
  {
    name: "timezone",
    type: "IANA time zone or offset",
    description: "The time zone that the server is set to.",
    reason: "When is a release or a maintenance window least disruptive?",
    since,
    required: false,
    decide: text(canonicalZone, "value_malformed"),
  },
  {
    name: "first_seen_at",
    type: "time",
    description: "When telemetry first ran on the install.",
    reason: "How old do installs get?",
    since,
    required: false,
    decide: time,
  },
  {
    name: "last_seen_at",
    type: "time",
    description: "When the install last ran, by its own clock.",
    reason: "How long was an install away before it came back?",
    since,
    required: false,
    decide: time,
  },
  {
    name: "heartbeat_at",
    type: "time",
    description: "When the heartbeat was made, by the install's own clock.",
    reason: "Is a heartbeat late, or sent twice?",
    since,
    required: false,
    decide: time,
  },
  {
    name: "release_channel",
    type: "closed set",
    description: "The release channel that the install follows.",
    reason: "Is a pre-release tried by enough installs?",
    since,
    required: false,
    values: channels.members,
    decide: wordOf(channels),
  },
  {
    name: "deployment_type",
    type: "closed set",
    description: "How the app was installed.",
    reason: "Which ways of installing must be supported?",
    since,
    required: false,
    values: deployments.members,
    decide: wordOf(deployments),
  },
  {
    name: "telemetry_fingerprint",
    type: "SHA-256 in hexadecimal",
    description: "A hash of the install id and a salt that never leaves the install.",
    reason: "Do an install's own pings belong together, without naming a user?",
    since,
    required: false,
    decide: text((value) => canonicalHex(value, 64), "value_malformed"),
  },
  {
    name: "install_key",
    type: "Ed25519 public key, 32 bytes in base64",
    description: "The public key with which the install signs requests for its own data.",
    reason: "Does a request for access or erasure really come from the install?",
    since,
    required: false,
    decide: text(canonicalKey, "value_malformed"),
  },
];
