import type { Query } from "../../api/query.ts";
import type { ErrorSource, Errors } from "../../api/usage.ts";
import type { FigureColumn } from "../../card/figure-rows.tsx";
import { TableCard } from "../../card/table-card.tsx";
import { formatDay } from "../../format/dates.ts";
import { formatCount, formatShare } from "../../format/numbers.ts";
import { useChoice } from "../../state/navigation.ts";
import { errorsText } from "../../text/errors.ts";

const { column } = errorsText;

/** Of an app whose spans or logs report exceptions, too. */
const SIGNAL_COLUMNS: FigureColumn[] = [
  { id: "unattributed", label: column.unattributed, unit: "count" },
  { id: "told_by", label: column.sources },
];

/** What told of an error, in words. */
export const sourcesOf = ({ sources }: { sources: readonly ErrorSource[] }): string =>
  sources.map((source) => errorsText.source[source]).join(", ");

/** Types of errors by the installs they happened on; a press shows a type's versions. */
export function TypeTable({ query }: { query: Query<Errors> }) {
  const [chosen, choose] = useChoice("type", "");
  return (
    <TableCard
      id="errors"
      title={errorsText.table}
      query={query}
      empty={`${errorsText.none}.`}
      definition={(data) => {
        const foot = errorsText.tableFoot(formatCount(data.sharingDetailed));
        return data.fromSignals ? `${foot} ${errorsText.signalsFoot}` : foot;
      }}
      summary={(data) =>
        errorsText.summary(
          formatShare(data.errorFree, data.sharingDetailed),
          formatCount(data.sharingDetailed),
          errorsText.types(formatCount(data.total.types), data.total.types === 1),
        )
      }
      table={(data) => ({
        columns: [
          {
            id: "type",
            label: column.type,
            print: (_, at) => {
              const type = data.rows[at]?.type ?? null;
              const name = type ?? errorsText.untyped;
              const written = type ?? UNTYPED;
              return (
                <button
                  type="button"
                  class="pick"
                  aria-pressed={chosen === written}
                  title={errorsText.open(name)}
                  onClick={() => choose(chosen === written ? "" : written)}
                >
                  {name}
                </button>
              );
            },
          },
          { id: "installs", label: column.installs, unit: "count" },
          {
            id: "share",
            label: column.share,
            unit: "share",
            pair: (at) => [data.rows[at]?.installs ?? 0, data.sharingDetailed],
          },
          { id: "events", label: data.fromSignals ? column.records : column.count, unit: "count" },
          ...(data.fromSignals ? SIGNAL_COLUMNS : []),
          { id: "first_version", label: column.firstVersion },
          { id: "last_version", label: column.lastVersion },
          { id: "first_day", label: column.firstDay, print: (day) => formatDay(String(day)) },
          { id: "last_day", label: column.lastDay, print: (day) => formatDay(String(day)) },
        ],
        rows: data.rows.map((row) => [
          row.type ?? errorsText.untyped,
          row.installs,
          row.installs / Math.max(1, data.sharingDetailed),
          row.count,
          ...(data.fromSignals ? [row.unattributed, sourcesOf(row)] : []),
          row.firstVersion,
          row.lastVersion,
          row.firstDay,
          row.lastDay,
        ]),
      })}
    />
  );
}

/** In the address bar: errors that say no type, in difference to no choice. */
export const UNTYPED = "-";
