/**
 * Orders versions from newest to oldest: by numbers, a pre-release below its release, words last.
 * Written apart from the one in `schemas`, for the versions that `records.ts` has.
 */
export function newestFirst(one: string, other: string): number {
  const [left, right] = [keyOf(one), keyOf(other)];
  for (let at = 0; at < left.length; at += 1) {
    if (left[at] !== right[at]) return right[at]! - left[at]!;
  }
  return one > other ? -1 : one < other ? 1 : 0;
}

export const isWord = (version: string): boolean => !/^\d/.test(version);
/** Without words, which stand in no order, unless there is nothing else. */
export function orderable(versions: readonly string[]): string[] {
  const said = versions.filter((version) => version !== "");
  return said.some((version) => !isWord(version))
    ? said.filter((version) => !isWord(version))
    : said;
}
/** No pre-release and no word. */
export const isFinal = (version: string): boolean => /^[\d.]+$/.test(version);

/** Whether it is a version, its three numbers, whether it is final, its number as a candidate. */
function keyOf(version: string): number[] {
  if (isWord(version)) return [0, 0, 0, 0, 0, 0];
  const [numbers = "", candidate = ""] = version.split("-rc.");
  const [major = 0, minor = 0, patch = 0] = numbers.split(".").map(Number);
  return [1, major, minor, patch, candidate === "" ? 1 : 0, Number(candidate)];
}
