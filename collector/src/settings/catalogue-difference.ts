import type { Catalogue, Properties, Property } from "@rollcall/schemas";

/** One attribute of spans, metrics and logs that differs. */
interface AttributeChange {
  property: string;
  /** Its type in words; null: it was not there. */
  before: string | null;
  /** Null: it is not there any more. */
  after: string | null;
}

/** One property that differs; `event` is null for a property of every event. */
export interface PropertyChange extends AttributeChange {
  event: string | null;
}

export interface CatalogueDifference {
  eventsAdded: string[];
  eventsRemoved: string[];
  /** Of events that both have, and of the common properties. */
  properties: PropertyChange[];
  attributes: AttributeChange[];
  /** Texts that bodies of plain logs, and messages of exceptions, may be. */
  textsAdded: string[];
  textsRemoved: string[];
}

const EMPTY: Pick<Catalogue, "events"> & Partial<Catalogue> = { events: [] };

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
  const [oldTexts, newTexts] = [textsOf(old), textsOf(now)];
  return {
    eventsAdded: [...newEvents.keys()].filter((name) => !oldEvents.has(name)),
    eventsRemoved: [...oldEvents.keys()].filter((name) => !newEvents.has(name)),
    properties: [
      ...changes(old.common, now.common).map((change) => ({ event: null, ...change })),
      ...[...newEvents].flatMap(([name, properties]) => {
        const earlier = oldEvents.get(name);
        if (earlier === undefined) return [];
        return changes(earlier, properties).map((change) => ({ event: name, ...change }));
      }),
    ],
    attributes: changes(old.attributes, now.attributes),
    textsAdded: newTexts.filter((text) => !oldTexts.includes(text)),
    textsRemoved: oldTexts.filter((text) => !newTexts.includes(text)),
  };
}

const textsOf = ({ logs, exceptions }: Partial<Catalogue>): string[] => [
  ...new Set([...(logs?.templates ?? []), ...(exceptions?.messages ?? [])]),
];

function changes(before: Properties = {}, after: Properties = {}): AttributeChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((property) => {
    const change = {
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
