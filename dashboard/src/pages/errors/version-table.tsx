import { useQuestion } from "../../api/query.ts";
import type { ErrorVersions } from "../../api/usage.ts";
import { type Column, DataTable } from "../../card/data-table.tsx";
import { FigureCard } from "../../card/figure-card.tsx";
import { DotPlot } from "../../chart/dot-plot.tsx";
import { formatDay } from "../../format/dates.ts";
import { formatCount, formatExact, formatShare } from "../../format/numbers.ts";
import { useChoice } from "../../state/navigation.ts";
import { useScope } from "../../state/scope.ts";
import { errorsText } from "../../text/errors.ts";
import { UNTYPED } from "./type-table.tsx";

const { column } = errorsText;

type Row = ErrorVersions["rows"][number];

/** Records that said no install, where there are any. */
const hasNobodys = (rows: readonly Row[]) => rows.some(({ unattributed }) => unattributed > 0);
const NOBODYS: Column<Row> = {
  ...{ id: "unattributed", label: column.unattributed, numeric: true },
  cell: (row) => <span title={formatExact(row.unattributed)}>{formatCount(row.unattributed)}</span>,
};

/** On which versions the type that was chosen happens, of the installs that ran them. */
export function VersionTable({ fromSignals }: { fromSignals: boolean }) {
  const records = fromSignals ? column.records : column.count;
  const { params, previous } = useScope();
  const [chosen, choose] = useChoice("type", "");
  const asked = chosen === "" ? {} : { type: chosen === UNTYPED ? "" : chosen };
  const query = useQuestion<ErrorVersions>("errors/versions", { ...params, ...asked });
  const before = useQuestion<ErrorVersions>(
    "errors/versions",
    previous && { ...previous, ...asked },
  );
  const name =
    chosen === "" ? errorsText.allTypes : chosen === UNTYPED ? errorsText.untyped : chosen;
  const past = new Map((before.data?.rows ?? []).map((row) => [row.version, row]));
  return (
    <FigureCard
      id="error-versions"
      title={errorsText.versions(name)}
      query={query}
      definition={errorsText.versionsFoot}
      empty={(data) => data.rows.length === 0}
      summary={(data) => {
        const first = data.rows[0];
        if (!first) return "";
        const version = first.version ?? errorsText.unknown;
        return errorsText.versionsSummary(version, formatShare(first.installs, first.of));
      }}
      actions={
        chosen !== "" && (
          <button type="button" class="button" onClick={() => choose("")}>
            {errorsText.all}
          </button>
        )
      }
      chart={(data, summary) => (
        <DataTable
          label={summary}
          rows={data.rows}
          keyOf={(row) => row.version ?? ""}
          columns={[
            {
              id: "version",
              label: errorsText.version,
              heads: true,
              cell: (row) => row.version ?? <span class="quiet">{errorsText.unknown}</span>,
            },
            {
              id: "share",
              label: column.share,
              class: "dot-cell",
              cell: (row) => {
                const then = past.get(row.version);
                const earlier = previous && then ? { part: then.installs, whole: then.of } : null;
                return <DotPlot part={row.installs} whole={row.of} previous={earlier} />;
              },
            },
            {
              id: "installs",
              label: column.installs,
              numeric: true,
              cell: (row) => (
                <span title={formatExact(row.installs)}>{formatCount(row.installs)}</span>
              ),
            },
            {
              id: "events",
              label: records,
              numeric: true,
              cell: (row) => <span title={formatExact(row.count)}>{formatCount(row.count)}</span>,
            },
            ...(hasNobodys(data.rows) ? [NOBODYS] : []),
            { id: "first", label: column.firstDay, cell: (row) => formatDay(row.firstDay) },
            { id: "last", label: column.lastDay, cell: (row) => formatDay(row.lastDay) },
          ]}
        />
      )}
      table={(data) => ({
        columns: [
          { id: "version", label: errorsText.version },
          { id: "installs", label: column.installs, unit: "count" },
          {
            id: "share",
            label: column.share,
            unit: "share",
            pair: (at) => [data.rows[at]?.installs ?? 0, data.rows[at]?.of ?? 0],
          },
          { id: "events", label: records, unit: "count" },
          { id: "unattributed", label: column.unattributed, unit: "count", exportOnly: true },
          { id: "first_day", label: column.firstDay },
          { id: "last_day", label: column.lastDay },
        ],
        rows: data.rows.map((row) => [
          row.version ?? errorsText.unknown,
          row.installs,
          row.of > 0 ? row.installs / row.of : null,
          row.count,
          row.unattributed,
          row.firstDay,
          row.lastDay,
        ]),
      })}
    />
  );
}
