import type { Catalogue, CatalogueEvent, Property } from "./catalogue.ts";
import { eventProblem, keyProblem } from "./check-catalogue.ts";
import { isDecimalInteger, isUuid } from "./ids.ts";
import { isVersion } from "./version.ts";

/** What the values of a field looked like; `text` stands for strings, which are never kept. */
export type Shape = "id" | "version" | "boolean" | "integer" | "number" | "text";

/** One field of one event that learning mode saw; `key` "" for an event seen without fields. */
export interface SeenField {
  readonly event: string;
  readonly key: string;
  readonly shape: Shape;
}

/** The shape of a value that learning mode kept, as it stands in the store. */
export function shapeOf(kept: string | number): Shape {
  if (typeof kept === "number") return Number.isInteger(kept) ? "integer" : "number";
  if (kept === "true" || kept === "false") return "boolean";
  if (isUuid(kept) || isDecimalInteger(kept, 19)) return "id";
  return isVersion(kept) ? "version" : "text";
}

/** What the maintainer has to replace; the draft is valid without that, so that it can be tried. */
const FILL_IN = "FILL IN";

/**
 * A catalogue that accepts what learning mode saw, for the maintainer to cut down and to describe.
 * Fields that only ever held text become closed sets with one word to replace;
 * names that no catalogue may hold are left out.
 *
 * @example
 * draftCatalogue("timetracker", [{ event: "timer.started", key: "project_id", shape: "id" }]);
 */
export function draftCatalogue(app: string, seen: readonly SeenField[]): Catalogue {
  const events = new Map<string, Map<string, Set<Shape>>>();
  const keys = new Set<string>();
  for (const { event, key, shape } of seen) {
    if (eventProblem(event) !== null || !fits(events, event)) continue;
    const fields = getOrAdd(events, event, () => new Map<string, Set<Shape>>());
    if (keyProblem(key) !== null || !fits(keys, key)) continue;
    keys.add(key);
    getOrAdd(fields, key, () => new Set<Shape>()).add(shape);
  }
  return {
    app,
    version: 1,
    events: [...events]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, fields]) => draftEvent(name, fields)),
  };
}

/** A catalogue holds 500 events and 1,000 names, which is room for 500 of each. */
const MAX_EACH = 500;

const fits = (names: { has(name: string): boolean; size: number }, name: string): boolean =>
  names.has(name) || names.size < MAX_EACH;

function draftEvent(name: string, fields: ReadonlyMap<string, ReadonlySet<Shape>>): CatalogueEvent {
  const properties = [...fields]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, shapes]): [string, Property] => [key, draftProperty(key, shapes)]);
  return {
    name,
    description: `${FILL_IN}: when is ${name} sent?`,
    reason: `${FILL_IN}: which question does ${name} answer? Delete the event if there is none.`,
    owner: `${FILL_IN}: who answers for it?`,
    since: "0.0.0",
    expires: null,
    properties: Object.fromEntries(properties),
  };
}

function draftProperty(key: string, shapes: ReadonlySet<Shape>): Property {
  const type = draftType(key, shapes);
  if (type === "enum") {
    return { type, values: [FILL_IN], description: `${FILL_IN}: which words can ${key} be?` };
  }
  return { type, description: `${FILL_IN}: what is ${key}?` };
}

/** The narrowest type that takes every shape seen; a field whose text was dropped is a closed set. */
function draftType(key: string, shapes: ReadonlySet<Shape>): Exclude<Property["type"], "route"> {
  const only = (...allowed: Shape[]): boolean => [...shapes].every((s) => allowed.includes(s));
  if (only("boolean")) return "boolean";
  if (only("integer") && !key.endsWith("_id")) return "integer";
  if (only("id", "integer")) return "id";
  if (only("integer", "number")) return key === "duration_seconds" ? key : "number";
  return only("id", "version") ? "version" : "enum";
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = create();
  map.set(key, made);
  return made;
}
