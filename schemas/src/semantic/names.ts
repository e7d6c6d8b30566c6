import { isVersion } from "../version.ts";
import { isProgramName } from "./shapes.ts";

const EVENT = /^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*){0,5}$/;

/** A span event's name where it is words of a program, else "(other)". */
export function spanEventName(name: string): string {
  return name.length <= 80 && EVENT.test(name) && isProgramName(name) ? name : "(other)";
}

/**
 * An instrumentation scope, which is a library's name and version; what is not is "".
 *
 * @example
 * keepScope("@opentelemetry/instrumentation-http", "0.203.0");
 */
export function keepScope(name: string, version: string): { name: string; version: string } {
  return {
    name: isProgramName(name) ? name : "",
    version: isVersion(version) ? version : "",
  };
}

const SCHEMA_URL = "https://opentelemetry.io/schemas/";

/** The URL of the conventions that a signal follows, where it is one of OpenTelemetry's own; else "". */
export function keepSchemaUrl(url: string): string {
  return url.startsWith(SCHEMA_URL) && isVersion(url.slice(SCHEMA_URL.length)) ? url : "";
}
