import { piiInValue } from "../pii-values.ts";

/** A run of five digits can be an id, a postcode or part of a phone number. */
const LONG_NUMBER = /\d{5}/;
/** Last labels by which a dotted name is a host rather than a name in a program. */
const HOST_ENDINGS = new Set(
  (
    "com org net io dev app cloud local localdomain lan internal intranet home corp host test example invalid " +
    "arpa onion info biz name online site xyz ai eu de fr uk nl es it ch at be se no dk fi pl cz us ca au nz br " +
    "in jp cn ru kr mx co me tv edu gov mil"
  ).split(" "),
);

/** Whether a dotted name ends as a host does: `mq.example.org`, `ann-laptop.local`. */
export function looksLikeHost(text: string): boolean {
  const dot = text.lastIndexOf(".");
  return dot > 0 && HOST_ENDINGS.has(text.slice(dot + 1).toLowerCase());
}

/** Whether a text that has the shape of a name still holds an id or a person's data. */
export function holdsData(text: string): boolean {
  return LONG_NUMBER.test(text) || piiInValue(text) !== null;
}

/** Whether it holds such data, or is a host. */
export function holdsMore(text: string): boolean {
  return looksLikeHost(text) || holdsData(text);
}

const IDENTIFIER = "[A-Za-z_$][A-Za-z0-9_$]{0,59}";
const CLASS = new RegExp(`^${IDENTIFIER}(?:(?:\\.|::|\\\\)${IDENTIFIER}){0,7}$`);

/**
 * Whether a text is a class's name in some language: `TypeError`, `requests.exceptions.ConnectionError`,
 * `std::out_of_range`. One in packages has a capital in its last part, which hosts have not.
 */
export function isClassName(text: string): boolean {
  if (text.length > 120 || !CLASS.test(text)) return false;
  const dot = text.lastIndexOf(".");
  if (dot > 0 && !/[A-Z]/.test(text.slice(dot + 1))) return false;
  return !holdsMore(text);
}

const NAME = /^@?[A-Za-z][A-Za-z0-9_-]*(?:[./:][A-Za-z0-9_-]+){0,7}$/;

/** Whether a text is a name in a program: words, digits and `. / : - _` between them, no content. */
export function isProgramName(text: string): boolean {
  return text.length <= 80 && NAME.test(text) && !holdsMore(text);
}
