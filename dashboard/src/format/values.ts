import { text } from "../text/shell.ts";

/** What the read API puts where an install never said, in rows and in filters alike. */
const UNKNOWN = "unknown";

/** A base field's value as people read it. */
export function valueName(value: string): string {
  return value === UNKNOWN ? text.value.unknown : value;
}
