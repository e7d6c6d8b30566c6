import type { Catalogue, Properties, Property } from "@rollcall/schemas";

/** One property that differs; `event` is null for a property of every event. */
export interface PropertyChange {
  event: string | null;
  property: string;
  /** Its type in words; null: it was not there. */
  before: string | null;
  /** Null: it is not there any more. */
  after: string | null;
}

export interface CatalogueDifference {
  eventsAdded: string[];
  eventsRemoved: string[];
  /** Of events that both have, and of the common properties. */
  properties: PropertyChange[];
}

const EMPTY: Pick<Catalogue, "events" | "common"> = { events: [], common: {} };

/**
 * What a new catalogue changes.
 *
 * @param before null where the app has none: then everything is new
 */
export function catalogueDifference(
  before: Catalogue | null,
  after: Catalogue,
): CatalogueDifference {
  const [old, now] = [before ?? EMPTY, after];
  const oldEvents = new Map(old.events.map((event) => [event.name, event.properties]));
  const newEvents = new Map(now.events.map((event) => [event.name, event.properties]));
  return {
    eventsAdded: [...newEvents.keys()].filter((name) => !oldEvents.has(name)),
    eventsRemoved: [...oldEvents.keys()].filter((name) => !newEvents.has(name)),
    properties: [
      ...propertyChanges(null, old.common ?? {}, now.common ?? {}),
      ...[...newEvents].flatMap(([name, properties]) => {
        const earlier = oldEvents.get(name);
        return earlier === undefined ? [] : propertyChanges(name, earlier, properties);
      }),
    ],
  };
}

function propertyChanges(
  event: string | null,
  before: Properties,
  after: Properties,
): PropertyChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((property) => {
    const change = {
      event,
      property,
      before: typeInWords(before[property]),
      after: typeInWords(after[property]),
    };
    return change.before === change.after ? [] : [change];
  });
}

/** A closed set is told with its words: one word less is a change, too. */
function typeInWords(property: Property | undefined): string | null {
  if (property === undefined) return null;
  if (property.type === "enum") return `enum: ${property.values.join(", ")}`;
  if (property.type === "route") return `route: ${property.templates.join(", ")}`;
  return property.type;
}
