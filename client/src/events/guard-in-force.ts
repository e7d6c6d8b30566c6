import type { Catalogue } from "@rollcall/schemas";
import { catalogueInForce } from "../consent/acceptance.ts";
import type { Consent, Recording } from "../consent/consent.ts";
import type { InstallationState } from "../installation/installation-file.ts";
import type { Journal } from "../journal/types.ts";
import type { Logger } from "../log.ts";
import { createGuard, type Guard } from "./guard.ts";

/**
 * The guard that holds for a consent: made of what was accepted of the catalogue. It is made again
 * only when that has changed, because compiling a catalogue takes milliseconds.
 *
 * @param catalogue null where the app has none, undefined where it has a fault: nothing passes then
 */
export function createGuardInForce(input: {
  app: string;
  catalogue: Catalogue | null | undefined;
  state: () => Readonly<InstallationState> | null;
  journal: Journal;
  log: Logger;
}): (consent: Consent) => Guard | null {
  const { app, catalogue, state, journal, log } = input;
  let made: { of: string; accepted: unknown; recording: Recording; guard: Guard } | undefined;

  return ({ recording }) => {
    const kept = state();
    if (catalogue === undefined || kept === null) return null;
    const { telemetry_accepted: accepted } = kept;
    // Asked for each event, and the acceptance of a large catalogue is 20 kB: as a rule it is the
    // very object of the last time. The file was read again where it is not.
    if (made && made.accepted === accepted && made.recording === recording) return made.guard;
    const of = `${recording} ${JSON.stringify(accepted ?? null)}`;
    if (made !== undefined && made.of === of) {
      made = { ...made, accepted };
      return made.guard;
    }
    const inForce = catalogueInForce(catalogue, kept, recording);
    const guard = createGuard(app, inForce, log, (what) => journal.refused(what));
    made = { of, accepted, recording, guard };
    return guard;
  };
}
