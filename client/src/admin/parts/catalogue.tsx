import type { CatalogueEvent, Properties, Property } from "@rollcall/schemas";
import type { CatalogueState } from "../../api.ts";
import { text } from "../text.ts";
import { Card } from "./card.tsx";

/** Values of a closed set that are shown; more are counted. */
const VALUES_SHOWN = 24;

/** Every event that the app may send, by its first word. */
export function CataloguePart({ catalogue }: { catalogue: CatalogueState | null }) {
  const words = text.catalogue;
  if (catalogue === null) {
    return (
      <Card id="catalogue" title={words.title}>
        <p>{words.none}</p>
      </Card>
    );
  }
  const { events, version, common } = catalogue;
  return (
    <Card id="catalogue" title={words.title} intro={words.intro(events.length, version)}>
      {Object.keys(common).length === 0 ? null : (
        <details>
          <summary>{words.common}</summary>
          <p>{words.commonWhy}</p>
          <PropertyList of={common} />
        </details>
      )}
      {[...groupsOf(events)].map(([group, members]) => (
        <details key={group}>
          <summary>
            <b>{group}</b> <span class="quiet">{words.count(members.length)}</span>
          </summary>
          {members.map((event) => (
            <Event key={event.name} event={event} />
          ))}
        </details>
      ))}
    </Card>
  );
}

/** Events by the word before the dot; those without one come together. */
function groupsOf(events: readonly CatalogueEvent[]): Map<string, CatalogueEvent[]> {
  const groups = new Map<string, CatalogueEvent[]>();
  for (const event of events) {
    const dot = event.name.indexOf(".");
    const group = dot > 0 ? event.name.slice(0, dot) : text.catalogue.other;
    groups.set(group, [...(groups.get(group) ?? []), event]);
  }
  // The rest comes last, wherever its first event stood.
  const { other } = text.catalogue;
  const rest = groups.get(other);
  if (groups.delete(other) && rest !== undefined) groups.set(other, rest);
  return groups;
}

function Event({ event }: { event: CatalogueEvent }) {
  const words = text.catalogue;
  const { name, description, reason, owner, since, expires, properties } = event;
  return (
    <div class="event">
      <h3>
        <code>{name}</code>
      </h3>
      <p>
        {description} <i>{reason}</i>
      </p>
      <p class="quiet">
        {words.owner} {owner} · {words.since} {since}
        {expires ? ` · ${words.expires} ${expires}` : ""}
      </p>
      <PropertyList of={properties} />
    </div>
  );
}

function PropertyList({ of }: { of: Properties }) {
  const properties = Object.entries(of);
  if (properties.length === 0) return <p class="quiet">{text.catalogue.noProperties}</p>;
  return (
    <ul class="properties">
      {properties.map(([name, property]) => (
        <li key={name}>
          <code>{name}</code> <span class="quiet">{typeOf(property)}</span> {property.description}
          {property.reason ? <i> {property.reason}</i> : null}
        </li>
      ))}
    </ul>
  );
}

function typeOf(property: Property): string {
  const { types, more } = text.catalogue;
  const word = types[property.type];
  const values =
    property.type === "enum"
      ? property.values
      : property.type === "route"
        ? property.templates
        : [];
  if (values.length === 0) return word;
  const rest = values.length - VALUES_SHOWN;
  const shown = values.slice(0, VALUES_SHOWN).join(", ");
  return `${word}: ${shown}${rest > 0 ? ` ${more(rest)}` : ""}`;
}
