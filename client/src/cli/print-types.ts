import { readFileSync, writeFileSync } from "node:fs";
import { parseCatalogue } from "@rollcall/schemas";
import type { Outcome } from "./outcome.ts";

/**
 * Makes a TypeScript module of a catalogue, because the compiler reads words in a JSON file as plain
 * `string` and could hold `track` to nothing.
 *
 * @param output a file; printed when absent
 */
export function printTypes(path: string, output: string | undefined): Outcome {
  const parsed = parseText(readFileSync(path, "utf8"));
  if (!parsed.ok)
    return { code: 1, lines: parsed.problems.map((problem) => `${path}: ${problem}`) };
  const { catalogue } = parsed;
  const source = [
    `// Made from the catalogue of ${catalogue.app}, version ${catalogue.version}: change that and make this again.`,
    'import type { Catalogue } from "@rollcall/client";',
    "",
    `export const catalogue = ${JSON.stringify(catalogue, null, 2)} as const satisfies Catalogue;`,
  ];
  if (output === undefined) return { code: 0, lines: source };
  writeFileSync(output, `${source.join("\n")}\n`);
  return { code: 0, lines: [`${output}: ${catalogue.events.length} events`] };
}

function parseText(text: string): ReturnType<typeof parseCatalogue> {
  try {
    return parseCatalogue(JSON.parse(text));
  } catch (error) {
    return { ok: false, problems: [`it is no JSON: ${(error as Error).message}`] };
  }
}
