import { collectBaseReport } from "../base/base-report.ts";
import { createNotice } from "../base/notice.ts";
import { queueDirectory } from "../delivery/disk-queue.ts";
import { detailedRecord, type OutgoingRecord } from "../delivery/encode.ts";
import { createOutlet, type OutletInput } from "../delivery/outlet.ts";
import { resolveEndpoint } from "../delivery/transport.ts";
import type { Destination, SinkName } from "../delivery/types.ts";
import { createGuard } from "../events/guard.ts";
import { type Installation, openInstallation } from "../installation/installation.ts";
import type { Logger } from "../log.ts";
import { createMemoryJournal } from "./journal.ts";

/** Delivery without the patience that a real network needs. */
export const quick = {
  flushAfterMs: 5,
  pauseMs: 10,
  timeoutMs: 5_000,
  retry: { tries: 2, baseMs: 1, capMs: 5 },
};

export type OutletOptions = Partial<OutletInput> & {
  dataDir: string;
  log: Logger;
  token?: string;
  sink?: SinkName;
};

/** One outlet with real parts, but for the journal. Needs no test around it. */
export function plainOutlet(endpoint: string, options: OutletOptions) {
  const { sink = "maintainer", token = "secret", ...more } = options;
  const { dataDir, log } = options;
  const journal = createMemoryJournal();
  const installation = options.installation ?? openAt(dataDir, log);
  const destination = destinationAt(endpoint, sink, token);
  const guard = createGuard("timetracker", null, log, () => {});
  const outlet = createOutlet({
    destination,
    app: "timetracker",
    version: "5.10.0",
    tuning: quick,
    installation,
    journal,
    checkBase: (name, report) => guard.checkBase(name, report),
    report: (now) =>
      collectBaseReport({
        installation: installation.current(),
        appVersion: "5.10.0",
        releaseChannel: "default",
        env: {},
        now,
      }),
    beforeSending: createNotice({ installation, destinations: [destination], log }),
    refresh: () => void installation.refresh(),
    ...more,
  });
  return { outlet, installation, journal, queue: queueDirectory(dataDir, sink) };
}

export function openAt(dataDir: string, log: Logger): Installation {
  const opened = openInstallation(dataDir, log);
  if (!opened.ok) throw new Error(opened.problem);
  return opened.installation;
}

/** A record that tests tell from others by its `project_id`. */
export function numbered(n: number, installation: Installation): OutgoingRecord {
  return detailedRecord({
    eventName: "timer.started",
    installId: installation.current().install_id,
    appVersion: "5.10.0",
    properties: { project_id: n },
  });
}

function destinationAt(endpoint: string, name: SinkName, token: string): Destination {
  const resolved = resolveEndpoint(endpoint);
  if (!resolved.ok) throw new Error(resolved.problem);
  return { name, base: resolved.url, token, source: "options" };
}
