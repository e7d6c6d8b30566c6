import type { Catalogue, Properties, Property } from "./catalogue.ts";
import { DETAILED_ENVELOPE } from "./envelope.ts";
import { isEventName, isFieldName, RESERVED_PREFIX } from "./names.ts";
import { piiInKey } from "./pii-keys.ts";
import { piiInValue } from "./pii-values.ts";
import { isRouteTemplate } from "./routes.ts";
import { templateProblem } from "./templates.ts";

const MAX_NAMES = 1000;
const MAX_ENUM_VALUE = 40;
/** A word or two of a program's own: no control characters, nothing that needs quoting anywhere. */
const ENUM_VALUE = /^[A-Za-z0-9](?:[A-Za-z0-9_.:+/ -]*[A-Za-z0-9_+])?$/;
const envelope = new Set(DETAILED_ENVELOPE.map(({ key }) => key));

/** What a catalogue of the right form still gets wrong: names, closed sets, templates, limits. */
export function checkCatalogue(catalogue: Catalogue): string[] {
  const common = catalogue.common ?? {};
  const problems = checkProperties("common", common);
  const names = new Set<string>();
  const keys = new Set(Object.keys(common));
  for (const [at, event] of catalogue.events.entries()) {
    const where = `events[${at}]`;
    const problem = names.has(event.name) ? "it is listed twice" : eventProblem(event.name);
    if (problem !== null) problems.push(`${where}.name: found ${quote(event.name)}; ${problem}`);
    names.add(event.name);
    problems.push(...checkProperties(`${where}.properties`, event.properties));
    for (const key of Object.keys(event.properties)) keys.add(key);
  }
  const attributes = catalogue.attributes ?? {};
  problems.push(...checkProperties("attributes", attributes));
  for (const key of Object.keys(attributes)) keys.add(key);
  problems.push(...checkTemplates("logs.templates", catalogue.logs?.templates ?? []));
  problems.push(...checkTemplates("exceptions.messages", catalogue.exceptions?.messages ?? []));
  if (names.size + keys.size > MAX_NAMES) {
    problems.push(
      `catalogue: found ${names.size + keys.size} names of events, properties and attributes; allowed: ${MAX_NAMES}`,
    );
  }
  return problems;
}

/** Why an event cannot be called this, or null. */
export function eventProblem(name: string): string | null {
  if (name.startsWith(RESERVED_PREFIX)) return `${RESERVED_PREFIX} is reserved for the base layer`;
  if (!isEventName(name)) {
    return "allowed: one to four lower-case segments such as timer.started, 100 characters at most, no five digits in a row";
  }
  const rule = piiInValue(name);
  return rule === null ? null : `it looks like personal data (rule ${rule})`;
}

function checkProperties(where: string, properties: Properties): string[] {
  const problems: string[] = [];
  for (const [key, property] of Object.entries(properties)) {
    const problem = keyProblem(key);
    if (problem !== null) problems.push(`${where}: found the name ${quote(key)}; ${problem}`);
    problems.push(...checkProperty(`${where}.${key}`, property));
  }
  return problems;
}

/** Why a property cannot be called this, or null. */
export function keyProblem(key: string): string | null {
  if (!isFieldName(key)) {
    return "allowed: lower-case words such as project_id, 64 characters at most, no five digits in a row";
  }
  if (envelope.has(key)) return "every record has it already, and it is never a property";
  const rule = piiInKey(key) ?? piiInValue(key);
  return rule === null ? null : `it names personal data, a place or a secret (rule ${rule})`;
}

function checkProperty(where: string, property: Property): string[] {
  if (property.type === "enum") {
    return property.values.flatMap((value, at) => {
      const problem = enumProblem(value, property.values.indexOf(value) !== at);
      return problem === null ? [] : [`${where}.values[${at}]: found ${quote(value)}; ${problem}`];
    });
  }
  if (property.type === "route") {
    return property.templates.flatMap((template, at) => {
      const problem = routeProblem(template);
      return problem === null
        ? []
        : [`${where}.templates[${at}]: found ${quote(template)}; ${problem}`];
    });
  }
  return [];
}

function enumProblem(value: string, twice: boolean): string | null {
  if (value.length > MAX_ENUM_VALUE || !ENUM_VALUE.test(value)) {
    return `allowed: letters, digits and _.:+/- and spaces between them, ${MAX_ENUM_VALUE} characters at most`;
  }
  const rule = piiInValue(value);
  if (rule !== null) return `it looks like personal data (rule ${rule})`;
  return twice ? "it is listed twice" : null;
}

function checkTemplates(where: string, templates: readonly string[]): string[] {
  return templates.flatMap((template, at) => {
    const twice = templates.indexOf(template) !== at ? "it is listed twice" : null;
    const problem = templateProblem(template) ?? twice;
    return problem === null ? [] : [`${where}[${at}]: found ${quote(template)}; ${problem}`];
  });
}

function routeProblem(template: string): string | null {
  if (!isRouteTemplate(template)) {
    return "allowed: a path such as /projects/:id of at most ten segments, without a query";
  }
  const rule = piiInValue(template);
  return rule === null ? null : `it looks like personal data (rule ${rule})`;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text);
}
