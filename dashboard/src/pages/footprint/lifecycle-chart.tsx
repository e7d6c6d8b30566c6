import type { Lifecycle } from "../../api/footprint.ts";
import { useQuestion } from "../../api/query.ts";
import { ChartCard } from "../../card/chart-card.tsx";
import { IntervalChoice } from "../../card/interval-choice.tsx";
import { isIncomplete, nameOf, type PlotModel, printValue } from "../../chart/model.ts";
import { lastPoint } from "../../chart/summary.ts";
import { formatCount } from "../../format/numbers.ts";
import { Segmented } from "../../shell/segmented.tsx";
import { useChoice } from "../../state/navigation.ts";
import { useScope } from "../../state/scope.ts";
import { footprintText } from "../../text/footprint.ts";
import { countIncomplete } from "./active-chart.tsx";

const words = footprintText.lifecycle;
/** A bucket with so many times the new installs of any later one leaves nothing of them to be seen. */
const DWARFS = 10;

/** Who came, stayed, came back, and went: diverging bars around zero. */
export function LifecycleChart(props: { class?: string }) {
  const { params, previous, interval } = useScope();
  const [shown, show] = useChoice("lifecycle", "changes");
  const query = useQuestion<Lifecycle>("installs/lifecycle", { ...params, interval });
  const before = useQuestion<Lifecycle>(
    "installs/lifecycle",
    previous && { ...previous, interval },
  );
  const all = shown === "all";
  const left = query.data && !all ? query.data.rows.slice(0, beginning(query.data) + 1) : [];
  const leftOut = left.reduce((sum, row) => sum + row.new, 0);
  return (
    <ChartCard
      id="lifecycle"
      title={words.title}
      query={query}
      previous={before}
      class={props.class ?? ""}
      definition={
        words.foot(words.bucket[interval]) + (leftOut > 0 ? words.begins(formatCount(leftOut)) : "")
      }
      model={(data) => lifecycleModel(data, all)}
      summary={summariseLifecycle}
      actions={
        <>
          <Segmented
            label={words.shown}
            value={all ? "all" : "changes"}
            onChange={show}
            options={[
              { value: "changes", label: words.changes },
              { value: "all", label: words.all },
            ]}
          />
          <IntervalChoice />
        </>
      }
    />
  );
}

/**
 * @param returning whether all are drawn, also those who simply stay and those who were there when the
 * data began; they dwarf the changes of a large fleet
 */
export function lifecycleModel(data: Lifecycle, returning: boolean): PlotModel {
  const { rows } = data;
  const left = returning ? -1 : beginning(data);
  return {
    kind: "bars",
    unit: "count",
    interval: data.interval,
    starts: rows.map((row) => row.start),
    incomplete: countIncomplete(rows),
    series: [
      ...(returning
        ? [
            {
              name: words.returning,
              colour: "cat-1" as const,
              values: rows.map((row) => row.returning),
            },
          ]
        : []),
      {
        name: words.new,
        colour: "cat-3",
        values: rows.map((row, at) => (at <= left ? null : row.new)),
      },
      { name: words.resurrected, colour: "cat-2", values: rows.map((row) => row.resurrected) },
      {
        name: words.dormant,
        colour: "cat-4",
        // Taken from zero: -0 would be printed as such.
        values: rows.map((row) => (row.dormant === null ? null : 0 - row.dormant)),
      },
    ],
  };
}

/**
 * The last of the buckets in which the data begins, -1 where that is not in sight: most of those heard
 * from are new then, because nobody was counted before. A rollout may take two days.
 */
function beginning({ rows }: Lifecycle): number {
  const first = rows.findIndex((row) => row.new + row.returning + row.resurrected > 0);
  const dwarfs = (at: number) => {
    const row = rows[at];
    const later = rows.slice(at + 1).map((each) => each.new);
    return (
      row !== undefined &&
      later.length > 1 &&
      row.new > row.returning + row.resurrected &&
      row.new > DWARFS * Math.max(1, ...later)
    );
  };
  return [first + 1, first].find(dwarfs) ?? -1;
}

function summariseLifecycle(model: PlotModel): string {
  const at = lastPoint(model);
  const parts = model.series.flatMap((series) => {
    const value = series.values[at];
    return value == null ? [] : [`${printValue(model, value)} ${series.name.toLowerCase()}`];
  });
  const say = isIncomplete(model, at) ? words.summarySoFar : words.summary;
  return say(nameOf(model, at), parts);
}
