import type { Query } from "../../api/query.ts";
import { useQuestion } from "../../api/query.ts";
import type { EventProperties, Events, Measure, Slices } from "../../api/usage.ts";
import { tableOf, useCompared } from "../../card/chart-card.tsx";
import { FigureCard } from "../../card/figure-card.tsx";
import type { FigureTable } from "../../card/figure-rows.tsx";
import { compareLast } from "../../chart/compare.ts";
import { LineChart } from "../../chart/line-chart.tsx";
import type { PlotModel } from "../../chart/model.ts";
import type { ColourToken } from "../../chart/theme.ts";
import { formatCount, formatShare } from "../../format/numbers.ts";
import { useChoice } from "../../state/navigation.ts";
import { useScope } from "../../state/scope.ts";
import { featuresText } from "../../text/features.ts";
import { splitList } from "../usage/conditions.ts";
import { printUsers } from "../usage/users.ts";
import { ExplorerControls, NOTHING } from "./explorer-controls.tsx";
import { SliceBars, sliceName } from "./slice-bars.tsx";
import { sliceLines } from "./slice-lines.ts";

const words = featuresText.explore;
const MOST_LINES = 6;
const MOST_WORDS = 20;
const VIEW = "$pageview";
const MEASURES: readonly Measure[] = ["count", "installs", "users"];

/** One event, filtered and broken down, as totals or over time. */
export function Explorer({ events }: { events: Query<Events> }) {
  const { params, previous, interval, marks } = useScope();
  const [written] = useChoice("explore-event", "");
  const [byAsked] = useChoice("explore-by", "");
  const [where] = useChoice("explore-where", "");
  const [asked] = useChoice("explore-measure", "count");
  const [shown] = useChoice("explore-over", "total");
  const event = written || mostUsed(events.data);
  const properties = useQuestion<EventProperties>(
    "events/properties",
    event === "" ? null : { ...params, event },
  );
  const keys = properties.outdated ? null : (properties.data?.rows ?? null);
  const by = byAsked || suggestedBy(keys);
  const measure = MEASURES.find((each) => each === asked) ?? "count";
  const over = shown === "time" ? "time" : "total";
  const known = event !== "" && by !== "";
  const what = {
    ...byParams(by),
    ...{ event, measure, over, interval, where: splitList(where) },
    top: over === "time" ? String(MOST_LINES - 1) : "20",
  };
  const query = useQuestion<Slices>("events/explore", known ? { ...params, ...what } : null);
  const before = useQuestion<Slices>(
    "events/explore",
    known && previous && over === "time" ? { ...previous, ...what } : null,
  );
  const compared = useCompared(modelOf, before);
  return (
    <FigureCard
      id="explore"
      class="with-controls"
      title={words.title}
      query={query}
      definition={(data) => words.foot(formatCount(data.sharingDetailed))}
      empty={(data) => data.total.count === 0 && words.empty}
      summary={(data) =>
        [summarise(data, event), data.interval && compareLast(compared(data))]
          .filter(Boolean)
          .join(" ")
      }
      chart={(data, summary) =>
        data.interval === null ? (
          <SliceBars data={data} label={summary} />
        ) : data.starts.length > 1 ? (
          <LineChart model={compared(data)} label={summary} />
        ) : null
      }
      table={(data) => (data.interval === null ? totalsOf(data) : tableOf(compared(data), marks))}
      actions={
        <ExplorerControls
          events={(events.data?.rows ?? []).map((row) => row.event)}
          keys={(keys ?? []).map((row) => row.key)}
          choice={{ event, by, where, measure, over }}
        />
      }
    />
  );
}

/** Page views have a card of their own. */
function mostUsed(events: Events | null): string {
  const rows = (events?.rows ?? []).filter(({ event }) => event !== VIEW);
  rows.sort((a, b) => b.installs - a.installs);
  return rows[0]?.event ?? events?.rows[0]?.event ?? "";
}

/** A property with a few words, where there is one: the first look then shows something. */
function suggestedBy(keys: EventProperties["rows"] | null): string {
  if (keys === null) return "";
  const words = keys.find(({ kind, different }) => kind === "text" && different <= MOST_WORDS);
  return words ? `p.${words.key}` : NOTHING;
}

/** "p.auth_method" → a property, "f.platform" → a field of the install. */
function byParams(by: string): Record<string, string> {
  const name = by.slice(2);
  if (by.startsWith("p.")) return { property: name };
  return by.startsWith("f.") ? { field: name } : {};
}

function summarise(data: Slices, event: string): string {
  const { total, measure } = data;
  const all = words.summary(
    event,
    formatCount(total.count),
    formatCount(total.installs),
    printUsers(total.users, data.usersExactTo).shown,
  );
  const [first] = data.rows;
  if (first?.kind !== "value") return all;
  return all + words.led(first.value, formatShare(first[measure], total[measure]));
}

function modelOf(data: Slices): PlotModel {
  const model = sliceLines(data, data.rows.slice(0, MOST_LINES), (row, at) =>
    row.kind === "other" ? "other" : (`cat-${at + 1}` as ColourToken),
  );
  if (data.rows.length > 0) return model;
  const values = data.total.points ?? [];
  return { ...model, series: [{ name: words.total, colour: "cat-1", values }] };
}

/** A row a value. */
function totalsOf(data: Slices): FigureTable {
  const amounts = MEASURES.map((id) => ({
    id,
    label: words.measure[id],
    unit: "count" as const,
  }));
  return {
    columns: [{ id: "value", label: words.value }, ...amounts],
    rows: [
      ...data.rows.map((row) => [
        sliceName(row, data.folded),
        ...MEASURES.map((measure) => row[measure]),
      ]),
      [words.total, ...MEASURES.map((measure) => data.total[measure])],
    ],
  };
}
