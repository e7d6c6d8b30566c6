import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, it } from "vitest";

const SOURCE = resolve(import.meta.dirname, "../..");
const OWN = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
  .map((name) => join(import.meta.dirname, name));

/** Every file that is reached, types included, with the way to it. */
function reached(files: string[]): Map<string, string[]> {
  const ways = new Map(files.map((file) => [file, [file]]));
  for (const [file, way] of ways) {
    const found = readFileSync(file, "utf8").matchAll(/\bfrom "(\.[^"]+)"/g);
    for (const [, path] of found) {
      const next = resolve(dirname(file), path as string);
      if (!ways.has(next)) ways.set(next, [...way, next]);
    }
  }
  return ways;
}

it("keeps what answers restricted readers away from the store", () => {
  expect(OWN.length).toBeGreaterThan(3);
  const toStore = [...reached(OWN)].filter(([file]) => /\/(store|spool|settings)\//.test(file));
  expect(toStore.map(([, way]) => way.map((file) => relative(SOURCE, file)))).toEqual([]);
  // The walk does find ways: the endpoint as a whole knows both sides.
  const whole = reached([join(SOURCE, "app.ts")]);
  expect([...whole.keys()].some((file) => file.includes("/store/"))).toBe(true);
});

it("gives it documents and a directory, and no engine but its own", () => {
  const text = OWN.map((file) => readFileSync(file, "utf8")).join("\n");
  expect(text).not.toMatch(/\bStore\b|\bAsks?\b|clickhouseUrl|CLICKHOUSE_URL/);
  expect(text.match(/superviseEngine\(/g)).toHaveLength(1);
});
