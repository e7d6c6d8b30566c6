import type { Installation, InstallationChange } from "../installation/installation.ts";
import type { InstallationState, Mode } from "../installation/installation-file.ts";
import type { Logger } from "../log.ts";
import type { Consent } from "./consent.ts";

/** What became of a person's choice. */
export interface ConsentChange {
  /** Whether the choice is on disk. An opt-out holds in this process even when it is not. */
  saved: boolean;
  /** What may be sent from now on, all layers considered. */
  consent: Consent;
}

/** The recorded choice of one install. */
export interface ChoiceKeeper {
  /** The installation file, with a refusal that could not be written yet laid over it. */
  state(): Readonly<InstallationState>;
  record(mode: Mode, who: string | undefined): boolean;
  /** Tries again to write a refusal that could not be written. */
  retry(): void;
}

export function createChoiceKeeper(installation: Installation, log: Logger): ChoiceKeeper {
  let unsaved: InstallationChange | null = null;

  function save(change: InstallationChange): boolean {
    const result = installation.update(() => change);
    if (!result.ok) log.error({ problem: result.problem }, "the choice could not be saved");
    return result.ok;
  }

  return {
    state: () => ({ ...installation.current(), ...unsaved }) as InstallationState,
    record(mode, who) {
      const change: InstallationChange = {
        telemetry_mode: mode,
        telemetry_enabled: mode === "on",
        telemetry_decided_by: who,
        telemetry_decided_at: new Date().toISOString(),
      };
      const saved = save(change);
      // A yes that cannot be shown later is no yes; a no counts even so.
      unsaved = saved || mode === "on" ? null : change;
      return saved;
    },
    retry() {
      if (unsaved !== null && save(unsaved)) unsaved = null;
    },
  };
}
