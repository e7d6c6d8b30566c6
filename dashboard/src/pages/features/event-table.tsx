import type { Query } from "../../api/query.ts";
import type { Events } from "../../api/usage.ts";
import { Card } from "../../card/card.tsx";
import { type Column, DataTable } from "../../card/data-table.tsx";
import { exportTable } from "../../card/export.ts";
import { useNamed } from "../../card/use-names.ts";
import { Swatch } from "../../chart/swatch.tsx";
import { formatCount, formatExact, formatShare, formatShareExact } from "../../format/numbers.ts";
import { useChoice } from "../../state/navigation.ts";
import { useScope } from "../../state/scope.ts";
import { featuresText } from "../../text/features.ts";
import { text } from "../../text/shell.ts";
import { eventColour, MOST_EVENTS } from "./selection.ts";
import { DEFAULT_SORT, type EventRow, nextSort, parseSort, sortEvents } from "./sort.ts";

const TOP = 10;

export function EventTable(props: {
  events: Query<Events>;
  chosen: readonly string[];
  onChoose: (events: string[]) => void;
}) {
  const scope = useScope();
  const [sort, setSort] = useChoice("sort", DEFAULT_SORT);
  const [showAll, toggleAll] = useNamed("more", "events");
  return (
    <Card
      id="events"
      title={featuresText.table}
      query={props.events}
      foot={definition}
      exportOf={(data) =>
        exportTable(scope, {
          name: "events",
          title: featuresText.table,
          definition: definition(data),
          asOf: data.asOf,
          columns: ["event", "count", "installs", "users", "sharing_installs"],
          rows: sortEvents(data.rows, sort).map((row) => [
            row.event,
            row.count,
            row.installs,
            row.users,
            data.sharingDetailed,
          ]),
        })
      }
    >
      {(data) => {
        const sorted = sortEvents(data.rows, sort);
        return (
          <>
            <DataTable
              label={featuresText.table}
              columns={columns(data.sharingDetailed, props.chosen, props.onChoose)}
              rows={showAll ? sorted : sorted.slice(0, TOP)}
              keyOf={(row) => row.event}
              sort={parseSort(sort)}
              onSort={(column) => setSort(nextSort(parseSort(sort), column))}
            />
            {sorted.length > TOP && (
              <button type="button" class="button plain show-all" onClick={toggleAll}>
                {showAll ? text.card.showTop : text.card.showAll(formatCount(sorted.length))}
              </button>
            )}
          </>
        );
      }}
    </Card>
  );
}

function definition({ sharingDetailed: whole }: Events): string {
  return featuresText.tableFoot(formatCount(whole), whole === 1);
}

function columns(
  sharing: number,
  chosen: readonly string[],
  onChoose: (events: string[]) => void,
): Column<EventRow>[] {
  const { column } = featuresText;
  const number = (id: "count" | "installs" | "users"): Column<EventRow> => ({
    id,
    label: column[id],
    numeric: true,
    sortable: true,
    cell: (row) => <span title={formatExact(row[id])}>{formatCount(row[id])}</span>,
  });
  return [
    {
      id: "event",
      label: column.event,
      heads: true,
      sortable: true,
      cell: (row) => <EventName event={row.event} chosen={chosen} onChoose={onChoose} />,
    },
    {
      id: "share",
      label: column.share,
      class: "dot-cell",
      cell: (row) => <DotPlot part={row.installs} whole={sharing} />,
    },
    number("installs"),
    number("count"),
    number("users"),
  ];
}

function EventName(props: {
  event: string;
  chosen: readonly string[];
  onChoose: (events: string[]) => void;
}) {
  const { event, chosen } = props;
  const index = chosen.indexOf(event);
  const full = index < 0 && chosen.length >= MOST_EVENTS;
  return (
    <label class="event-name" title={full ? featuresText.most : undefined}>
      <input
        type="checkbox"
        checked={index >= 0}
        disabled={full}
        aria-label={featuresText.choose(event)}
        onChange={() =>
          props.onChoose(
            index >= 0 ? chosen.filter((other) => other !== event) : [...chosen, event],
          )
        }
      />
      <span>{event}</span>
      {index >= 0 && <Swatch colour={eventColour(index)} kind="line" index={index} />}
    </label>
  );
}

/** The share as a dot between 0 and 100%, its number beside it. */
function DotPlot({ part, whole }: { part: number; whole: number }) {
  const place = whole > 0 ? Math.min(1, part / whole) : 0;
  return (
    <span class="dot-plot" title={formatShareExact(part, whole)}>
      <span class="dot-track" aria-hidden="true">
        <span class="dot-line" style={{ inlineSize: `${place * 100}%` }} />
        <span class="dot" style={{ insetInlineStart: `${place * 100}%` }} />
      </span>
      <span class="number">{formatShare(part, whole)}</span>
    </span>
  );
}
