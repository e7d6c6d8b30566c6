/** Up to here the read API counts users; what it says of more is an estimate. */
const EXACT_TO = 65_536;
/** Of such an estimate. */
const ERROR = 0.02;
/** It counts them by 32 bits of a hash: of so many two may be taken for one. */
const FALL_TOGETHER = 2;

/**
 * Where two answers differ first, or null. Large numbers of users may differ a little.
 *
 * @example difference({ a: { installs: 1 } }, { a: { installs: 2 } }) // ".a.installs: 1, 2"
 */
export function difference(ours: unknown, plain: unknown, at = ""): string | null {
  if (typeof ours === "object" && typeof plain === "object" && ours !== null && plain !== null) {
    const [one, other] = [ours, plain] as Record<string, unknown>[];
    for (const name of new Set([...Object.keys(ours), ...Object.keys(plain)])) {
      const found = difference(one?.[name], other?.[name], `${at}.${name}`);
      if (found !== null) return found;
    }
    return null;
  }
  if (ours === plain || (at.endsWith(".users") && isNear(ours, plain))) return null;
  return `${at}: ${JSON.stringify(ours)}, ${JSON.stringify(plain)}`;
}

function isNear(ours: unknown, plain: unknown): boolean {
  if (typeof ours !== "number" || typeof plain !== "number") return false;
  if (plain <= EXACT_TO / 16) return false;
  if (plain <= EXACT_TO) return plain - ours <= FALL_TOGETHER && plain > ours;
  return Math.abs(ours / plain - 1) <= ERROR;
}
