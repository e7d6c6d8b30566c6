import { randomUUID } from "node:crypto";
import type { Catalogue } from "@rollcall/schemas";
import type { ConsentEntry } from "../installation/history.ts";
import { idText, withEntry } from "../installation/history.ts";
import { withoutIdentity } from "../installation/identity.ts";
import type { Installation, InstallationChange } from "../installation/installation.ts";
import type { InstallationState } from "../installation/installation-file.ts";
import type { Mode } from "../installation/mode.ts";
import type { Logger } from "../log.ts";
import { acceptCurrent } from "./acceptance.ts";
import { type Consent, recordedMode } from "./consent.ts";

/**
 * The recorded choice of one install, and whatever else a person decides about it. Each function
 * returns whether that is on disk. A refusal holds in this process even when it is not.
 */
export interface ChoiceKeeper {
  /** The installation file, with a refusal that could not be written yet laid over it. */
  state(): Readonly<InstallationState>;
  record(mode: Mode, who?: string): boolean;
  /** No to detailed telemetry: base, or the stricter mode that is there. */
  decline(who?: string): boolean;
  /** The wizard's end. Unchecked declines, also where nobody chose before. */
  completeSetup(answer: { detailed: boolean; who?: string | undefined }): boolean;
  /** Yes to what the catalogue has now. */
  acceptCatalogue(who?: string): boolean;
  /**
   * Notes what a yes covers that came without a person on this page: `ENABLE_TELEMETRY=true`, or a
   * file of older software. That is the catalogue as it is first seen; later gains wait. Call it at
   * start and after every change of consent.
   *
   * @returns whether the acceptance changed
   */
  acceptAtStart(consent: Consent): boolean;
  /** A new id, salt and key pair. Nothing changes when that cannot be saved. */
  rotateIdentity(who?: string): boolean;
  /** For after an erasure: mode off, and no identity until another mode is chosen. */
  forgetIdentity(who?: string): boolean;
  /** Tries again to write a refusal that could not be written. */
  retry(): void;
}

const MODES: ReadonlySet<unknown> = new Set<Mode>(["on", "base", "local-only", "off"]);

type Change = (state: Readonly<InstallationState>) => InstallationChange | null;

/** @param catalogue the app's, checked; null for an app without one */
export function createChoiceKeeper(
  installation: Installation,
  log: Logger,
  catalogue: Catalogue | null = null,
): ChoiceKeeper {
  let unsaved: Change | null = null;

  /** What waits to be written goes first, so that its epoch and its line in the log are not lost. */
  function afterUnsaved(change: Change): Change {
    const first = unsaved;
    if (first === null) return change;
    return (found) => {
      const before = first(found);
      return { ...before, ...change(overlay(found, before)) };
    };
  }

  function save(change: Change): boolean {
    const result = installation.update(afterUnsaved(change));
    if (result.ok) unsaved = null;
    else log.error({ problem: result.problem }, "the choice could not be saved");
    return result.ok;
  }

  /** A no counts at once. A yes that cannot be shown later is no yes, and takes back no earlier no. */
  function saveRefusal(change: Change): boolean {
    const saved = save(change);
    if (!saved) unsaved = afterUnsaved(change);
    return saved;
  }

  function state(): Readonly<InstallationState> {
    const found = installation.current();
    return unsaved === null ? found : overlay(found, unsaved(found));
  }

  function choose(asked: Mode, who = "", more: InstallationChange = {}): boolean {
    // A word that is no mode is no yes.
    const mode = MODES.has(asked) ? asked : "off";
    const at = new Date().toISOString();
    const change: Change = (found) => ({
      ...choiceChange(found, mode, who, at),
      ...(mode === "on" ? acceptance() : {}),
      ...more,
    });
    return mode === "on" ? save(change) : saveRefusal(change);
  }

  function declined(): Mode {
    const mode = recordedMode(state());
    return mode === "off" || mode === "local-only" ? mode : "base";
  }

  function acceptance(): InstallationChange {
    return catalogue === null ? {} : { telemetry_accepted: acceptCurrent(catalogue) };
  }

  return {
    state,
    record: (mode, who) => choose(mode, who),
    decline: (who) => choose(declined(), who),
    completeSetup({ detailed, who }) {
      const { setup_completed_at: before } = state();
      return choose(detailed ? "on" : declined(), who, {
        setup_complete: true,
        setup_completed_at: before ?? new Date().toISOString(),
      });
    },
    acceptCatalogue(who = "") {
      if (catalogue === null) return true;
      const at = new Date().toISOString();
      return save((found) => ({
        ...acceptance(),
        ...entry(found, { at, who, what: "catalogue_accepted" }),
      }));
    },
    acceptAtStart({ detailed, decidedBy }) {
      if (!detailed || state().telemetry_accepted !== undefined) return false;
      if (catalogue === null) return false;
      const at = new Date().toISOString();
      const who = decidedBy === "choice" ? "" : decidedBy;
      let changed = false;
      const saved = save((found) => {
        changed = found.telemetry_accepted === undefined;
        if (!changed) return null;
        return {
          ...acceptance(),
          ...entry(found, { at, who, what: "catalogue_accepted" }),
          // An older file's yes was an opt-in long ago.
          ...(decidedBy === "choice" ? {} : { install_ping_due: true }),
        };
      });
      return saved && changed;
    },
    rotateIdentity(who = "") {
      const at = new Date().toISOString();
      return save((found) => {
        // After an erasure there is none to change; the next one is new in any case.
        if (found.install_id === "") return null;
        return {
          ...withoutIdentity(found),
          install_id: randomUUID(),
          ...entry(found, { at, who, what: "identity_rotated" }),
        };
      });
    },
    forgetIdentity(who = "") {
      const at = new Date().toISOString();
      const change: Change = (found) => ({
        ...choiceChange(found, "off", who, at),
        ...withoutIdentity(found),
        identity_erased_at: at,
        ...entry(found, { at, who, what: "erased" }, "off"),
      });
      return saveRefusal(change);
    },
    retry() {
      if (unsaved !== null) save(() => null);
    },
  };
}

/** The keys that a choice sets. */
function choiceChange(
  found: Readonly<InstallationState>,
  mode: Mode,
  who: string,
  at: string,
): InstallationChange {
  const before = recordedMode(found);
  // Where nobody chose, ENABLE_TELEMETRY=true may have had detailed records made.
  const withdrawn = mode !== "on" && (before === "on" || before === null);
  const optIn = mode === "on" && before !== "on";
  return {
    telemetry_mode: mode,
    telemetry_enabled: mode === "on",
    telemetry_decided_by: idText(who) || undefined,
    telemetry_decided_at: at,
    ...(withdrawn ? { consent_epoch: found.consent_epoch + 1 } : {}),
    ...(optIn ? { install_ping_due: true } : {}),
    ...(mode === "on" ? {} : { install_ping_due: undefined }),
    ...entry(found, { at, who, what: "mode" }, mode),
  };
}

function entry(
  found: Readonly<InstallationState>,
  what: Omit<ConsentEntry, "mode">,
  mode: Mode | null = recordedMode(found),
): InstallationChange {
  return { telemetry_history: withEntry(found, { ...what, mode }) };
}

/** What the file would say, without completing it: only a choice and the lack of an identity. */
function overlay(
  found: Readonly<InstallationState>,
  change: InstallationChange | null,
): Readonly<InstallationState> {
  const next = { ...found, ...change } as InstallationState;
  if (next.install_id !== undefined) return next;
  return { ...next, install_id: "", telemetry_salt: "", install_key: "", install_key_private: "" };
}
