import type { Slices } from "../../api/usage.ts";
import { DataTable } from "../../card/data-table.tsx";
import { formatCount, formatExact, formatShare, formatShareExact } from "../../format/numbers.ts";
import { featuresText } from "../../text/features.ts";
import { printUsers } from "../usage/users.ts";

const words = featuresText.explore;

/** Values as bars, as long as their part of all by the measure asked for; without values the total. */
export function SliceBars({ data, label }: { data: Slices; label: string }) {
  const { measure, total } = data;
  const rows =
    data.rows.length > 0
      ? data.rows.map((row) => ({ ...row, name: sliceName(row, data.folded) }))
      : [{ ...total, kind: "value" as const, value: "", name: words.total }];
  return (
    <DataTable
      label={label}
      rows={rows}
      keyOf={(row) => `${row.kind} ${row.value}`}
      columns={[
        {
          id: "value",
          label: words.value,
          heads: true,
          class: "bar-cell",
          cell: (row) => (
            <>
              <span
                class="bar"
                style={{ inlineSize: `${(row[measure] / Math.max(1, total[measure])) * 100}%` }}
              />
              <span class="bar-label">
                <span class={row.kind === "value" ? undefined : "quiet"}>{row.name}</span>
              </span>
            </>
          ),
        },
        ...(["count", "installs", "users"] as const).map((id) => ({
          id,
          label: words.measure[id],
          numeric: true,
          cell: (row: (typeof rows)[number]) => {
            const exact = formatExact(row[id]);
            const users = printUsers(row.users, data.usersExactTo);
            return id === "users" ? (
              <span title={users.exact}>{users.shown}</span>
            ) : (
              <span title={exact}>{formatCount(row[id])}</span>
            );
          },
        })),
        {
          id: "share",
          label: words.share,
          numeric: true,
          cell: (row) => (
            <span title={formatShareExact(row[measure], total[measure])}>
              {formatShare(row[measure], total[measure])}
            </span>
          ),
        },
      ]}
    />
  );
}

/** A row's name on the screen. */
export function sliceName(row: Slices["rows"][number], folded: number): string {
  if (row.kind === "none") return words.none;
  return row.kind === "other" ? words.other(formatCount(folded)) : row.value;
}
