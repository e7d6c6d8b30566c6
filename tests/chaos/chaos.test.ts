import { afterAll, beforeAll, expect, test } from "vitest";
import { SIGNALS } from "../support/otlp.ts";
import { scenarios } from "./scenarios.ts";
import { openStage, type Stage } from "./stage.ts";

/** A few of the rounds that `npm run chaos` plays by the hundred. */
const ROUNDS = 9;

const compared = { logs: 0, traces: 0, metrics: 0 };
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
}, 60_000);
afterAll(() => stage?.close());

scenarios.forEach((scenario, index) => {
  const missing = scenario.missing();
  if (missing !== null) {
    test.skip(`nothing is lost or doubled when ${scenario.name}: ${missing}`, () => {});
    return;
  }
  const rounds = Math.ceil((ROUNDS - index) / scenarios.length);
  test(`nothing is lost or doubled when ${scenario.name}`, { timeout: 60_000 }, async () => {
    for (let left = rounds; left > 0; left -= 1) {
      const { stored, signals } = await scenario.play(stage);
      expect(stored).toBeGreaterThan(0);
      for (const signal of SIGNALS) compared[signal] += signals[signal];
    }
  });
});

test("events, spans and data points were all among them", () => {
  for (const signal of SIGNALS) expect([signal, compared[signal] > 100]).toEqual([signal, true]);
});
