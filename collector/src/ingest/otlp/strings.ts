/**
 * Strings out of bytes, with a bounded memory of the short ones: telemetry repeats its keys, names,
 * versions and install ids in every record, and a string that is already there costs no allocation.
 */
export type StringReader = (bytes: Buffer, start: number, end: number) => string;

const SLOTS = 4096;
const MAX_REMEMBERED = 64;
/** Bytes at either end of a long string that its hash is made of; the rest is only compared. */
const HASHED_EDGE = 8;

/** FNV-1a. Collisions on purpose only cost their sender the shortcut. */
function hashEdges(bytes: Buffer, start: number, end: number): number {
  let hash = end - start;
  const headEnd = end - start <= 2 * HASHED_EDGE ? end : start + HASHED_EDGE;
  for (let at = start; at < headEnd; at++) {
    hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  }
  if (headEnd !== end) {
    for (let at = end - HASHED_EDGE; at < end; at++) {
      hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
    }
  }
  return hash ^ (hash >>> 15);
}

function isAscii(bytes: Buffer, start: number, end: number): boolean {
  let seen = 0;
  for (let at = start; at < end; at++) seen |= bytes[at] as number;
  return seen < 0x80;
}

/**
 * @returns a function from a range of UTF-8 bytes to a string; what is not UTF-8 becomes U+FFFD.
 * @example
 * const read = createStringReader();
 * read(Buffer.from("timer.started"), 0, 5); // "timer"
 */
export function createStringReader(): StringReader {
  const remembered: string[] = new Array(SLOTS).fill("");

  return (bytes, start, end) => {
    const length = end - start;
    if (length === 0) return "";
    if (length > MAX_REMEMBERED) return bytes.toString("utf8", start, end);
    const slot = hashEdges(bytes, start, end) & (SLOTS - 1);
    const candidate = remembered[slot] as string;
    if (candidate.length === length) {
      let at = 0;
      while (at < length && candidate.charCodeAt(at) === bytes[start + at]) at++;
      if (at === length) return candidate;
    }
    if (!isAscii(bytes, start, end)) return bytes.toString("utf8", start, end);
    const fresh = bytes.toString("latin1", start, end);
    remembered[slot] = fresh;
    return fresh;
  };
}
