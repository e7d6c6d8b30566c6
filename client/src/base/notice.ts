import type { Installation } from "../installation/installation.ts";
import type { Logger } from "../log.ts";

const KEY = "telemetry_notice_at";

/**
 * Says in the app's log, once per install and before the first packet ever, what is sent where and
 * how to stop it.
 *
 * @param destination scheme and host of the collector
 */
export function createNotice(
  installation: Installation,
  destination: string,
  log: Logger,
): () => void {
  let said = false;
  return () => {
    if (said || installation.current()[KEY] !== undefined) return;
    said = true;
    log.info(
      { destination },
      "this install reports once a day that it is alive, with its version and platform under a " +
        "random id; nobody is named. Detailed usage is sent only after an administrator opts in. " +
        "DO_NOT_TRACK=1 or ROLLCALL=off in the environment stops everything",
    );
    installation.update((disk) =>
      disk[KEY] === undefined ? { [KEY]: new Date().toISOString() } : null,
    );
  };
}
