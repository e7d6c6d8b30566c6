import { z } from "zod";
import type { Catalogue } from "./catalogue.ts";
import { checkCatalogue } from "./check-catalogue.ts";
import { isVersion } from "./version.ts";

export type ParsedCatalogue =
  | { readonly ok: true; readonly catalogue: Catalogue }
  /** One readable line each: where, what was found, what is allowed. */
  | { readonly ok: false; readonly problems: readonly string[] };

const sentence = (allowed: string) => z.string({ error: allowed }).trim().min(1, allowed).max(400);
const description = sentence("a sentence of at most 400 characters");
const reason = sentence("the question that it answers, of at most 400 characters");
const words = { description, reason: reason.optional() };

const closedSet = (most: number, of: string) => {
  const allowed = `a list of 1 to ${most} ${of}`;
  return z.array(z.string(allowed), allowed).min(1, allowed).max(most, allowed);
};

const property = z.discriminatedUnion(
  "type",
  [
    z.strictObject({ type: z.enum(["id", "integer", "number", "boolean"]), ...words }),
    z.strictObject({ type: z.enum(["version", "duration_seconds"]), ...words }),
    z.strictObject({
      type: z.literal("enum"),
      values: closedSet(200, "words"),
      ...words,
    }),
    z.strictObject({
      type: z.literal("route"),
      templates: closedSet(500, "route templates"),
      ...words,
    }),
  ],
  {
    error: (issue) =>
      issue.code === "invalid_union"
        ? "a type: id, integer, number, boolean, enum, version, duration_seconds or route (there is none for free text)"
        : undefined,
  },
);

const DAY = /^20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
const day = z
  .string("a day such as 2027-06-30, or null")
  .regex(DAY, "a day such as 2027-06-30, or null");
const since = z
  .string("a version or a day such as 2026-07-01")
  .refine((text) => isVersion(text) || DAY.test(text), "a version or a day such as 2026-07-01");

const propertyList = z.record(
  z.string(),
  property,
  "an object of properties by name, {} where there are none",
);

const event = z.strictObject({
  name: z.string("a name such as timer.started"),
  description,
  reason,
  owner: sentence("who answers for the event"),
  since,
  expires: day.nullable().optional(),
  properties: propertyList,
});

const TEXTS_ALLOWED = "a list of at most 200 texts with placeholders such as {project_id}";
const texts = z.array(z.string(TEXTS_ALLOWED), TEXTS_ALLOWED).max(200, TEXTS_ALLOWED);

const APP_ALLOWED = "lower-case letters, digits, - and _; 64 characters at most";
const APP = /^[a-z][a-z0-9_-]{0,63}$/;

const catalogue = z.strictObject({
  app: z.string(APP_ALLOWED).regex(APP, APP_ALLOWED),
  version: z.int("a whole number that grows with every change").positive(),
  events: z.array(event, "a list of events").max(500, "500 events at most"),
  common: propertyList.optional(),
  attributes: propertyList.optional(),
  logs: z.strictObject({ templates: texts }).optional(),
  exceptions: z.strictObject({ messages: texts }).optional(),
});

/**
 * Reads an app's catalogue. It is done once, when a catalogue is loaded; `compileTable` makes the
 * checks of the hot path from the result.
 *
 * @param json what `JSON.parse` gave
 * @example
 * const parsed = parseCatalogue(JSON.parse(text));
 * if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
 */
export function parseCatalogue(json: unknown): ParsedCatalogue {
  const read = catalogue.safeParse(json);
  if (!read.success) {
    return { ok: false, problems: read.error.issues.map((issue) => describe(issue, json)) };
  }
  const found = read.data as Catalogue;
  const problems = checkCatalogue(found);
  return problems.length === 0 ? { ok: true, catalogue: found } : { ok: false, problems };
}

function describe(issue: z.core.$ZodIssue, json: unknown): string {
  const where = issue.path.length === 0 ? "catalogue" : pathOf(issue.path);
  if (issue.code === "unrecognized_keys") {
    return `${where}: found the unknown key ${issue.keys.map((key) => show(key)).join(", ")}; take it out`;
  }
  return `${where}: found ${show(valueAt(json, issue.path))}; allowed: ${issue.message.replace("Invalid input: ", "")}`;
}

/** `events[3].properties.reason` */
function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((part, at) =>
      typeof part === "number" ? `[${part}]` : `${at === 0 ? "" : "."}${String(part)}`,
    )
    .join("");
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  let value = json;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part))
      return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = written(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** JSON can be read deeper than it can be written. */
function written(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return "something nested too deep";
  }
}
