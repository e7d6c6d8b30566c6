import { afterAll, beforeAll, expect, test } from "vitest";
import { scenarios } from "./scenarios.ts";
import { openStage, type Stage } from "./stage.ts";

/** A few of the rounds that `npm run chaos` plays by the hundred. */
const ROUNDS = 10;

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
      expect((await scenario.play(stage)).stored).toBeGreaterThan(0);
    }
  });
});
