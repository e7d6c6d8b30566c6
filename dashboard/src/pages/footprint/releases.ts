/** A version string taken apart: `v5.10.0-rc.1` → [5, 10, 0], "rc.1". */
interface Parsed {
  numbers: number[];
  prerelease: string;
}

/**
 * Orders versions from newest to oldest. Numbers compare as numbers, a release comes before its own
 * pre-releases (semver 2.0, section 11), and what is no version comes last.
 */
export function compareVersions(a: string, b: string): number {
  const left = parseVersion(a);
  const right = parseVersion(b);
  if (!left || !right) return left ? -1 : right ? 1 : a.localeCompare(b, "en");
  const length = Math.max(left.numbers.length, right.numbers.length);
  for (let index = 0; index < length; index++) {
    const difference = (right.numbers[index] ?? 0) - (left.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (!left.prerelease || !right.prerelease) {
    return left.prerelease ? 1 : right.prerelease ? -1 : a.localeCompare(b, "en");
  }
  return right.prerelease.localeCompare(left.prerelease, "en", { numeric: true });
}

function parseVersion(version: string): Parsed | null {
  const match = /^v?(\d+(?:\.\d+)*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(version);
  if (!match?.[1]) return null;
  return { numbers: match[1].split(".").map(Number), prerelease: match[2] ?? "" };
}
