import { isFieldName } from "./names.ts";
import { piiInKey } from "./pii-keys.ts";
import { piiInValue } from "./pii-values.ts";

/** What stands for a text that no template describes. */
export const NO_TEMPLATE = "";

const MAX_LENGTH = 200;
const MAX_PLACEHOLDERS = 8;
/** A filled text is longer than its template by what numbers and UUIDs take. */
const MAX_FILLED = MAX_LENGTH + 40 * MAX_PLACEHOLDERS;

/** One line of printable text; braces stand around placeholders only. */
const TEXT = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u;
const PLACEHOLDER = /\{([^{}]*)\}/g;
/** A number or a UUID. What follows a placeholder is no digit, so there is one way to read a number, or two. */
const FILLING =
  "(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|-?[0-9]{1,20}(?:\\.[0-9]{1,20})?)";

/**
 * Why a text cannot be a template of log bodies or of messages, or null. A template is fixed words with
 * placeholders such as `{project_id}` for numbers and UUIDs.
 *
 * @example
 * templateProblem("Export {export_id} took {seconds} s"); // null
 * templateProblem("Mail for ann@example.org"); // "it looks like personal data (rule email)"
 */
export function templateProblem(text: string): string | null {
  if (text.length > MAX_LENGTH || !TEXT.test(text) || text !== text.trim()) {
    return `allowed: one line of words with placeholders such as {project_id}, ${MAX_LENGTH} characters at most`;
  }
  const names = [...text.matchAll(PLACEHOLDER)].map(([, name]) => name as string);
  if (names.length > MAX_PLACEHOLDERS) return `allowed: ${MAX_PLACEHOLDERS} placeholders at most`;
  const wrong = names.find((name) => !isFieldName(name) || piiInKey(name) !== null);
  if (wrong !== undefined) return "allowed in braces: the name of a number or an id";
  const fixed = text.replace(PLACEHOLDER, "");
  if (/[{}]/.test(fixed) || !/\p{L}/u.test(fixed)) {
    return "allowed: words, and braces around the names of placeholders only";
  }
  if (/\}(?:\{|\d)/.test(text))
    return "allowed after a placeholder: anything but a digit or a brace";
  const rule = piiInValue(text) ?? piiInValue(text.replace(PLACEHOLDER, "0"));
  return rule === null ? null : `it looks like personal data (rule ${rule})`;
}

/**
 * A function from a text to the template that describes it: only templates ever come out, so what filled
 * a placeholder is lost here. "" for a text that none describes.
 *
 * @param templates without problems
 * @example
 * const match = compileTemplates(["Export {export_id} took {seconds} s"]);
 * match("Export 42 took 1.5 s"); // "Export {export_id} took {seconds} s"
 * match("Export Ann took 1.5 s"); // ""
 */
export function compileTemplates(templates: readonly string[]): (text: string) => string {
  const verbatim = new Map(templates.map((template) => [template, template]));
  // By their first character; those that begin with a placeholder, for texts that begin with any.
  const byStart = new Map<string, { template: string; pattern: RegExp }[]>();
  for (const template of templates) {
    if (!template.includes("{")) continue;
    const start = template.charAt(0);
    const pattern = patternOf(template);
    byStart.set(start, [...(byStart.get(start) ?? []), { template, pattern }]);
  }
  const search = (start: string, text: string): string =>
    byStart.get(start)?.find(({ pattern }) => pattern.test(text))?.template ?? NO_TEMPLATE;
  return (text) => {
    const same = verbatim.get(text);
    if (same !== undefined) return same;
    if (byStart.size === 0 || text.length > MAX_FILLED) return NO_TEMPLATE;
    return search(text.charAt(0), text) || search("{", text);
  };
}

function patternOf(template: string): RegExp {
  const fixed = template.split(PLACEHOLDER).filter((_, at) => at % 2 === 0);
  return new RegExp(`^${fixed.map(escaped).join(FILLING)}$`, "u");
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
