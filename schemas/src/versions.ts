/** A version taken apart: `v5.10.0-rc.1` is [5, 10, 0] and "rc.1". */
export interface Version {
  numbers: number[];
  /** "" for a release. */
  prerelease: string;
}

/**
 * Takes a version apart by semver 2.0, with a leading `v` and with as many numbers as there are.
 *
 * @returns null for what is no version, such as `nightly`
 * @example parseVersion("v5.10.0-rc.1") // { numbers: [5, 10, 0], prerelease: "rc.1" }
 */
export function parseVersion(version: string): Version | null {
  const match = /^v?(\d+(?:\.\d+)*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(version);
  if (!match?.[1]) return null;
  return { numbers: match[1].split(".").map(Number), prerelease: match[2] ?? "" };
}

/**
 * Orders versions from newest to oldest: numbers as numbers, a release above its own pre-releases
 * (semver 2.0, section 11), and what is no version last. Two different texts are never equal.
 *
 * @example ["1.9.0", "1.10.0", "1.10.0-rc.1"].sort(compareVersions) // ["1.10.0", "1.10.0-rc.1", "1.9.0"]
 */
export function compareVersions(a: string, b: string): number {
  const left = parseVersion(a);
  const right = parseVersion(b);
  if (!left || !right) return left ? -1 : right ? 1 : byText(a, b);
  const length = Math.max(left.numbers.length, right.numbers.length);
  for (let index = 0; index < length; index++) {
    const difference = (right.numbers[index] ?? 0) - (left.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return comparePrereleases(left.prerelease, right.prerelease) || byText(a, b);
}

function comparePrereleases(a: string, b: string): number {
  if (a === b) return 0;
  if (a === "" || b === "") return a === "" ? -1 : 1;
  const left = a.split(".");
  const right = b.split(".");
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const [one, other] = [left[index], right[index]];
    // The one with more parts is the newer.
    if (one === undefined || other === undefined) return one === undefined ? 1 : -1;
    const order = compareParts(one, other);
    if (order !== 0) return order;
  }
  return 0;
}

/** Numbers lie below words. */
function compareParts(a: string, b: string): number {
  const [left, right] = [a, b].map((part) => (/^\d+$/.test(part) ? Number(part) : null));
  if (left !== null && right !== null) return (right as number) - (left as number);
  if (left !== null || right !== null) return left !== null ? 1 : -1;
  return byText(a, b);
}

const byText = (a: string, b: string) => (a === b ? 0 : a > b ? -1 : 1);
