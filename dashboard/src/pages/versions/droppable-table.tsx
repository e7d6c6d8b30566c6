import { DROPPABLE_FIELDS, type Droppable } from "../../api/footprint.ts";
import { useQuestion } from "../../api/query.ts";
import { TableCard } from "../../card/table-card.tsx";
import { formatCount, formatShare } from "../../format/numbers.ts";
import { valueName } from "../../format/values.ts";
import { Segmented } from "../../shell/segmented.tsx";
import { useChoice } from "../../state/navigation.ts";
import { useScope } from "../../state/scope.ts";
import { text } from "../../text/shell.ts";
import { versionsText } from "../../text/versions.ts";

const words = versionsText.droppable;
/** What a maintainer may call safe to leave behind, at most. */
const SAFE_SHARE = 0.01;

/** Whom the end of support for a value would leave behind. */
export function DroppableTable() {
  const { params } = useScope();
  const [written, choose] = useChoice("drop", "app_version");
  const field = DROPPABLE_FIELDS.find((each) => each === written) ?? "app_version";
  const query = useQuestion<Droppable>("installs/droppable", { ...params, field });
  return (
    <TableCard
      id="droppable"
      class="half"
      title={words.title}
      query={query}
      definition={(data) =>
        isOrdered(data)
          ? words.foot.ordered(formatCount(data.active), formatCount(data.unordered))
          : words.foot.plain(formatCount(data.active))
      }
      summary={summariseDroppable}
      actions={
        <Segmented
          label={words.field}
          value={field}
          onChange={choose}
          options={DROPPABLE_FIELDS.map((each) => ({
            value: each,
            label: text.value.field[each],
          }))}
        />
      }
      table={(data) => ({
        columns: [
          {
            id: "value",
            label: words.dropping,
            class: "bar-cell",
            print: (_, at) => <Dropped data={data} at={at} />,
          },
          ...(data.field === "os_version" ? [{ id: "platform", label: words.platform }] : []),
          { id: "behind", label: words.behind, unit: "count" },
          {
            id: "share",
            label: words.share,
            unit: "share",
            pair: (at) => [data.rows[at]?.behind ?? 0, data.active],
          },
        ],
        rows: data.rows.map((row) => [
          row.value,
          ...(data.field === "os_version" ? [valueName(row.platform ?? "")] : []),
          row.behind,
          row.share,
        ]),
      })}
    />
  );
}

function Dropped({ data, at }: { data: Droppable; at: number }) {
  const row = data.rows[at];
  if (!row) return null;
  const name = valueName(row.value);
  return (
    <>
      <span class="bar" aria-hidden="true" style={{ inlineSize: `${row.share * 100}%` }} />
      <span class="bar-label">{isOrdered(data) ? words.below(name) : name}</span>
    </>
  );
}

function isOrdered({ field }: Droppable): boolean {
  return field === "app_version" || field === "os_version";
}

/** The newest version below which nobody is, or hardly anybody. */
export function summariseDroppable(data: Droppable): string {
  if (data.field !== "app_version" || data.rows.length === 0) return "";
  const limit = `${SAFE_SHARE * 100}%`;
  const safe = data.rows.find((row) => row.share <= SAFE_SHARE);
  if (!safe) return words.none(limit);
  if (safe.behind === 0) return words.nobody(safe.value);
  return words.safe(safe.value, formatShare(safe.behind, data.active), limit);
}
