import type { StuckInstalls } from "../../api/footprint.ts";
import { useQuestion } from "../../api/query.ts";
import { TableCard } from "../../card/table-card.tsx";
import { formatCount, formatShare } from "../../format/numbers.ts";
import { valueName } from "../../format/values.ts";
import { Segmented } from "../../shell/segmented.tsx";
import { useChoice, useNavigation } from "../../state/navigation.ts";
import { useScope } from "../../state/scope.ts";
import { toggleFilter } from "../../state/view.ts";
import { text } from "../../text/shell.ts";
import { versionsText } from "../../text/versions.ts";

const words = versionsText.stuck;
const DAYS = ["30", "90", "180", "365"] as const;

/** Installs that report but do not upgrade. */
export function StuckTable() {
  const { params } = useScope();
  const { view, change } = useNavigation();
  const [written, choose] = useChoice("stuck", "90");
  const days = DAYS.find((each) => each === written) ?? "90";
  const query = useQuestion<StuckInstalls>("installs/stuck", { ...params, days });
  return (
    <TableCard
      id="stuck"
      class="half"
      title={words.title}
      query={query}
      empty={words.empty}
      definition={(data) => {
        const newest = data.rows[0]?.newest;
        return newest ? words.foot(data.days, newest) : words.footNone(data.days);
      }}
      summary={(data) => {
        const share = words.summary(formatShare(data.total, data.active), data.days);
        const { versions, installs } = data.other;
        if (versions === 0) return share;
        return `${share} ${words.other(formatCount(versions), formatCount(installs))}`;
      }}
      actions={
        <Segmented
          label={words.label}
          value={days}
          onChange={choose}
          options={DAYS.map((each) => ({ value: each, label: words.days(Number(each)) }))}
        />
      }
      table={(data) => ({
        columns: [
          {
            id: "version",
            label: words.version,
            print: (version) => (
              <button
                type="button"
                class="pick"
                aria-pressed={view.filters.version.includes(String(version))}
                title={text.value.filterBy(valueName(String(version)))}
                onClick={() =>
                  change({ filters: toggleFilter(view.filters, "version", String(version)) })
                }
              >
                {valueName(String(version))}
              </button>
            ),
          },
          { id: "installs", label: text.column.installs, unit: "count" },
          {
            id: "share",
            label: text.column.share,
            unit: "share",
            pair: (at) => [data.rows[at]?.installs ?? 0, data.active],
          },
          { id: "median_days", label: words.median, unit: "count" },
        ],
        rows: data.rows.map((row) => [row.version, row.installs, row.share, row.medianDays]),
      })}
    />
  );
}
