import { parseVersion } from "@rollcall/schemas";

/**
 * Of versions those with a number, unless none has one: a word such as `nightly` stands in no order, so it
 * is neither the lowest nor the highest of others.
 *
 * @example numbered(["5.10.0", "nightly", ""]) // ["5.10.0"]
 */
export function numbered(versions: readonly string[]): string[] {
  const said = versions.filter((version) => version !== "");
  const withNumber = said.filter((version) => parseVersion(version) !== null);
  return withNumber.length > 0 ? withNumber : said;
}
