import { expect, test } from "vitest";
import { completeInstallation, type Mode } from "../installation/installation-file.ts";
import { type ConsentInput, decideConsent } from "./consent.ts";

const MODES: Record<Mode, { telemetry_mode: Mode; telemetry_enabled: boolean }> = {
  on: { telemetry_mode: "on", telemetry_enabled: true },
  base: { telemetry_mode: "base", telemetry_enabled: false },
  "local-only": { telemetry_mode: "local-only", telemetry_enabled: false },
  off: { telemetry_mode: "off", telemetry_enabled: false },
};

function decide(
  recorded: Record<string, unknown>,
  env: Record<string, string> = {},
  more: Partial<ConsentInput> = {},
) {
  const installation = completeInstallation(recorded, new Date());
  return decideConsent({ env, baseTelemetry: "always", configured: true, installation, ...more });
}

test("when nobody said anything base is on and detailed is off", () => {
  expect(decide({})).toEqual({ base: true, detailed: false, decidedBy: "default", choice: null });
});

test("each mode allows what it says", () => {
  expect(decide(MODES.on)).toMatchObject({ base: true, detailed: true, decidedBy: "choice" });
  expect(decide(MODES.base)).toMatchObject({ base: true, detailed: false, decidedBy: "choice" });
  for (const mode of ["local-only", "off"] as const) {
    expect(decide(MODES[mode])).toMatchObject({
      base: false,
      detailed: false,
      decidedBy: "choice",
      choice: mode,
    });
  }
});

test("a kill switch stops everything whatever was chosen, and is named", () => {
  for (const recorded of [{}, ...Object.values(MODES)]) {
    for (const value of ["1", "true", "yes"]) {
      expect(decide(recorded, { DO_NOT_TRACK: value, ENABLE_TELEMETRY: "true" })).toMatchObject({
        base: false,
        detailed: false,
        decidedBy: "DO_NOT_TRACK",
      });
    }
    expect(decide(recorded, { ROLLCALL: "OFF" })).toMatchObject({
      base: false,
      detailed: false,
      decidedBy: "ROLLCALL",
    });
  }
});

test("DO_NOT_TRACK=0 and an empty one are no kill switch", () => {
  for (const value of ["0", "", "false"]) {
    expect(decide({}, { DO_NOT_TRACK: value }).base).toBe(true);
  }
});

test("ENABLE_TELEMETRY=false caps a yes at base", () => {
  expect(decide(MODES.on, { ENABLE_TELEMETRY: "false" })).toEqual({
    base: true,
    detailed: false,
    decidedBy: "ENABLE_TELEMETRY",
    choice: "on",
  });
});

test("ENABLE_TELEMETRY=true opts in only where nobody chose", () => {
  const env = { ENABLE_TELEMETRY: "true" };
  expect(decide({}, env)).toMatchObject({ detailed: true, decidedBy: "ENABLE_TELEMETRY" });
  for (const mode of ["base", "local-only", "off"] as const) {
    expect(decide(MODES[mode], env)).toMatchObject({ detailed: false, decidedBy: "choice" });
  }
  expect(decide({ telemetry_enabled: false }, env).detailed).toBe(false);
});

test("a file of older software is understood: telemetry_enabled alone is a choice", () => {
  expect(decide({ telemetry_enabled: true })).toMatchObject({ detailed: true, choice: "on" });
  expect(decide({ telemetry_enabled: false })).toMatchObject({ detailed: false, choice: "base" });
});

test("a choice that is anything but a plain yes is no yes", () => {
  for (const value of ["true", 1, null, {}, "yes"]) {
    expect(decide({ telemetry_enabled: value }).detailed).toBe(false);
  }
  expect(decide({ telemetry_mode: "on" }).detailed).toBe(false);
  expect(decide({ telemetry_mode: "on", telemetry_enabled: false }).detailed).toBe(false);
  expect(decide({ telemetry_mode: "everything", telemetry_enabled: true })).toMatchObject({
    base: false,
    detailed: false,
  });
});

test("the maintainer can switch base off without touching the choice", () => {
  const off = { baseTelemetry: "off" } as const;
  expect(decide({}, {}, off)).toMatchObject({ base: false, detailed: false });
  expect(decide(MODES.on, {}, off)).toMatchObject({ base: false, detailed: true });
});

test("without a collector or a place for the choice nothing is on", () => {
  expect(decide(MODES.on, {}, { configured: false })).toMatchObject({
    base: false,
    detailed: false,
    decidedBy: "configuration",
  });
  expect(decide({}, { ENABLE_TELEMETRY: "true" }, { installation: null })).toMatchObject({
    base: false,
    detailed: false,
    decidedBy: "storage",
  });
});

test("no combination of layers sends more than each of them alone allows", () => {
  const envs = [{}, { DO_NOT_TRACK: "1" }, { ROLLCALL: "off" }, { ENABLE_TELEMETRY: "false" }];
  const everything = decide(MODES.on);
  expect(everything).toMatchObject({ base: true, detailed: true });
  for (const env of envs) {
    for (const recorded of Object.values(MODES)) {
      for (const baseTelemetry of ["always", "off"] as const) {
        const together = decide(recorded, env as Record<string, string>, { baseTelemetry });
        const alone = [
          decide(MODES.on, env as Record<string, string>),
          decide(recorded),
          decide(MODES.on, {}, { baseTelemetry }),
        ];
        expect(together.base).toBe(alone.every(({ base }) => base));
        expect(together.detailed).toBe(alone.every(({ detailed }) => detailed));
      }
    }
  }
});
