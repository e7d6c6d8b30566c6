import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  exports: Record<string, { "rollcall-source": string } | string>;
};
const entries = Object.values(manifest.exports).flatMap((entry) =>
  typeof entry === "string" ? [] : [join(root, entry["rollcall-source"])],
);

interface Exported {
  name: string;
  /** Where it is declared. */
  file: string;
}

/** Every name that a file exports, with the file that declares it. */
function exportsOf(file: string): Exported[] {
  const text = readFileSync(file, "utf8");
  const own = [...text.matchAll(/^export (?:async )?(?:function|const|interface|type) (\w+)/gm)];
  const passedOn = [...text.matchAll(/^export (?:type )?\{([^}]+)\} from "(\.[^"]+)";/gm)];
  return [
    ...own.map(([, name]) => ({ name: name!, file })),
    ...passedOn.flatMap(([, names, from]) => {
      const source = join(dirname(file), from!);
      const declared = exportsOf(source);
      return names!
        .split(",")
        .map((each) => each.trim().replace(/^type /, ""))
        .filter((name) => name !== "")
        .map((name) => declared.find((each) => each.name === name) ?? { name, file: source });
    }),
  ];
}

/** Whether a docstring stands right before the declaration. */
function isDocumented({ name, file }: Exported): boolean {
  const text = readFileSync(file, "utf8");
  const at = text.search(
    new RegExp(`^export (?:async )?(?:function|const|interface|type) ${name}\\b`, "m"),
  );
  // A linter's comment may stand between the two.
  const before = text.slice(0, at).replace(/(?:\/\/.*\n)+$/, "");
  return at >= 0 && before.trimEnd().endsWith("*/");
}

test("every entry of the package has a source", () => {
  expect(entries.length).toBeGreaterThan(8);
  for (const entry of entries) expect(existsSync(entry), entry).toBe(true);
});

test("every public symbol of the client has a docstring", () => {
  const bare = entries
    .flatMap(exportsOf)
    .filter((exported) => !isDocumented(exported))
    .map(({ name, file }) => `${file.slice(root.length)}: ${name}`);
  expect([...new Set(bare)]).toEqual([]);
});
