/** Readers of an event, in which the app or an integration may have put anything. */

export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** `{ [key]: value }` for a whole number from 0, else nothing. */
export function wholeNumber(key: string, value: unknown): Record<string, number> {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0
    ? { [key]: value }
    : {};
}

/** `{ [key]: value }` for hexadecimal of exactly this many digits, else nothing. */
export function hexadecimal(key: string, digits: number, value: unknown): Record<string, string> {
  const text = textOf(value);
  return text.length === digits && /^[0-9a-f]+$/.test(text) ? { [key]: text } : {};
}

/** `{ [key]: value }` for Unix seconds of this century, else nothing. */
export function unixSeconds(key: string, value: unknown): Record<string, number> {
  const inRange = typeof value === "number" && value > 946_684_800 && value < 4_102_444_800;
  return inRange ? { [key]: value } : {};
}
