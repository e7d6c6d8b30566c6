import { writeSync } from "node:fs";
import type { Reporter } from "vitest/node";

/**
 * Names what was skipped, and prints `N passed, N failed[, N skipped]` as the last line of a run, for
 * people and CI alike.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd: NonNullable<Reporter["onTestRunEnd"]> = (modules, unhandledErrors) => {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    // A file that does not load has no test that could fail, and an error may belong to no test.
    const broken = modules.filter((module) => !module.ok() && module.errors().length > 0).length;
    const known = count("failed") + broken + unhandledErrors.length;
    const skipped = count("skipped") > 0 ? `, ${count("skipped")} skipped` : "";
    const reasons = tests
      .map((test) => ({ name: test.fullName, result: test.result() }))
      .filter(({ result }) => result.state === "skipped")
      .map(({ name, result }) => {
        const note = "note" in result && result.note ? ` (${result.note})` : "";
        return `skipped: ${name}${note}\n`;
      });
    // At exit, so that no other reporter and no teardown writes after it.
    process.once("exit", (code) => {
      const failed = known === 0 && code !== 0 ? 1 : known;
      writeSync(1, `${reasons.join("")}${count("passed")} passed, ${failed} failed${skipped}\n`);
    });
  };
}
