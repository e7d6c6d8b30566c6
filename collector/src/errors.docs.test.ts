import { readFileSync } from "node:fs";
import { DROP_REASONS, REFUSAL_REASONS } from "@rollcall/schemas";
import { expect, it } from "vitest";
import { ingestFaults } from "./errors.ts";

const page = readFileSync(new URL("../../docs/ingest.md", import.meta.url), "utf8");
const rows = page.split("\n").filter((line) => line.startsWith("| ") && line.includes("`"));

it("docs/ingest.md lists every answer that a sender can get, in the code's words, and no other", () => {
  const faults = Object.entries(ingestFaults).map(([fault, kind]) => {
    const retry = "retryAfterSeconds" in kind ? `yes, after ${kind.retryAfterSeconds} s` : "no";
    return `| ${kind.status} | \`${fault}\` | ${kind.message} | ${retry} |`;
  });
  const reasons = Object.entries({ ...REFUSAL_REASONS, ...DROP_REASONS }).map(
    ([reason, meaning]) => `| \`${reason}\` | ${meaning} |`,
  );
  expect(rows).toEqual([...faults, ...reasons]);
});
