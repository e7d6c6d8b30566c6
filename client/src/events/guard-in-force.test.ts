import { expect, onTestFinished, test } from "vitest";
import { acceptCurrent } from "../consent/acceptance.ts";
import { type Consent, decideConsent } from "../consent/consent.ts";
import { completeInstallation, type InstallationState } from "../installation/installation-file.ts";
import { createJournal } from "../journal/journal.ts";
import { catalogue } from "../test/catalogue.ts";
import { createLog, temporaryDirectory } from "../test/support.ts";
import { createGuardInForce } from "./guard-in-force.ts";

function make(known: typeof catalogue | null | undefined) {
  const log = createLog();
  const journal = createJournal({ directory: temporaryDirectory(), log });
  onTestFinished(() => journal.close());
  let state: InstallationState | null = completeInstallation({}, new Date());
  const guardFor = createGuardInForce({
    app: "timetracker",
    catalogue: known,
    state: () => state,
    journal,
    log,
  });
  const set = (change: Record<string, unknown> | null) => {
    state = change === null ? null : completeInstallation(change, new Date());
  };
  return { guardFor, set };
}

const consent: Consent = decideConsent({
  env: { ENABLE_TELEMETRY: "true" },
  baseTelemetry: "always",
  configured: true,
  installation: completeInstallation({}, new Date()),
});

test("the guard is made again when the acceptance has changed, and not when the file was read again", () => {
  const { guardFor, set } = make(catalogue);
  const nothing = guardFor(consent);
  expect(nothing?.lists("timer.started")).toBe(false);
  set({ telemetry_accepted: acceptCurrent(catalogue) });
  const whole = guardFor(consent);
  expect(whole?.lists("timer.started")).toBe(true);
  expect(guardFor(consent)).toBe(whole);
  set({ telemetry_accepted: acceptCurrent(catalogue), host_key: 1 });
  expect(guardFor(consent)).toBe(whole);
  expect(guardFor(consent)).toBe(whole);
  expect(guardFor({ ...consent, recording: "local" })).not.toBe(whole);
});

test("local only has the whole catalogue in force, accepted or not", () => {
  const { guardFor } = make(catalogue);
  expect(guardFor({ ...consent, recording: "local" })?.lists("timer.started")).toBe(true);
});

test("nothing passes with a faulty catalogue or without a place for the file", () => {
  expect(make(undefined).guardFor(consent)).toBeNull();
  const { guardFor, set } = make(catalogue);
  set(null);
  expect(guardFor(consent)).toBeNull();
});

test("without a catalogue names are learnt", () => {
  expect(make(null).guardFor(consent)?.lists("anything.happened")).toBe(true);
});
