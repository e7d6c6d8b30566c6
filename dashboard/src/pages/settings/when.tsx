import { formatDayAndYear, formatInstant } from "../../format/dates.ts";

/** A moment by its UTC day, in full on hover. */
export function When({ at }: { at: string }) {
  return (
    <time dateTime={at} title={`${formatDayAndYear(at)}, ${formatInstant(at, new Date(at))}`}>
      {formatDayAndYear(at)}
    </time>
  );
}
