import { mkdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { recordedMode } from "../consent/consent.ts";
import type { Logger } from "../log.ts";
import { replaceFile, withFileLock } from "./atomic-file.ts";
import {
  completeInstallation,
  distrust,
  formatInstallation,
  type InstallationState,
  parseInstallation,
  salvageInstallation,
} from "./installation-file.ts";

/** Keys to set; `undefined` removes a key. */
export type InstallationChange = {
  [K in keyof InstallationState]?: InstallationState[K] | undefined;
};

export type UpdateResult =
  | { ok: true; state: Readonly<InstallationState>; changed: boolean }
  | { ok: false; problem: string };

/** The install's identity and choices, on disk and shared by all processes of the install. */
export interface Installation {
  /** As last read or written by this process. */
  current(): Readonly<InstallationState>;
  /**
   * Reads again what another process wrote. Returns whether that changed anything since the last
   * `refresh`, also where an `update` in between has read it already. Costs one `stat`.
   */
  refresh(): boolean;
  /**
   * Changes the file. `change` sees what is on disk now, not what this process remembers, and
   * returns the keys to set, or null to leave the file as it is. What is set is completed before it
   * is written: an identity is whole or, after an erasure, not there at all.
   */
  update(change: (disk: Readonly<InstallationState>) => InstallationChange | null): UpdateResult;
}

export type OpenResult = { ok: true; installation: Installation } | { ok: false; problem: string };

/**
 * Opens `installation.json` in `dataDir`, making both when absent. A file that is not JSON is set
 * aside as `installation.json.corrupt-<milliseconds>`, reported, and telemetry is off until a
 * person decides again; the install id is kept where it can still be read.
 *
 * A directory that cannot be written is a value, not an exception: without a place to keep the
 * choice nothing may be sent.
 *
 * @example
 * const opened = openInstallation("/var/lib/timetracker", logger);
 * if (opened.ok) opened.installation.current().install_id;
 */
export function openInstallation(dataDir: string, log: Logger): OpenResult {
  const path = join(dataDir, "installation.json");
  let state: InstallationState | undefined;
  /** Holds while the file cannot be taken in, for there may be a refusal in it. */
  let distrusted: InstallationState | null = null;
  let seen = "";
  /** Somebody else's change has been read and not been told of yet. */
  let untold = false;

  const known = () => distrusted ?? state;

  function take(found: InstallationState): void {
    untold ||= state !== undefined && JSON.stringify(found) !== JSON.stringify(known());
    state = found;
    distrusted = null;
  }

  /** A copy of before a withdrawal that is put back while the app runs turns nothing on again. */
  function newest(found: InstallationState): InstallationState {
    const isOlder = state !== undefined && found.consent_epoch < state.consent_epoch;
    return isOlder && isStricter(state!, found) ? state! : found;
  }

  /** Only under the lock. */
  function load(): { found: InstallationState; onDisk: string } {
    const now = new Date();
    const text = readIfThere(path);
    // A file that somebody removed under a running app is written again: a refusal must not go with it.
    if (text === null) return { found: state ?? completeInstallation({}, now), onDisk: "" };
    const parsed = parseInstallation(text);
    if (parsed !== null) return { found: newest(completeInstallation(parsed, now)), onDisk: text };
    const aside = `${path}.corrupt-${now.getTime()}`;
    renameSync(path, aside);
    log.warn(
      { setAside: aside },
      "installation.json was damaged and has been set aside; telemetry is off until somebody decides again",
    );
    return { found: distrust(state ?? salvageInstallation(text, now), now), onDisk: "" };
  }

  function update(
    change: (disk: Readonly<InstallationState>) => InstallationChange | null,
  ): UpdateResult {
    try {
      return withFileLock(`${path}.lock`, (isHeld) => {
        const { found, onDisk } = load();
        const changes = change(found);
        const next = changes === null ? found : withChanges(found, changes);
        const text = formatInstallation(next);
        // Filling in missing keys counts as a change too; a file that says the same is left alone.
        if (!sameContent(onDisk, text)) replaceFile(path, text, isHeld);
        take(found);
        state = next;
        seen = stamp(path);
        return { ok: true, state: next, changed: changes !== null };
      });
    } catch (error) {
      return { ok: false, problem: `${path}: ${(error as Error).message}` };
    }
  }

  /**
   * Without the lock: the file is replaced whole, so it is read whole.
   *
   * @returns false where it has to be mended first
   */
  function look(): boolean {
    try {
      const at = stamp(path);
      const text = readFileSync(path, "utf8");
      const parsed = parseInstallation(text);
      if (parsed === null) return false;
      const found = newest(completeInstallation(parsed, new Date()));
      if (!sameContent(text, formatInstallation(found))) return false;
      take(found);
      seen = at;
      return true;
    } catch {
      return false;
    }
  }

  function refresh(): boolean {
    if (distrusted === null && !untold && stamp(path) === seen) return false;
    if (!look() && !update(() => null).ok) distrustFile();
    const changed = untold;
    untold = false;
    return changed;
  }

  function distrustFile(): void {
    if (distrusted !== null || state === undefined) return;
    distrusted = distrust(state, new Date());
    untold = true;
    log.error({}, "installation.json cannot be read; telemetry is off until it can be again");
  }

  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    return { ok: false, problem: `${dataDir}: ${(error as Error).message}` };
  }
  const first = update(() => null);
  if (!first.ok) return first;
  const opened = first.state;
  return { ok: true, installation: { current: () => known() ?? opened, refresh, update } };
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

function withChanges(found: InstallationState, changes: InstallationChange): InstallationState {
  const next: Record<string, unknown> = { ...found, ...changes };
  for (const key of Object.keys(next)) if (next[key] === undefined) delete next[key];
  return completeInstallation(next, new Date());
}

/** However it is indented: the host may write the file in its own way. */
function sameContent(onDisk: string, text: string): boolean {
  if (onDisk === text) return true;
  return JSON.stringify(parseInstallation(onDisk)) === JSON.stringify(JSON.parse(text));
}

/** Every write makes a new file, so the inode changes even within one tick of the clock. */
function stamp(path: string): string {
  try {
    const { ino, mtimeMs, size } = statSync(path);
    return `${ino}:${mtimeMs}:${size}`;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

const STRICTEST_FIRST = ["off", "local-only", "base", null, "on"];

/** Whether one says no more than the other. */
function isStricter(one: InstallationState, other: InstallationState): boolean {
  const rank = (of: InstallationState) => STRICTEST_FIRST.indexOf(recordedMode(of));
  return rank(one) <= rank(other);
}
