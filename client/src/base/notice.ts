import type { Destination, SinkName } from "../delivery/types.ts";
import type { Installation } from "../installation/installation.ts";
import type { Logger } from "../log.ts";

const keyOf = (sink: SinkName): string =>
  sink === "maintainer" ? "telemetry_notice_at" : `${sink}_telemetry_notice_at`;

export interface NoticeInput {
  installation: Installation;
  destinations: readonly Destination[];
  log: Logger;
}

/**
 * Says in the app's log, once per install and destination and before the first packet ever, what is
 * sent where and how to stop it.
 *
 * @example
 * const beforeSending = createNotice({ installation, destinations, log });
 * beforeSending("maintainer"); // before each request, of whatever kind
 */
export function createNotice(input: NoticeInput): (sink: SinkName) => void {
  const { installation, destinations, log } = input;
  const said = new Set<SinkName>();
  return (sink) => {
    const key = keyOf(sink);
    if (said.has(sink) || installation.current()[key] !== undefined) return;
    said.add(sink);
    const destination = destinations.find(({ name }) => name === sink)?.base.origin ?? "";
    log.info(
      { destination },
      "this install reports once a day that it is alive, with its version and platform under a " +
        "random id; nobody is named. Detailed usage is sent only after an administrator opts in, or where ENABLE_TELEMETRY=true is set. " +
        "DO_NOT_TRACK=1 or ROLLCALL=off in the environment stops everything",
    );
    installation.update((disk) =>
      disk[key] === undefined ? { [key]: new Date().toISOString() } : null,
    );
  };
}
