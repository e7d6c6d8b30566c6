import { expect, test } from "vitest";
import { completeInstallation } from "../installation/installation-file.ts";
import type { Mode } from "../installation/mode.ts";
import { baseRecording, type ConsentInput, decideConsent } from "./consent.ts";

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
  expect(decide({})).toEqual({
    base: true,
    detailed: false,
    recording: "none",
    decidedBy: "default",
    baseDecidedBy: "default",
    locked: false,
    choice: null,
  });
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

test("what is set and no clear yes is a no", () => {
  for (const value of ["disabled", "none", "n", "2"]) {
    expect(decide({}, { ROLLCALL: value })).toMatchObject({ base: false, decidedBy: "ROLLCALL" });
    expect(decide(MODES.on, { ENABLE_TELEMETRY: value })).toMatchObject({ detailed: false });
  }
  for (const value of ["", " ", "on", "YES"]) {
    expect(decide(MODES.on, { ROLLCALL: value, ENABLE_TELEMETRY: value }).detailed).toBe(true);
  }
});

test("ENABLE_TELEMETRY=false caps a yes at base", () => {
  expect(decide(MODES.on, { ENABLE_TELEMETRY: "false" })).toMatchObject({
    base: true,
    detailed: false,
    decidedBy: "ENABLE_TELEMETRY",
    baseDecidedBy: "choice",
    locked: true,
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

test("with after-setup base waits for the wizard's end, and a yes does not", () => {
  const afterSetup = { baseTelemetry: "after-setup" } as const;
  const waiting = { base: false, baseDecidedBy: "setup", decidedBy: "default", locked: false };
  expect(decide({}, {}, afterSetup)).toMatchObject(waiting);
  expect(decide({ setup_complete: true }, {}, afterSetup)).toMatchObject({ base: true });
  expect(decide(MODES.on, {}, afterSetup)).toMatchObject({ base: false, detailed: true });
});

test("local only records both layers, with a collector or without one", () => {
  for (const configured of [true, false]) {
    const consent = decide(MODES["local-only"], {}, { configured });
    expect(consent).toMatchObject({ base: false, detailed: false, recording: "local" });
    expect(baseRecording(consent)).toBe("local");
  }
  expect(decide(MODES.on, {}, { configured: false }).recording).toBe("none");
});

test("the page is locked where a choice on it could not turn detailed on", () => {
  for (const env of [{ DO_NOT_TRACK: "1" }, { ROLLCALL: "off" }, { ENABLE_TELEMETRY: "false" }]) {
    for (const recorded of [{}, ...Object.values(MODES)]) {
      expect(decide(recorded, env as Record<string, string>).locked).toBe(true);
    }
  }
  expect(decide({}, {}, { configured: false }).locked).toBe(true);
  expect(decide({}, {}, { installation: null }).locked).toBe(true);
  expect(decide(MODES.off).locked).toBe(false);
  expect(decide({}, {}, { baseTelemetry: "off" }).locked).toBe(false);
});

/**
 * The rule once more, in other words: each layer names what it forbids, and what is left over of
 * everything that could happen is what happens.
 */
type Deed = "send base" | "send detailed" | "write base" | "write detailed";
const SENDING: Deed[] = ["send base", "send detailed"];
const EVERYTHING: Deed[] = [...SENDING, "write base", "write detailed"];
const FORBIDDEN_BY_MODE: Record<Mode, Deed[]> = {
  on: [],
  base: ["send detailed", "write detailed"],
  "local-only": SENDING,
  off: EVERYTHING,
};

const LAYERS = {
  doNotTrack: [undefined, "0", "1"],
  rollcall: [undefined, "on", "off"],
  enable: [undefined, "true", "false"],
  baseTelemetry: ["always", "after-setup", "off"],
  configured: [true, false],
  setup: [true, false],
  file: [undefined, "nobody chose", "on", "base", "local-only", "off"],
} as const;
type Combination = { [K in keyof typeof LAYERS]: (typeof LAYERS)[K][number] };

function forbidden(given: Combination): Set<Deed> {
  const none = new Set<Deed>();
  const forbid = (when: boolean, deeds: Deed[]) => {
    if (when) for (const deed of deeds) none.add(deed);
  };
  const nobody = given.file === "nobody chose";
  forbid(given.doNotTrack === "1", EVERYTHING);
  forbid(given.rollcall === "off", EVERYTHING);
  forbid(given.file === undefined, EVERYTHING);
  forbid(!given.configured, given.file === "local-only" ? SENDING : EVERYTHING);
  forbid(given.baseTelemetry === "off", ["send base", "write base"]);
  forbid(given.baseTelemetry === "after-setup" && !given.setup, ["send base", "write base"]);
  forbid(given.enable === "false", ["send detailed", "write detailed"]);
  forbid(nobody && given.enable !== "true", ["send detailed", "write detailed"]);
  if (given.file !== undefined && !nobody) {
    forbid(true, FORBIDDEN_BY_MODE[given.file as Mode]);
  }
  return none;
}

function combinations(): Combination[] {
  let all: Record<string, unknown>[] = [{}];
  for (const [layer, values] of Object.entries(LAYERS)) {
    all = all.flatMap((one) => values.map((value) => ({ ...one, [layer]: value })));
  }
  return all as Combination[];
}

function decideCombination(given: Combination) {
  const recorded = MODES[given.file as Mode] ?? {};
  const env = {
    DO_NOT_TRACK: given.doNotTrack,
    ROLLCALL: given.rollcall,
    ENABLE_TELEMETRY: given.enable,
  };
  return decideConsent({
    env,
    baseTelemetry: given.baseTelemetry,
    configured: given.configured,
    installation:
      given.file === undefined
        ? null
        : completeInstallation({ ...recorded, setup_complete: given.setup }, new Date()),
  });
}

test("in every combination of layers the most restrictive wins", () => {
  const all = combinations();
  expect(all).toHaveLength(3 * 3 * 3 * 3 * 2 * 2 * 6);
  for (const given of all) {
    const none = forbidden(given);
    const expected = (layer: "base" | "detailed") =>
      !none.has(`send ${layer}`) ? "send" : none.has(`write ${layer}`) ? "none" : "local";
    const consent = decideCombination(given);
    const what = JSON.stringify(given);
    expect(baseRecording(consent), what).toBe(expected("base"));
    expect(consent.recording, what).toBe(expected("detailed"));
    expect(consent.base, what).toBe(expected("base") === "send");
    expect(consent.detailed, what).toBe(expected("detailed") === "send");
  }
});

test("in every combination the layer that is named has spoken", () => {
  for (const given of combinations()) {
    const { decidedBy, baseDecidedBy } = decideCombination(given);
    const spoke: Record<string, boolean> = {
      DO_NOT_TRACK: given.doNotTrack === "1",
      ROLLCALL: given.rollcall === "off",
      ENABLE_TELEMETRY: given.enable !== undefined,
      configuration: !given.configured || given.baseTelemetry === "off",
      setup: given.baseTelemetry === "after-setup" && !given.setup,
      storage: given.file === undefined,
      choice: given.file !== undefined && given.file !== "nobody chose",
      default: given.file === "nobody chose",
    };
    expect(spoke[decidedBy], JSON.stringify(given)).toBe(true);
    expect(spoke[baseDecidedBy], JSON.stringify(given)).toBe(true);
  }
});
