/** What a look at the bytes says about a JSON text before it is parsed. */
interface JsonShape {
  /** How deep objects and arrays are nested, as far as was looked. */
  depth: number;
  /** Objects, arrays and members together: what JSON.parse makes an allocation of. */
  parts: number;
  /** Start and end of each integer literal too long for a double to hold, two by two. */
  longIntegers: number[];
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const COLON = 0x3a;
/** The shortest literal that may lie beyond 2^53, and the longest that fits 64 bits. */
const MIN_LONG_DIGITS = 16;
const MAX_LONG_DIGITS = 20;

/** More than a plain text can have: beyond, `plainText` would only be in vain. */
const SMALL_BYTES = 16 * 1024;
/** 16 digits in a row, unless a string begins with them: may be a long integer. */
const MAYBE_LONG_INTEGER = /(?:^|[^"\d])\d{16}/;

/**
 * The text of a body so small and plain that there is nothing in it to guard against: no long
 * integer, and too few brackets to be nested deeper than `maxDepth`; else null. Single events are
 * of this kind, and native searches tell it in half the time of a look at each byte.
 */
export function plainText(body: Buffer, maxDepth: number): string | null {
  if (body.length > SMALL_BYTES) return null;
  const text = body.toString("utf8");
  const brackets = countUpTo(text, "{", maxDepth + 1) + countUpTo(text, "[", maxDepth + 1);
  return brackets > maxDepth || MAYBE_LONG_INTEGER.test(text) ? null : text;
}

function countUpTo(text: string, character: string, most: number): number {
  let count = 0;
  let at = text.indexOf(character);
  for (; at !== -1 && count < most; at = text.indexOf(character, at + 1)) count++;
  return count;
}

/**
 * One pass over the bytes, without recursion, so that a hostile depth costs nothing. It stops at
 * the first limit that is exceeded. A text that is not JSON gets some answer here and is refused
 * by the parser.
 */
export function lookAtJson(body: Buffer, maxDepth: number, maxParts: number): JsonShape {
  const { length } = body;
  const shape: JsonShape = { depth: 0, parts: 0, longIntegers: [] };
  let depth = 0;
  let at = 0;
  while (at < length) {
    const byte = body[at] as number;
    if (byte === QUOTE) {
      at = endOfString(body, at);
      continue;
    }
    if (byte === MINUS || (byte >= 0x30 && byte <= 0x39)) {
      at = endOfNumber(body, at, shape.longIntegers);
      continue;
    }
    at++;
    // { and [ differ from } and ] by 2, and each pair by bit 5.
    const bracket = byte | 0x20;
    if (bracket === 0x7b) {
      shape.parts++;
      depth++;
      if (depth > shape.depth) shape.depth = depth;
    } else if (bracket === 0x7d) depth--;
    else if (byte === COLON) shape.parts++;
    else continue;
    if (depth > maxDepth || shape.parts > maxParts) break;
  }
  return shape;
}

function endOfString(body: Buffer, start: number): number {
  let at = start + 1;
  while (at < body.length && body[at] !== QUOTE) at += body[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

function endOfNumber(body: Buffer, start: number, longIntegers: number[]): number {
  let at = start + 1;
  let integer = true;
  for (; at < body.length; at++) {
    const byte = body[at] as number;
    if (byte >= 0x30 && byte <= 0x39) continue;
    // A fraction or an exponent: . + - e E
    if (byte !== 0x2e && byte !== 0x2b && byte !== MINUS && (byte | 0x20) !== 0x65) break;
    integer = false;
  }
  const digits = at - start - (body[start] === MINUS ? 1 : 0);
  if (integer && digits >= MIN_LONG_DIGITS && digits <= MAX_LONG_DIGITS) {
    longIntegers.push(start, at);
  }
  return at;
}

/**
 * The text with its long integers in quotes. Protobuf's JSON mapping takes 64-bit integers and
 * doubles either way, and in quotes JSON.parse leaves every digit alone. (A reviver would see the
 * digits too, but it took 30 s for 20 MB of small objects, and all other senders wait for it.)
 */
export function quoteLongIntegers(body: Buffer, longIntegers: readonly number[]): string {
  const quoted = Buffer.allocUnsafe(body.length + longIntegers.length);
  let from = 0;
  let to = 0;
  for (const edge of longIntegers) {
    to += body.copy(quoted, to, from, edge);
    quoted[to++] = QUOTE;
    from = edge;
  }
  body.copy(quoted, to, from);
  return quoted.toString("utf8");
}
