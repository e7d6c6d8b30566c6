import { execFile } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { decideConsent } from "../consent/consent.ts";
import { createLog, temporaryDirectory } from "../test/support.ts";
import { type Installation, openInstallation } from "./installation.ts";
import { completeInstallation } from "./installation-file.ts";
import { readKeyPair } from "./keys.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const OLD_UUID = "5e0c2a52-3f0f-4b6e-9d5e-0d9c6f5a7b11";
const SALT = "ab".repeat(32);

function open(directory: string, log = createLog()): Installation {
  const opened = openInstallation(directory, log);
  if (!opened.ok) throw new Error(opened.problem);
  return opened.installation;
}

const file = (directory: string) => join(directory, "installation.json");
const onDisk = (directory: string) => JSON.parse(readFileSync(file(directory), "utf8"));

function consentOf(installation: Installation) {
  return decideConsent({
    env: { ENABLE_TELEMETRY: "true" },
    baseTelemetry: "always",
    configured: true,
    installation: installation.current(),
  });
}

test("a new install gets a random id and a salt, kept for its owner alone", () => {
  const directory = join(temporaryDirectory(), "made", "when", "absent");
  const state = open(directory).current();
  expect(state.install_id).toMatch(UUID);
  expect(state.telemetry_salt).toMatch(/^[0-9a-f]{64}$/);
  expect(state.setup_complete).toBe(false);
  expect(state.telemetry_enabled).toBeUndefined();
  expect(statSync(file(directory)).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory)).toEqual(["installation.json"]);
  expect(onDisk(directory)).toEqual(state);
  expect(open(temporaryDirectory()).current().install_id).not.toBe(state.install_id);
});

test("a new install gets a key pair; a damaged one is replaced, a good one is kept", () => {
  const directory = temporaryDirectory();
  const state = open(directory).current();
  const pair = readKeyPair(state.install_key, state.install_key_private);
  expect(pair).not.toBeNull();
  writeFileSync(file(directory), JSON.stringify({ ...state, install_key_private: "cut" }));
  const repaired = open(directory).current();
  expect(readKeyPair(repaired.install_key, repaired.install_key_private)).not.toBeNull();
  expect(repaired.install_id).toBe(state.install_id);
  expect(open(directory).current()).toEqual(repaired);
});

test("a file that was deleted and made again has another epoch", () => {
  const state = completeInstallation({}, new Date("2026-11-01T03:00:00Z"));
  const next = completeInstallation({}, new Date("2026-11-01T03:00:05Z"));
  expect(next.consent_epoch).toBeGreaterThan(state.consent_epoch);
  expect(completeInstallation({ consent_epoch: 0 }, new Date()).consent_epoch).toBe(0);
});

test("a restart finds the same install and leaves the file untouched", () => {
  const directory = temporaryDirectory();
  const first = open(directory).current();
  const before = statSync(file(directory));
  expect(open(directory).current()).toEqual(first);
  expect(statSync(file(directory)).ino).toBe(before.ino);
});

test("an older file is imported: its UUID becomes the install id, keys of the host stay", () => {
  const directory = temporaryDirectory();
  const older = {
    telemetry_salt: SALT,
    installation_id: OLD_UUID.toUpperCase(),
    setup_complete: true,
    setup_completed_at: "2025-10-20T08:00:00",
    telemetry_enabled: true,
    company: { name: "kept" },
  };
  writeFileSync(file(directory), JSON.stringify(older));
  const state = open(directory).current();
  expect(state).toMatchObject({ ...older, install_id: OLD_UUID });
  expect(onDisk(directory).company).toEqual({ name: "kept" });
});

test("an installation_id that is no UUID stays under its own key beside a new UUID", () => {
  const directory = temporaryDirectory();
  writeFileSync(file(directory), JSON.stringify({ installation_id: "a1b2c3d4e5f60718" }));
  const state = open(directory).current();
  expect(state.installation_id).toBe("a1b2c3d4e5f60718");
  expect(state.install_id).toMatch(UUID);
  expect(open(directory).current().install_id).toBe(state.install_id);
});

test("a write merges with what another process or the host wrote meanwhile", () => {
  const directory = temporaryDirectory();
  const installation = open(directory);
  const other = open(directory);
  other.update(() => ({ telemetry_mode: "off", telemetry_enabled: false }));
  writeFileSync(file(directory), JSON.stringify({ ...onDisk(directory), host_key: [1, 2] }));
  const result = installation.update(() => ({ last_heartbeat_sent_at: "2026-11-01T03:00:00Z" }));
  expect(result).toMatchObject({ ok: true, changed: true });
  expect(onDisk(directory)).toMatchObject({
    telemetry_mode: "off",
    telemetry_enabled: false,
    host_key: [1, 2],
    last_heartbeat_sent_at: "2026-11-01T03:00:00Z",
  });
  expect(installation.current().telemetry_mode).toBe("off");
});

test("a change sees what is on disk, and a key set to undefined goes", () => {
  const directory = temporaryDirectory();
  const installation = open(directory);
  open(directory).update(() => ({ base_claimed_at: "2026-11-01T03:00:00Z" }));
  let seen: unknown;
  installation.update((disk) => {
    seen = disk.base_claimed_at;
    return { base_claimed_at: undefined };
  });
  expect(seen).toBe("2026-11-01T03:00:00Z");
  expect(onDisk(directory)).not.toHaveProperty("base_claimed_at");
});

test("refresh notices what another process wrote, and nothing else", () => {
  const directory = temporaryDirectory();
  const installation = open(directory);
  expect(installation.refresh()).toBe(false);
  open(directory).update(() => ({ telemetry_mode: "off" }));
  expect(installation.refresh()).toBe(true);
  expect(installation.current().telemetry_mode).toBe("off");
  expect(installation.refresh()).toBe(false);
});

test("refresh tells of another process's change that an update has read before it", () => {
  const directory = temporaryDirectory();
  const installation = open(directory);
  open(directory).update(() => ({ telemetry_mode: "off" }));
  installation.update(() => ({ last_heartbeat_sent_at: "2026-11-01T03:00:00Z" }));
  expect(installation.current().telemetry_mode).toBe("off");
  expect(installation.refresh()).toBe(true);
  expect(installation.refresh()).toBe(false);
  installation.update(() => ({ last_heartbeat_sent_at: "2026-11-02T03:00:00Z" }));
  expect(installation.refresh()).toBe(false);
});

test.each([
  ["cut off in the middle", (text: string) => text.slice(0, -20)],
  ["followed by rubbish", (text: string) => `${text}\0\0\0`],
  ["not an object", (text: string) => `[${text}]`],
])("a file that is %s is set aside, the id is saved and telemetry is off", (_, damage) => {
  const directory = temporaryDirectory();
  const before = open(directory);
  before.update(() => ({ telemetry_mode: "on", telemetry_enabled: true }));
  const damaged = damage(readFileSync(file(directory), "utf8"));
  writeFileSync(file(directory), damaged);

  const log = createLog();
  const after = open(directory, log);
  expect(after.current().install_id).toBe(before.current().install_id);
  expect(after.current().telemetry_salt).toBe(before.current().telemetry_salt);
  expect(after.current().install_key_private).toBe(before.current().install_key_private);
  expect(after.current().consent_epoch).not.toBe(before.current().consent_epoch);
  expect(after.current().telemetry_history).toMatchObject([{ what: "file_damaged", mode: "off" }]);
  const off = { base: false, detailed: false, decidedBy: "damaged_file" };
  expect(consentOf(after)).toMatchObject(off);
  expect(consentOf(open(directory))).toMatchObject(off);

  const aside = readdirSync(directory).filter((name) => name.includes(".corrupt-"));
  expect(aside).toHaveLength(1);
  expect(aside[0]).toMatch(/^installation\.json\.corrupt-\d+$/);
  expect(readFileSync(join(directory, aside[0]!), "utf8")).toBe(damaged);
  expect(log.lines.filter(({ level }) => level === "warn")).toHaveLength(1);
});

test("an empty file leaves nothing to save: a new id, and telemetry is off", () => {
  const directory = temporaryDirectory();
  writeFileSync(file(directory), "");
  const installation = open(directory);
  expect(installation.current().install_id).toMatch(UUID);
  expect(consentOf(installation)).toMatchObject({ base: false, detailed: false });
});

test("a file that is damaged while the app runs turns telemetry off as well", () => {
  const directory = temporaryDirectory();
  const installation = open(directory);
  installation.update(() => ({ telemetry_mode: "on", telemetry_enabled: true }));
  writeFileSync(file(directory), "{");
  const { install_id: id } = installation.current();
  expect(installation.refresh()).toBe(true);
  expect(consentOf(installation)).toMatchObject({ base: false, detailed: false });
  expect(onDisk(directory).install_id).toBe(id);
});

test("a file that is removed while the app runs comes back as it was, refusal included", () => {
  const directory = temporaryDirectory();
  const installation = open(directory);
  installation.update(() => ({ telemetry_mode: "off", telemetry_enabled: false }));
  const before = onDisk(directory);
  rmSync(file(directory));
  expect(installation.refresh()).toBe(false);
  expect(onDisk(directory)).toEqual(before);
});

test("a directory that cannot be used is reported, not thrown", () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "file"), "");
  expect(openInstallation(join(directory, "file"), createLog())).toMatchObject({ ok: false });
  mkdirSync(join(directory, "data", "installation.json"), { recursive: true });
  expect(openInstallation(join(directory, "data"), createLog())).toMatchObject({ ok: false });
});

test.skipIf(process.getuid?.() === 0)(
  "a read-only directory fails a write as a value (left out as root, who may write there)",
  () => {
    const directory = temporaryDirectory();
    const installation = open(directory);
    chmodSync(directory, 0o500);
    try {
      expect(installation.update(() => ({ setup_complete: true }))).toMatchObject({ ok: false });
      expect(installation.current().setup_complete).toBe(false);
    } finally {
      chmodSync(directory, 0o700);
    }
  },
);

test("the lock of a process that died is taken over", () => {
  const directory = temporaryDirectory();
  const lock = `${file(directory)}.lock`;
  writeFileSync(lock, "4711 dead");
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(lock, longAgo, longAgo);
  expect(open(directory).current().install_id).toMatch(UUID);
  expect(existsSync(lock)).toBe(false);
});

test("processes that start at once agree on one install and lose none of each other's writes", async () => {
  const directory = temporaryDirectory();
  const script = `
    import { openInstallation } from ${JSON.stringify(new URL("./installation.ts", import.meta.url).href)};
    const log = { info() {}, warn() {}, error() {} };
    const { installation } = openInstallation(process.argv[1], log);
    for (let i = 0; i < 25; i += 1) {
      const { ok, problem } = installation.update((disk) => ({
        [process.argv[2]]: (disk[process.argv[2]] ?? 0) + 1,
        shared: (disk.shared ?? 0) + 1,
      }));
      if (!ok) throw new Error(problem);
    }
    console.log(installation.current().install_id);
  `;
  const run = promisify(execFile);
  const names = ["one", "two", "three"];
  const outputs = await Promise.all(
    names.map((name) =>
      run(process.execPath, ["--input-type=module", "-e", script, directory, name]),
    ),
  );
  expect(new Set(outputs.map(({ stdout }) => stdout.trim())).size).toBe(1);
  expect(onDisk(directory)).toMatchObject({ one: 25, two: 25, three: 25, shared: 75 });
  expect(readdirSync(directory)).toEqual(["installation.json"]);
});

test("a lock from the future, of a clock that was wrong, is taken over", () => {
  const directory = temporaryDirectory();
  const lock = `${file(directory)}.lock`;
  writeFileSync(lock, "4711 dead");
  const ahead = new Date(Date.now() + 3_600_000);
  utimesSync(lock, ahead, ahead);
  expect(open(directory).current().install_id).toMatch(UUID);
});

test.skipIf(process.platform === "win32")(
  "a disk that takes no more leaves no lock behind, for which all would wait (left out on Windows)",
  async () => {
    const directory = temporaryDirectory();
    const script = `
      import { openInstallation } from ${JSON.stringify(new URL("./installation.ts", import.meta.url).href)};
      const log = { info() {}, warn() {}, error() {} };
      console.log(openInstallation(process.argv[1], log).ok);
    `;
    const full = `ulimit -f 0 && exec ${process.execPath} --input-type=module -e "$1" "$2"`;
    const { stdout } = await promisify(execFile)("sh", ["-c", full, "sh", script, directory]);
    expect(stdout.trim()).toBe("false");
    expect(readdirSync(directory)).toEqual([]);
  },
);

test("a process that stood still while it wrote does not undo a refusal of then", () => {
  const directory = temporaryDirectory();
  const sleeper = open(directory);
  const other = open(directory);
  sleeper.update(() => ({ telemetry_mode: "on", telemetry_enabled: true }));
  const result = sleeper.update(() => {
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(`${file(directory)}.lock`, longAgo, longAgo);
    const refused = other.update(() => ({ telemetry_mode: "off", telemetry_enabled: false }));
    expect(refused.ok).toBe(true);
    return { host_key: 1 };
  });
  expect(result.ok).toBe(false);
  expect(onDisk(directory)).toMatchObject({ telemetry_mode: "off" });
  expect(sleeper.refresh()).toBe(true);
  expect(consentOf(sleeper).base).toBe(false);
  expect(readdirSync(directory)).toEqual(["installation.json"]);
});

test("a refusal is seen by a process that cannot write", () => {
  const directory = temporaryDirectory();
  const [one, other] = [open(directory), open(directory)];
  other.update(() => ({ telemetry_mode: "on", telemetry_enabled: true }));
  expect(one.refresh()).toBe(true);
  other.update(() => ({ telemetry_mode: "base", telemetry_enabled: false }));
  // A lock that nobody can take, root included.
  mkdirSync(join(`${file(directory)}.lock`, "full"), { recursive: true });
  expect(one.refresh()).toBe(true);
  expect(consentOf(one)).toMatchObject({ base: true, detailed: false });
});

test("while the file cannot be read telemetry is off, and afterwards as it says", () => {
  const directory = temporaryDirectory();
  const log = createLog();
  const installation = open(directory, log);
  installation.update(() => ({ telemetry_mode: "on", telemetry_enabled: true }));
  const { install_id: id } = installation.current();
  renameSync(file(directory), join(directory, "away"));
  mkdirSync(file(directory));
  expect(installation.refresh()).toBe(true);
  expect(consentOf(installation)).toMatchObject({ base: false, detailed: false });
  expect(installation.refresh()).toBe(false);
  expect(log.lines.filter(({ level }) => level === "error")).toHaveLength(1);
  rmSync(file(directory), { recursive: true });
  renameSync(join(directory, "away"), file(directory));
  expect(installation.refresh()).toBe(true);
  expect(consentOf(installation)).toMatchObject({ base: true, detailed: true });
  expect(installation.current().install_id).toBe(id);
});

test("an older copy that is put back while the app runs turns nothing on again", () => {
  const directory = temporaryDirectory();
  const installation = open(directory);
  installation.update(() => ({ telemetry_mode: "on", telemetry_enabled: true }));
  const copy = readFileSync(file(directory));
  installation.update(({ consent_epoch: epoch }) => ({
    telemetry_mode: "base",
    telemetry_enabled: false,
    consent_epoch: epoch + 1,
  }));
  const refused = onDisk(directory);
  writeFileSync(file(directory), copy);
  expect(installation.refresh()).toBe(false);
  expect(consentOf(installation).detailed).toBe(false);
  expect(onDisk(directory)).toEqual(refused);
});
