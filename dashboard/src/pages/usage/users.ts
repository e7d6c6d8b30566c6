import { formatCount, formatExact } from "../../format/numbers.ts";
import { usageText } from "../../text/usage.ts";

/**
 * A number of users; above what is counted exactly it says so.
 * @example printUsers(80_121, 65_536) // { shown: "about 80.1k", exact: "about 80,121" }
 */
export function printUsers(users: number, exactTo: number): { shown: string; exact: string } {
  const [shown, exact] = [formatCount(users), formatExact(users)];
  if (users <= exactTo) return { shown, exact };
  return { shown: usageText.about(shown), exact: usageText.about(exact) };
}
