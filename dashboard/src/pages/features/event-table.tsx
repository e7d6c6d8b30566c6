import { useState } from "preact/hooks";
import { type Query, useQuestion } from "../../api/query.ts";
import type { Adoption, Events } from "../../api/usage.ts";
import { Card } from "../../card/card.tsx";
import { type Column, DataTable } from "../../card/data-table.tsx";
import { exportTable } from "../../card/export.ts";
import { useNamed } from "../../card/use-names.ts";
import { DotPlot } from "../../chart/dot-plot.tsx";
import { Swatch } from "../../chart/swatch.tsx";
import { formatCount, formatExact, formatShare } from "../../format/numbers.ts";
import { useChoice } from "../../state/navigation.ts";
import { useScope } from "../../state/scope.ts";
import { featuresText } from "../../text/features.ts";
import { text } from "../../text/shell.ts";
import { printUsers } from "../usage/users.ts";
import { eventColour, MOST_EVENTS } from "./selection.ts";
import { DEFAULT_SORT, type EventRow, nextSort, parseSort, sortEvents } from "./sort.ts";

const TOP = 10;

/** A row with who could have sent it, now and in the days compared with. */
interface AdoptedRow extends EventRow {
  of: number;
  since: string | null;
  before: { part: number; whole: number } | null;
}

/** Every event with its adoption; what is ticked is drawn in the trend. */
export function EventTable(props: {
  events: Query<Events>;
  chosen: readonly string[];
  onChoose: (events: string[]) => void;
}) {
  const scope = useScope();
  const [sort, setSort] = useChoice("sort", DEFAULT_SORT);
  const [find, keepFind] = useChoice("find", "");
  const [typed, setTyped] = useState(find);
  const [showAll, toggleAll] = useNamed("more", "events");
  const adoption = useQuestion<Adoption>("events/adoption", scope.params);
  const before = useQuestion<Adoption>("events/adoption", scope.previous);
  const rowsOf = (data: Events) =>
    sortEvents(adoptedRows(data, adoption.data, scope.previous ? before.data : null), sort);
  return (
    <Card
      id="events"
      title={featuresText.table}
      query={props.events}
      foot={definition}
      actions={
        <input
          class="field inline-field"
          type="search"
          value={typed}
          aria-label={featuresText.find}
          placeholder={featuresText.find}
          onInput={(event) => setTyped(event.currentTarget.value)}
          // Each letter would be a step for the back button.
          onChange={(event) => keepFind(event.currentTarget.value)}
        />
      }
      exportOf={(data) =>
        exportTable(scope, {
          name: "adoption",
          title: featuresText.table,
          definition: definition(data),
          asOf: data.asOf,
          columns: [
            "event",
            "count",
            "installs",
            "installs_that_have_it",
            "users",
            "since_version",
          ],
          rows: rowsOf(data).map((row) => [
            row.event,
            row.count,
            row.installs,
            row.of,
            row.users,
            row.since,
          ]),
        })
      }
    >
      {(data) => {
        const rows = rowsOf(data).filter((row) => row.event.includes(typed.trim().toLowerCase()));
        return (
          <>
            <p class="summary above">{summarise(data, adoption.data)}</p>
            <DataTable
              label={featuresText.table}
              columns={columns(data.usersExactTo, props.chosen, props.onChoose)}
              rows={showAll ? rows : rows.slice(0, TOP)}
              keyOf={(row) => row.event}
              sort={parseSort(sort)}
              onSort={(column) => setSort(nextSort(parseSort(sort), column))}
            />
            {rows.length > TOP && (
              <button type="button" class="button plain show-all" onClick={toggleAll}>
                {showAll ? text.card.showTop : text.card.showAll(formatCount(rows.length))}
              </button>
            )}
          </>
        );
      }}
    </Card>
  );
}

/** Until the adoption is there, the installs that share stand in for those that have the feature. */
function adoptedRows(
  data: Events,
  adoption: Adoption | null,
  before: Adoption | null,
): AdoptedRow[] {
  const byEvent = (answer: Adoption | null) =>
    new Map((answer?.rows ?? []).map((row) => [row.event, row]));
  const [now, then] = [byEvent(adoption), byEvent(before)];
  return data.rows.map((row) => {
    const found = now.get(row.event);
    const past = then.get(row.event);
    return {
      ...row,
      of: found?.of ?? data.sharingDetailed,
      since: found?.since ?? null,
      before: past ? { part: past.installs, whole: past.of } : null,
    };
  });
}

function summarise(data: Events, adoption: Adoption | null): string {
  const rows = adoptedRows(data, adoption, null);
  const [first] = rows;
  if (!first) return "";
  const most = rows.reduce((best, row) => (row.installs > best.installs ? row : best), first);
  return featuresText.tableSummary(
    most.event,
    formatShare(most.installs, most.of),
    formatCount(rows.length),
  );
}

function definition({ sharingDetailed: whole }: Events): string {
  return featuresText.tableFoot(formatCount(whole), whole === 1);
}

function columns(
  usersExactTo: number,
  chosen: readonly string[],
  onChoose: (events: string[]) => void,
): Column<AdoptedRow>[] {
  const { column } = featuresText;
  const number = (id: "count" | "installs"): Column<AdoptedRow> => ({
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
      cell: (row) => <DotPlot part={row.installs} whole={row.of} previous={row.before} />,
    },
    number("installs"),
    number("count"),
    {
      id: "users",
      label: column.users,
      numeric: true,
      sortable: true,
      cell: (row) => {
        const { shown, exact } = printUsers(row.users, usersExactTo);
        return <span title={exact}>{shown}</span>;
      },
    },
    {
      id: "since",
      label: column.since,
      cell: (row) => <span class="quiet">{row.since ?? "–"}</span>,
    },
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
      <span title={event}>{event}</span>
      {index >= 0 && <Swatch colour={eventColour(index)} kind="line" index={index} />}
    </label>
  );
}
