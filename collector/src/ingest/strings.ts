/**
 * Strings out of bytes, with a bounded memory of the short ones: telemetry repeats its keys, names,
 * versions and install ids in every record, and a string that is already there costs no allocation.
 */
export type StringReader = (bytes: Buffer, start: number, end: number) => string;

const SLOTS = 4096;
const MAX_REMEMBERED = 64;

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
    // FNV-1a. Collisions on purpose only cost the sender the shortcut.
    let hash = length;
    let seen = 0;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number;
      seen |= byte;
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    if (seen >= 0x80) return bytes.toString("utf8", start, end);
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const candidate = remembered[slot] as string;
    if (candidate.length === length) {
      let at = 0;
      while (at < length && candidate.charCodeAt(at) === bytes[start + at]) at++;
      if (at === length) return candidate;
    }
    const fresh = bytes.toString("latin1", start, end);
    remembered[slot] = fresh;
    return fresh;
  };
}
