import { expect, it } from "vitest";
import { funnelParams, moveStep, orderSteps, printSteps, readSteps } from "./funnel.ts";

const row = (event: string, installs: number) => ({ event, installs, count: installs, users: 0 });
const events = {
  rows: [
    row("auth.login", 90),
    row("funnel.setup.done", 20),
    row("funnel.setup.started", 50),
    row("funnel.alone.started", 70),
    row("timer.started", 80),
  ],
  ...{ sharingDetailed: 90, usersExactTo: 65_536, asOf: "2026-11-20T08:12:00Z" },
};

const listed = {
  rows: [{ name: "setup", steps: ["funnel.setup.started", "funnel.setup.done"] }],
  asOf: "2026-11-20T08:12:00Z",
};

it("begins with the app's first funnel, or else with what is used most", () => {
  const names = (funnels: typeof listed | null) =>
    readSteps("", events, funnels).map(({ event }) => event);
  expect(names(listed)).toEqual(["funnel.setup.started", "funnel.setup.done"]);
  expect(names({ ...listed, rows: [] })).toEqual(["auth.login", "timer.started"]);
  // Until both are known there is nothing to ask.
  expect(names(null)).toEqual([]);
});

it("puts the step that more installs took first, where the catalogue has it later", () => {
  const steps = ["funnel.setup.done", "never.sent", "funnel.setup.started", "never.either"];
  expect(orderSteps(steps, events)).toEqual([
    "funnel.setup.started",
    "funnel.setup.done",
    "never.sent",
    "never.either",
  ]);
});

it("reads and writes steps with their conditions", () => {
  const written = "auth.login;auth_method:oidc;tries>1~timer.started";
  const steps = readSteps(written, events, null);
  expect(steps).toEqual([
    { event: "auth.login", conditions: ["auth_method:oidc", "tries>1"] },
    { event: "timer.started", conditions: [] },
  ]);
  expect(printSteps(steps)).toBe(written);
});

it("takes eight steps of a link and no more", () => {
  expect(readSteps(Array.from({ length: 12 }, () => "a.b").join("~"), null, null)).toHaveLength(8);
});

it("moves a step, but not over the ends", () => {
  const steps = ["a", "b", "c"].map((event) => ({ event, conditions: [] }));
  const names = (moved: readonly { event: string }[]) => moved.map(({ event }) => event).join("");
  expect(names(moveStep(steps, 2, 0))).toBe("cab");
  expect(names(moveStep(steps, 0, 1))).toBe("bac");
  expect(names(moveStep(steps, 0, -1))).toBe("abc");
  expect(names(moveStep(steps, 2, 3))).toBe("abc");
});

it("asks for nothing with a single step, and compares only two versions", () => {
  const asked = { steps: readSteps("a.b~c.d", null, null), window: "60", join: "user" };
  expect(funnelParams({ app: "x" }, { ...asked, compare: ["1.0"] })).toEqual({
    ...{ app: "x", step: ["a.b", "c.d"], window: "60", join: "user" },
  });
  expect(funnelParams({}, { ...asked, compare: ["1.0", "2.0"] })).toMatchObject({
    compare: "1.0,2.0",
  });
  expect(
    funnelParams({}, { ...asked, steps: readSteps("a.b", null, null), compare: [] }),
  ).toBeNull();
});
