/** What a look at the bytes says about a JSON text before it is parsed. */
export interface JsonShape {
  /** True where objects and arrays are nested deeper than allowed. */
  tooDeep: boolean;
  /** True where a number outside strings has so many digits that a double may not hold it. */
  longNumbers: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LONG_NUMBER_DIGITS = 16;

/**
 * One pass over the bytes, without recursion, so that a hostile depth costs nothing. A text that
 * is not JSON gets some answer here and is refused by the parser.
 *
 * @param maxDepth objects and arrays inside each other
 */
export function lookAtJson(body: Buffer, maxDepth: number): JsonShape {
  const { length } = body;
  let depth = 0;
  let digits = 0;
  let longNumbers = false;
  for (let at = 0; at < length; at++) {
    const byte = body[at] as number;
    if (byte === QUOTE) {
      for (at++; at < length; at++) {
        const inside = body[at];
        if (inside === QUOTE) break;
        if (inside === BACKSLASH) at++;
      }
      digits = 0;
    } else if (byte >= 0x30 && byte <= 0x39) {
      if (++digits >= LONG_NUMBER_DIGITS) longNumbers = true;
    } else {
      digits = 0;
      // { and [ differ from } and ] by 2, and each pair by bit 5.
      const bracket = byte | 0x20;
      if (bracket === 0x7b) {
        if (++depth > maxDepth) return { tooDeep: true, longNumbers };
      } else if (bracket === 0x7d) depth--;
    }
  }
  return { tooDeep: false, longNumbers };
}
