import type { Property } from "@rollcall/schemas";
import type { CatalogueState } from "../api.ts";
import type { BaseReport } from "../delivery/encode.ts";
import { text } from "./text.ts";

/** Every event of the catalogue with its reason, folded away. */
export function DetailedList({ catalogue }: { catalogue: CatalogueState | null }) {
  if (catalogue === null) return null;
  const common = Object.keys(catalogue.common);
  return (
    <details>
      <summary>{text.privacy.list(catalogue.events.length)}</summary>
      <ul class="plain">
        {common.length === 0 ? null : (
          <li>
            <b>{text.privacy.everyEvent}</b> <span class="quiet">{common.join(", ")}</span>
          </li>
        )}
        {catalogue.events.map(({ name, reason, properties }) => (
          <li key={name}>
            <code>{name}</code> {reason}{" "}
            <span class="quiet">{Object.keys(properties).join(", ")}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** A record as `track` would make it of the catalogue's most telling event, with made-up values. */
export function exampleRecord(
  catalogue: CatalogueState | null,
  report: BaseReport | null,
): Record<string, unknown> | null {
  const properties = (of: { properties: object }) => Object.keys(of.properties).length;
  const event = catalogue?.events.find((candidate) => properties(candidate) >= 2);
  if (event === undefined) return null;
  return {
    event: event.name,
    ...Object.fromEntries(
      Object.entries({ ...catalogue?.common, ...event.properties }).map(([name, property]) => [
        name,
        exampleValue(property),
      ]),
    ),
    identity: "17",
    install_id: report?.install_id ?? "…",
    app_version: report?.app_version ?? "…",
  };
}

function exampleValue(property: Property): unknown {
  switch (property.type) {
    case "id":
      return 42;
    case "integer":
      return 3;
    case "number":
      return 2.5;
    case "duration_seconds":
      return 1_800;
    case "boolean":
      return true;
    case "version":
      return "5.9.0";
    case "enum":
      return property.values[0];
    case "route":
      return property.templates[0];
  }
}
