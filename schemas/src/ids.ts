const DASH = 8;
const UPPER = 4;
/** What each ASCII character is: 1 = a digit or a to f, UPPER = A to F, DASH, 0 = anything else. */
const CLASSES = new Uint8Array(128);
for (const character of "0123456789abcdef") CLASSES[character.charCodeAt(0)] = 1;
for (const character of "ABCDEF") CLASSES[character.charCodeAt(0)] = UPPER;
CLASSES["-".charCodeAt(0)] = DASH;

/**
 * The classes of a text's characters, together. A loop, because a regular expression costs three
 * times as much and every record has an install id. 0 = some character has no class.
 */
function classesOf(text: string): number {
  let found = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const is = code < 128 ? (CLASSES[code] as number) : 0;
    if (is === 0) return 0;
    // The dashes of a UUID; anywhere else a dash has no class.
    if (is === DASH && at !== 8 && at !== 13 && at !== 18 && at !== 23) return 0;
    found |= is;
  }
  return found;
}

const isDash = (text: string, at: number): boolean => text.charCodeAt(at) === 45;

/** The classes of a UUID's characters; 0 where the text is no UUID. */
function uuidClasses(text: string): number {
  if (text.length !== 36 || !isDash(text, 8) || !isDash(text, 13)) return 0;
  return isDash(text, 18) && isDash(text, 23) ? classesOf(text) : 0;
}

/** The classes of the characters of so many hexadecimal digits; 0 where the text is none. */
function hexClasses(text: string, digits: number): number {
  if (text.length !== digits) return 0;
  const found = classesOf(text);
  return (found & DASH) === 0 ? found : 0;
}

/** Whether a text is a UUID with dashes, in any case; the version digit is not looked at. */
export function isUuid(text: string): boolean {
  return uuidClasses(text) !== 0;
}

const NIL = "00000000-0000-0000-0000-000000000000";

/** A UUID in its canonical lower case; "" where the text is none, or is the nil UUID, which names nobody. */
export function canonicalUuid(text: string): string {
  const found = uuidClasses(text);
  if (found === 0 || text === NIL) return "";
  return (found & UPPER) !== 0 ? text.toLowerCase() : text;
}

/** Hexadecimal of exactly this many digits in lower case, else "". */
export function canonicalHex(text: string, digits: number): string {
  const found = hexClasses(text, digits);
  if (found === 0) return "";
  return (found & UPPER) !== 0 ? text.toLowerCase() : text;
}

/**
 * Whether a text is a whole number in its one decimal form. A leading zero or plus is refused: it is
 * how telephone numbers begin.
 */
export function isDecimalInteger(text: string, maxDigits: number): boolean {
  const start = text.charCodeAt(0) === 45 ? 1 : 0;
  const digits = text.length - start;
  if (digits < 1 || digits > maxDigits) return false;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 48 || code > 57) return false;
  }
  return text.charCodeAt(start) !== 48 || text === "0";
}

// ULID: 26 characters of Crockford's alphabet, of which the first holds three bits only.
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** `log.record.uid` as OpenTelemetry recommends it: a ULID, a UUID, or 16 to 64 hexadecimal digits. */
export function isRecordUid(text: string): boolean {
  if (text.length > 64 || text.length < 16) return false;
  return isUuid(text) || ULID.test(text) || hexClasses(text, text.length) !== 0;
}
