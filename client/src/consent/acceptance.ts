import type { Catalogue, CatalogueEvent, Properties, Property } from "@rollcall/schemas";
import type { Gained } from "../api.ts";
import type { InstallationState } from "../installation/installation-file.ts";
import type { Recording } from "./consent.ts";

/**
 * What a catalogue had when it was accepted, as `telemetry_accepted` keeps it: one line an event,
 * without the words that only people read.
 *
 * @example
 * {
 *   version: 3,
 *   common: "os=enum:linux|windows",
 *   events: { "timer.started": "project_id=id,billable=boolean", "auth.logout": "" },
 * }
 */
export interface Accepted {
  readonly version: number;
  readonly common: string;
  readonly events: Readonly<Record<string, string>>;
}

/** No member of a closed set and no route may hold one of these, so they need no escapes. */
const BETWEEN_PROPERTIES = ",";
const BETWEEN_WORDS = "|";

/** `enum:linux|windows`, `route:/|/projects`, `id` */
type Shape = string;

/** Everything that a catalogue has now. */
export function acceptCurrent(catalogue: Catalogue): Accepted {
  return {
    version: catalogue.version,
    common: formatProperties(catalogue.common ?? {}),
    events: Object.fromEntries(
      catalogue.events.map(({ name, properties }) => [name, formatProperties(properties)]),
    ),
  };
}

/**
 * What was accepted last; null where nothing ever was. A note that cannot be read accepts nothing:
 * what it said is not known.
 */
export function acceptanceOf(
  state: Readonly<Pick<InstallationState, "telemetry_accepted">>,
): Accepted | null {
  const found = state.telemetry_accepted;
  if (found === undefined) return null;
  return isAccepted(found) ? found : { version: 0, common: "", events: {} };
}

/**
 * The part of a catalogue that may be sent: what it had at the acceptance and still has. New events,
 * new properties, properties of another type, new members of a closed set and new routes wait.
 */
export function acceptedPart(catalogue: Catalogue, accepted: Accepted | null): Catalogue {
  const known = parseAccepted(accepted);
  const events = catalogue.events.flatMap((event): CatalogueEvent[] => {
    const shapes = known.events.get(event.name);
    if (shapes === undefined) return [];
    return [{ ...event, properties: keep(event.properties, [shapes, known.common]) }];
  });
  return { ...catalogue, common: keep(catalogue.common ?? {}, [known.common]), events };
}

/** What a catalogue has and the acceptance has not, in words. */
export function gained(catalogue: Catalogue, accepted: Accepted | null): Gained[] {
  const known = parseAccepted(accepted);
  return [
    ...gainedProperties("every event", catalogue.common ?? {}, [known.common]),
    ...catalogue.events.flatMap(({ name, properties }) => {
      const shapes = known.events.get(name);
      return shapes === undefined
        ? [{ event: name, property: "", what: "new event" }]
        : gainedProperties(name, properties, [shapes, known.common]);
    }),
  ];
}

/**
 * The catalogue that enforcement is made of. What stays in the install needs no acceptance, so that
 * local-only shows all that would be sent.
 *
 * @returns null for an app without a catalogue
 */
export function catalogueInForce(
  catalogue: Catalogue | null,
  state: Readonly<Pick<InstallationState, "telemetry_accepted">>,
  recording: Recording,
): Catalogue | null {
  if (catalogue === null || recording === "local") return catalogue;
  return acceptedPart(catalogue, acceptanceOf(state));
}

type Shapes = ReadonlyMap<string, Shape>;

function parseAccepted(accepted: Accepted | null): { common: Shapes; events: Map<string, Shapes> } {
  const events = Object.entries(accepted?.events ?? {});
  return {
    common: parseProperties(accepted?.common ?? ""),
    events: new Map(events.map(([name, text]) => [name, parseProperties(text)])),
  };
}

function formatProperties(properties: Properties): string {
  return Object.entries(properties)
    .map(([key, property]) => `${key}=${shapeOf(property)}`)
    .join(BETWEEN_PROPERTIES);
}

function parseProperties(text: string): Shapes {
  return new Map(
    text.split(BETWEEN_PROPERTIES).map((part) => {
      const at = part.indexOf("=");
      return [part.slice(0, at), part.slice(at + 1)];
    }),
  );
}

function shapeOf(property: Property): Shape {
  const words = wordsOf(property);
  return words === null ? property.type : `${property.type}:${words.join(BETWEEN_WORDS)}`;
}

function wordsOf(property: Property): readonly string[] | null {
  if (property.type === "enum") return property.values;
  return property.type === "route" ? property.templates : null;
}

/** The words of a closed set that were accepted; null where the property had another type. */
function acceptedWords(property: Property, shape: Shape): ReadonlySet<string> | null {
  const head = `${property.type}:`;
  if (!shape.startsWith(head)) return null;
  return new Set(shape.slice(head.length).split(BETWEEN_WORDS));
}

function keep(properties: Properties, accepted: readonly Shapes[]): Properties {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, property]): [string, Property][] => {
      const kept = keptOf(property, find(accepted, key));
      return kept === null ? [] : [[key, kept]];
    }),
  );
}

function keptOf(property: Property, shape: Shape | undefined): Property | null {
  if (shape === undefined) return null;
  if (wordsOf(property) === null) return shape === property.type ? property : null;
  const known = acceptedWords(property, shape);
  if (known === null) return null;
  const isKnown = (word: string) => known.has(word);
  switch (property.type) {
    case "enum": {
      const values = property.values.filter(isKnown);
      return values.length === 0 ? null : { ...property, values };
    }
    case "route": {
      const templates = property.templates.filter(isKnown);
      return templates.length === 0 ? null : { ...property, templates };
    }
    default:
      return property;
  }
}

/** A property that was accepted for every event was accepted for each. */
function find(accepted: readonly Shapes[], key: string): Shape | undefined {
  return accepted.map((shapes) => shapes.get(key)).find((shape) => shape !== undefined);
}

function gainedProperties(
  event: string,
  properties: Properties,
  accepted: readonly Shapes[],
): Gained[] {
  return Object.entries(properties).flatMap(([property, now]) => {
    const what = gainedOf(now, find(accepted, property));
    return what === null ? [] : [{ event, property, what }];
  });
}

function gainedOf(property: Property, shape: Shape | undefined): string | null {
  if (shape === undefined) return `new property (${property.type})`;
  const before = shape.split(":", 1)[0];
  if (before !== property.type) return `new type: ${property.type}, before ${before}`;
  const known = acceptedWords(property, shape);
  const fresh = (wordsOf(property) ?? []).filter((word) => known?.has(word) === false);
  if (fresh.length === 0) return null;
  return `new ${property.type === "route" ? "routes" : "values"}: ${fresh.join(", ")}`;
}

function isAccepted(value: unknown): value is Accepted {
  if (typeof value !== "object" || value === null) return false;
  const { version, common, events } = value as Record<string, unknown>;
  if (typeof version !== "number" || typeof common !== "string") return false;
  if (typeof events !== "object" || events === null) return false;
  return Object.values(events).every((text) => typeof text === "string");
}
