import type { InstallationChange } from "./installation.ts";
import type { InstallationState } from "./installation-file.ts";

/**
 * Takes the identity and every mark of what was sent under it out of the file. When it is completed
 * again it has new ones, with nothing that links the two. An id that older software wrote goes as
 * well where it is the same one.
 */
export function withoutIdentity(state: Readonly<InstallationState>): InstallationChange {
  const older = state.installation_id;
  const same = typeof older === "string" && older.toLowerCase() === state.install_id;
  return {
    install_id: undefined,
    telemetry_salt: undefined,
    install_key: undefined,
    install_key_private: undefined,
    ...(same ? { installation_id: undefined } : {}),
    // To the collector it is a new install, which was never seen before.
    first_seen_at: undefined,
    ...Object.fromEntries(SENT_MARKS.map((key) => [key, undefined])),
    consent_epoch: state.consent_epoch + 1,
  };
}

const SENT_MARKS = [
  "base_first_seen_tried_at",
  "base_first_seen_sent_at",
  "last_heartbeat_sent_at",
  "base_claimed_at",
  "own_base_first_seen_tried_at",
  "own_base_first_seen_sent_at",
  "own_last_heartbeat_sent_at",
  "own_base_claimed_at",
] as const;
