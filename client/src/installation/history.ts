import type { Mode } from "./mode.ts";

/** One line of the consent audit log. Kept in `installation.json`, never sent. */
export interface ConsentEntry {
  /** ISO 8601. */
  at: string;
  /** An id of the person, as given by the host app; "" where nobody is named. */
  who: string;
  what: "mode" | "catalogue_accepted" | "identity_rotated" | "erased" | "file_damaged";
  /** The mode after it. */
  mode: Mode | null;
}

/** Enough for years of changes of mind; the oldest go first. */
const MAX_ENTRIES = 200;
const MAX_WHO = 200;
const WHAT: ReadonlySet<unknown> = new Set<ConsentEntry["what"]>([
  "mode",
  "catalogue_accepted",
  "identity_rotated",
  "erased",
  "file_damaged",
]);
const MODES: ReadonlySet<unknown> = new Set<ConsentEntry["mode"]>([
  "on",
  "base",
  "local-only",
  "off",
  null,
]);

interface WithHistory {
  telemetry_history?: unknown;
}

/** The consent audit log with one more entry, newest last, as `installation.json` keeps it. */
export function withEntry(state: Readonly<WithHistory>, entry: ConsentEntry): ConsentEntry[] {
  return [...entriesOf(state), { ...entry, who: idText(entry.who) }].slice(-MAX_ENTRIES);
}

/** The id of a person as it is kept. A host without types also gives numbers, and worse. */
export function idText(who: unknown): string {
  if (typeof who === "number" || typeof who === "bigint") return String(who);
  return typeof who === "string" ? who.slice(0, MAX_WHO) : "";
}

/** The consent audit log, newest first. What is no entry is left out. */
export function historyOf(state: Readonly<WithHistory>): ConsentEntry[] {
  return entriesOf(state).reverse();
}

function entriesOf({ telemetry_history: found }: Readonly<WithHistory>): ConsentEntry[] {
  return Array.isArray(found) ? found.filter(isEntry) : [];
}

function isEntry(value: unknown): value is ConsentEntry {
  if (typeof value !== "object" || value === null) return false;
  const { at, who, what, mode } = value as Record<string, unknown>;
  return typeof at === "string" && typeof who === "string" && WHAT.has(what) && MODES.has(mode);
}
