import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Catalogue } from "@rollcall/schemas";
import { expect, test } from "vitest";
import { historyOf } from "../installation/history.ts";
import { openInstallation } from "../installation/installation.ts";
import { identityOf } from "../installation/installation-file.ts";
import { sign } from "../installation/keys.ts";
import { catalogue } from "../test/catalogue.ts";
import { createLog, temporaryDirectory } from "../test/support.ts";
import { acceptCurrent } from "./acceptance.ts";
import { createChoiceKeeper } from "./choice.ts";
import { decideConsent } from "./consent.ts";

function open(dataDir = temporaryDirectory(), app: Catalogue | null = catalogue) {
  const log = createLog();
  const opened = openInstallation(dataDir, log);
  if (!opened.ok) throw new Error(opened.problem);
  const { installation } = opened;
  const choice = createChoiceKeeper(installation, log, app);
  const consent = (env: Record<string, string> = {}) =>
    decideConsent({ env, baseTelemetry: "always", configured: true, installation: choice.state() });
  const onDisk = () => JSON.parse(readFileSync(join(dataDir, "installation.json"), "utf8"));
  return { dataDir, installation, choice, consent, onDisk };
}

/** Makes every write to the file fail, for root too: where the file was there is a directory. */
function breakFile(dataDir: string): () => void {
  const path = join(dataDir, "installation.json");
  renameSync(path, `${path}.away`);
  mkdirSync(path);
  return () => {
    renameSync(path, `${path}.broken`);
    renameSync(`${path}.away`, path);
  };
}

test("a choice is kept with who, when and a line in the audit log", () => {
  const { choice, onDisk } = open();
  expect(choice.record("on", "admin-1")).toBe(true);
  expect(choice.record("off")).toBe(true);
  expect(onDisk()).toMatchObject({ telemetry_mode: "off", telemetry_enabled: false });
  expect(onDisk()).not.toHaveProperty("telemetry_decided_by");
  expect(historyOf(onDisk())).toEqual([
    { at: expect.stringMatching(/Z$/), who: "", what: "mode", mode: "off" },
    { at: expect.stringMatching(/Z$/), who: "admin-1", what: "mode", mode: "on" },
  ]);
});

test("the audit log keeps the last 200 entries, and no long names", () => {
  const { choice, onDisk } = open();
  for (let i = 0; i < 205; i += 1) choice.record(i % 2 === 0 ? "on" : "base", `admin-${i}`);
  choice.record("off", "x".repeat(1_000));
  const history = historyOf(onDisk());
  expect(history).toHaveLength(200);
  expect(history[0]?.who).toHaveLength(200);
  expect(history[1]?.who).toBe("admin-204");
});

test("an audit log that somebody damaged is read as far as it goes", () => {
  const { choice, installation, onDisk } = open();
  installation.update(() => ({ telemetry_history: ["yes", { at: 1 }] as never }));
  choice.record("base");
  expect(historyOf(onDisk())).toHaveLength(1);
  expect(historyOf({ telemetry_history: "rubbish" })).toEqual([]);
});

test("the epoch grows with each withdrawal and with nothing else", () => {
  const { choice } = open();
  const epochs: number[] = [];
  const { consent_epoch: start } = choice.state();
  for (const mode of ["on", "on", "base", "off", "local-only", "on", "local-only"] as const) {
    choice.record(mode);
    epochs.push(choice.state().consent_epoch - start);
  }
  expect(epochs).toEqual([0, 0, 1, 1, 1, 1, 2]);
});

test("a first no counts as a withdrawal, for ENABLE_TELEMETRY=true may have sent before it", () => {
  const { choice } = open();
  const { consent_epoch: start } = choice.state();
  choice.decline();
  expect(choice.state().consent_epoch).toBe(start + 1);
});

test("each opt-in makes one install ping due, and a withdrawal takes it back", () => {
  const { choice, installation, onDisk } = open();
  choice.record("base");
  expect(onDisk()).not.toHaveProperty("install_ping_due");
  choice.record("on");
  expect(onDisk().install_ping_due).toBe(true);
  installation.update(() => ({ install_ping_due: undefined }));
  choice.record("on");
  expect(onDisk()).not.toHaveProperty("install_ping_due");
  choice.record("base");
  choice.record("on");
  expect(onDisk().install_ping_due).toBe(true);
  choice.record("off");
  expect(onDisk()).not.toHaveProperty("install_ping_due");
});

test("an untouched wizard declines; declining leaves a stricter choice alone", () => {
  const { choice, consent } = open();
  expect(choice.completeSetup({ detailed: false, who: "1" })).toBe(true);
  expect(choice.state()).toMatchObject({
    setup_complete: true,
    setup_completed_at: expect.stringMatching(/Z$/),
    telemetry_mode: "base",
  });
  expect(consent({ ENABLE_TELEMETRY: "true" }).detailed).toBe(false);
  choice.record("local-only");
  choice.completeSetup({ detailed: false });
  choice.decline();
  expect(choice.state().telemetry_mode).toBe("local-only");
  choice.completeSetup({ detailed: true });
  expect(consent().detailed).toBe(true);
});

test("an opt-in accepts the catalogue as it is; later gains wait for an acceptance", () => {
  const { dataDir, choice, onDisk } = open();
  choice.record("on", "1");
  expect(onDisk().telemetry_accepted).toEqual(acceptCurrent(catalogue));
  const next = { ...catalogue, version: 2, events: catalogue.events.slice(0, 1) };
  const later = open(dataDir, next);
  expect(later.choice.acceptAtStart(later.consent())).toBe(false);
  expect(later.onDisk().telemetry_accepted.version).toBe(1);
  expect(later.choice.acceptCatalogue("2")).toBe(true);
  expect(later.onDisk().telemetry_accepted).toEqual(acceptCurrent(next));
  expect(historyOf(later.onDisk())[0]).toMatchObject({
    who: "2",
    what: "catalogue_accepted",
    mode: "on",
  });
});

test("under ENABLE_TELEMETRY=true the first start accepts, and no later one", () => {
  const { dataDir, choice, consent, onDisk } = open();
  expect(choice.acceptAtStart(consent())).toBe(false);
  const env = { ENABLE_TELEMETRY: "true" };
  expect(choice.acceptAtStart(consent(env))).toBe(true);
  expect(onDisk()).toMatchObject({
    telemetry_accepted: { version: 1 },
    install_ping_due: true,
    telemetry_history: [{ who: "ENABLE_TELEMETRY", what: "catalogue_accepted", mode: null }],
  });
  expect(onDisk()).not.toHaveProperty("telemetry_mode");
  const later = open(dataDir, { ...catalogue, version: 2 });
  expect(later.choice.acceptAtStart(later.consent(env))).toBe(false);
});

test("the yes of an older file covers the catalogue as it is first seen", () => {
  const dataDir = temporaryDirectory();
  writeFileSync(join(dataDir, "installation.json"), JSON.stringify({ telemetry_enabled: true }));
  const { choice, consent, onDisk } = open(dataDir);
  expect(choice.acceptAtStart(consent())).toBe(true);
  expect(onDisk().telemetry_accepted.version).toBe(1);
  expect(onDisk()).not.toHaveProperty("install_ping_due");
});

test("a refusal that cannot be written holds here, and is written as soon as that works", () => {
  const { dataDir, choice, consent, onDisk } = open();
  choice.record("on");
  const { consent_epoch: epoch } = choice.state();
  const repair = breakFile(dataDir);
  expect(choice.record("off", "1")).toBe(false);
  expect(consent()).toMatchObject({ base: false, detailed: false, choice: "off" });
  expect(choice.state().consent_epoch).toBe(epoch + 1);
  choice.retry();
  repair();
  choice.retry();
  expect(onDisk()).toMatchObject({ telemetry_mode: "off", consent_epoch: epoch + 1 });
  expect(historyOf(onDisk()).map(({ mode }) => mode)).toEqual(["off", "on"]);
});

test("a yes that cannot be written takes back no refusal that could not be written either", () => {
  const { dataDir, choice, consent, onDisk } = open();
  choice.record("on");
  const { consent_epoch: epoch } = choice.state();
  const repair = breakFile(dataDir);
  choice.record("base");
  expect(choice.record("on")).toBe(false);
  expect(consent().detailed).toBe(false);
  repair();
  expect(choice.record("on")).toBe(true);
  expect(consent().detailed).toBe(true);
  // The refusal in between is in the log, and what was recorded before it is void.
  expect(onDisk().consent_epoch).toBe(epoch + 1);
  expect(historyOf(onDisk()).map(({ mode }) => mode)).toEqual(["on", "base", "on"]);
});

test("a rotated identity is new in every part and remembers nothing that was sent", () => {
  const { choice, installation, onDisk } = open();
  choice.record("on");
  const sent = "2026-11-01T03:00:00.000Z";
  installation.update(() => ({
    first_seen_at: sent,
    base_first_seen_tried_at: sent,
    base_first_seen_sent_at: sent,
    last_heartbeat_sent_at: sent,
    own_base_first_seen_sent_at: sent,
    own_last_heartbeat_sent_at: sent,
    installation_id: choice.state().install_id.toUpperCase(),
    host_key: "kept",
  }));
  const before = onDisk();
  expect(choice.rotateIdentity("1")).toBe(true);
  const after = onDisk();
  for (const key of ["install_id", "telemetry_salt", "install_key", "install_key_private"]) {
    expect(after[key]).toBeTypeOf("string");
    expect(after[key]).not.toBe(before[key]);
  }
  expect(JSON.stringify(after)).not.toContain(sent);
  expect(JSON.stringify(after).toLowerCase()).not.toContain(before.install_id);
  expect(after).toMatchObject({
    telemetry_mode: "on",
    host_key: "kept",
    consent_epoch: before.consent_epoch + 1,
  });
  expect(historyOf(after)[0]).toMatchObject({ who: "1", what: "identity_rotated", mode: "on" });
  expect(sign(after.install_key_private, "x")).not.toBe(sign(before.install_key_private, "x"));
});

test("a rotation that cannot be written changes nothing", () => {
  const { dataDir, choice } = open();
  const before = choice.state();
  breakFile(dataDir);
  expect(choice.rotateIdentity()).toBe(false);
  expect(choice.state()).toEqual(before);
});

test("a forgotten identity stays away until a mode other than off is chosen, and is then new", () => {
  const { dataDir, choice, consent, installation, onDisk } = open();
  choice.record("on");
  const older = "0b9c1f5e-3f0f-4b6e-9d5e-0d9c6f5a7b11";
  installation.update(() => ({ base_first_seen_sent_at: "x", installation_id: older }));
  const before = onDisk();
  expect(choice.forgetIdentity("1")).toBe(true);
  expect(identityOf(choice.state())).toBeNull();
  expect(consent()).toMatchObject({ base: false, detailed: false, choice: "off" });
  for (const key of [
    "install_id",
    "telemetry_salt",
    "install_key",
    "install_key_private",
    "base_first_seen_sent_at",
  ]) {
    expect(onDisk()).not.toHaveProperty(key);
  }
  expect(onDisk().consent_epoch).toBe(before.consent_epoch + 1);
  expect(historyOf(onDisk())[0]).toMatchObject({ who: "1", what: "erased", mode: "off" });

  // Neither another process, nor a start, nor a write of the host's makes one.
  const erased = onDisk();
  const other = open(dataDir);
  other.installation.update(() => ({ host_key: 1 }));
  other.installation.update(() => ({ host_key: undefined }));
  expect(identityOf(other.choice.state())).toBeNull();
  expect(onDisk()).toEqual(erased);
  expect(other.choice.rotateIdentity()).toBe(true);
  expect(identityOf(other.choice.state())).toBeNull();

  installation.update(() => ({ first_seen_at: "2020-01-01T00:00:00.000Z" }));
  choice.record("base");
  expect(onDisk().first_seen_at).not.toBe("2020-01-01T00:00:00.000Z");
  const identity = identityOf(choice.state());
  expect(identity?.installId).not.toBe(before.install_id);
  expect(identity?.installId).not.toBe(older);
  expect(onDisk().install_id).toBe(identity?.installId);
  expect(onDisk()).not.toHaveProperty("identity_erased_at");
});

test("a damaged file does not bring an erased identity back", () => {
  const { dataDir, choice } = open();
  choice.forgetIdentity();
  const path = join(dataDir, "installation.json");
  writeFileSync(path, readFileSync(path, "utf8").slice(0, -4));
  chmodSync(path, 0o600);
  const again = open(dataDir);
  expect(identityOf(again.choice.state())).toBeNull();
  expect(again.consent()).toMatchObject({ base: false, decidedBy: "damaged_file" });
});

test("forgetting that cannot be written holds here", () => {
  const { dataDir, choice, consent, onDisk } = open();
  choice.record("on");
  const repair = breakFile(dataDir);
  expect(choice.forgetIdentity()).toBe(false);
  expect(identityOf(choice.state())).toBeNull();
  expect(consent().base).toBe(false);
  repair();
  choice.retry();
  expect(onDisk()).not.toHaveProperty("install_id");
});

test("an id that is no text, from a host without types, costs neither the choice nor the process", () => {
  const { choice, onDisk } = open();
  const untyped = choice as unknown as Record<"record", (mode: string, who: unknown) => boolean>;
  expect(untyped.record("on", 17)).toBe(true);
  expect(onDisk().telemetry_decided_by).toBe("17");
  for (const who of [{}, Object.create(null), Symbol("x"), null]) {
    expect(untyped.record("base", who)).toBe(true);
    expect(onDisk()).not.toHaveProperty("telemetry_decided_by");
  }
  expect(historyOf(choice.state()).map(({ who }) => who)).toEqual(["", "", "", "", "17"]);
});

test("a mode that there is not is off", () => {
  const { choice, consent } = open();
  const untyped = choice as unknown as Record<"record", (mode: unknown) => boolean>;
  for (const mode of [undefined, "detailed", "On", true]) {
    choice.record("on");
    untyped.record(mode);
    expect(consent()).toMatchObject({ base: false, choice: "off" });
  }
});
