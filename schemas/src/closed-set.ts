/**
 * A closed set whose members are recognised in any case and by their other spellings. Exact spellings
 * are found without making a lower-case copy.
 *
 * @param members the canonical spelling → its other spellings, separated by spaces
 * @returns a function that gives the canonical spelling, or "" for what is not in the set
 * @example
 * const architecture = closedSet({ x86_64: "amd64 x64", aarch64: "arm64" });
 * architecture("AMD64"); // "x86_64"
 */
export function closedSet(members: Readonly<Record<string, string>>): ClosedSet {
  const exact = new Map<string, string>();
  const folded = new Map<string, string>();
  let longest = 0;
  for (const [canonical, others] of Object.entries(members)) {
    for (const spelling of [canonical, ...others.split(" ").filter((word) => word !== "")]) {
      exact.set(spelling, canonical);
      folded.set(spelling.toLowerCase(), canonical);
      longest = Math.max(longest, spelling.length);
    }
  }
  const normalise = (text: string): string => {
    if (text.length > longest) return "";
    return exact.get(text) ?? folded.get(text.toLowerCase()) ?? "";
  };
  return { normalise, members: Object.keys(members) };
}

export interface ClosedSet {
  readonly normalise: (text: string) => string;
  /** The canonical spellings. */
  readonly members: readonly string[];
}

/** A closed set whose members have one spelling, apart from case. */
export function closedWords(words: string): ClosedSet {
  return closedSet(Object.fromEntries(words.split(" ").map((word) => [word, ""])));
}
