import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { rules } from "./rules.ts";

const page = readFileSync(new URL("../../../docs/alerts.md", import.meta.url), "utf8");

it("docs/alerts.md lists every rule with its words and its threshold, and no other", () => {
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));
  expect(rows).toEqual(
    Object.entries(rules).map(
      ([name, { description, threshold, unit }]) =>
        `| \`${name}\` | ${description} | ${threshold} ${unit} |`,
    ),
  );
});
