import { type AttributeValue, Kind } from "./attributes.ts";
import type { Property } from "./catalogue.ts";
import { isDecimalInteger, isUuid } from "./ids.ts";
import { DROP, type Dropped } from "./reasons.ts";
import { compileRoutes } from "./routes.ts";
import { isVersion } from "./version.ts";

/** The kept form of a value: a string (→ properties), a number (→ numbers), or why it is dropped. */
export type Decide = (kind: Kind, value: AttributeValue) => string | number | Dropped;

/**
 * The one checker of a property's type, made once when the catalogue is loaded.
 *
 * @example
 * compileType({ type: "enum", values: ["low", "high"] })(Kind.String, "low"); // "low"
 * compileType({ type: "integer" })(Kind.String, "12"); // { drop: "type_mismatch" }
 */
export function compileType(property: TypeOnly): Decide {
  switch (property.type) {
    case "id":
      return decideId;
    case "integer":
      return decideInteger;
    case "number":
      return decideNumber;
    case "boolean":
      return decideBoolean;
    case "version":
      return decideVersion;
    case "duration_seconds":
      return decideDuration;
    case "enum":
      return oneOf(property.values);
    case "route":
      return routeOf(property.templates);
  }
}

type WithoutWords<P> = P extends unknown ? Omit<P, "description" | "reason"> : never;
type TypeOnly = WithoutWords<Property>;

/** 19 digits hold every 64-bit id. */
const ID_DIGITS = 19;

/** A row's number, or a UUID: `42`, `"42"`, `"0B9C…-…"`. Kept as text, because nobody adds ids up. */
function decideId(kind: Kind, value: AttributeValue): string | Dropped {
  if (kind === Kind.Integer) return String(value);
  if (typeof value === "string") {
    if (isDecimalInteger(value, ID_DIGITS)) return value;
    return isUuid(value) ? value.toLowerCase() : DROP.value_malformed;
  }
  return kind === Kind.Double && Number.isSafeInteger(value) ? String(value) : DROP.type_mismatch;
}

/** A whole number within ±(2^53 − 1), also as a double that is whole: JavaScript has no other. */
function decideInteger(kind: Kind, value: AttributeValue): number | Dropped {
  if (kind !== Kind.Integer && kind !== Kind.Double) return DROP.type_mismatch;
  return Number.isSafeInteger(value) ? (value as number) : DROP.value_malformed;
}

function decideNumber(kind: Kind, value: AttributeValue): number | Dropped {
  if (kind !== Kind.Integer && kind !== Kind.Double) return DROP.type_mismatch;
  return Number.isFinite(value) ? (value as number) : DROP.value_malformed;
}

function decideDuration(kind: Kind, value: AttributeValue): number | Dropped {
  const kept = decideNumber(kind, value);
  return typeof kept === "number" && kept < 0 ? DROP.value_malformed : kept;
}

function decideBoolean(kind: Kind, value: AttributeValue): string | Dropped {
  if (kind !== Kind.Boolean) return DROP.type_mismatch;
  return value === true ? "true" : "false";
}

function decideVersion(kind: Kind, value: AttributeValue): string | Dropped {
  if (kind !== Kind.String || typeof value !== "string") return DROP.type_mismatch;
  return isVersion(value) ? value : DROP.value_malformed;
}

/** The catalogue's own string is kept, never the wire's, so nothing of a request stays in memory. */
function oneOf(values: readonly string[]): Decide {
  const listed = new Map(values.map((value) => [value, value]));
  return (kind, value) => {
    if (kind !== Kind.String || typeof value !== "string") return DROP.type_mismatch;
    return listed.get(value) ?? DROP.value_not_listed;
  };
}

function routeOf(templates: readonly string[]): Decide {
  const match = compileRoutes(templates);
  return (kind, value) => {
    if (kind !== Kind.String || typeof value !== "string") return DROP.type_mismatch;
    return match(value);
  };
}
