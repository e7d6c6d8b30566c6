import type { Recording } from "../consent/consent.ts";
import type { Installation, InstallationChange } from "../installation/installation.ts";
import type { InstallationState } from "../installation/installation-file.ts";
import type { Logger } from "../log.ts";
import type { Recorder, TrackOptions } from "./events.ts";

/** The events that the client words itself. Each is sent only where the app's catalogue has it. */
export interface Pings {
  /**
   * `$pageview`. The path comes out as a route template of the catalogue, and as `(other)` where it
   * has none for it.
   */
  trackPageView(path: string, options?: TrackOptions): void;
  /** `analytics.identify`: a user was active. */
  identify(user: string | number): void;
  installPing(): void;
  updatePing(oldVersion: string): void;
  healthPing(): void;
  /** For the app's start: notices another version than the last time, and does what is due. */
  start(): void;
  /** For after each change of consent: one install ping an opt-in, whichever process is first. */
  due(): void;
}

export interface PingsInput {
  appVersion: string;
  recorder: Recorder;
  /** Null when the file cannot be kept: then nothing is sent by itself. */
  installation: Installation | null;
  recording: () => Recording;
  log: Logger;
}

export function createPings(input: PingsInput): Pings {
  const { appVersion, recorder, installation, recording, log } = input;

  const installPing = () => recorder.own("telemetry.install", {}, "install");
  const updatePing = (oldVersion: string) =>
    recorder.own(
      "telemetry.update",
      { old_version: oldVersion, new_version: appVersion },
      "install",
    );

  /** True in the one process whose change it was. */
  function claim(
    change: (disk: Readonly<InstallationState>) => InstallationChange | null,
  ): boolean {
    const result = installation?.update(change);
    if (result?.ok === false) {
      log.error({ problem: result.problem }, "installation.json could not be written");
    }
    return result?.ok === true && result.changed;
  }

  function due(): void {
    if (recording() !== "send" || installation?.current().install_ping_due !== true) return;
    // Written down first: a ping that is lost with the process is better than one a start.
    const mine = claim((disk) =>
      disk.install_ping_due === true ? { install_ping_due: undefined } : null,
    );
    if (mine) installPing();
  }

  function noticeVersion(): void {
    if (installation === null || appVersion === "") return;
    if (installation.current().last_app_version === appVersion) return;
    let before: unknown;
    const mine = claim((disk) => {
      before = disk.last_app_version;
      return before === appVersion ? null : { last_app_version: appVersion };
    });
    if (mine && typeof before === "string" && recording() === "send") updatePing(before);
  }

  return {
    trackPageView: (path, options) =>
      recorder.own("$pageview", { pathname: path }, { user: options?.user }),
    identify: (user) => recorder.own("analytics.identify", {}, { user }),
    installPing,
    updatePing,
    healthPing: () => recorder.own("telemetry.health", {}, "install"),
    start() {
      noticeVersion();
      due();
    },
    due,
  };
}
