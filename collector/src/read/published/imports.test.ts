import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, it } from "vitest";

const SOURCE = resolve(import.meta.dirname, "../..");

/** Files of ours that a file brings in at run time; a type brings nothing. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  const found = text.matchAll(/^(?:import|export) (?!type )(?:([^;]*?) from )?"(\.[^"]+)";/gms);
  return [...found]
    .filter(([, names = ""]) => !/^\{(\s*type [^,}]+,?)+\s*\}$/.test(names))
    .map(([, , path]) => resolve(dirname(file), path as string));
}

/** Everything that is reached from some files, with the way to it. */
function reached(files: string[]): Map<string, string[]> {
  const ways = new Map(files.map((file) => [file, [file]]));
  for (const [file, way] of ways) {
    for (const next of importsOf(file)) if (!ways.has(next)) ways.set(next, [...way, next]);
  }
  return ways;
}

it("keeps what answers restricted readers away from the store", () => {
  const routes = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => join(import.meta.dirname, name));
  const own = ["reader", "select", "report", "badge", "document"].map((name) =>
    join(SOURCE, "published", `${name}.ts`),
  );
  expect(routes.length).toBeGreaterThan(4);
  const ways = reached([...routes, ...own]);
  const toStore = [...ways].filter(([file]) => /\/(store|engine|spool)\//.test(file));
  expect(toStore.map(([, way]) => way.map((file) => relative(SOURCE, file)))).toEqual([]);
  // The walk does find ways: the publisher's side holds the store.
  const other = reached([join(SOURCE, "published/published.ts"), join(SOURCE, "read/failure.ts")]);
  expect([...other.keys()].some((file) => file.includes("/store/"))).toBe(true);
});

it("gives those routes a reader, and neither a store nor a way to ask it", () => {
  for (const name of readdirSync(import.meta.dirname)) {
    if (!name.endsWith(".ts") || name.endsWith(".test.ts")) continue;
    const text = readFileSync(join(import.meta.dirname, name), "utf8");
    expect([name, /\bStore\b|\bAsks?\b|store\/client/.test(text)]).toEqual([name, false]);
  }
});
