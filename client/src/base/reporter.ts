import type { BaseReport } from "../delivery/encode.ts";
import type { Destination } from "../delivery/types.ts";
import type { InstallationState } from "../installation/installation-file.ts";
import { collectBaseReport, type ReportInput } from "./base-report.ts";
import { coarsen } from "./coarse.ts";
import { type Meter, mustCoarsen } from "./meter.ts";

/** Makes the base report, as finely as the meter allows. */
export interface Reporter {
  /** Asks the destination's meter, so that `report` knows. Never rejects. */
  prepare(destination: Destination, signal: AbortSignal): Promise<void>;
  /** Until a meter has said that enough installs share the values, they leave coarsened. */
  report(destination: Destination | undefined, now: Date): BaseReport;
}

export type ReporterInput = Omit<ReportInput, "installation" | "now"> & {
  /** Not null where a report is asked for. */
  state: () => Readonly<InstallationState>;
  meter: Meter;
};

export function createReporter(input: ReporterInput): Reporter {
  const { state, meter, ...fixed } = input;
  const fine = (now: Date) => collectBaseReport({ ...fixed, installation: state(), now });

  return {
    async prepare(destination, signal) {
      await meter.ask(destination, fine(new Date()), signal);
    },
    report(destination, now) {
      const report = fine(now);
      // Nobody is asked, and nothing leaves.
      if (destination === undefined) return report;
      const answer = meter.last(destination.name) ?? { kind: "failed", reason: "not asked yet" };
      return mustCoarsen(answer) ? coarsen(report, now) : report;
    },
  };
}
