import type { Query } from "../../api/query.ts";
import type { Errors } from "../../api/usage.ts";
import { ChartCard } from "../../card/chart-card.tsx";
import { IntervalChoice } from "../../card/interval-choice.tsx";
import type { PlotModel } from "../../chart/model.ts";
import { summarise } from "../../chart/summary.ts";
import type { ColourToken } from "../../chart/theme.ts";
import { formatCount, formatShareExact } from "../../format/numbers.ts";
import { Segmented } from "../../shell/segmented.tsx";
import { useChoice } from "../../state/navigation.ts";
import { errorsText } from "../../text/errors.ts";

const SHOWN = ["all", "share", "types"] as const;
type Shown = (typeof SHOWN)[number];

/** Affected installs over time: all of them, their share of those that report, or by type. */
export function TrendChart({ query, before }: { query: Query<Errors>; before: Query<Errors> }) {
  const [asked, setShown] = useChoice("shown", "all");
  const shown = SHOWN.find((each) => each === asked) ?? "all";
  const sharing = formatCount(query.data?.sharingDetailed ?? 0);
  return (
    <ChartCard
      id="errors-trend"
      class="wide"
      title={errorsText.trend}
      query={query}
      previous={before}
      definition={shown === "share" ? errorsText.shareFoot : errorsText.trendFoot}
      empty={`${errorsText.none}. ${errorsText.noneLead(sharing)}`}
      model={(data) => modelOf(data, shown)}
      summary={(model) => summarise(model, errorsText.trend)}
      actions={
        <>
          <Segmented
            label={errorsText.show.label}
            value={shown}
            onChange={setShown}
            options={SHOWN.map((each) => ({ value: each, label: errorsText.show[each] }))}
          />
          <IntervalChoice />
        </>
      }
    />
  );
}

function modelOf(data: Errors, shown: Shown): PlotModel {
  const frame = {
    kind: "line",
    interval: data.interval,
    starts: data.starts,
    incomplete: data.incomplete,
  } as const;
  if (shown === "share") {
    const of = (at: number) => data.sharing[at] ?? 0;
    return {
      ...frame,
      unit: "share",
      series: [
        {
          name: errorsText.trend,
          colour: "cat-1",
          // Nobody reports on that day: no share to speak of.
          values: data.affected.map((installs, at) => (of(at) > 0 ? installs / of(at) : null)),
          notes: data.affected.map((installs, at) => formatShareExact(installs, of(at))),
        },
      ],
    };
  }
  if (shown === "types" && data.series.length > 0) {
    return {
      ...frame,
      unit: "count",
      series: data.series.map(({ type, installs }, index) => ({
        name: typeName(type),
        colour: `cat-${index + 1}` as ColourToken,
        values: installs,
      })),
    };
  }
  return {
    ...frame,
    unit: "count",
    series: [{ name: errorsText.trend, colour: "cat-1", values: data.affected }],
  };
}

/** A type of error on the screen. */
const typeName = (type: string | null): string => type ?? errorsText.untyped;
