import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Catalogue,
  compileTable,
  type DecisionTable,
  type Learned,
  parseCatalogue,
} from "@rollcall/schemas";
import { ConfigError } from "./config.ts";

/** The decision table of each app; an app without a catalogue gets one in learning mode. */
export interface Catalogues {
  /** @param app an app that holds a token: the set is closed, so the cache is bounded. */
  table(app: string): DecisionTable;
  /** Gives an app in learning mode the names it taught before the last restart. */
  teach(app: string, learned: Learned): void;
}

function jsonFiles(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith(".json"))
      .sort()
      .map((name) => join(directory, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new ConfigError(`catalogues: ${directory} cannot be read: ${(error as Error).message}`);
  }
}

function readCatalogue(file: string): Catalogue {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new ConfigError(`catalogue ${file}: no valid JSON: ${(error as Error).message}`);
  }
  const parsed = parseCatalogue(json);
  if (parsed.ok) return parsed.catalogue;
  const more = parsed.problems.length > 1 ? ` (and ${parsed.problems.length - 1} more)` : "";
  throw new ConfigError(`catalogue ${file}: ${parsed.problems[0]}${more}`);
}

/**
 * Loads every `*.json` of the directories, later ones replacing earlier ones app by app, so that a
 * catalogue in the data directory wins over the one that ships.
 *
 * @throws ConfigError with one line that names the file and its first problem.
 * @example loadCatalogues(["schemas/catalogues", "data/catalogues"]).table("timetracker").mode // "catalogue"
 */
export function loadCatalogues(directories: string[]): Catalogues {
  const catalogues = new Map<string, Catalogue>();
  for (const file of directories.flatMap(jsonFiles)) {
    const catalogue = readCatalogue(file);
    catalogues.set(catalogue.app, catalogue);
  }
  const tables = new Map<string, DecisionTable>();
  return {
    table(app) {
      let table = tables.get(app);
      if (table === undefined) {
        table = compileTable(app, catalogues.get(app) ?? null);
        tables.set(app, table);
      }
      return table;
    },
    teach(app, learned) {
      tables.set(app, compileTable(app, catalogues.get(app) ?? null, learned));
    },
  };
}
