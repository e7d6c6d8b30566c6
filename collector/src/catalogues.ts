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
import type { Settings } from "./settings/types.ts";

/** A catalogue that is enforced, and where it comes from. */
export interface InForce {
  catalogue: Catalogue;
  source: "file" | "settings";
}

/** The decision table of each app; an app without a catalogue gets one in learning mode. */
export interface Catalogues {
  /** @param app an app that holds a token: the set is closed, so the cache is bounded. */
  table(app: string): DecisionTable;
  /** Null: the app is in learning mode. */
  inForce(app: string): InForce | null;
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
 * catalogue in the data directory wins over the one that ships. One of the settings wins over both, and
 * a change of it is in force at once.
 *
 * @param onUnlisted called when an app is in learning mode again, so that it can be taught what it knew
 * @throws ConfigError with one line that names the file and its first problem.
 * @example loadCatalogues(["schemas/catalogues", "data/catalogues"]).table("timetracker").mode // "catalogue"
 */
export function loadCatalogues(
  directories: string[],
  settings?: Pick<Settings, "get" | "onChange">,
  onUnlisted: (app: string) => void = () => {},
): Catalogues {
  const catalogues = new Map<string, Catalogue>();
  for (const file of directories.flatMap(jsonFiles)) {
    const catalogue = readCatalogue(file);
    catalogues.set(catalogue.app, catalogue);
  }
  const tables = new Map<string, DecisionTable>();

  function inForce(app: string): InForce | null {
    const set = settings?.get("catalogue", app);
    const parsed = set ? parseCatalogue(set.catalogue) : null;
    // One that a newer version took and this one cannot read leaves the file's in force.
    if (parsed?.ok) return { catalogue: parsed.catalogue, source: "settings" };
    const catalogue = catalogues.get(app);
    return catalogue === undefined ? null : { catalogue, source: "file" };
  }
  const compiled = (app: string, learned?: Learned) =>
    compileTable(app, inForce(app)?.catalogue ?? null, learned);

  settings?.onChange((kind, app) => {
    if (kind !== "catalogue") return;
    tables.delete(app);
    if (inForce(app) === null) onUnlisted(app);
  });

  return {
    inForce,
    table(app) {
      let table = tables.get(app);
      if (table === undefined) {
        table = compiled(app);
        tables.set(app, table);
      }
      return table;
    },
    teach(app, learned) {
      tables.set(app, compiled(app, learned));
    },
  };
}
