import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const here = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const NAME = /\b(?:ROLLCALL_[A-Z_]+|CLICKHOUSE_URL)\b/g;

it("every variable that is read stands in docs/configuration.md, and the other way round", () => {
  const read = new Set(here("./config.ts").match(NAME));
  const documented = [...here("../../docs/configuration.md").matchAll(/^\| `(\w+)` \|/gm)].map(
    ([, name]) => name,
  );
  expect(new Set(documented)).toEqual(read);
  expect(documented).toHaveLength(read.size);
});
