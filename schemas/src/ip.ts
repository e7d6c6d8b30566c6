const V4 = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]*\.\d|\d)/g;
/** Hexadecimal groups and colons, bounded by what cannot continue a word or a time. */
const V6_CANDIDATE = /(?<![\w:.])[0-9a-f:]{2,39}(?:\.\d{1,3}){0,3}(?![\w:])/gi;

/**
 * Whether a text holds an IPv4 or IPv6 address, bare or in brackets, with a port, a zone or a prefix
 * length. Not asked where a field's type is `version`: 1.2.3.4 is a version there.
 *
 * @example
 * holdsIpAddress("[fe80::1%eth0]:443"); // true
 * holdsIpAddress("at 12:30:45"); // false
 */
export function holdsIpAddress(text: string): boolean {
  if (text.includes(".")) {
    for (const [run] of text.matchAll(V4)) if (isV4(run)) return true;
  }
  if (text.includes(":")) {
    for (const [run] of text.matchAll(V6_CANDIDATE)) if (isV6(run)) return true;
  }
  return false;
}

/** Four decimal numbers up to 255: the shape that a version of four parts shares. */
function isV4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
}

/** RFC 4291 section 2.2: eight groups, or fewer with one `::`; the last two may be an IPv4 address. */
function isV6(text: string): boolean {
  const halves = text.split("::");
  if (halves.length > 2 || !/[0-9a-f]/i.test(text)) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  let count = 0;
  for (const [at, group] of groups.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(group)) count += 1;
    else if (at === groups.length - 1 && isV4(group)) count += 2;
    else return false;
  }
  return halves.length === 2 ? count < 8 : count === 8;
}
