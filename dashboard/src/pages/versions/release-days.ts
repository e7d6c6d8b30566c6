import type { Adoption } from "../../api/footprint.ts";
import { formatShareExact } from "../../format/numbers.ts";
import { versionsText } from "../../text/versions.ts";

type ReleaseDays = Adoption["series"][number];

/** Day by day the share of those who reported; null where the day has not come or nobody did. */
export function sharesOf({ installs, reporting }: ReleaseDays): (number | null)[] {
  return installs.map((count, at) => {
    const whole = reporting[at];
    return count === null || !whole ? null : count / whole;
  });
}

/** The pair behind each share, the days that still fill marked. */
export function notesOf({ installs, reporting, incomplete }: ReleaseDays): string[] {
  const whole = installs.findLastIndex((count) => count !== null) + 1 - incomplete;
  return installs.map((count, at) =>
    count === null
      ? ""
      : versionsText.adoption.of(formatShareExact(count, reporting[at] ?? 0), at >= whole),
  );
}
